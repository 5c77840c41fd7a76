//! Evidence → display filters that show it in Wireshark.

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
    let evidence = finding.evidence.iter();
    let mut frames: Vec<Frame> = evidence.map(|evidence| evidence.frame).collect();
    frames.sort_unstable();
    frames.dedup();
    let inputs = frames.chunk_by(|one, other| one.file() == other.file());
    let filter = |frames: &[Frame]| {
        Some(Filter {
            frame: *frames.first()?,
            text: text(frames.iter().map(|frame| frame.number())),
        })
    };
    inputs.filter_map(filter).collect()
}

/// Commas, as Wireshark 4 demands; a run of numbers as a range. The numbers are in order, each once.
fn text(numbers: impl ExactSizeIterator<Item = u64>) -> String {
    let is_one = numbers.len() == 1;
    let mut left = numbers.peekable();
    if let Some(only) = left.next_if(|_| is_one) {
        return format!("frame.number == {only}");
    }
    let mut text = String::from("frame.number in {");
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
        let filter = |numbers: &[u64]| text(numbers.iter().copied());
        assert_eq!(filter(&[41]), "frame.number == 41");
        assert_eq!(
            filter(&[41, 45, 46, 47, 58, 59]),
            "frame.number in {41, 45..47, 58, 59}"
        );
    }
}
