//! What a session remembers of what is final: for judging what comes after it.

use std::net::SocketAddr;

use super::command::Verb;
use super::event::{Channel, DataConnection, Exchange, Method, Mode, Outcome, Reply};
use crate::capture::Moment;

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
    /// The announced endpoint.
    pub announced: Option<SocketAddr>,
    /// What became of it.
    pub outcome: Outcome,
    /// Its connection came about.
    pub established: bool,
    /// The connection's first packet and its last one with new payload.
    pub span: Option<(Moment, Moment)>,
    /// Payload bytes of both directions.
    pub bytes: u64,
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
    /// What the server answered to FEAT.
    pub features: Option<Vec<u8>>,
    /// Logins that were refused.
    pub refused_logins: u32,
}

impl History {
    pub(super) fn greeted(&mut self, reply: &Reply) {
        self.greeting.get_or_insert_with(|| reply.clone());
    }

    pub(super) fn exchanged(&mut self, exchange: &Exchange) {
        let Some(reply) = exchange.replies.last() else {
            return;
        };
        match exchange.verb {
            Verb::Feat if reply.code == 211 => {
                let text = reply.text.get(..MAX_FEATURES).unwrap_or(&reply.text);
                self.features = Some(text.to_vec());
            }
            Verb::Pass | Verb::User if reply.code == 530 => self.refused_logins += 1,
            _ => {}
        }
    }

    pub(super) fn finished(&mut self, channel: &Channel) {
        if self.channels.len() == MAX_HISTORY {
            self.channels.remove(0);
        }
        self.channels.push(Past {
            number: channel.number,
            method: channel.method,
            mode: channel.mode,
            at: channel.at,
            announced: channel.announced,
            outcome: channel.outcome,
            established: channel
                .connection
                .as_ref()
                .is_some_and(|one| one.established),
            span: channel.connection.as_ref().map(span),
            bytes: channel.connection.as_ref().map_or(0, bytes),
            command: channel
                .transfer
                .as_ref()
                .map(|transfer| transfer.verb.clone()),
        });
    }
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
