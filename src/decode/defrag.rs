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
mod tests {
    use super::super::piece::Piece;
    use super::super::testing::{TEXT, ipv4_fragment, ipv6_fragment, packet, tcp};
    use super::*;
    use crate::decode::{Decoded, Decoder};

    /// Pushes a packet of raw IP at `millis` and tells what came of it: the payload, or why not.
    fn push(decoder: &mut Decoder, millis: u64, bytes: &[u8]) -> Result<Vec<u8>, Skipped> {
        let mut packet = packet(101, bytes);
        packet.time = Timestamp::new(0, millis * 1_000_000);
        match decoder.push(&packet) {
            Decoded::Segment(segment) => Ok(segment.payload.to_vec()),
            Decoded::Skipped(skipped) => Err(skipped),
            other => panic!("{other:?}"),
        }
    }

    /// The two halves of the segment, as fragments of datagram `id`.
    fn halves(id: u16) -> [Vec<u8>; 2] {
        let tcp = tcp();
        let (first, second) = tcp.split_at(24);
        [
            ipv4_fragment(6, id, 0, true, first),
            ipv4_fragment(6, id, 24, false, second),
        ]
    }

    const WAITS: Result<Vec<u8>, Skipped> = Err(Skipped::Fragment);
    const REFUSED: Result<Vec<u8>, Skipped> = Err(Skipped::Damaged);

    #[test]
    fn either_order_and_both_versions() {
        let tcp = tcp();
        let v6 = [
            ipv6_fragment(6, 1, 0, true, &tcp[..16]),
            ipv6_fragment(6, 1, 16, false, &tcp[16..]),
        ];
        for [first, second] in [halves(1), v6] {
            for (early, late) in [(&first, &second), (&second, &first)] {
                let mut decoder = Decoder::new();
                assert_eq!(push(&mut decoder, 0, early), WAITS);
                assert_eq!(push(&mut decoder, 1, late).unwrap(), TEXT);
                assert_eq!(decoder.fragments().completed, 1);
                assert_eq!(decoder.fragments().pending, 0);
            }
        }
    }

    #[test]
    fn copies_of_a_mirror_port_start_no_datagram() {
        let [first, second] = halves(1);
        let mut decoder = Decoder::new();
        for (fragment, expected) in [
            (&first, WAITS),
            (&first, WAITS),
            (&second, Ok(TEXT.to_vec())),
            (&second, WAITS),
            (&first, WAITS),
        ] {
            assert_eq!(push(&mut decoder, 5, fragment), expected);
        }
        assert_eq!(decoder.fragments().copies, 2);
        assert_eq!(decoder.fragments().pending, 0);
    }

    #[test]
    fn an_identification_is_used_again() {
        let [first, second] = halves(1);
        let mut decoder = Decoder::new();
        for millis in [0, 200, 400] {
            assert_eq!(push(&mut decoder, millis, &first), WAITS);
            assert_eq!(push(&mut decoder, millis, &second).unwrap(), TEXT);
        }
    }

    #[test]
    fn what_waits_too_long_is_given_up() {
        let [first, second] = halves(1);
        let mut decoder = Decoder::new();
        assert_eq!(push(&mut decoder, 0, &first), WAITS);
        assert_eq!(push(&mut decoder, 30_001, &second), WAITS);
        assert_eq!(decoder.fragments().expired, 1);
        decoder.advance(Timestamp::new(90, 0));
        assert_eq!(decoder.fragments().expired, 2);
        assert_eq!(decoder.fragments().pending, 0);
    }

    #[test]
    fn what_waits_too_long_behind_a_time_in_the_future_is_given_up_too() {
        let [first, second] = halves(1);
        let mut decoder = Decoder::new();
        assert_eq!(push(&mut decoder, 900_000, &halves(2)[0]), WAITS);
        assert_eq!(push(&mut decoder, 0, &first), WAITS);
        assert_eq!(push(&mut decoder, 30_001, &second), WAITS);
        assert_eq!(decoder.fragments().expired, 1);
    }

    #[test]
    fn a_contradiction_is_refused_and_the_datagram_goes_on() {
        let [first, second] = halves(1);
        let mut decoder = Decoder::new();
        assert_eq!(push(&mut decoder, 0, &first), WAITS);
        for bad in [
            ipv4_fragment(6, 1, 8, true, &[0; 9]),
            ipv4_fragment(6, 1, 8, true, &[]),
            ipv4_fragment(6, 1, 65_528, true, &[0; 8]),
            ipv4_fragment(6, 1, 8, false, &[0; 8]),
        ] {
            assert_eq!(push(&mut decoder, 0, &bad), REFUSED);
        }
        assert_eq!(push(&mut decoder, 0, &second).unwrap(), TEXT);
        assert_eq!(decoder.fragments().refused, 4);
    }

    #[test]
    fn many_datagrams_evict_the_oldest() {
        let mut decoder = Decoder::new();
        for id in 0..=4096 {
            assert_eq!(push(&mut decoder, 0, &halves(id)[0]), WAITS);
        }
        let counts = decoder.fragments();
        assert_eq!((counts.pending, counts.evicted), (MAX_DATAGRAMS, 1));
        assert_eq!(push(&mut decoder, 0, &halves(0)[1]), WAITS);
        assert_eq!(push(&mut decoder, 0, &halves(4096)[1]).unwrap(), TEXT);
    }

    #[test]
    fn the_latest_complete_datagrams_are_known_again() {
        let mut decoder = Decoder::new();
        for id in 0..=MAX_RECENT as u16 {
            for fragment in halves(id) {
                let _ = push(&mut decoder, 0, &fragment);
            }
        }
        // Of the oldest a copy begins a datagram anew.
        for (id, copies, pending) in [(1, 1, 0), (0, 1, 1)] {
            assert_eq!(push(&mut decoder, 0, &halves(id)[0]), WAITS);
            let counts = decoder.fragments();
            assert_eq!((counts.copies, counts.pending), (copies, pending));
        }
    }

    #[test]
    fn many_bytes_evict_the_oldest() {
        let mut fragments = Fragments::default();
        let mut bytes = Vec::new();
        for id in 0..200 {
            let packet = ipv4_fragment(6, id, 8, true, &[0; 60_000]);
            let ip = Ip::parse(Piece::whole(&packet)).unwrap();
            let fragment = ip.fragment.unwrap();
            let _ = fragments.push(&ip, fragment, Timestamp::default(), &mut bytes);
            let costs = fragments
                .datagrams
                .values()
                .map(|held| held.datagram.cost());
            assert_eq!(fragments.bytes, costs.sum::<usize>());
            assert!(fragments.bytes <= MAX_BYTES);
            assert_eq!(fragments.by_age.len(), fragments.datagrams.len());
        }
        assert!(fragments.counts.evicted > 50);
    }
}
