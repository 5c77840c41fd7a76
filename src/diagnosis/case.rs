//! What a rule is shown.

use super::Confidence;
use crate::ftp::{
    Channel, DataConnection, Directions, Exchange, Outcome, Past, Scene, SessionEvent,
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

    /// The command and replies that the fact is about.
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

    /// The most that may be said of a session whose packets are not all in the capture.
    pub fn cap(&self) -> Confidence {
        if self.scene.directions() != Directions::Both {
            Confidence::Possible
        } else if self.scene.has_gaps() {
            Confidence::Likely
        } else {
            Confidence::Certain
        }
    }
}
