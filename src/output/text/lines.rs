//! One event of a session as lines of its transcript.

use super::line::{Ink, Line};
use super::manner::Manner;
use super::number;
use super::wording;
use crate::analyzer::Event;
use crate::capture::{Frame, Moment};
use crate::diagnosis::{Finding, Severity};
use crate::escape;
use crate::ftp::{Anomaly, AnomalyKind, Channel, Exchange, Outcome, Reply, SessionEvent};
use crate::output::words::Word;
use crate::output::{secret, stamp};
use crate::tcp::Side;
use crate::time::Timestamp;

/// Columns of `255.255.255.255:65535`.
const IPV4_ENDPOINT: usize = 21;

/// One or more lines that stand together.
#[derive(Debug)]
pub(super) struct Entry {
    /// Where they stand.
    pub(super) place: Place,
    /// The lines, each with its line end.
    pub(super) text: String,
}

/// Where an entry stands: by time, by frame, and a data channel before the reply that ends it.
pub(super) type Place = (Timestamp, Frame, u8);

/// Ranks within one packet.
const COMMAND: u8 = 0;
const CHANNEL: u8 = 1;
const REPLY: u8 = 2;
const ASIDE: u8 = 3;

/// The entries of one event; none for those that the session's title tells.
pub(super) fn of(event: &Event, manner: Manner) -> Vec<Entry> {
    match event {
        Event::Session(SessionEvent::Exchange(told)) => exchange(told, manner),
        Event::Session(SessionEvent::Reply { reply: told, .. }) => vec![reply(told, manner)],
        Event::Session(SessionEvent::Channel(told)) => vec![channel(told, manner)],
        Event::Session(SessionEvent::Anomaly(told)) => vec![anomaly(told, manner)],
        Event::Session(
            SessionEvent::Opened(_) | SessionEvent::Login(_) | SessionEvent::Ended(_),
        ) => Vec::new(),
        Event::Finding(told) => vec![finding(told, manner)],
    }
}

fn entry(at: Moment, rank: u8, text: String) -> Entry {
    Entry {
        place: (at.time, at.frame, rank),
        text,
    }
}

fn exchange(exchange: &Exchange, manner: Manner) -> Vec<Entry> {
    let verb = exchange.verb.as_str().to_owned();
    let mut line = spoken(exchange.at, "C", Ink::Client).plain(verb);
    if secret::is_secret(exchange) && !manner.show_passwords {
        line = line.plain(" ").dim("****");
    } else if !exchange.argument.is_empty() {
        line = line.plain(format!(" {}", escape::line(&exchange.argument)));
    }
    let end = match exchange.replies.is_empty() {
        true => Line::default().plain("  ").ink(Ink::Open, "◌ no reply"),
        false => Line::default(),
    };
    let command = entry(exchange.at, COMMAND, manner.pen.line_with_end(line, end));
    let replies = exchange.replies.iter().map(|told| reply(told, manner));
    std::iter::once(command).chain(replies).collect()
}

fn reply(reply: &Reply, manner: Manner) -> Entry {
    let (first, further) = folded(&reply.text, manner.all);
    let separator = if further > 0 { '-' } else { ' ' };
    let line = spoken(reply.at, "S", Ink::Plain)
        .ink(
            Ink::of_reply(reply.code),
            format!("{:03}{separator}", reply.code),
        )
        .plain(escape::line(first).into_owned());
    let fold = match further {
        0 => Line::default(),
        _ if manner.all => Line::default(),
        _ => Line::default().dim(format!("  ▸ {}", number::count(further as u64, "line"))),
    };
    let mut text = manner.pen.line_with_end(line, fold);
    if manner.all {
        for further in reply.text.split(|&byte| byte == b'\n').skip(1) {
            let line = Line::indented(20).plain(escape::line(further).into_owned());
            text += &manner.pen.line(line);
        }
    }
    entry(reply.at, REPLY, text)
}

/// The line of a reply that stands for it, and how many others there are: the first line, or where
/// that is blank and the others are not shown the first that says something.
fn folded(text: &[u8], all: bool) -> (&[u8], usize) {
    let mut lines = text.split(|&byte| byte == b'\n');
    let others = lines.clone().count() - 1;
    let first = lines.next().unwrap_or_default();
    if all || !first.trim_ascii().is_empty() {
        return (first, others);
    }
    (
        lines
            .find(|line| !line.trim_ascii().is_empty())
            .unwrap_or(first),
        others,
    )
}

fn channel(channel: &Channel, manner: Manner) -> Entry {
    let (at, rank) = place(channel);
    entry(at, rank, bar(channel, manner))
}

/// Where a channel stands: at the attempt that failed, before the reply that ends its transfer, or
/// behind what was last heard of it.
fn place(channel: &Channel) -> (Moment, u8) {
    let transfer = channel.transfer.as_ref();
    if let Some(connection) = channel.connection.as_ref().filter(|one| !one.established) {
        let command = transfer.map(|transfer| transfer.at);
        return (
            command.map_or(connection.first, |at| later(at, connection.first)),
            ASIDE,
        );
    }
    if let Some(reply) = transfer.and_then(|transfer| transfer.reply.as_ref()) {
        return (reply.at, CHANNEL);
    }
    let granted = channel
        .reply
        .as_ref()
        .map_or(channel.at, |reply| later(channel.at, reply.at));
    (
        channel
            .connection
            .as_ref()
            .map_or(granted, |connection| connection.last),
        ASIDE,
    )
}

