//! The findings of one cause: what happened, what to do, where, and the frames that prove it.

use std::borrow::Cow;

use super::line::{Ink, Line};
use super::manner::Manner;
use super::number::{self, GLUE};
use super::problems::{ends, label};
use super::verdicts::Group;
use super::wording;
use crate::diagnosis::{Confidence, Evidence, Finding, Severity};
use crate::output::wireshark;

/// Pieces of evidence that are shown, unless everything is asked for.
const MOST_EVIDENCE: usize = 8;

/// The group as it is printed.
pub(super) fn text(group: &Group, manner: Manner) -> String {
    if group.severity == Severity::Notice && !manner.all {
        return brief(group, manner);
    }
    let pen = manner.pen;
    let finding = &group.first;
    let mut text = title(group, manner);
    text += &pen.wrapped(Line::indented(3), Ink::Plain, &finding.summary);
    if let Some(location) = location(group) {
        text += &pen.wrapped(label("where"), Ink::Plain, &location);
    }
    text += &advice(&finding.advice, manner);
    text += &evidence(&finding.evidence, manner);
    text += &pen.wrapped(
        label("confidence"),
        Ink::Plain,
        sureness(finding.confidence),
    );
    text += &filters(finding, manner);
    text += &more(group, manner);
    let hint = format!("ftpscope explain {}", finding.cause);
    text += &pen.wrapped(label("more"), Ink::Dim, &hint);
    text + "\n"
}

/// What is merely worth knowing gets a few lines.
fn brief(group: &Group, manner: Manner) -> String {
    let pen = manner.pen;
    let finding = &group.first;
    let mut text = title(group, manner);
    text += &pen.wrapped(Line::indented(3), Ink::Plain, &finding.summary);
    let frame = finding.evidence.first().map(|evidence| evidence.frame);
    let frame = frame.map(|frame| wording::frames(frame, frame, manner.several_inputs));
    let place: Vec<String> = location(group).into_iter().chain(frame).collect();
    text += &pen.wrapped(label("where"), Ink::Plain, &place.join(", "));
    text += &filters(finding, manner);
    text + "\n"
}

fn title(group: &Group, manner: Manner) -> String {
    let (glyph, word, ink) = match group.severity {
        Severity::Error => ("✗", "FAIL", Ink::Fail),
        Severity::Warning => ("!", "WARN", Ink::Auth),
        Severity::Notice => ("·", "NOTE", Ink::Dim),
    };
    let line = Line::default()
        .ink(ink, format!("{glyph} {word}"))
        .ink(Ink::Strong, format!("  {}", group.first.cause));
    let extent = group.extent();
    let extent = extent.map_or_else(Line::default, |extent| {
        Line::default().plain(format!("  {extent}"))
    });
    manner.pen.line(line.join(extent))
}

fn advice(advice: &[Cow<'static, str>], manner: Manner) -> String {
    let mark = if advice.len() > 1 { "- " } else { "" };
    let mut text = String::new();
    for (index, advice) in advice.iter().enumerate() {
        let name = if index == 0 { "what to do" } else { "" };
        let first = label(name).plain(mark);
        text += &manner.pen.wrapped(first, Ink::Plain, advice);
    }
    text
}

fn evidence(evidence: &[Evidence], manner: Manner) -> String {
    let evidence = by_frame(evidence);
    let most = if manner.all {
        usize::MAX
    } else {
        MOST_EVIDENCE
    };
    let left_out = evidence.len().saturating_sub(most);
    // The beginning, and the end: there stands what it led to.
    let (head, tail) = match left_out {
        0 => (evidence.len(), evidence.len()),
        _ => (most - most / 4, evidence.len() - most / 4),
    };
    let frame = |one: &Evidence| wording::frames(one.frame, one.frame, manner.several_inputs);
    let shown = evidence[..head].iter().chain(&evidence[tail..]);
    let columns = shown.map(|one| frame(one).len()).max().unwrap_or(0);
    let mut text = String::new();
    for (index, one) in evidence.iter().enumerate() {
        if index == head {
            let rest = format!("… {} more: --all", number::grouped(left_out as u64));
            text += &manner.pen.line(label("").dim(rest));
        }
        if (head..tail).contains(&index) {
            continue;
        }
        let name = if index == 0 { "evidence" } else { "" };
        let frame = format!("{:<columns$}  ", frame(one));
        let first = label(name).dim(frame);
        text += &manner.pen.wrapped(first, Ink::Plain, &one.note);
    }
    text
}

/// The evidence with what each frame shows in one piece.
pub(super) fn by_frame(evidence: &[Evidence]) -> Vec<Evidence> {
    let mut frames: Vec<Evidence> = Vec::new();
    for one in evidence {
        match frames.last_mut().filter(|last| last.frame == one.frame) {
            Some(last) => last.note = format!("{}; {}", last.note, one.note).into(),
            None => frames.push(one.clone()),
        }
    }
    frames
}

/// The confidence in words.
pub(super) fn sureness(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Certain => "certain: the capture proves it",
        Confidence::Likely => "likely: the best explanation of what the capture shows",
        Confidence::Possible => "possible: one of several explanations",
    }
}

fn filters(finding: &Finding, manner: Manner) -> String {
    if !manner.wireshark {
        return String::new();
    }
    let mut text = String::new();
    for filter in wireshark::filters(finding) {
        let file = u32::from(filter.frame.file()) + 1;
        let name = if text.is_empty() { "wireshark" } else { "" };
        let first = match manner.several_inputs {
            true => label(name).dim(format!("{file}: ")),
            false => label(name),
        };
        text += &manner.pen.wrapped(first, Ink::Client, &filter.text);
    }
    text
}

fn more(group: &Group, manner: Manner) -> String {
    let pen = manner.pen;
    let mut text = String::new();
    for further in &group.further {
        text += &pen.wrapped(label("also"), Ink::Dim, &told(further));
    }
    if group.rest() > 0 {
        let rest = format!("{} more", number::grouped(group.rest()));
        text += &pen.line(label("and").dim(rest));
    }
    text
}

/// Where the first of the group is; its summary says so itself when it is about hosts.
pub(super) fn location(group: &Group) -> Option<String> {
    let place = place(&group.first)?;
    Some(match &group.first.who {
        Some(who) => format!("{}; {place}", ends(who)),
        None => place,
    })
}

/// A further finding, in a sentence with its place.
pub(super) fn told(finding: &Finding) -> String {
    match place(finding) {
        Some(place) => format!("{place}: {}", finding.summary),
        None => finding.summary.clone(),
    }
}

fn place(finding: &Finding) -> Option<String> {
    Some(match (finding.session, finding.channel) {
        (Some(session), Some(channel)) => format!("session{GLUE}{session}, data{GLUE}{channel}"),
        (Some(session), None) => format!("session{GLUE}{session}"),
        (None, _) => return None,
    })
}
