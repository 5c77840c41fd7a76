//! Events → the transfers and file operations that a server's own log would have.

use std::net::SocketAddr;
use std::time::Duration;

use hashbrown::HashMap;

use super::Context;
use super::party::{Parties, Party};
use super::words::Word;
use crate::analyzer::Event;
use crate::ftp::{Channel, Exchange, Reply, SessionEvent, SessionId, Text, Transfer};
use crate::time::{Precision, Timestamp};

/// Transfer commands of one session that wait for their data channel: a client that pipelines
/// more than these is told of without the older ones' bytes.
const MOST_WAITING: usize = 64;

/// One transfer or file operation.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    /// When the command was sent.
    pub(super) time: Timestamp,
    /// How many digits of a second the capture has.
    pub(super) precision: Precision,
    /// `FTP` or `FTPS`.
    pub(super) protocol: &'static str,
    /// The name that the client gave the server, or its address.
    pub(super) host: Text,
    /// The server's port.
    pub(super) port: u16,
    /// Who connects.
    pub(super) client: SocketAddr,
    /// The user.
    pub(super) user: Option<Text>,
    /// The remote path; `from -> to` for a rename.
    pub(super) path: Option<Text>,
    /// The command, or the word of its SITE command.
    pub(super) name: String,
    /// The code of the final reply.
    pub(super) code: Option<u16>,
    /// Payload bytes; `None` where no data connection was seen.
    pub(super) bytes: Option<u64>,
    /// How long it took.
    pub(super) duration: Option<Duration>,
    /// What became of it: of the data channel, or of the command by its reply.
    pub(super) outcome: &'static str,
}

/// Finds the operations among the events.
#[derive(Debug, Default)]
pub(super) struct Operations {
    parties: Parties,
    ledgers: HashMap<SessionId, Ledger>,
}

/// What is remembered of one session.
#[derive(Debug, Default)]
struct Ledger {
    /// Transfer commands whose data channel has not been told yet.
    waiting: Vec<Exchange>,
    /// Times of transfer commands whose data channel was told before them.
    told: Vec<Timestamp>,
    /// The accepted RNFR.
    rename: Option<Text>,
}

impl Operations {
    /// The operations that an event completes.
    pub(super) fn of(&mut self, event: &Event, context: Context<'_>) -> Vec<Operation> {
        let Event::Session(event) = event else {
            return Vec::new();
        };
        self.parties.learn(event);
        match event {
            SessionEvent::Exchange(exchange) => self.exchange(exchange, context),
            SessionEvent::Channel(channel) => self.channel(channel, context),
            SessionEvent::Ended(record) => self.end(record.id, context),
            _ => Vec::new(),
        }
    }

    fn exchange(&mut self, exchange: &Exchange, context: Context<'_>) -> Vec<Operation> {
        let ledger = self.ledgers.entry(exchange.session).or_default();
        let Some(party) = self.parties.get(exchange.session) else {
            return Vec::new();
        };
        let name = match exchange.verb.as_str() {
            "RETR" | "STOR" | "STOU" | "APPE" => {
                let given_up = ledger.wait(exchange);
                return given_up
                    .iter()
                    .map(|old| unaided(old, party, context))
                    .collect();
            }
            "RNFR" => {
                ledger.rename = Some(path(exchange));
                return Vec::new();
            }
            "RNTO" => {
                let mut operation = plain("RENAME", exchange, party, context);
                let from = ledger.rename.take().unwrap_or_else(|| "?".into());
                operation.path = Some([&from[..], b" -> ", &path(exchange)].concat().into());
                return vec![operation];
            }
            verb => verb,
        };
        file_operation(name, exchange, party, context)
            .into_iter()
            .collect()
    }

    fn channel(&mut self, channel: &Channel, context: Context<'_>) -> Vec<Operation> {
        let Some(transfer) = &channel.transfer else {
            return Vec::new();
        };
        let is_file = matches!(transfer.verb.as_str(), "RETR" | "STOR" | "STOU" | "APPE");
        let Some(party) = self.parties.get(channel.session).filter(|_| is_file) else {
            return Vec::new();
        };
        self.ledgers
            .entry(channel.session)
            .or_default()
            .tell(transfer.at.time);
        vec![moved(channel, transfer, party, context)]
    }

    fn end(&mut self, session: SessionId, context: Context<'_>) -> Vec<Operation> {
        let waiting = self.ledgers.remove(&session).unwrap_or_default().waiting;
        let party = self.parties.get(session).cloned();
        self.parties.leave(session);
        let Some(party) = party else {
            return Vec::new();
        };
        waiting
            .iter()
            .map(|exchange| unaided(exchange, &party, context))
            .collect()
    }
}

impl Ledger {
    /// Remembers a transfer command until its channel comes; gives back those that waited longest
    /// when there are too many.
    fn wait(&mut self, exchange: &Exchange) -> Option<Exchange> {
        if let Some(index) = self.told.iter().position(|time| *time == exchange.at.time) {
            self.told.swap_remove(index);
            return None;
        }
        self.waiting.push(exchange.clone());
        (self.waiting.len() > MOST_WAITING).then(|| self.waiting.remove(0))
    }

