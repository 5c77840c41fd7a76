//! Evidence → display filters that show it in Wireshark.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::capture::Frame;
use crate::diagnosis::Finding;

/// A display filter for one of the inputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Filter {
    /// A frame of the input.
    pub(super) frame: Frame,
    /// `frame.number in {41, 45..47}`.
    pub(super) text: String,
}

/// The filters that show the evidence of a finding, one for each input that it is in.
pub(super) fn filters(finding: &Finding) -> Vec<Filter> {
    let mut inputs: BTreeMap<_, BTreeSet<u64>> = BTreeMap::new();
    for evidence in &finding.evidence {
        let frame = evidence.frame;
        inputs
            .entry(frame.file())
            .or_default()
            .insert(frame.number());
    }
    let filter = |(file, numbers): (_, BTreeSet<u64>)| Filter {
        frame: Frame::new(file, numbers.first().copied().unwrap_or(0)),
        text: text(&numbers),
    };
    inputs.into_iter().map(filter).collect()
}

/// Commas, as Wireshark 4 demands; a run of numbers as a range.
fn text(numbers: &BTreeSet<u64>) -> String {
    if let (Some(only), 1) = (numbers.first(), numbers.len()) {
        return format!("frame.number == {only}");
    }
    let mut text = String::from("frame.number in {");
    let mut left = numbers.iter().copied().peekable();
    while let Some(first) = left.next() {
        let mut last = first;
        while let Some(next) = left.next_if_eq(&(last + 1)) {
            last = next;
        }
        let separator = if left.peek().is_some() { ", " } else { "}" };
        // Writing to a string does not fail.
        let _ = match last - first {
            0 => write!(text, "{first}{separator}"),
            1 => write!(text, "{first}, {last}{separator}"),
            _ => write!(text, "{first}..{last}{separator}"),
        };
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_a_set_with_ranges() {
        let filter = |numbers: &[u64]| text(&numbers.iter().copied().collect());
        assert_eq!(filter(&[41]), "frame.number == 41");
        assert_eq!(
            filter(&[45, 41, 46, 47, 58, 59]),
            "frame.number in {41, 45..47, 58, 59}"
        );
    }
}
