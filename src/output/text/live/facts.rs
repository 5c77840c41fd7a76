//! The facts that get a line, each in one sentence.

use std::borrow::Cow;

use super::{Told, between};
use crate::diagnosis::{Confidence, Finding, Severity};
use crate::escape;
use crate::ftp::{Channel, Login, LoginAttempt, Opened, Outcome, SessionRecord, State, Transfer};
use crate::output::Standing;
use crate::output::party::Party;
use crate::output::text::line::{Ink, Line};
use crate::output::text::{number, wording};
use crate::time::Timestamp;

/// A control connection was found.
pub(super) fn opened(opened: &Opened) -> Told {
    let what = format!("{} → {}", opened.client, opened.server);
    let line = mark(Ink::Dim, "·", "open").plain(what);
    let late = if opened.midstream {
        ", seen from its middle on"
    } else {
        ""
    };
    Told {
        at: opened.at.time,
        line: line.dim(late),
    }
}

/// The outcome of a login is known; nothing of one that is neither accepted nor refused.
pub(super) fn login(attempt: &LoginAttempt) -> Option<Told> {
    let user = attempt
        .user
        .as_deref()
        .map_or(Cow::Borrowed("unknown user"), escape::line);
    let line = match attempt.login {
        Login::Accepted => mark(Ink::Ok, "✓", "login").plain(user.into_owned()),
        Login::Rejected => mark(Ink::Auth, "!", "AUTH").plain(format!("login of {user} refused")),
        Login::None | Login::Unknown => return None,
    };
    Some(Told {
        at: attempt.at.time,
        line,
    })
}

/// The outcome of a data channel is known; nothing of one that was announced and left.
pub(super) fn channel(channel: &Channel) -> Option<Told> {
    let (ink, glyph, word) = match channel.outcome {
        Outcome::Completed => (Ink::Ok, "✓", "data"),
        Outcome::Failed => (Ink::Fail, "✗", "FAIL"),
        Outcome::Aborted => (Ink::Abort, "/", "ABRT"),
        Outcome::Rejected | Outcome::Refused => (Ink::Auth, "!", "WARN"),
        Outcome::Unseen => (Ink::Part, "~", "PART"),
        Outcome::Incomplete => (Ink::Open, "◌", "OPEN"),
        Outcome::Unused => return None,
    };
    let mut parts = vec![format!("data {}", channel.number)];
    parts.extend(channel.transfer.as_ref().map(wording::command));
    parts.push(result(channel));
    parts.push(wording::announcement(channel));
    Some(Told {
        at: end(channel),
        line: mark(ink, glyph, word).plain(parts.join(", ")),
    })
}

/// The session is over, or watching it is.
pub(super) fn ended(record: &SessionRecord) -> Told {
    let standing = Standing::of(record, record.failed_channels > 0);
    let word = match record.state {
        State::Refused => "refused",
        State::Unanswered => "unanswered",
        State::Unreachable => "unreachable",
        State::Open => "still open",
        State::Closed => "closed",
        State::Reset => "reset",
    };
    let mut parts = vec![word.to_owned()];
    if let Some(user) = &record.user {
        parts.push(format!("user {}", escape::line(user)));
    }
    if record.commands > 0 || record.channels > 0 {
        parts.push(number::count(record.commands, "command"));
        parts.push(channels(record));
        parts.push(format!("↓ {}", number::bytes(record.bytes_downloaded)));
        parts.push(format!("↑ {}", number::bytes(record.bytes_uploaded)));
    }
    parts.push(number::span(record.ended.time.since(record.started.time)));
    Told {
        at: record.ended.time,
        line: mark(standing.ink(), standing.glyph(), "close").plain(parts.join(", ")),
    }
}

/// A diagnosed fact: cause, sentence, how sure, where and in which frames.
pub(super) fn finding(finding: &Finding, party: Option<&Party>, several_inputs: bool) -> Line {
    let sureness = match finding.confidence {
        Confidence::Certain => "certain",
        Confidence::Likely => "likely",
        Confidence::Possible => "possible",
    };
    let mut place = vec![sureness.to_owned()];
    place.extend(finding.channel.map(|channel| format!("data {channel}")));
    place.extend(party.map(between));
    if let [first, ..] = finding.evidence.as_slice() {
        let last = finding.evidence.last().unwrap_or(first);
        place.push(wording::frames(first.frame, last.frame, several_inputs));
    }
    let sentence = format!(": {} ", finding.summary);
    verdict(finding.severity)
        .ink(Ink::Strong, finding.cause)
        .plain(sentence)
        .dim(format!("({})", place.join(", ")))
}

/// The mark of how bad something is.
pub(super) fn verdict(severity: Severity) -> Line {
    match severity {
        Severity::Error => mark(Ink::Fail, "✗", "FAIL"),
        Severity::Warning => mark(Ink::Auth, "!", "WARN"),
        Severity::Notice => mark(Ink::Dim, "·", "NOTE"),
    }
}

fn mark(ink: Ink, glyph: &str, word: &str) -> Line {
    Line::default()
        .ink(ink, format!("{glyph} {word:<5}"))
        .plain(" ")
}

/// What became of a channel: its bytes, or what happened on the wire, and what the server said.
fn result(channel: &Channel) -> String {
    let transfer = channel.transfer.as_ref();
    let moved = transfer.filter(|_| channel.connection.is_some()).map(moved);
    let reply = transfer.and_then(|transfer| transfer.reply.as_ref());
    let said = |reply: Option<_>| reply.map(wording::reply);
    match channel.outcome {
        Outcome::Completed => moved.unwrap_or_else(|| wording::outcome(channel)),
        Outcome::Failed => {
            let cause = channel
                .cause
                .map_or(String::new(), |cause| format!(" {cause}:"));
            format!("failed:{cause} {}", wording::on_the_wire(channel))
        }
        Outcome::Rejected | Outcome::Refused => {
            let reply = if channel.outcome == Outcome::Refused {
                channel.reply.as_ref()
            } else {
                reply
            };
            said(reply).unwrap_or_else(|| wording::outcome(channel))
        }
        _ => {
            let parts = [Some(wording::outcome(channel)), moved];
            parts
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" after ")
        }
    }
}

/// `↓ 397 B in 92 ms`.
fn moved(transfer: &Transfer) -> String {
    let arrow = match transfer.direction {
        crate::ftp::Direction::Upload => "↑",
        crate::ftp::Direction::Download | crate::ftp::Direction::Listing => "↓",
    };
    let bytes = number::bytes(transfer.bytes);
    match transfer.duration {
        Some(span) => format!("{arrow} {bytes} in {}", number::span(span)),
        None => format!("{arrow} {bytes}"),
    }
}

fn channels(record: &SessionRecord) -> String {
    let channels = number::count(record.channels, "data channel");
    match record.failed_channels {
        0 => channels,
        failed => format!("{channels} ({} failed)", number::grouped(failed)),
    }
}

/// The latest that is known of a channel.
fn end(channel: &Channel) -> Timestamp {
    let transfer = channel.transfer.as_ref();
    let reply = transfer.and_then(|transfer| transfer.reply.as_ref());
    let reply = reply.or(channel.reply.as_ref()).map(|reply| reply.at.time);
    let connection = channel
        .connection
        .as_ref()
        .map(|connection| connection.last.time);
    reply.max(connection).unwrap_or(channel.at.time)
}