    fn tell(&mut self, command: Timestamp) {
        match self
            .waiting
            .iter()
            .position(|exchange| exchange.at.time == command)
        {
            Some(index) => drop(self.waiting.remove(index)),
            None => {
                self.told.push(command);
                if self.told.len() > MOST_WAITING {
                    self.told.remove(0);
                }
            }
        }
    }
}

/// Commands that change files or directories on the server; `None` for all others.
fn file_operation(
    verb: &str,
    exchange: &Exchange,
    party: &Party,
    context: Context<'_>,
) -> Option<Operation> {
    let name = match verb {
        "DELE" => "DELE",
        "MKD" | "XMKD" => "MKD",
        "RMD" | "XRMD" => "RMD",
        "RMDA" => "RMDA",
        "MFMT" | "MFCT" | "MFF" => {
            return Some(with_value(
                verb,
                &exchange.argument,
                exchange,
                party,
                context,
            ));
        }
        "SITE" => return site_operation(exchange, party, context),
        _ => return None,
    };
    Some(plain(name, exchange, party, context))
}

/// `SITE CHMOD 644 file` and its like.
fn site_operation(exchange: &Exchange, party: &Party, context: Context<'_>) -> Option<Operation> {
    let (word, rest) = split_word(&exchange.argument);
    let name = match word.to_ascii_uppercase().as_slice() {
        b"CHMOD" => "CHMOD",
        b"CHGRP" => "CHGRP",
        b"UTIME" => "UTIME",
        b"SYMLINK" => "SYMLINK",
        _ => return None,
    };
    Some(with_value(name, rest, exchange, party, context))
}

/// An operation whose argument is a value and a path: `MFMT 20240501120000 file`.
fn with_value(
    name: &str,
    argument: &[u8],
    exchange: &Exchange,
    party: &Party,
    context: Context<'_>,
) -> Operation {
    let (value, rest) = split_word(argument);
    let mut operation = plain(name, exchange, party, context);
    operation.name = format!("{name} {}", crate::escape::line(value));
    operation.path = Some(exchange.path.clone().unwrap_or_else(|| rest.into()));
    operation
}

/// The first word, and what follows the spaces behind it.
fn split_word(argument: &[u8]) -> (&[u8], &[u8]) {
    let argument = argument.trim_ascii_start();
    let end = argument
        .iter()
        .position(|&byte| byte == b' ')
        .unwrap_or(argument.len());
    (&argument[..end], argument[end..].trim_ascii_start())
}

/// An operation over the control connection alone.
fn plain(name: &str, exchange: &Exchange, party: &Party, context: Context<'_>) -> Operation {
    let last = exchange.replies.last();
    Operation {
        path: Some(path(exchange)),
        name: name.to_owned(),
        code: last.map(|reply| reply.code),
        duration: last.map(|reply| reply.at.time.since(exchange.at.time)),
        outcome: outcome_by_reply(last),
        ..begun(exchange.at.time, party, context)
    }
}

/// A transfer of which no data channel was told.
fn unaided(exchange: &Exchange, party: &Party, context: Context<'_>) -> Operation {
    plain(exchange.verb.as_str(), exchange, party, context)
}

/// A transfer over a data channel.
fn moved(channel: &Channel, transfer: &Transfer, party: &Party, context: Context<'_>) -> Operation {
    Operation {
        path: transfer.path.clone(),
        name: transfer.verb.as_str().to_owned(),
        code: transfer.reply.as_ref().map(|reply| reply.code),
        bytes: channel.connection.is_some().then_some(transfer.bytes),
        duration: transfer.duration,
        outcome: channel.outcome.word(),
        ..begun(transfer.at.time, party, context)
    }
}

/// What is known of an operation before what it does: when it begins, and between whom.
fn begun(time: Timestamp, party: &Party, context: Context<'_>) -> Operation {
    Operation {
        time,
        precision: context.precision,
        protocol: if party.protected { "FTPS" } else { "FTP" },
        host: host(party),
        port: party.server.port(),
        client: party.client,
        user: party.user.clone(),
        path: None,
        name: String::new(),
        code: None,
        bytes: None,
        duration: None,
        outcome: "incomplete",
    }
}

fn path(exchange: &Exchange) -> Text {
    exchange
        .path
        .clone()
        .unwrap_or_else(|| exchange.argument.clone())
}

fn host(party: &Party) -> Text {
    party
        .host
        .clone()
        .unwrap_or_else(|| party.server.ip().to_string().as_str().into())
}

fn outcome_by_reply(reply: Option<&Reply>) -> &'static str {
    match reply.map(|reply| reply.code) {
        Some(200..=299) => "completed",
        Some(400..=599) => "rejected",
        _ => "incomplete",
    }
}

#[cfg(test)]
mod tests;
