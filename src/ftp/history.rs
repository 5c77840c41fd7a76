//! What a session remembers of what is final: for judging what comes after it.

use std::net::IpAddr;

use super::command::Verb;
use super::event::{Exchange, Reply};
use super::text::Text;
use super::transfer::{Channel, DataConnection, Method, Mode, Outcome};
use crate::capture::Moment;
use crate::tls::{Alert, Facts};

/// Channels that a session remembers; the oldest gives way.
pub const MAX_HISTORY: usize = 64;

/// Bytes kept of the list of features.
const MAX_FEATURES: usize = 4096;

/// A final data channel, in brief.
#[derive(Clone, Debug)]
pub struct Past {
    /// Its number.
    pub number: u32,
    /// How it was announced.
    pub method: Method,
    /// Who connects.
    pub mode: Mode,
    /// When it was announced.
    pub at: Moment,
    /// The announced port.
    pub port: Option<u16>,
    /// What became of it.
    pub outcome: Outcome,
    /// Its connection came about.
    pub established: bool,
    /// The connection's first packet and its last one with new payload.
    pub span: Option<(Moment, Moment)>,
    /// Payload bytes of both directions.
    pub bytes: u64,
    /// A TLS handshake began on it, and no alert in clear broke it off.
    pub handshake: bool,
    /// What it was used for.
    pub command: Option<Verb>,
}

/// What a session remembers.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// Its final channels, oldest first, at most [`MAX_HISTORY`].
    pub channels: Vec<Past>,
    /// The greeting.
    pub greeting: Option<Reply>,
    /// What was refused last, unless the client went on with something else than QUIT.
    pub unresolved: Option<Box<Exchange>>,
    /// When the latest reply of the server came, and its code.
    replied: Option<Moment>,
    code: u16,
    /// The latest line of either end, a 421 aside.
    pub last_words: Option<Moment>,
    /// Data connections in the capture.
    pub connections: u32,
    /// The server refused the latest announcement of a data channel.
    pub announcement_refused: bool,
    /// The server refused USER for another reason than the user: what it says to PASS then follows.
    pub(super) turned_away: bool,
    /// MODE or STRU is not the default: bytes on the wire are not those of the file.
    pub odd_mode: bool,
    /// Not there for most sessions.
    pub(super) rarities: Option<Box<Rarities>>,
}

/// What few sessions have to remember.
#[derive(Clone, Debug, Default)]
pub struct Rarities {
    /// What the server answered to FEAT.
    pub features: Option<Text>,
    /// Logins that were refused.
    pub refused_logins: u32,
    /// The latest refusal of a login, with what it answers.
    pub refused_login: Option<Box<Exchange>>,
    /// The reply that granted TLS.
    pub secured: Option<Moment>,
    /// Payload bytes of data connections that the capture lacks, and the first packet that shows it.
    pub missing: Option<(u64, Moment)>,
    /// The first data channel that the server confirmed and that is not in the capture.
    pub unseen: Option<Moment>,
}

/// Nothing of all that.
static NONE: Rarities = Rarities {
    features: None,
    refused_logins: 0,
    refused_login: None,
    secured: None,
    missing: None,
    unseen: None,
};

impl History {
    /// What few sessions have to remember.
    pub fn rarities(&self) -> &Rarities {
        self.rarities.as_deref().unwrap_or(&NONE)
    }

    /// The latest reply of the server.
    pub fn last_reply(&self) -> Option<(u16, Moment)> {
        Some((self.code, self.replied?))
    }

    fn note(&mut self) -> &mut Rarities {
        self.rarities.get_or_insert_default()
    }

    pub(super) fn greeted(&mut self, reply: &Reply) {
        self.greeting.get_or_insert_with(|| reply.clone());
    }

    pub(super) fn exchanged(&mut self, exchange: &Exchange) {
        let Some(reply) = exchange.replies.last() else {
            return;
        };
        if exchange.verb != Verb::Quit {
            self.unresolved = (reply.code >= 400).then(|| Box::new(exchange.clone()));
        }
        match exchange.verb {
            Verb::Pasv
            | Verb::Epsv
            | Verb::Lpsv
            | Verb::Spsv
            | Verb::Port
            | Verb::Eprt
            | Verb::Lprt => self.announcement_refused = reply.code >= 400,
            Verb::Mode | Verb::Stru if reply.code == 200 => {
                let usual = matches!(exchange.argument.trim_ascii(), b"S" | b"s" | b"F" | b"f");
                self.odd_mode = !usual;
            }
            Verb::Auth if matches!(reply.code, 234 | 334) => {
                self.note().secured.get_or_insert(reply.at);
            }
            Verb::Feat if reply.code == 211 => {
                self.note().features = Some(match reply.text.get(..MAX_FEATURES) {
                    Some(head) => head.into(),
                    None => reply.text.clone(),
                });
            }
            Verb::User if matches!(reply.code, 421 | 500..=504 | 534) => self.turned_away = true,
            Verb::User if reply.code < 400 => self.turned_away = false,
            Verb::Pass | Verb::Acct if self.turned_away => {}
            Verb::Pass | Verb::User | Verb::Acct if exchange.verb.refuses_login(reply.code) => {
                let refused = self.note();
                refused.refused_logins += 1;
                refused.refused_login = Some(Box::new(exchange.clone()));
            }
            _ => {}
        }
    }

