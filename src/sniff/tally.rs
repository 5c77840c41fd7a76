//! What the events add up to, beyond the totals of the engine.

use std::collections::BTreeMap;

use crate::analyzer::Event;
use crate::diagnosis::Severity;
use crate::ftp::{Channel, Direction, Login, Outcome, Reply, SessionEvent};

/// Counts over all events, shown or not. Every number only grows, but for the open sessions.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Sessions that are under way.
    pub open: u64,
    /// Logins that were accepted.
    pub accepted: u64,
    /// Logins that were refused.
    pub refused: u64,
    /// Replies by the first digit of their code, 1 to 5; others at 0.
    pub replies: [u64; 6],
    /// Failed data channels by cause; those without one under an empty name.
    pub failed: BTreeMap<&'static str, u64>,
    /// Findings by cause and severity.
    pub findings: BTreeMap<(&'static str, Severity), u64>,
    /// Bytes of finished downloads.
    pub downloaded: u64,
    /// Bytes of finished uploads.
    pub uploaded: u64,
    /// Bytes of finished listings.
    pub listed: u64,
}

impl Tally {
    /// Adds what was found.
    pub fn add(&mut self, events: &[Event]) {
        for event in events {
            match event {
                Event::Session(fact) => self.fact(fact),
                Event::Finding(finding) => {
                    let key = (finding.cause, finding.severity);
                    *self.findings.entry(key).or_default() += 1;
                }
            }
        }
    }

    fn fact(&mut self, fact: &SessionEvent) {
        match fact {
            SessionEvent::Opened(_) => self.open += 1,
            SessionEvent::Ended(_) => self.open = self.open.saturating_sub(1),
            SessionEvent::Exchange(exchange) => {
                exchange.replies.iter().for_each(|one| self.reply(one))
            }
            SessionEvent::Reply { reply, .. } => self.reply(reply),
            SessionEvent::Channel(channel) => self.channel(channel),
            SessionEvent::Login(attempt) => match attempt.login {
                Login::Accepted => self.accepted += 1,
                Login::Rejected => self.refused += 1,
                Login::None | Login::Unknown => {}
            },
            SessionEvent::Anomaly(_) => {}
        }
    }

    fn reply(&mut self, reply: &Reply) {
        let class = usize::from(reply.code / 100);
        let class = if class < self.replies.len() { class } else { 0 };
        if let Some(count) = self.replies.get_mut(class) {
            *count += 1;
        }
    }

    fn channel(&mut self, channel: &Channel) {
        if channel.outcome == Outcome::Failed {
            *self
                .failed
                .entry(channel.cause.unwrap_or_default())
                .or_default() += 1;
        }
        let Some(transfer) = &channel.transfer else {
            return;
        };
        let bytes = match transfer.direction {
            Direction::Download => &mut self.downloaded,
            Direction::Upload => &mut self.uploaded,
            Direction::Listing => &mut self.listed,
        };
        *bytes = bytes.saturating_add(transfer.bytes);
    }
}
