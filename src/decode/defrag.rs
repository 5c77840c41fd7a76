//! Reassembly of IP fragments (RFC 791 §3.2, RFC 8200 §4.5) in bounded memory.
//!
//! A byte of a datagram is what the first fragment that held it said: a later overlapping one only
//! fills what is still missing. Memory is proportional to the bytes received, never to the offsets
//! that fragments claim. When a bound is reached the oldest datagrams are given up.

use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;
use std::time::Duration;

use hashbrown::HashMap;

use super::Skipped;
use super::datagram::{Datagram, Part};
use super::ip::{Fragment, Ip};
use crate::time::Timestamp;

/// Incomplete datagrams held at once.
pub const MAX_DATAGRAMS: usize = 4096;
/// Memory for their fragments, by the count of [`Datagram::cost`].
const MAX_BYTES: usize = 8 << 20;
/// A datagram that is not complete by then is given up (RFC 8200 §4.5 says 60 s, Linux 30 s).
const TIMEOUT: Duration = Duration::from_secs(30);
/// Fragments of a datagram that was completed so recently are copies made by a mirror port; later
/// ones are of a new datagram that was given the same identification.
const COPY_WINDOW: Duration = Duration::from_millis(100);
/// Completed datagrams remembered for that.
const MAX_RECENT: usize = 64;

/// What became of the fragments seen so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FragmentCounts {
    /// Fragments of packets that could concern the engine.
    pub fragments: u64,
    /// Of those, the ones that contradict their datagram or themselves, and were ignored.
    pub refused: u64,
    /// Of those, copies of fragments of a datagram that was complete already.
    pub copies: u64,
    /// Datagrams put together.
    pub completed: u64,
    /// Datagrams given up because a fragment did not come within 30 seconds of packet time.
    pub expired: u64,
    /// Datagrams given up because too many were incomplete at once.
    pub evicted: u64,
    /// Datagrams that wait for fragments now.
    pub pending: usize,
    /// Memory that they take, in bytes.
    pub bytes: usize,
}

impl FragmentCounts {
    /// Datagrams that never became whole, with those that still may.
    pub fn lost(&self) -> u64 {
        self.expired + self.evicted + self.pending as u64
    }
}

/// The incomplete datagrams.
#[derive(Debug, Default)]
pub(super) struct Fragments {
    datagrams: HashMap<Key, Held>,
    /// Every datagram, the oldest first.
    by_age: BTreeMap<u64, Key>,
    /// The age of the next one: a count, since time may step backwards.
    next_age: u64,
    /// Sum of the datagrams' costs.
    bytes: usize,
    recent: VecDeque<Done>,
    /// The datagram of the latest fragment, by its age.
    touched: Option<u64>,
    counts: FragmentCounts,
}

/// What the fragments of a datagram have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    src: IpAddr,
    dst: IpAddr,
    id: u32,
    /// Only of IPv4: IPv6 leaves it out (RFC 8200 §4.5).
    protocol: Option<u8>,
}

#[derive(Debug)]
struct Held {
    age: u64,
    since: Timestamp,
    datagram: Datagram,
}

/// A datagram that was put together, as long as copies of its fragments may come.
#[derive(Debug)]
struct Done {
    key: Key,
    age: u64,
    at: Timestamp,
}

/// A datagram that was put together.
#[derive(Debug)]
pub(super) struct Whole {
    /// Of its first fragment.
    pub(super) protocol: u8,
    /// Length of its payload, of which fewer bytes may have been captured.
    pub(super) wire_len: usize,
}

impl Fragments {
    /// Keeps the part of a datagram that `ip` is. If it was the last one missing, `bytes` becomes
    /// the datagram's payload, up to the first byte that was not captured.
    pub(super) fn push(
        &mut self,
        ip: &Ip,
        fragment: Fragment,
        now: Timestamp,
        bytes: &mut Vec<u8>,
    ) -> Result<Whole, Skipped> {
        self.counts.fragments += 1;
        let key = Key::new(ip, fragment);
        if let Some(age) = self.copied(&key, now) {
            self.touched = Some(age);
            self.counts.copies += 1;
            return Err(Skipped::Fragment);
        }
        let part = Part::new(ip, fragment).ok_or_else(|| self.refuse())?;
        self.drop_late(&key, now);
        if !self.add(key, part, now) {
            return Err(self.refuse());
        }
        if let Some(datagram) = self.take_complete(&key) {
            self.remember(key, now);
            return Ok(datagram.write(bytes));
        }
        self.keep_bounds();
        Err(Skipped::Fragment)
    }