    pub(super) fn replied(&mut self, reply: &Reply) {
        (self.replied, self.code) = (Some(reply.at), reply.code);
        if reply.code != 421 {
            self.last_words = Some(reply.at);
        }
    }

    pub(super) fn commanded(&mut self, at: Moment) {
        self.last_words = Some(at);
    }

    /// Adds up what the capture shows of data connections.
    fn tally(&mut self, channel: &Channel) {
        if let Some(connection) = &channel.connection {
            self.connections = self.connections.saturating_add(1);
            let lacking = connection.facts.missing();
            if lacking > 0 {
                let (sum, _) = self.note().missing.get_or_insert((0, connection.last));
                *sum = sum.saturating_add(lacking);
            }
        }
        if channel.outcome == Outcome::Unseen {
            let transfer = channel.transfer.as_ref();
            let reply = transfer.and_then(|transfer| transfer.reply.as_ref());
            self.note()
                .unseen
                .get_or_insert(reply.map_or(channel.at, |reply| reply.at));
        }
    }

    pub(super) fn finished(&mut self, channel: &Channel, client: IpAddr) {
        // Data between the server and a third host need not pass here.
        let elsewhere = channel.relayed
            || channel.mode == Mode::Active
                && channel.announced.is_some_and(|to| to.ip() != client);
        if !elsewhere {
            self.tally(channel);
        }
        if self.channels.len() == MAX_HISTORY {
            self.channels.remove(0);
        }
        // A vector begins with room for more than most sessions need.
        if self.channels.len() == self.channels.capacity() {
            self.channels.reserve_exact(self.channels.len().max(1));
        }
        self.channels.push(Past {
            number: channel.number,
            method: channel.method,
            mode: channel.mode,
            at: channel.at,
            port: channel.announced.map(|endpoint| endpoint.port()),
            outcome: channel.outcome,
            established: channel
                .connection
                .as_ref()
                .is_some_and(|one| one.established),
            span: channel.connection.as_ref().map(span),
            bytes: channel.connection.as_ref().map_or(0, bytes),
            handshake: channel.tls.as_deref().is_some_and(has_handshake),
            command: channel
                .transfer
                .as_ref()
                .map(|transfer| transfer.verb.clone()),
        });
    }
}

fn has_handshake(facts: &Facts) -> bool {
    let named = |alert: &Alert| alert.description.is_some();
    facts.offer.is_some() && !facts.failure().is_some_and(named)
}

fn span(connection: &DataConnection) -> (Moment, Moment) {
    let data = connection
        .facts
        .halves
        .iter()
        .filter_map(|half| half.last_data);
    let last = data.max().unwrap_or(connection.first);
    (connection.first, last)
}

fn bytes(connection: &DataConnection) -> u64 {
    connection.facts.halves.iter().map(|half| half.bytes).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::fixture::{at, channel, reply};

    #[test]
    fn the_latest_channels_are_remembered() {
        let mut history = History::default();
        for number in 0..=MAX_HISTORY as u32 {
            history.finished(&channel(1, number, at(0, 1)), [192, 0, 2, 1].into());
        }
        let numbers: Vec<_> = history.channels.iter().map(|past| past.number).collect();
        assert_eq!(numbers, (1..=MAX_HISTORY as u32).collect::<Vec<_>>());
        // What is counted goes on.
        assert_eq!(history.connections, MAX_HISTORY as u32 + 1);
    }

    #[test]
    fn of_a_long_list_of_features_the_beginning_is_remembered() {
        for length in [10, MAX_FEATURES, MAX_FEATURES + 1] {
            let (mut history, list) = (History::default(), "x".repeat(length));
            history.exchanged(&Exchange {
                session: 1,
                at: at(0, 1),
                verb: Verb::Feat,
                argument: Text::default(),
                path: None,
                replies: [reply(&format!("211 {list}"), 0, 2)].into_iter().collect(),
                protected: false,
                prepared: false,
            });
            let known = history.rarities().features.as_ref().unwrap();
            assert_eq!(known.len(), length.min(MAX_FEATURES));
        }
    }
}
