//! The whole engine behind one `push`: packets in, events out.

mod clock;
mod relief;
mod summary;
mod teller;
#[cfg(test)]
pub(crate) mod testing;

use std::collections::BTreeMap;
use std::net::SocketAddr;

use crate::capture::{Drops, Moment, Packet};
use crate::decode::{Decoded, Decoder, Skipped, dns};
use crate::diagnosis::{Diagnoser, Finding};
use crate::ftp::{SessionEvent, SessionId, Tracker, Tracking};
use crate::limits;
use crate::tcp::{FlowTable, Limits};
use crate::time::Timestamp;
use clock::Clock;
use relief::Relief;
use teller::Teller;

pub use summary::Summary;

/// What the engine has to tell.
#[derive(Clone, Debug)]
pub enum Event {
    /// A fact about a session.
    Session(SessionEvent),
    /// A diagnosed fault, right behind the fact that decided it.
    Finding(Finding),
}

/// What the engine is to look for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Ports of control connections, beside those that are always looked at.
    pub ports: Vec<u16>,
    /// Bounds on the flow table.
    pub limits: Limits,
    /// The most bytes that all tables and buffers of the engine may take together; `None` leaves
    /// them to their own limits. What is given up first is told in `docs/limits.md`.
    pub memory: Option<usize>,
}

/// The engine: decodes packets, follows flows, tells what FTP did.
#[derive(Debug)]
pub struct Analyzer {
    decoder: Decoder,
    flows: FlowTable,
    tracker: Tracker,
    diagnoser: Diagnoser,
    summary: Summary,
    relief: Relief,
    clock: Clock,
    /// The first packet that a snapshot length cut.
    first_cut: Option<Moment>,
    /// The latest packet.
    latest: Option<Moment>,
}

impl Analyzer {
    /// An engine that has seen nothing.
    pub fn new(options: &Options) -> Self {
        Self {
            decoder: Decoder::new(),
            flows: FlowTable::new(options.limits),
            tracker: Tracker::new(&options.ports),
            diagnoser: Diagnoser::default(),
            summary: Summary::default(),
            relief: Relief::new(options.memory),
            clock: Clock::default(),
            first_cut: None,
            latest: None,
        }
    }

    /// Takes one packet in and appends what it led to.
    pub fn push(&mut self, packet: &Packet<'_>, events: &mut Vec<Event>) {
        let at = Moment {
            frame: packet.frame,
            time: packet.time,
        };
        self.latest = Some(at);
        self.count(packet, at);
        let now = self.clock.packet(packet.time);
        if let Some(now) = now.filter(|now| self.is_due(*now)) {
            self.pass(now, Some(at), events);
        }
        let mut teller = Teller {
            summary: &mut self.summary,
            diagnoser: &mut self.diagnoser,
            events,
        };
        let Self {
            decoder,
            flows,
            tracker,
            ..
        } = self;
        tracker.at(at);
        let mut tracking = Tracking {
            tracker,
            observer: &mut teller,
        };
        // Looked at where it was put: a segment is too large to be moved for each packet.
        let decoded = decoder.decode(packet);
        match &decoded {
            Decoded::Segment(segment) => flows.push(segment, &mut tracking),
            Decoded::Icmp(error) => flows.icmp(error, &mut tracking),
            Decoded::Dns(message) => {
                dns::answers(message, |address, name| {
                    tracking.tracker.name(address, name)
                });
            }
            Decoded::Skipped(skipped) => self.skipped(*skipped),
        }
        self.keep_within_memory(at, events);
    }

    /// Takes in a part of a key log of TLS, which may end within a line, and appends what it led to:
    /// what came before its keys is decrypted late.
    pub fn secrets(&mut self, text: &[u8], events: &mut Vec<Event>) {
        let mut teller = Teller {
            summary: &mut self.summary,
            diagnoser: &mut self.diagnoser,
            events,
        };
        self.tracker
            .secrets(text, self.flows.flows_mut(), &mut teller);
    }

    /// Time has come to `now` without a packet.
    pub fn advance(&mut self, now: Timestamp, events: &mut Vec<Event>) {
        self.clock.set(now);
        self.pass(now, None, events);
    }

    /// Something waits for this time, or for any.
    #[inline]
    fn is_due(&self, now: Timestamp) -> bool {
        self.decoder.is_waiting()
            || self.flows.is_due(now)
            || self.diagnoser.is_due(now)
            || self.tracker.is_due(now)
    }

