//! Announced endpoints that wait for their connection.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use hashbrown::HashMap;
use smallvec::SmallVec;

use crate::time::Timestamp;

/// Endpoints that may be expected at once; the oldest gives way.
pub const MAX_EXPECTATIONS: usize = 65_536;

/// Channels that may expect the same endpoint at once.
const MAX_PER_ENDPOINT: usize = 8;

/// For how long a connection to an announced endpoint is expected.
pub const EXPECTATION_TIMEOUT: Duration = Duration::from_secs(600);

/// Expectations forgotten at once: a time stamp that is far off costs no more than these.
const DROPPED_AT_ONCE: usize = 4;

/// So many may be gone and have their place in the order still.
const ROOM: usize = 256;

/// What one endpoint takes, in bytes.
const ENDPOINT: usize = 2 * size_of::<(SocketAddr, SmallVec<[ChannelRef; 2]>)>() + 64;

/// A channel of a session, by keys that are never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct ChannelRef {
    pub(super) slot: SlotRef,
    pub(super) key: u32,
}

/// A place in the session table and which of its occupants is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct SlotRef {
    pub(super) index: u32,
    pub(super) generation: u32,
}

/// All endpoints that are expected, by endpoint.
#[derive(Debug, Default)]
pub(super) struct Expectations {
    by_endpoint: HashMap<SocketAddr, SmallVec<[ChannelRef; 2]>>,
    /// In the order in which they were announced; some may be gone already.
    order: VecDeque<(Timestamp, SocketAddr, ChannelRef)>,
    /// How many are not gone.
    count: usize,
    evicted: u64,
}

impl Expectations {
    /// Expects a connection to `endpoint`.
    pub(super) fn add(&mut self, endpoint: SocketAddr, channel: ChannelRef, now: Timestamp) {
        let waiting = self.by_endpoint.entry(endpoint).or_default();
        if waiting.contains(&channel) {
            return;
        }
        if waiting.len() == MAX_PER_ENDPOINT {
            waiting.remove(0);
            self.evicted += 1;
            self.count -= 1;
        }
        waiting.push(channel);
        self.count += 1;
        if self.order.len() > 2 * self.count + ROOM {
            self.clear_away();
        }
        self.order.push_back((now, endpoint, channel));
        if self.order.len() > MAX_EXPECTATIONS {
            self.evicted += u64::from(self.drop_oldest());
        }
    }

    /// Forgets the order of those that are gone: most are, soon after they were announced.
    fn clear_away(&mut self) {
        let by_endpoint = &self.by_endpoint;
        self.order.retain(|(_, endpoint, channel)| {
            let waiting = by_endpoint.get(endpoint);
            waiting.is_some_and(|waiting| waiting.contains(channel))
        });
    }

    /// Expects it no longer.
    pub(super) fn remove(&mut self, endpoint: SocketAddr, channel: ChannelRef) -> bool {
        let Some(waiting) = self.by_endpoint.get_mut(&endpoint) else {
            return false;
        };
        let before = waiting.len();
        waiting.retain(|other| *other != channel);
        let found = waiting.len() < before;
        self.count -= usize::from(found);
        if waiting.is_empty() {
            self.by_endpoint.remove(&endpoint);
        }
        found
    }

    /// Who expects a connection to `endpoint`, oldest first.
    pub(super) fn to(&self, endpoint: SocketAddr) -> &[ChannelRef] {
        self.by_endpoint
            .get(&endpoint)
            .map_or(&[], |waiting| waiting)
    }

    /// Memory that they take, in bytes.
    pub(super) fn memory(&self) -> usize {
        self.order.capacity() * size_of::<(Timestamp, SocketAddr, ChannelRef)>()
            + self.by_endpoint.len() * ENDPOINT
    }

