//! What a session may touch beside itself while it takes something in.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use hashbrown::HashMap;

use super::event::SessionEvent;
use super::expectation::{ChannelRef, Expectations, SlotRef};
use crate::capture::Moment;
use crate::tcp::{FlowId, Flows, Interest};
use crate::time::Timestamp;

/// The mark of a flow that is, or was, a data connection.
pub(super) const DATA_TAG: u32 = u32::MAX;

/// How long a data connection must be quiet after its transfer's final reply before the transfer
/// counts as over without a FIN.
pub(super) const SETTLE: Duration = Duration::from_secs(5);

/// The parts of the tracker that all sessions share, and the moment.
pub(super) struct Context<'a> {
    pub(super) flows: &'a mut Flows,
    pub(super) shared: &'a mut Shared,
    pub(super) events: &'a mut Vec<SessionEvent>,
    /// The packet that is being taken in.
    pub(super) now: Moment,
}

/// What all sessions share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    pub(super) expectations: Expectations,
    /// The channels that each data connection serves: one, or two when it runs between servers.
    pub(super) links: HashMap<FlowId, Vec<ChannelRef>>,
    due: BinaryHeap<Reverse<(Timestamp, u32, u32, u32)>>,
}

impl Shared {
    /// Asks for a review of a channel at `when`.
    pub(super) fn schedule(&mut self, when: Timestamp, channel: ChannelRef) {
        let SlotRef { index, generation } = channel.slot;
        self.due
            .push(Reverse((when, index, generation, channel.key)));
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
