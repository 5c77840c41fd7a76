//! One session in full: who, what, and its transcript.

use super::line::{Ink, Line};
use super::manner::Manner;
use super::number;
use super::transcript::Transcript;
use crate::escape;
use crate::ftp::{Directions, Protection, SessionRecord, State, Tls, TlsKind};
use crate::output::Standing;
use crate::output::stamp;
use crate::tls::Access;

/// Columns that each address of a title gets at least.
const LEAST_ROOM: usize = 15;

/// A session that is over, and what is kept of its story.
#[derive(Debug)]
pub(super) struct Told {
    /// What is known of it.
    pub(super) record: SessionRecord,
    /// How it fared.
    pub(super) standing: Standing,
    /// Its story; `None` when that was not kept.
    pub(super) transcript: Option<Transcript>,
}

impl Told {
    /// The session as it is printed.
    pub(super) fn text(&self, manner: Manner) -> String {
        let pen = manner.pen;
        let mut text = pen.ruled(self.title(manner), '─');
        for fact in facts(&self.record) {
            text += &pen.wrapped(Line::indented(2), Ink::Dim, &fact);
        }
        text.push('\n');
        match &self.transcript {
            Some(transcript) => text + &transcript.text(manner) + "\n",
            None => text,
        }
    }

    fn title(&self, manner: Manner) -> Line {
        let record = &self.record;
        let word = format!("{} {}", self.standing.glyph(), self.standing.word());
        let user = user(record);
        let taken = 30 + user.chars().count().min(20);
        let room = (manner.pen.width().saturating_sub(taken) / 2).max(LEAST_ROOM);
        let end = |address: std::net::SocketAddr| manner.pen.squeezed(&address.to_string(), room);
        Line::default()
            .dim("── ")
            .ink(Ink::Strong, format!("session {}", record.id))
            .plain("  ")
            .ink(self.standing.ink(), word)
            .plain(format!("  {}  ", manner.pen.squeezed(&user, 20)))
            .plain(format!("{} → {}", end(record.client), end(record.server)))
    }
}

/// The user as shown in titles and tables.
pub(super) fn user(record: &SessionRecord) -> String {
    match &record.user {
        Some(user) => escape::line(user).into_owned(),
        None => "–".to_owned(),
    }
}

/// What there is to say of a session, in sentences of a few words.
fn facts(record: &SessionRecord) -> Vec<String> {
    let mut facts = vec![when(record), work(record)];
    facts.extend(record.tls.as_deref().map(protection));
    if let Some(mechanism) = &record.mechanism {
        let mechanism = escape::line(mechanism);
        facts.push(format!(
            "Protected by {mechanism} (RFC 2228) from AUTH on; what it protects is not read."
        ));
    }
    let part = match record.directions {
        Directions::Both => None,
        Directions::Client => Some("Only the client's packets are in the capture."),
        Directions::Server => Some("Only the server's packets are in the capture."),
    };
    facts.extend(part.map(str::to_owned));
    if record.midstream {
        facts.push("Its beginning is not in the capture.".to_owned());
    }
    facts
}

fn when(record: &SessionRecord) -> String {
    let begun = record.started.time;
    let mut text = format!(
        "{} {} UTC, {}, {}",
        stamp::date(begun),
        stamp::clock(begun),
        number::span(record.ended.time.since(begun)),
        state(record.state),
    );
    for known in [
        record.software.as_deref().map(str::as_bytes),
        record.server_name.as_deref(),
    ] {
        text.extend(known.map(|known| format!(", {}", escape::line(known))));
    }
    text
}

fn work(record: &SessionRecord) -> String {
    let mut text = number::count(record.commands, "command");
    if record.channels > 0 {
        text += &format!(", {}", number::count(record.channels, "data channel"));
        if record.failed_channels > 0 {
            text += &format!(" ({} failed)", number::grouped(record.failed_channels));
        }
        let down = number::bytes(record.bytes_downloaded);
        text += &format!(", ↓ {down}, ↑ {}", number::bytes(record.bytes_uploaded));
    }
    text
}

fn state(state: State) -> &'static str {
    match state {
        State::Refused => "connection refused (RST)",
        State::Unanswered => "connection never answered",
        State::Unreachable => "server unreachable (ICMP)",
        State::Open => "still open",
        State::Closed => "closed",
        State::Reset => "reset",
    }
}

fn protection(tls: &Tls) -> String {
    let facts = &tls.facts;
    let version = facts
        .version()
        .map_or("TLS".to_owned(), |it| it.to_string());
    let cipher = facts.cipher().map(|cipher| format!(", {cipher}"));
    let from = match tls.kind {
        TlsKind::Explicit => "from AUTH on",
        TlsKind::Implicit => "from the first byte",
    };
    let read = match facts.access {
        Access::None => "",
        Access::Unfit => ", and the keys do not fit",
        Access::Unsupported => ", with a cipher that is not decrypted here",
        Access::Decrypted => ", and decrypted",
    };
    let from = format!(
        "Encrypted ({version}{}) {from}{read}",
        cipher.unwrap_or_default()
    );
    let data = match tls.data_protection {
        Protection::Private => "data connections too",
        Protection::Clear => "data connections in clear",
        Protection::Unknown => "whether data connections are too is not known",
    };
    format!("{from}; {data}.")
}
