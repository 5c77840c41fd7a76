//! What a session may touch beside itself while it takes something in.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::net::SocketAddr;
use std::time::Duration;

use hashbrown::HashMap;
use smallvec::SmallVec;

use super::event::SessionEvent;
use super::expectation::{ChannelRef, Expectations, SlotRef};
use super::pairing::Places;
use super::software::Named;
use super::streams::Streams;
use super::text::Texts;
use crate::capture::Moment;
use crate::tcp::{FlowId, Flows, Interest};
use crate::time::Timestamp;
use crate::tls::Secrets;

/// The mark of a flow that is, or was, a data connection.
pub(super) const DATA_TAG: u32 = u32::MAX;

/// How long a data connection must be quiet after its transfer's final reply before the transfer
/// counts as over without a FIN.
pub(super) const SETTLE: Duration = Duration::from_secs(5);

/// How long after a reset segments that were on their way may still arrive.
pub(super) const RESET_TAIL: Duration = Duration::from_millis(500);

/// Endpoints of transfers between two servers that are remembered.
const MAX_RELAYED: usize = 64;

/// Reviews that may be asked for at once. A channel that gets none is judged when its connection, or
/// its session, ends.
pub const MAX_REVIEWS: usize = 1 << 18;

/// What a data connection takes in the list of those that channels have, and a review.
const LINK: usize = 2 * size_of::<(FlowId, Links)>();
const DUE: usize = size_of::<(Timestamp, u32, u32, u32)>();

/// The parts of the tracker that all sessions share, and the moment.
pub(super) struct Context<'a> {
    pub(super) flows: &'a mut Flows,
    pub(super) shared: &'a mut Shared,
    pub(super) events: &'a mut Vec<SessionEvent>,
    /// The packet that is being taken in.
    pub(super) now: Moment,
}

/// The channels that one data connection serves: one, or two when it runs between servers.
pub(super) type Links = SmallVec<[ChannelRef; 2]>;

/// What all sessions share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    pub(super) expectations: Expectations,
    /// The channels of each data connection.
    pub(super) links: HashMap<FlowId, Links>,
    /// Endpoints that one session announced and another one was told to connect to, latest last.
    relayed: VecDeque<SocketAddr>,
    due: BinaryHeap<Reverse<(Timestamp, u32, u32, u32)>>,
    /// The keys of TLS.
    pub(super) secrets: Secrets,
    /// Data connections inside TLS.
    pub(super) streams: Streams,
    /// Where commands wait.
    pub(super) places: Places,
    /// What was said lately.
    pub(super) texts: Texts,
    /// What greetings name.
    pub(super) named: Named,
    /// Reviews that were asked for in vain.
    pub(super) unreviewed: u64,
}

impl Shared {
    /// Memory of all that sessions share, in bytes.
    pub(super) fn memory(&self) -> usize {
        self.expectations.memory()
            + self.links.len() * LINK
            + self.due.len() * DUE
            + self.secrets.memory()
            + self.streams.memory()
            + self.texts.memory()
            + self.named.memory()
            + self.places.memory()
    }

    /// Asks for a review of a channel at `when`.
    pub(super) fn schedule(&mut self, when: Timestamp, channel: ChannelRef) {
        if self.due.len() >= MAX_REVIEWS {
            self.unreviewed += 1;
            return;
        }
        let SlotRef { index, generation } = channel.slot;
        self.due
            .push(Reverse((when, index, generation, channel.key)));
    }

    /// The client of one session sends its server to `endpoint`: when another session waits for a
    /// connection there, the data run between two servers.
    pub(super) fn relay(&mut self, endpoint: SocketAddr, channel: ChannelRef) {
        let mut waiting = self.expectations.to(endpoint).iter();
        if waiting.any(|other| other.slot != channel.slot) && !self.is_relayed(endpoint) {
            if self.relayed.len() == MAX_RELAYED {
                self.relayed.pop_front();
            }
            self.relayed.push_back(endpoint);
        }
    }

    /// Whether a transfer between two servers uses `endpoint`.
    pub(super) fn is_relayed(&self, endpoint: SocketAddr) -> bool {
        self.relayed.contains(&endpoint)
    }

    /// The review of a channel is due.
    #[inline]
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        let next = self.due.peek();
        next.is_some_and(|Reverse((when, ..))| *when <= now)
    }

    /// The next channel whose review is due.
    pub(super) fn next_due(&mut self, now: Timestamp) -> Option<ChannelRef> {
        let Reverse((when, ..)) = self.due.peek()?;
        if *when > now {
            return None;
        }
        let Reverse((_, index, generation, key)) = self.due.pop()?;
        Some(ChannelRef {
            slot: SlotRef { index, generation },
            key,
        })
    }
}

impl Context<'_> {
    /// Makes a flow the data connection of a channel.
    pub(super) fn link(&mut self, flow: FlowId, channel: ChannelRef) {
        self.flows.set_tag(flow, DATA_TAG);
        // Only the first piece is looked at.
        self.flows.set_interest(flow, Interest::Bytes);
        self.shared.links.entry(flow).or_default().push(channel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reviews_are_bounded_and_come_when_they_are_due() {
        let mut shared = Shared::default();
        let channel = |key| ChannelRef {
            slot: SlotRef {
                index: 0,
                generation: 0,
            },
            key,
        };
        let later = Timestamp::new(9, 0);
        for key in 0..MAX_REVIEWS as u32 + 3 {
            shared.schedule(later, channel(key));
        }
        assert_eq!((shared.due.len(), shared.unreviewed), (MAX_REVIEWS, 3));
        assert_eq!(shared.next_due(Timestamp::new(8, 0)), None);
        assert_eq!(shared.next_due(later), Some(channel(0)));
    }

    #[test]
    fn of_endpoints_between_two_servers_the_latest_are_remembered() {
        let mut shared = Shared::default();
        let of = |index| ChannelRef {
            slot: SlotRef {
                index,
                generation: 0,
            },
            key: 0,
        };
        let endpoint = |port| SocketAddr::from(([192, 0, 2, 1], port));
        for port in 0..=MAX_RELAYED as u16 {
            let now = Timestamp::default();
            shared.expectations.add(endpoint(port), of(1), now);
            shared.relay(endpoint(port), of(2));
        }
        let relayed = |port| shared.is_relayed(endpoint(port));
        assert_eq!(
            [relayed(0), relayed(1), relayed(MAX_RELAYED as u16)],
            [false, true, true]
        );
        assert_eq!(shared.relayed.len(), MAX_RELAYED);
    }
}
