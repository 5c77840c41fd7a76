//! What is written on the rows of a data channel.

use super::{AT_THE_END, Label, Picture, Stroke};
use crate::dashboard::story::What;
use crate::dashboard::story::channel::{sender, sending};
use crate::dashboard::theme::Token;
use crate::diagnosis::{address, phrase};
use crate::ftp::{Channel, ClosedBy, DataConnection, Method, Outcome};
use crate::output::text::{number, wording};
use crate::tcp::{Connection, Half, Side};

/// `data 1`, `data ~1` where the announcement was not seen.
pub(crate) fn data(channel: &Channel) -> String {
    match channel.method {
        Method::Inferred => format!("data ~{}", channel.number),
        _ => format!("data {}", channel.number),
    }
}

/// What is written on a row of a data channel.
pub(super) fn row(what: What, channel: &Channel) -> Option<Label> {
    let name = data(channel);
    match what {
        What::Announced => return announced(channel),
        What::DataNote => return Some(note(channel)),
        _ => {}
    }
    let connection = channel.connection.as_ref()?;
    Some(match what {
        What::Attempt => {
            let text = format!("{name}: {}", attempt(connection));
            let ink = match channel.outcome {
                Outcome::Failed => Token::Fail,
                _ => Token::Abort,
            };
            Label::new(Picture::Arrow(Stroke::Failed), ink, text)
        }
        What::DataOpen => opened(&name, connection),
        What::DataBytes => bytes(&name, channel, connection),
        What::DataClose => closed(&name, channel, connection),
        _ => return None,
    })
}

fn announced(channel: &Channel) -> Option<Label> {
    let endpoint = channel.announced?;
    let text = format!("└ {} expects {endpoint}", data(channel));
    let mut tail = match address::local_kind(endpoint.ip()) {
        Some(kind) if !is_at_home(channel) => format!("  ! {kind}"),
        _ => String::new(),
    };
    if channel.relayed {
        tail += "  FXP";
    }
    if channel.outcome == Outcome::Unused {
        tail += "  (not used)";
    }
    Some(Label::note(Token::Data, text).with_tail(tail))
}

/// A private address that was reached is nothing to warn of.
fn is_at_home(channel: &Channel) -> bool {
    let connection = channel.connection.as_ref();
    connection.is_some_and(|connection| connection.established)
}

fn opened(name: &str, connection: &DataConnection) -> Label {
    let time = match connection.facts.round_trip() {
        Some(time) => format!("  {}", number::span(time)),
        None => String::new(),
    };
    let again = match connection.facts.syns {
        0 | 1 => String::new(),
        syns => format!("  ►► SYN ×{syns}"),
    };
    let mut label = Label::new(
        Picture::Arrow(Stroke::Tcp),
        Token::Data,
        format!("{name}: open {}{time}", connection.to),
    );
    label.short = Some(format!("{name}: open :{}", connection.to.port()));
    label.with_tail(again)
}

/// How many bytes there are, of how many, in what time.
fn bytes(name: &str, channel: &Channel, connection: &DataConnection) -> Label {
    let transfer = channel.transfer.as_ref();
    let on_the_wire = connection.facts.half(sender(channel, connection)).bytes;
    // Under TLS the content is less than what passed, where it could be decrypted.
    let content = transfer.map(|transfer| transfer.bytes);
    let seen = content.filter(|bytes| *bytes > 0).unwrap_or(on_the_wire);
    let span = sending(channel, connection)
        .and_then(|half| Some(half.last_data?.time.since(half.first_data?.time)));
    let mut text = format!("{name}: {}", number::bytes(seen));
    if let Some(told) = transfer.and_then(|transfer| transfer.announced) {
        let offset = transfer.map_or(0, |transfer| transfer.restart_offset);
        let due = told.bytes.saturating_sub(offset);
        if due != seen {
            text += &format!(" of {}", number::bytes(due));
            if due > 0 && seen < due {
                text += &format!(" ({} %)", seen.saturating_mul(100) / due);
            }
        }
    }
    let short = text.clone();
    if let Some(span) = span.filter(|span| !span.is_zero()) {
        text += &format!(" in {}", number::span(span));
    }
    let mut tail = String::new();
    if let Some(transfer) = transfer {
        if transfer.retransmitted_bytes > 0 {
            tail += &format!("  ►► {}", number::bytes(transfer.retransmitted_bytes));
        }
        if transfer.missing_bytes > 0 {
            tail += &format!("  ▒ {}", number::bytes(transfer.missing_bytes));
        }
    }
    // Bytes that were lost on the way to the capture and came again after later ones.
    let late = sending(channel, connection).map_or(0, Half::late);
    if late > 0 {
        tail += &format!("  ►► {} late", number::bytes(late));
    }
    let mut label = Label::new(Picture::Arrow(Stroke::Data), Token::Data, text).with_tail(tail);
    label.short = Some(short);
    label
}

