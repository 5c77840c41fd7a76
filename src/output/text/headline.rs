//! The first lines: what was read, and how much of it was FTP.

use super::line::{Ink, Line};
use super::manner::Manner;
use super::number;
use crate::analyzer::Summary;
use crate::capture::Input;
use crate::escape;
use crate::ftp::Outcome;
use crate::limits::Limit;
use crate::output::{Context, stamp};

/// Inputs that are named one by one.
const MOST_NAMED: usize = 12;

/// What was read and how much was found.
pub(super) fn text(summary: &Summary, shown: u64, context: Context<'_>, manner: Manner) -> String {
    let mut text = inputs(context.inputs, manner);
    text += &manner
        .pen
        .wrapped(Line::default(), Ink::Plain, &read(summary));
    if summary.sessions > 0 {
        text += &manner
            .pen
            .wrapped(Line::default(), Ink::Plain, &found(summary));
    }
    if shown < summary.sessions {
        let shown = format!(
            "Shown: {} of {}.",
            number::grouped(shown),
            number::count(summary.sessions, "session")
        );
        text += &manner.pen.line(Line::default().ink(Ink::Open, shown));
    }
    for note in notes(summary, context) {
        text += &manner
            .pen
            .wrapped(Line::default().ink(Ink::Part, "▒ "), Ink::Plain, &note);
    }
    text.push('\n');
    if summary.sessions == 0 {
        text += &nothing(summary, manner);
    }
    text
}

fn inputs(inputs: &[Input], manner: Manner) -> String {
    let name = |input: &Input| match input.name.as_str() {
        "-" => "standard input".to_owned(),
        name => escape::line(name.as_bytes()).into_owned(),
    };
    if let [input] = inputs {
        let line = Line::default().ink(Ink::Strong, name(input));
        return manner.pen.line(line);
    }
    let mut text = String::new();
    for (index, input) in inputs.iter().enumerate().take(MOST_NAMED) {
        let end = Line::default().dim(format!("  {}", number::count(input.frames, "frame")));
        let line = Line::default()
            .dim(format!("{:>3}: ", index + 1))
            .ink(Ink::Strong, name(input));
        text += &manner.pen.line_with_end(line, end);
    }
    if inputs.len() > MOST_NAMED {
        let more = format!("     … and {} more files", inputs.len() - MOST_NAMED);
        text += &manner.pen.line(Line::default().dim(more));
    }
    text
}

/// How much was read, and from when.
pub(super) fn read(summary: &Summary) -> String {
    let amount = format!(
        "{}, {}",
        number::count(summary.frames, "frame"),
        number::bytes(summary.bytes)
    );
    match (summary.first_time, summary.last_time) {
        (Some(first), Some(last)) => format!(
            "{amount}, {} from {} {} UTC",
            number::span(last.since(first)),
            stamp::date(first),
            stamp::clock(first),
        ),
        _ => amount,
    }
}

/// How much of it was FTP.
pub(super) fn found(summary: &Summary) -> String {
    let channels: u64 = summary.channels.values().sum();
    let mut text = format!(
        "{}, {}, {}",
        number::count(summary.sessions, "session"),
        number::count(summary.commands, "command"),
        number::count(channels, "data channel"),
    );
    let parts = [
        (Outcome::Completed, "completed"),
        (Outcome::Failed, "failed"),
    ];
    let parts = parts.into_iter().filter_map(|(outcome, word)| {
        let count = summary.channels.get(&outcome).filter(|count| **count > 0)?;
        Some(format!("{} {word}", number::grouped(*count)))
    });
    let parts: Vec<String> = parts.collect();
    if !parts.is_empty() {
        text += &format!(" ({})", parts.join(", "));
    }
    let down = number::bytes(summary.bytes_downloaded);
    text + &format!(", ↓ {down}, ↑ {}", number::bytes(summary.bytes_uploaded))
}

/// What makes the capture less than whole.
pub(super) fn notes(summary: &Summary, context: Context<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    for input in context.inputs {
        let name = escape::line(input.name.as_bytes());
        notes.extend(
            input
                .fault
                .as_ref()
                .map(|fault| format!("{name}: {fault}.")),
        );
    }
    let dropped = summary.dropped.unwrap_or_default();
    let counts = [
        (
            dropped.kernel,
            "packet",
            "lost by the kernel while capturing",
        ),
        (
            dropped.interface,
            "packet",
            "lost by the interface while capturing",
        ),
        (
            dropped.hand_over,
            "packet",
            "lost by ftpscope while capturing: the analysis was too slow",
        ),
        (
            summary.truncated_frames,
            "frame",
            "cut off by a snapshot length",
        ),
        (
            summary.damaged_frames,
            "frame",
            "with headers that contradict themselves",
        ),
        (
            summary.copied_frames,
            "frame",
            "captured twice, counted once",
        ),
        (
            summary.incomplete_datagrams,
            "fragmented datagram",
            "of which a part is missing",
        ),
    ];
    for (count, noun, what) in counts.into_iter().filter(|(count, ..)| *count > 0) {
        notes.push(format!("{} {what}.", number::count(count, noun)));
    }
    for (link, count) in &summary.unknown_links {
        notes.push(format!(
            "{} of link type {link}, which is not decoded.",
            number::count(*count, "frame")
        ));
    }
    let limits = summary.limits_hit.iter();
    notes.extend(limits.filter_map(|(name, times)| Some(limit(summary.limit(name)?, *times))));
    notes
}

/// That a limit was reached, and what that means for the report.
fn limit(limit: Limit, times: u64) -> String {
    format!(
        "Limit of {} {} reached {}: {}.",
        number::grouped(limit.most),
        limit.of,
        number::count(times, "time"),
        limit.then
    )
}

/// What to say of a capture without FTP.
fn nothing(summary: &Summary, manner: Manner) -> String {
    let connections = number::count(summary.connections, "TCP connection");
    let said = format!("No FTP control connection among {connections}.");
    let hint = "FTP is looked for on port 21 and, by its content, on every port. A connection that \
                is encrypted, or whose beginning is not in the capture, is not recognised on \
                another port than 21: name the port with --port.";
    let said = if summary.frames == 0 {
        "The capture holds no packets.".to_owned()
    } else {
        said
    };
    let mut text = manner.pen.wrapped(Line::default(), Ink::Plain, &said);
    if summary.frames > 0 {
        text += &manner.pen.wrapped(Line::default(), Ink::Dim, hint);
    }
    text
}