fn later(one: Moment, other: Moment) -> Moment {
    if one.time >= other.time { one } else { other }
}

fn anomaly(anomaly: &Anomaly, manner: Manner) -> Entry {
    let what = match anomaly.kind {
        AnomalyKind::Gap { side, bytes } => {
            let whose = if side == Side::Initiator {
                "client"
            } else {
                "server"
            };
            format!(
                "{} of the {whose} not in the capture",
                number::count(bytes, "byte")
            )
        }
        AnomalyKind::LongLine { bytes } => {
            format!(
                "a line of {}; only its beginning was kept",
                number::count(bytes, "byte")
            )
        }
        AnomalyKind::NotAReply => "a line of the server that is no reply".to_owned(),
        AnomalyKind::TooManyPending => {
            "too many commands wait for replies; the oldest was given up".to_owned()
        }
        AnomalyKind::TooManyChannels => {
            "too many data channels are unfinished; the oldest was given up".to_owned()
        }
    };
    let frame = wording::frames(anomaly.at.frame, anomaly.at.frame, manner.several_inputs);
    let line = Line::indented(14)
        .ink(Ink::Part, format!("▒ {what}"))
        .dim(format!("  {frame}"));
    entry(anomaly.at, ASIDE, manner.pen.line(line))
}

/// A finding, in the one line that leads to the top of the report.
fn finding(finding: &Finding, manner: Manner) -> Entry {
    let (glyph, ink) = match finding.severity {
        Severity::Error => ("✗", Ink::Fail),
        Severity::Warning => ("!", Ink::Auth),
        Severity::Notice => ("·", Ink::Dim),
    };
    let line = Line::indented(7).ink(ink, format!("{glyph} {}", finding.cause));
    let frame = finding
        .evidence
        .last()
        .map_or(Frame::default(), |evidence| evidence.frame);
    entry(
        Moment {
            frame,
            time: finding.time,
        },
        ASIDE,
        manner.pen.line(line),
    )
}

impl Ink {
    fn of_reply(code: u16) -> Self {
        match code {
            400.. => Self::Fail,
            _ => Self::Plain,
        }
    }
}

/// The time, and who speaks.
fn spoken(at: Moment, who: &'static str, ink: Ink) -> Line {
    Line::indented(1)
        .dim(stamp::time_of_day(at.time))
        .plain(" ")
        .ink(ink, who)
        .plain(" ")
}

/// A data channel as a bar across the transcript; for one that is no success, with what happened.
fn bar(channel: &Channel, manner: Manner) -> String {
    let frames = wording::channel_frames(channel, manner.several_inputs);
    let line = Line::indented(4)
        .dim("══ ")
        .ink(Ink::Data, format!("data {}", channel.number))
        .plain(format!("  {}  ", method(channel, manner)))
        .join(result(channel))
        .dim(format!("  {frames}"));
    let mut text = manner.pen.ruled(line, '═');
    if channel.outcome == Outcome::Failed {
        let cause = wording::on_the_wire(channel);
        text += &manner.pen.line(Line::indented(7).ink(Ink::Abort, cause));
    }
    text
}

/// How the channel was announced; where there is room, and where it matters, with the endpoint.
fn method(channel: &Channel, manner: Manner) -> String {
    let matters = !matches!(channel.outcome, Outcome::Completed | Outcome::Unused);
    let width = manner.pen.width();
    match channel.announced.filter(|_| matters || width >= 100) {
        Some(endpoint) => {
            let room = (width / 4).max(IPV4_ENDPOINT);
            let endpoint = manner.pen.squeezed(&endpoint.to_string(), room);
            format!("{} {endpoint}", channel.method.word())
        }
        None => channel.method.word().to_owned(),
    }
}

fn result(channel: &Channel) -> Line {
    let moved = channel
        .transfer
        .as_ref()
        .filter(|_| channel.connection.is_some())
        .map(|transfer| {
            let time = transfer
                .duration
                .map_or(String::new(), |span| format!(" in {}", number::span(span)));
            format!(
                "{}{time}  {}",
                number::bytes(transfer.bytes),
                wording::arrow(transfer.direction)
            )
        });
    match (channel.outcome, moved) {
        (Outcome::Completed, Some(moved)) => Line::default().ink(Ink::Ok, "✓ ").plain(moved),
        (Outcome::Completed, None) => Line::default().ink(Ink::Ok, "✓"),
        (Outcome::Failed, _) => Line::default().ink(Ink::Fail, "✗ FAIL"),
        (Outcome::Aborted, Some(moved)) => Line::default().ink(Ink::Abort, "/ ABRT ").plain(moved),
        (Outcome::Incomplete, Some(moved)) => {
            Line::default().ink(Ink::Open, "◌ OPEN ").plain(moved)
        }
        (Outcome::Unseen, _) => Line::default().ink(Ink::Part, wording::outcome(channel)),
        _ => Line::default().dim(wording::outcome(channel)),
    }
}