    /// Lets time pass, up to the packet at `at` where one comes: what waited for it is told.
    fn pass(&mut self, now: Timestamp, at: Option<Moment>, events: &mut Vec<Event>) {
        let mut teller = Teller {
            summary: &mut self.summary,
            diagnoser: &mut self.diagnoser,
            events,
        };
        self.decoder.advance(now);
        self.tracker
            .advance(now, self.flows.flows_mut(), &mut teller);
        if let Some(at) = at {
            self.tracker.at(at);
        }
        let mut tracking = Tracking {
            tracker: &mut self.tracker,
            observer: &mut teller,
        };
        self.flows.advance(now, &mut tracking);
        teller.judge_hosts(now, self.tracker.knocks());
    }

    /// The capture has lost `drops` packets since it began, as far as was known at `now`. Told
    /// before the packets that were captured behind the loss, and about once a second.
    pub fn dropped(&mut self, drops: &Drops, now: Timestamp, events: &mut Vec<Event>) {
        self.summary.dropped = Some(*drops);
        let mut teller = Teller {
            summary: &mut self.summary,
            diagnoser: &mut self.diagnoser,
            events,
        };
        let finding = teller.diagnoser.dropped(drops, now, self.latest);
        teller.found(finding.into_iter().collect());
    }

    /// The connection between these ends is known to be of FTP, control or data, and not forgotten
    /// yet.
    pub fn follows(&self, one: SocketAddr, other: SocketAddr) -> bool {
        self.flows.flows().is_marked(one, other)
    }

    /// There are no more packets: tells what is still open.
    pub fn finish(&mut self, events: &mut Vec<Event>) {
        let mut teller = Teller {
            summary: &mut self.summary,
            diagnoser: &mut self.diagnoser,
            events,
        };
        let mut tracking = Tracking {
            tracker: &mut self.tracker,
            observer: &mut teller,
        };
        self.flows.finish(&mut tracking);
        let any = teller.summary.sessions > 0;
        let cut = self.first_cut.filter(|_| any);
        let cut = cut.map(|first| (first, teller.summary.truncated_frames));
        let findings = teller
            .diagnoser
            .finish(self.tracker.knocks(), cut, self.latest);
        teller.found(findings);
    }

    /// What a session is doing: commands that wait for their final reply, data channels whose
    /// outcome is not known. Told as facts when they are final; this is for who looks on meanwhile.
    pub fn under_way(&self, session: SessionId) -> Vec<SessionEvent> {
        self.tracker.under_way(session, self.flows.flows())
    }

    /// The totals so far.
    pub fn summary(&self) -> Summary {
        let flows = self.flows.stats();
        Summary {
            connections: flows.opened,
            copied_frames: flows.copies,
            memory: self.memory(),
            memory_most: self.relief.most,
            memory_limit: self.relief.limit,
            incomplete_datagrams: self.decoder.fragments().lost(),
            limits_hit: self.limits_hit(),
            ..self.summary.clone()
        }
    }

    fn limits_hit(&self) -> BTreeMap<&'static str, u64> {
        let flows = self.flows.stats();
        let counted = [
            (limits::FLOWS, flows.evicted),
            (limits::HELD_BYTES, flows.hurried),
            (limits::DATAGRAMS, self.decoder.fragments().evicted),
            (limits::PROBES, self.tracker.unprobed()),
            (limits::EXPECTATIONS, self.tracker.evicted_expectations()),
            (limits::REVIEWS, self.tracker.unreviewed()),
            (limits::SECRETS, self.tracker.known_secrets().rejected()),
            (limits::STREAMS, self.tracker.unfollowed()),
            (limits::TLS_BYTES, self.tracker.known_secrets().dropped()),
            (
                limits::HANDSHAKE,
                self.tracker.known_secrets().overlong_messages(),
            ),
            (limits::KNOCKERS, self.tracker.knocks().unnoticed()),
            (limits::LOGINS, self.diagnoser.unnoticed_logins()),
            (limits::MEMORY, self.relief.given_up),
            (limits::MEMORY_SESSIONS, self.relief.sessions),
        ];
        let counted = counted.map(|(limit, times)| (limit.name, times));
        let hit = counted.into_iter().filter(|(_, times)| *times > 0);
        hit.chain(self.summary.limits_hit.clone()).collect()
    }

    fn count(&mut self, packet: &Packet<'_>, at: Moment) {
        let summary = &mut self.summary;
        summary.frames += 1;
        summary.bytes += u64::from(packet.wire_len);
        if (packet.data.len() as u64) < packet.wire_len.into() {
            summary.truncated_frames += 1;
            self.first_cut.get_or_insert(at);
        }
        summary.first_time.get_or_insert(packet.time);
        summary.last_time = summary.last_time.max(Some(packet.time));
    }

    fn skipped(&mut self, skipped: Skipped) {
        match skipped {
            Skipped::Damaged => self.summary.damaged_frames += 1,
            Skipped::UnknownLink(link) => {
                *self.summary.unknown_links.entry(link.0).or_default() += 1;
            }
            Skipped::NotIp | Skipped::NotTcp | Skipped::Fragment => {}
        }
    }
}
