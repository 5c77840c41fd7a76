//! What is told of a finding in a line.

use crate::dashboard::app::Look;
use crate::dashboard::text;
use crate::diagnosis::{Finding, Topic};

/// What a cause means, or else its name.
pub(super) fn cause_title(cause: &'static str) -> &'static str {
    match Topic::find(cause) {
        Ok(Topic::Cause(known)) => known.title,
        _ => cause,
    }
}

/// `pkt 41–58`: the packets that prove it, from the first to the last.
pub(super) fn frames(finding: &Finding) -> Option<String> {
    let numbers = finding
        .evidence
        .iter()
        .map(|evidence| evidence.frame.number());
    let (first, last) = (numbers.clone().min()?, numbers.max()?);
    Some(match first == last {
        true => format!("pkt {first}"),
        false => format!("pkt {first}–{last}"),
    })
}

/// Its summary or an advice over at most some lines, the last of them marked when there would be
/// more.
pub(super) fn shortened(text: &str, room: usize, most: usize, look: &Look) -> Vec<String> {
    let mut lines = text::wrap(text, room);
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            last.push_str("  …");
            *last = text::cut(last, room, look.glyphs).into_owned();
        }
    }
    lines
}
