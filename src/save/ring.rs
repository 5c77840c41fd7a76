//! Packets of which it is not known yet whether they are of FTP.
//!
//! The SYN of a data connection can come before its announcement, and a session on an unusual port
//! is recognised by its first exchange. So packets wait, in their order, until one of three things
//! happens: their connection is known to be of FTP, they have waited long enough, or there is no
//! more room.

use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hashbrown::HashMap;

use super::related::{About, Relations, ends};
use crate::analyzer::{Analyzer, Event};
use crate::capture::{Frame, LinkType, Packet};
use crate::decode::MAX_DATAGRAMS;
use crate::ftp::SessionEvent;
use crate::time::Timestamp;

/// What a packet takes beside its bytes, about.
const OVERHEAD: usize = 128;

/// Connections and hosts remembered as FTP's, beyond those that the engine follows.
const MOST_KNOWN: usize = 65_536;

/// How often these are looked through when there are too many.
const PRUNING: Duration = Duration::from_secs(1);

/// Buffers kept to be used again.
const MOST_SPARE: usize = 1024;

type Ends = (SocketAddr, SocketAddr);

/// Packets in their order, until it is known whether they matter.
#[derive(Debug)]
pub(super) struct Ring {
    /// Bytes that may wait.
    most_bytes: usize,
    /// How long they may wait, in packet time.
    longest: Duration,
    relations: Relations,
    waiting: VecDeque<Held>,
    bytes: usize,
    /// What was FTP's when a packet of it came last.
    known: HashMap<Ends, Timestamp>,
    hosts: HashMap<IpAddr, Timestamp>,
    /// What fragmented datagrams are about.
    datagrams: BTreeMap<u64, Whole>,
    spare: Vec<Vec<u8>>,
    now: Timestamp,
    /// When what is known was looked through for what is old.
    pruned: Timestamp,
}

#[derive(Debug)]
struct Held {
    frame: Frame,
    time: Timestamp,
    link: LinkType,
    wire_len: u32,
    data: Vec<u8>,
    reason: Reason,
}

/// Why a packet may matter.
#[derive(Clone, Debug)]
enum Reason {
    /// It does.
    Matters,
    /// This connection may turn out to be of FTP.
    Of(Ends),
    /// It names these hosts.
    Names(Vec<IpAddr>),
    /// It is a part of this datagram.
    Part(u64),
}

/// What a datagram is about.
#[derive(Clone, Copy, Debug)]
enum Whole {
    Of(Ends),
    /// It is itself a part of another.
    In(u64),
}

/// What leaves the ring.
pub(super) enum Leaves<'a> {
    /// A packet that matters.
    Kept(Packet<'a>),
    /// One that does not, as far as was known; `early` where only the lack of room decided.
    Dropped { early: bool },
}

impl Ring {
    pub(super) fn new(most_bytes: usize, longest: Duration) -> Self {
        Self {
            most_bytes,
            longest,
            relations: Relations::default(),
            waiting: VecDeque::new(),
            bytes: 0,
            known: HashMap::new(),
            hosts: HashMap::new(),
            datagrams: BTreeMap::new(),
            spare: Vec::new(),
            now: Timestamp::default(),
            pruned: Timestamp::default(),
        }
    }

    /// Takes in a packet that `analyzer` has just taken in.
    pub(super) fn push(&mut self, packet: &Packet<'_>, analyzer: &Analyzer) {
        self.now = packet.time;
        let (about, datagrams) = self.relations.of(packet);
        let reason = match about {
            About::Connection(one, other, _) => {
                let ends = ends(one, other);
                for datagram in datagrams {
                    self.datagrams.insert(*datagram, Whole::Of(ends));
                }
                match analyzer.follows(one, other) {
                    true => {
                        self.remember(ends);
                        Reason::Matters
                    }
                    false => Reason::Of(ends),
                }
            }
            About::Names(names) => Reason::Names(names),
            About::Part => {
                let Some((innermost, around)) = datagrams.split_last() else {
                    return;
                };
                for datagram in around {
                    self.datagrams.insert(*datagram, Whole::In(*innermost));
                }
                Reason::Part(*innermost)
            }
            About::Other => return,
        };
        while self.datagrams.len() > 2 * MAX_DATAGRAMS {
            self.datagrams.pop_first();
        }
        self.hold(packet, reason);
    }