    /// Gives up the datagrams that have waited too long at `now`.
    #[inline]
    pub(super) fn is_waiting(&self) -> bool {
        !self.datagrams.is_empty()
    }

    pub(super) fn expire(&mut self, now: Timestamp) {
        if !self.datagrams.is_empty() {
            self.expire_oldest(now);
        }
    }

    pub(super) fn counts(&self) -> FragmentCounts {
        let pending = self.datagrams.len();
        FragmentCounts {
            pending,
            bytes: self.bytes,
            ..self.counts
        }
    }

    fn refuse(&mut self) -> Skipped {
        self.counts.refused += 1;
        Skipped::Damaged
    }

    /// The datagram of which the latest fragment was a part, once.
    pub(super) fn take_touched(&mut self) -> Option<u64> {
        self.touched.take()
    }

    /// The datagram that is complete and of which a fragment with this key is a copy.
    fn copied(&self, key: &Key, now: Timestamp) -> Option<u64> {
        let is_copied = |done: &&Done| done.key == *key && now.since(done.at) <= COPY_WINDOW;
        self.recent.iter().find(is_copied).map(|done| done.age)
    }

    fn remember(&mut self, key: Key, now: Timestamp) {
        self.counts.completed += 1;
        self.recent.truncate(MAX_RECENT - 1);
        let age = self.touched.unwrap_or_default();
        self.recent.push_front(Done { key, age, at: now });
    }

    /// Gives up the datagram of `key` if it is too old to be the one that a fragment belongs to:
    /// behind one whose time is in the future it may not have been expired.
    fn drop_late(&mut self, key: &Key, now: Timestamp) {
        if self
            .datagrams
            .get(key)
            .is_some_and(|held| held.is_late(now))
        {
            self.remove(key);
            self.counts.expired += 1;
        }
    }

    /// Adds `part` to its datagram; false if it does not fit there.
    fn add(&mut self, key: Key, part: Part, now: Timestamp) -> bool {
        let held = self.datagrams.entry(key).or_insert_with(|| {
            self.next_age += 1;
            self.by_age.insert(self.next_age, key);
            let datagram = Datagram::default();
            self.bytes += datagram.cost();
            Held {
                age: self.next_age,
                since: now,
                datagram,
            }
        });
        let before = held.datagram.cost();
        let fits = held.datagram.add(part);
        self.bytes += held.datagram.cost() - before;
        self.touched = Some(held.age);
        fits
    }

    fn take_complete(&mut self, key: &Key) -> Option<Datagram> {
        let complete = self.datagrams.get(key)?.datagram.is_complete();
        complete.then(|| self.remove(key))?
    }

    fn remove(&mut self, key: &Key) -> Option<Datagram> {
        let held = self.datagrams.remove(key)?;
        self.by_age.remove(&held.age);
        self.bytes -= held.datagram.cost();
        Some(held.datagram)
    }

    fn expire_oldest(&mut self, now: Timestamp) {
        while let Some(key) = self.oldest() {
            if !self
                .datagrams
                .get(&key)
                .is_some_and(|held| held.is_late(now))
            {
                return;
            }
            self.remove(&key);
            self.counts.expired += 1;
        }
    }

    fn keep_bounds(&mut self) {
        while self.datagrams.len() > MAX_DATAGRAMS || self.bytes > MAX_BYTES {
            let Some(key) = self.oldest() else {
                return;
            };
            self.remove(&key);
            self.counts.evicted += 1;
        }
    }

    fn oldest(&self) -> Option<Key> {
        self.by_age.first_key_value().map(|(_, key)| *key)
    }
}

impl Key {
    fn new(ip: &Ip, fragment: Fragment) -> Self {
        Self {
            src: ip.src,
            dst: ip.dst,
            id: fragment.id,
            protocol: ip.src.is_ipv4().then_some(ip.protocol),
        }
    }
}

impl Held {
    fn is_late(&self, now: Timestamp) -> bool {
        now.since(self.since) > TIMEOUT
    }
}

#[cfg(test)]
mod tests;
