//! A data channel: what was announced, who came, what passed, how it ended.

use std::time::Duration;

use super::Item;
use crate::dashboard::model::Standing;
use crate::dashboard::story::{data, sending};
use crate::dashboard::theme::Token;
use crate::diagnosis::{address, phrase};
use crate::ftp::{
    Channel, ClosedBy, DataConnection, Method, Mode, Outcome, Representation, Transfer,
};
use crate::output::text::{number, wording};
use crate::output::words::Word;
use crate::tcp::{Half, Side};

/// Collects facts.
#[derive(Default)]
struct Facts(Vec<Item>);

impl Facts {
    fn add(&mut self, name: &'static str, value: impl Into<String>) {
        self.0.push(Item::Fact(name, Token::Server, value.into()));
    }

    fn bad(&mut self, name: &'static str, value: impl Into<String>) {
        self.0.push(Item::Fact(name, Token::Fail, value.into()));
    }
}

/// All of it.
pub(super) fn items(channel: &Channel) -> Vec<Item> {
    let mut facts = Facts(vec![heading(channel)]);
    facts
        .0
        .push(Item::Fact("state", token(channel), state(channel)));
    facts.add("mode", mode(channel));
    if let Some(text) = announced(channel) {
        facts.add("announced", text);
    }
    if let Some(connection) = &channel.connection {
        let name = match connection.established {
            true => "connected",
            false => "attempted",
        };
        facts.add(name, format!("{} → {}", connection.from, connection.to));
    }
    if let Some(transfer) = &channel.transfer {
        facts.add("for", purpose(transfer));
    }
    match &channel.connection {
        Some(connection) if connection.established => connected(&mut facts, channel, connection),
        Some(connection) => attempted(&mut facts, connection),
        None => facts.add("packets", "none in the capture"),
    }
    facts.0.push(Item::Fact(
        "frames",
        Token::Dim,
        wording::channel_frames(channel, false)
            .trim_start_matches("frames ")
            .trim_start_matches("frame ")
            .to_owned(),
    ));
    facts.0
}

/// In two lines: what it was, and what happened on the wire.
pub(super) fn brief(channel: &Channel) -> Vec<Item> {
    let heading = format!("{}  {}", data(channel), state(channel));
    let mut text = channel.method.word().to_owned();
    if let Some(endpoint) = announced(channel) {
        text += &format!(" {endpoint}");
    }
    if let Some(transfer) = &channel.transfer {
        text += &format!(" for {}", purpose(transfer));
    }
    let happened = match channel.outcome {
        Outcome::Completed => moved(channel),
        _ => wording::on_the_wire(channel),
    };
    let frames = wording::channel_frames(channel, false);
    vec![
        Item::Heading(token(channel), heading),
        Item::Text(Token::Server, format!("{text}; {happened}; {frames}")),
    ]
}

fn heading(channel: &Channel) -> Item {
    let inferred = match channel.method {
        Method::Inferred => "  (announcement not seen)",
        _ => "",
    };
    Item::Heading(
        Token::Title,
        format!("Data channel {}{inferred}", channel.number),
    )
}

fn token(channel: &Channel) -> Token {
    Standing::from(channel.outcome).token()
}

fn state(channel: &Channel) -> String {
    let established = channel.connection.as_ref().map(|one| one.established);
    let word = wording::outcome(channel).to_uppercase();
    match (channel.outcome, established) {
        (Outcome::Failed, Some(false)) => format!("{word}  never established"),
        (Outcome::Failed, None) => format!("{word}  never attempted"),
        (Outcome::Failed, Some(true)) => format!("{word}  broke off"),
        _ => word,
    }
}

fn mode(channel: &Channel) -> String {
    let mut text = channel.method.word().to_owned();
    if let Some(reply) = &channel.reply {
        text += &format!(" ({:03})", reply.code);
    }
    text += match channel.mode {
        Mode::Passive => ", client connects",
        Mode::Active => ", server connects",
    };
    let representation = channel
        .transfer
        .as_ref()
        .map(|transfer| transfer.representation);
    text += match representation {
        Some(Representation::Ascii) => ", TYPE A",
        Some(Representation::Binary) => ", TYPE I",
        _ => "",
    };
    text
}

fn announced(channel: &Channel) -> Option<String> {
    let endpoint = channel.announced?;
    Some(match address::local_kind(endpoint.ip()) {
        Some(kind) => format!("{endpoint} ({kind})"),
        None => endpoint.to_string(),
    })
}