    /// The oldest has been expected for too long, or its time is a wild one.
    #[inline]
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        self.order.front().is_some_and(|(since, ..)| {
            now.is_past(*since, EXPECTATION_TIMEOUT) || since.is_past(now, EXPECTATION_TIMEOUT)
        })
    }

    /// Forgets what has been expected for too long.
    pub(super) fn advance(&mut self, now: Timestamp) {
        let late = |(since, ..): &(Timestamp, _, _)| now.is_past(*since, EXPECTATION_TIMEOUT);
        for _ in 0..DROPPED_AT_ONCE {
            match self.order.front() {
                Some(front) if late(front) => {
                    self.drop_oldest();
                }
                // A wild time stamp must not keep those behind it.
                Some((since, ..)) if since.is_past(now, EXPECTATION_TIMEOUT) => {
                    let wild = self.order.pop_front();
                    let wild = wild.map(|(_, endpoint, channel)| (now, endpoint, channel));
                    self.order.extend(wild);
                }
                _ => return,
            }
        }
    }

    /// Expectations given up because there were too many.
    pub(super) fn evicted(&self) -> u64 {
        self.evicted
    }

    fn drop_oldest(&mut self) -> bool {
        match self.order.pop_front() {
            Some((_, endpoint, channel)) => self.remove(endpoint, channel),
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channel(key: u32) -> ChannelRef {
        ChannelRef {
            slot: SlotRef {
                index: 0,
                generation: 0,
            },
            key,
        }
    }

    #[test]
    fn expectations_are_bounded_in_number_and_time() {
        let mut expectations = Expectations::default();
        let start = Timestamp::new(1000, 0);
        let endpoint =
            |n: u32| SocketAddr::from(([10, (n >> 16) as u8, (n >> 8) as u8, n as u8], 1));
        for n in 0..MAX_EXPECTATIONS as u32 + 10 {
            expectations.add(endpoint(n), channel(n), start);
        }
        assert_eq!(expectations.evicted(), 10);
        assert_eq!(expectations.to(endpoint(9)), []);
        assert_eq!(expectations.to(endpoint(10)), [channel(10)]);
        expectations.advance(start + EXPECTATION_TIMEOUT);
        assert_eq!(expectations.by_endpoint.len(), MAX_EXPECTATIONS);
        let later = start + EXPECTATION_TIMEOUT * 2;
        expectations.advance(later);
        let left = MAX_EXPECTATIONS - DROPPED_AT_ONCE;
        assert_eq!(expectations.by_endpoint.len(), left);
        (0..left).for_each(|_| expectations.advance(later));
        assert!(expectations.by_endpoint.is_empty() && expectations.order.is_empty());
    }

    #[test]
    fn those_that_are_gone_take_no_room() {
        let mut expectations = Expectations::default();
        let endpoint = |n: u32| SocketAddr::from(([10, 0, (n >> 8) as u8, n as u8], 1));
        for n in 0..50_000 {
            expectations.add(endpoint(n), channel(n), Timestamp::default());
            if let Some(done) = n.checked_sub(9) {
                assert!(expectations.remove(endpoint(done), channel(done)));
            }
        }
        assert_eq!((expectations.count, expectations.by_endpoint.len()), (9, 9));
        assert!(expectations.order.len() <= 2 * 10 + ROOM + 1);
    }

    #[test]
    fn a_wild_time_keeps_nothing_behind_it() {
        let mut expectations = Expectations::default();
        let endpoint = |n: u8| SocketAddr::from(([10, 0, 0, n], 1));
        let start = Timestamp::new(1000, 0);
        expectations.add(endpoint(0), channel(0), start + EXPECTATION_TIMEOUT * 99);
        expectations.add(endpoint(1), channel(1), start);
        expectations.advance(start);
        expectations.advance(start + EXPECTATION_TIMEOUT * 2);
        assert!(expectations.by_endpoint.is_empty() && expectations.order.is_empty());
    }

    #[test]
    fn one_endpoint_may_be_expected_by_several() {
        let mut expectations = Expectations::default();
        let endpoint = SocketAddr::from(([192, 0, 2, 7], 50_000));
        for key in 0..MAX_PER_ENDPOINT as u32 + 1 {
            expectations.add(endpoint, channel(key), Timestamp::default());
        }
        assert_eq!(expectations.to(endpoint).len(), MAX_PER_ENDPOINT);
        assert!(!expectations.remove(endpoint, channel(0)));
        assert!(expectations.remove(endpoint, channel(1)));
    }
}
