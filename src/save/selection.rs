//! What is to be saved: connections, and packets that are cited.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use hashbrown::{HashMap, HashSet};

use super::related::ends;
use crate::analyzer::Event;
use crate::capture::{Frame, Moment};
use crate::diagnosis::Finding;
use crate::ftp::{Channel, SessionEvent, SessionId};
use crate::tcp::Connection;

/// Comments kept: findings beyond these are saved without their words.
const MOST_COMMENTS: usize = 100_000;

/// Which connections and packets are to be saved.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Connections by their ends, each from its first packet on.
    pub(super) connections: HashMap<(SocketAddr, SocketAddr), Vec<Stretch>>,
    /// Servers whose names are to be saved, where a packet tells them.
    pub(super) servers: HashSet<IpAddr>,
    /// What findings say of the packets that they cite.
    pub(super) comments: BTreeMap<Frame, String>,
    sessions: HashSet<SessionId>,
}

/// Where a connection is in the capture, as far as is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) first: Moment,
    pub(super) last: Moment,
}

impl Selection {
    /// Adds what an event tells of: from all events of a session come all its packets, with a
    /// comment on each that a finding cites.
    pub fn add(&mut self, event: &Event) {
        match event {
            Event::Finding(finding) => self.cite(finding),
            Event::Session(SessionEvent::Opened(opened)) => {
                self.sessions.insert(opened.session);
                self.servers.insert(opened.server.ip());
                self.stretch(opened.client, opened.server, opened.at, opened.at);
            }
            Event::Session(SessionEvent::Channel(channel)) => self.add_channel(channel),
            Event::Session(SessionEvent::Ended(record)) => {
                self.sessions.insert(record.id);
                self.servers.insert(record.server.ip());
                self.add_connection(&record.control);
            }
            Event::Session(_) => {}
        }
    }

    /// Adds what proves a finding: the packets that it cites, the control connection of its
    /// session and the data channel that it is about, given all events of that session.
    pub fn add_evidence<'a>(
        &mut self,
        finding: &Finding,
        session: impl IntoIterator<Item = &'a Event>,
    ) {
        self.cite(finding);
        for event in session {
            match event {
                Event::Session(SessionEvent::Channel(channel)) => {
                    if finding.channel == Some(channel.number) {
                        self.add_channel(channel);
                    }
                }
                Event::Session(_) => self.add(event),
                Event::Finding(_) => {}
            }
        }
    }

    /// How many sessions something is saved of.
    pub fn sessions(&self) -> u64 {
        self.sessions.len() as u64
    }

    /// There is nothing to save.
    pub fn is_empty(&self) -> bool {
        self.connections.is_empty() && self.comments.is_empty()
    }

    fn add_channel(&mut self, channel: &Channel) {
        let Some(connection) = &channel.connection else {
            return;
        };
        self.add_connection(&connection.facts);
        for other in &connection.others {
            self.add_connection(other);
        }
    }

    fn add_connection(&mut self, facts: &Connection) {
        self.stretch(
            facts.initiator(),
            facts.responder(),
            facts.first,
            facts.last,
        );
    }

    fn stretch(&mut self, one: SocketAddr, other: SocketAddr, first: Moment, last: Moment) {
        let stretches = self.connections.entry(ends(one, other)).or_default();
        match stretches.iter_mut().find(|known| known.first == first) {
            Some(known) => known.last = last,
            None => stretches.push(Stretch { first, last }),
        }
    }

    fn cite(&mut self, finding: &Finding) {
        for evidence in &finding.evidence {
            let is_known = self.comments.contains_key(&evidence.frame);
            if !is_known && self.comments.len() >= MOST_COMMENTS {
                return;
            }
            let comment = self.comments.entry(evidence.frame).or_default();
            let text = format!("{}: {}\n{}", finding.cause, finding.summary, evidence.note);
            if comment.contains(&text) {
                continue;
            }
            if !comment.is_empty() {
                comment.push_str("\n\n");
            }
            comment.push_str(&text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::{Confidence, Severity, catalogue};

    #[test]
    fn the_first_comments_are_kept_and_no_packet_is_left_out() {
        let finding = |number: u64| {
            let at = Moment {
                frame: Frame::new(0, number),
                ..Moment::default()
            };
            let cause = &catalogue::CONNECTION_REFUSED;
            let (severity, confidence) = (Severity::Error, Confidence::Certain);
            let finding = Finding::new(cause, severity, confidence, format!("No. {number}."));
            Event::Finding(finding.because(at, "RST"))
        };
        let most = MOST_COMMENTS as u64;
        let mut selection = Selection::default();
        (1..=most + 1).for_each(|number| selection.add(&finding(number)));
        let comments = &selection.comments;
        assert_eq!(comments.len(), MOST_COMMENTS);
        assert!(comments[&Frame::new(0, most)].contains("No. 100000."));
        assert!(!comments.contains_key(&Frame::new(0, most + 1)));
    }
}