    /// Time has come to `now` without a packet.
    pub(super) fn advance(&mut self, now: Timestamp) {
        self.now = now;
    }

    /// Remembers the connections that events name.
    pub(super) fn learn(&mut self, events: &[Event]) {
        for event in events {
            match event {
                Event::Session(SessionEvent::Opened(opened)) => {
                    self.remember(ends(opened.client, opened.server));
                }
                Event::Session(SessionEvent::Ended(record)) => {
                    self.remember(ends(record.client, record.server));
                }
                Event::Session(SessionEvent::Channel(channel)) => {
                    if let Some(used) = &channel.connection {
                        let others = used
                            .others
                            .iter()
                            .map(|one| (one.initiator(), one.responder()));
                        for (from, to) in others.chain([(used.from, used.to)]) {
                            self.remember(ends(from, to));
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// Lets the first packet go, if it need not wait any longer; any when there is no analyzer any
    /// more. It is lent to `leave`.
    pub(super) fn pop<T>(
        &mut self,
        analyzer: Option<&Analyzer>,
        leave: impl FnOnce(Leaves<'_>) -> T,
    ) -> Option<T> {
        let first = self.waiting.front()?;
        // A clock that steps far back must not make packets wait for it.
        let waited = self.now.since(first.time).max(first.time.since(self.now));
        let is_old = waited >= self.longest;
        let early = !is_old && analyzer.is_some();
        let matters =
            matches!(first.reason, Reason::Matters) || self.matters(&first.reason, analyzer);
        if !matters && early && self.bytes <= self.most_bytes {
            return None;
        }
        let held = self.waiting.pop_front()?;
        self.bytes -= held.data.len() + OVERHEAD;
        let left = leave(match matters {
            true => Leaves::Kept(held.packet()),
            false => Leaves::Dropped { early },
        });
        if self.spare.len() < MOST_SPARE {
            self.spare.push(held.data);
        }
        Some(left)
    }

    fn hold(&mut self, packet: &Packet<'_>, reason: Reason) {
        let mut data = self.spare.pop().unwrap_or_default();
        data.clear();
        data.extend_from_slice(packet.data);
        self.bytes += data.len() + OVERHEAD;
        self.waiting.push_back(Held {
            frame: packet.frame,
            time: packet.time,
            link: packet.link,
            wire_len: packet.wire_len,
            data,
            reason,
        });
    }

    fn matters(&self, reason: &Reason, analyzer: Option<&Analyzer>) -> bool {
        let is_ours = |ends: &Ends| {
            let follows = |analyzer: &Analyzer| analyzer.follows(ends.0, ends.1);
            self.known.contains_key(ends) || analyzer.is_some_and(follows)
        };
        match reason {
            Reason::Matters => true,
            Reason::Of(ends) => is_ours(ends),
            Reason::Names(names) => names.iter().any(|name| self.hosts.contains_key(name)),
            Reason::Part(datagram) => match self.datagrams.get(datagram) {
                Some(Whole::Of(ends)) => is_ours(ends),
                Some(Whole::In(inner)) => {
                    matches!(self.datagrams.get(inner), Some(Whole::Of(ends)) if is_ours(ends))
                }
                None => false,
            },
        }
    }

    /// A connection can be forgotten by the engine before its first packets leave the ring.
    fn remember(&mut self, ends: Ends) {
        let now = self.now;
        if self.known.len() >= MOST_KNOWN && now.since(self.pruned) >= PRUNING {
            self.pruned = now;
            let longest = self.longest;
            let is_young = |since: &Timestamp| now.since(*since) <= longest;
            self.known.retain(|_, since| is_young(since));
            self.hosts.retain(|_, since| is_young(since));
        }
        if self.known.len() < MOST_KNOWN {
            self.known.insert(ends, now);
            self.hosts
                .extend([ends.0, ends.1].map(|end| (end.ip(), now)));
        }
    }
}

impl Held {
    fn packet(&self) -> Packet<'_> {
        Packet {
            frame: self.frame,
            time: self.time,
            link: self.link,
            wire_len: self.wire_len,
            data: &self.data,
            plain: None,
        }
    }
}

#[cfg(test)]
mod tests;
