//! What a rule is shown.

use std::net::SocketAddr;
use std::time::Duration;

use super::{Confidence, Finding, Severity};
use crate::capture::Moment;
use crate::ftp::{
    Channel, DataConnection, Directions, Exchange, Mode, Outcome, Past, Reply, Scene, SessionEvent,
    SessionRecord,
};

/// A fact and the session that it is about.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// The fact.
    pub event: &'a SessionEvent,
    /// The session at this moment.
    pub scene: &'a Scene<'a>,
}

impl<'a> Case<'a> {
    /// The data channel that the fact is about.
    pub fn channel(&self) -> Option<&'a Channel> {
        match self.event {
            SessionEvent::Channel(channel) => Some(channel),
            _ => None,
        }
    }

    /// The command and its replies that the fact is about.
    pub fn exchange(&self) -> Option<&'a Exchange> {
        match self.event {
            SessionEvent::Exchange(exchange) => Some(exchange),
            _ => None,
        }
    }

    /// The session, when it is over.
    pub fn ended(&self) -> Option<&'a SessionRecord> {
        match self.event {
            SessionEvent::Ended(record) => Some(record),
            _ => None,
        }
    }

    /// The channel, when it failed or its announcement was refused.
    pub fn unsuccessful(&self) -> Option<&'a Channel> {
        let failed =
            |channel: &&Channel| matches!(channel.outcome, Outcome::Failed | Outcome::Refused);
        self.channel().filter(failed)
    }

    /// The channel, when the server announced it and the client gave up before any connection or
    /// transfer command came.
    pub fn abandoned(&self) -> Option<&'a Channel> {
        let given_up = |channel: &&Channel| {
            channel.outcome == Outcome::Unused
                && channel.mode == Mode::Passive
                && channel.announced.is_some()
                && channel.connection.is_none()
                && channel.transfer.is_none()
                && !self.scene.midstream()
        };
        self.channel().filter(given_up)
    }

    /// Transfers were confirmed and no data connection is in the capture: that none came about for
    /// another channel says nothing.
    pub fn lacks_data(&self) -> bool {
        let history = self.scene.history();
        history.connections == 0 && history.rarities().unseen.is_some()
    }

    /// How long the client waited after the announcement of a channel before it went on.
    pub fn patience(&self, channel: &Channel) -> Duration {
        let closed = self
            .scene
            .control()
            .map(|control| control.last.time)
            .unwrap_or(self.scene.now().time);
        let until = channel
            .next_command
            .as_ref()
            .map_or(closed, |(_, at)| at.time);
        until.since(channel.at.time)
    }

    /// The connection of a channel that failed before it came about, where one was tried.
    pub fn failed_attempt(&self) -> Option<(&'a Channel, &'a DataConnection)> {
        let channel = self.unsuccessful()?;
        let connection = channel.connection.as_ref()?;
        (!connection.established).then_some((channel, connection))
    }

    /// A later channel of the session that worked: the fault of `channel` did not matter.
    pub fn repaired(&self, channel: &Channel) -> Option<&'a Past> {
        self.scene.history().channels.iter().find(|past| {
            past.number > channel.number
                && (past.established
                    || matches!(past.outcome, Outcome::Completed | Outcome::Unseen))
        })
    }

    /// An earlier channel of the session that worked.
    pub fn worked_before(&self, channel: &Channel) -> Option<&'a Past> {
        self.scene
            .history()
            .channels
            .iter()
            .rev()
            .find(|past| past.number < channel.number && past.outcome == Outcome::Completed)
    }

    /// Who announced the channel and who was to connect to it, by their control connection.
    pub fn announcer(&self, channel: &Channel) -> (SocketAddr, SocketAddr) {
        match channel.mode {
            Mode::Passive => (self.scene.server(), self.scene.client()),
            Mode::Active => (self.scene.client(), self.scene.server()),
        }
    }

    /// A failure that the client got over is a warning.
    pub fn severity(&self, channel: &Channel) -> Severity {
        if self.repaired(channel).is_some() {
            Severity::Warning
        } else {
            Severity::Error
        }
    }

    /// Adds the announcement of a channel and what the server said in the end, and tells of the
    /// channel that worked instead.
    pub fn with_course(&self, finding: Finding, channel: &Channel) -> Finding {
        let announced = match channel.announced {
            Some(endpoint) => format!("announces {endpoint}"),
            None => "the announcement".to_owned(),
        };
        let mut finding = finding.because_of(channel.announcement, announced);
        // Without an announcement it is the command that asks for the channel (RFC 959 §3.3).
        let command = channel.transfer.as_ref();
        if let Some(transfer) = command.filter(|_| channel.announcement.is_none()) {
            finding = finding.because(transfer.at, transfer.verb.word());
        }
        for reply in self.refusals(channel) {
            finding = finding.because(reply.at, super::phrase::reply(reply));
        }
        if let Some(past) = self.repaired(channel) {
            let note = format!("data channel {} works instead", past.number);
            finding = finding.because(past.at, note);
        }
        finding
    }

    /// What the server said against a channel: to its announcement, to its transfer.
    fn refusals<'c>(&self, channel: &'c Channel) -> impl Iterator<Item = &'c Reply> + use<'c> {
        let granted = channel.reply.as_ref();
        let transferred = channel
            .transfer
            .as_ref()
            .and_then(|transfer| transfer.reply.as_ref());
        [granted, transferred]
            .into_iter()
            .flatten()
            .filter(|reply| reply.code >= 400)
    }

    /// The last packet of the control connection so far.
    pub fn last_heard(&self) -> Option<Moment> {
        self.scene.control().map(|control| control.last)
    }

    /// Nobody was seen to announce the channel: that it is one of this session is inferred.
    fn is_inferred(&self) -> bool {
        self.channel()
            .is_some_and(|channel| channel.inferred.is_some() && channel.announcement.is_none())
    }

    /// The most that may be said of a session whose packets are not all in the capture, or not to be
    /// read. Who was never answered has one direction only, and that is all there is.
    pub fn cap(&self) -> Confidence {
        let Some(control) = self.scene.control() else {
            return Confidence::Possible;
        };
        if !control.established {
            Confidence::Certain
        } else if self.scene.directions() != Directions::Both {
            Confidence::Possible
        } else if self.scene.has_gaps() || self.is_inferred() {
            Confidence::Likely
        } else {
            Confidence::Certain
        }
    }
}
