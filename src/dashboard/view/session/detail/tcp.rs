//! The control connection as TCP.

use super::Item;
use crate::dashboard::story::{Row, Story};
use crate::dashboard::theme::Token;
use crate::escape;
use crate::ftp::{Directions, SessionRecord, Vantage};
use crate::output::text::number;
use crate::output::words::Word;
use crate::tcp::{Close, Connection, Half, Side};

/// What is known of the control connection.
pub(super) fn items(story: &Story, row: &Row) -> Vec<Item> {
    let mut items = vec![Item::Heading(Token::Title, "Control connection".to_owned())];
    let session = story.session_of(row.event);
    let Some(head) = session.and_then(|session| story.head(session)) else {
        return items;
    };
    let mut fact = |name, value: String| items.push(Item::Fact(name, Token::Server, value));
    fact("client", head.client.to_string());
    fact("server", head.server.to_string());
    let record = session.and_then(|session| story.record(session));
    match record {
        Some(record) => items.extend(told(record)),
        None => fact("state", "open".to_owned()),
    }
    items
}

/// In one line.
pub(super) fn brief(story: &Story, row: &Row) -> Vec<Item> {
    let facts = items(story, row).into_iter().skip(1);
    let facts = facts.filter_map(|item| match item {
        Item::Fact(name, _, value) => Some(format!("{name} {value}")),
        _ => None,
    });
    let facts: Vec<String> = facts.collect();
    vec![Item::Text(Token::Server, facts.join("; "))]
}

fn told(record: &SessionRecord) -> Vec<Item> {
    let control = &record.control;
    let mut items = Vec::new();
    let mut fact = |name, value: String| items.push(Item::Fact(name, Token::Server, value));
    fact("state", record.state.word().to_owned());
    if let Some(name) = &record.server_name {
        fact("name", escape::line(name).into_owned());
    }
    if let Some(software) = &record.software {
        fact("software", escape::line(software.as_bytes()).into_owned());
    }
    if let Some(time) = control.round_trip() {
        fact("round trip", number::span(time));
    }
    if control.syns > 1 {
        fact("SYN", control.syns.to_string());
    }
    fact("seen from", vantage(record.vantage).to_owned());
    fact("captured", captured(record.directions).to_owned());
    for (side, name) in sides(record) {
        fact(name, half(control.half(side)));
    }
    if let Some(end) = closed(control, record) {
        fact("ended by", end);
    }
    let span = record.ended.time.since(record.started.time);
    fact("lasted", number::span(span));
    fact(
        "frames",
        format!(
            "{}–{}",
            record.started.frame.number(),
            record.ended.frame.number()
        ),
    );
    items
}

fn vantage(vantage: Vantage) -> &'static str {
    match vantage {
        Vantage::Client => "near the client",
        Vantage::Server => "near the server",
        Vantage::Between => "between the two",
        Vantage::Unknown => "the handshake does not tell",
    }
}

fn captured(directions: Directions) -> &'static str {
    match directions {
        Directions::Both => "both directions",
        Directions::Client => "only what the client sent",
        Directions::Server => "only what the server sent",
    }
}

fn sides(record: &SessionRecord) -> [(Side, &'static str); 2] {
    match record.control.initiator() == record.client {
        true => [
            (Side::Initiator, "client sent"),
            (Side::Responder, "server sent"),
        ],
        false => [
            (Side::Responder, "client sent"),
            (Side::Initiator, "server sent"),
        ],
    }
}

fn half(half: &Half) -> String {
    let mut text = number::bytes(half.bytes);
    if half.retransmitted() > 0 {
        text += &format!(", {} again", number::bytes(half.retransmitted()));
    }
    if half.missing() > 0 {
        text += &format!(", {} not in the capture", number::bytes(half.missing()));
    }
    if half.unacknowledged() > 0 {
        text += &format!(
            ", {} never acknowledged",
            number::bytes(half.unacknowledged())
        );
    }
    text
}

fn closed(control: &Connection, record: &SessionRecord) -> Option<String> {
    let (close, _) = control.close()?;
    let role = |side: Side| {
        let [(client, _), _] = sides(record);
        if side == client { "client" } else { "server" }
    };
    Some(match close {
        Close::Finished(side) => format!("{}, FIN first", role(side)),
        Close::Reset(side) => format!("{}, RST", role(side)),
    })
}