fn closed(name: &str, channel: &Channel, connection: &DataConnection) -> Label {
    let reset = matches!(
        connection.closed_by,
        Some(ClosedBy::ResetByClient | ClosedBy::ResetByServer)
    );
    let (stroke, word) = match reset {
        true => (Stroke::Failed, "RST"),
        false => (Stroke::Tcp, "FIN"),
    };
    let empty = connection.facts.halves.iter().all(|half| half.bytes == 0);
    let after = if empty { ", no byte sent" } else { "" };
    let ink = match channel.outcome {
        Outcome::Failed => Token::Fail,
        Outcome::Aborted => Token::Abort,
        _ => Token::Data,
    };
    Label::new(
        Picture::Arrow(stroke),
        ink,
        format!("{name}: {word}{after}"),
    )
}

/// What is known of a channel without a packet that shows it.
fn note(channel: &Channel) -> Label {
    let (ink, what) = match channel.outcome {
        Outcome::Unseen | Outcome::Completed => (Token::Part, "its packets are not in the capture"),
        Outcome::Failed => {
            let text = format!("└ {}: {}", data(channel), wording::on_the_wire(channel));
            return Label::note(Token::Fail, text);
        }
        Outcome::Incomplete => (Token::Open, AT_THE_END),
        Outcome::Aborted => (Token::Abort, "aborted"),
        Outcome::Rejected => (Token::Dim, "not used: the command was refused"),
        Outcome::Refused => (Token::Dim, "refused"),
        Outcome::Unused => (Token::Dim, "not used"),
    };
    Label::note(ink, format!("└ {}: {what}", data(channel)))
}

fn attempt(connection: &DataConnection) -> String {
    // Where the channel came about in the end, only the attempts before that failed.
    if connection.established {
        let failed = || connection.others.iter().filter(|one| !one.established);
        let syns = failed().map(|one| one.syns).sum();
        let facts = failed().next_back();
        return facts.map_or_else(String::new, |facts| attempts(syns, facts, None));
    }
    attempts(connection.syns, &connection.facts, connection.closed_by)
}

/// `SYN ×4 unanswered`.
pub(super) fn attempts(syns: u32, facts: &Connection, closed_by: Option<ClosedBy>) -> String {
    let tries = match syns {
        0 => "no SYN".to_owned(),
        1 => "SYN".to_owned(),
        syns => format!("SYN ×{syns}"),
    };
    let reset = facts.half(Side::Responder).rst().is_some()
        || matches!(
            closed_by,
            Some(ClosedBy::ResetByClient | ClosedBy::ResetByServer)
        );
    if let Some(error) = &facts.icmp {
        return format!("{tries}, {}", phrase::icmp(error));
    }
    if reset {
        return format!("{tries} refused (RST)");
    }
    match facts.syn_acks {
        0 => format!("{tries} unanswered"),
        1 => format!("{tries}, SYN/ACK not acknowledged"),
        answers => format!("{tries}, SYN/ACK ×{answers} not acknowledged"),
    }
}