/// `LIST / → 425`.
fn purpose(transfer: &Transfer) -> String {
    let command = wording::command(transfer);
    match (&transfer.reply, transfer.restart_offset) {
        (Some(reply), 0) => format!("{command} → {:03}", reply.code),
        (Some(reply), offset) => format!("{command} from {offset} → {:03}", reply.code),
        (None, _) => format!("{command} → no final reply"),
    }
}

fn attempted(facts: &mut Facts, connection: &DataConnection) {
    let span = connection.last.time.since(connection.first.time);
    let syns = match connection.syns {
        0 | 1 => connection.syns.to_string(),
        syns => format!("{syns} in {}", number::span(span)),
    };
    facts.add("SYN", syns);
    let tcp = &connection.facts;
    let answer = match (&tcp.icmp, connection.closed_by) {
        (Some(error), _) => format!("{} from {}", phrase::icmp(error), error.reporter),
        (None, Some(ClosedBy::ResetByClient)) => "RST of the client".to_owned(),
        (None, Some(ClosedBy::ResetByServer)) => "RST of the server".to_owned(),
        (None, _) if tcp.syn_acks > 0 => {
            format!("SYN/ACK ×{}, not acknowledged", tcp.syn_acks)
        }
        (None, _) => "none (no RST, no ICMP)".to_owned(),
    };
    facts.bad("answer", answer);
}

fn connected(facts: &mut Facts, channel: &Channel, connection: &DataConnection) {
    let tcp = &connection.facts;
    if let Some(time) = tcp.round_trip() {
        facts.add("round trip", number::span(time));
    }
    if tcp.syns > 1 {
        facts.add("SYN", format!("{}, the last one answered", tcp.syns));
    }
    if let Some(transfer) = &channel.transfer {
        transferred(facts, channel, transfer);
    }
    if let Some(half) = sending(channel, connection) {
        sent(facts, channel, half);
    }
    for side in [Side::Initiator, Side::Responder] {
        if let Some((from, to)) = tcp.half(side).starvation() {
            let span = number::span(to.time.since(from.time));
            facts.bad(
                "no room",
                format!("{} had a zero window for {span}", tcp.address(side)),
            );
        }
    }
    let end = match connection.closed_by {
        Some(ClosedBy::Client) => "FIN of the client first",
        Some(ClosedBy::Server) => "FIN of the server first",
        Some(ClosedBy::ResetByClient) => "RST of the client",
        Some(ClosedBy::ResetByServer) => "RST of the server",
        None => "open when last seen",
    };
    facts.add("ended by", end);
}

fn transferred(facts: &mut Facts, channel: &Channel, transfer: &Transfer) {
    let arrow = wording::arrow(transfer.direction);
    let mut bytes = format!("{}  {arrow}", number::bytes(transfer.bytes));
    if let Some(told) = transfer.announced {
        bytes += &format!("  ({} announced)", number::bytes(told.bytes));
    }
    facts.add("bytes", bytes);
    if let Some(span) = transfer.duration {
        facts.add(
            "took",
            format!("{}{}", number::span(span), rate(transfer.bytes, span)),
        );
    }
    if transfer.retransmitted_bytes > 0 {
        facts.add("again", number::bytes(transfer.retransmitted_bytes));
    }
    if transfer.missing_bytes > 0 {
        let missing = number::bytes(transfer.missing_bytes);
        facts.bad("missing", format!("{missing} not in the capture"));
    }
    if transfer.unacknowledged_bytes > 0 && channel.outcome != Outcome::Completed {
        let bytes = number::bytes(transfer.unacknowledged_bytes);
        facts.bad("unheard", format!("{bytes} never acknowledged"));
    }
}

/// How long the first byte took, and from where.
fn sent(facts: &mut Facts, channel: &Channel, half: &Half) {
    let begun = channel.transfer.as_ref().map(|transfer| transfer.at.time);
    if let (Some(first), Some(begun)) = (half.first_data, begun) {
        let wait = number::span(first.time.since(begun));
        facts.add("first byte", format!("{wait} after the command"));
    }
}

fn moved(channel: &Channel) -> String {
    let Some(transfer) = &channel.transfer else {
        return "no transfer".to_owned();
    };
    let time = transfer.duration.map_or(String::new(), |span| {
        format!(" in {}{}", number::span(span), rate(transfer.bytes, span))
    });
    format!("{}{time}", number::bytes(transfer.bytes))
}

/// `, 1.2 MB/s`, where there is enough to tell.
fn rate(bytes: u64, span: Duration) -> String {
    let seconds = span.as_secs_f64();
    if bytes == 0 || seconds <= 0.0 {
        return String::new();
    }
    format!(", {}/s", number::bytes((bytes as f64 / seconds) as u64))
}
