//! The slab of flows and its indexes.

use std::net::{IpAddr, SocketAddr};

use hashbrown::HashTable;

use super::chain::{Chains, Common, Link};
use super::expiry;
use super::flow::Flow;
use super::hashing::Hashing;
use super::seed::{Kept, Seed};
use super::stats::Footprint;
use super::{Connection, FlowId, Interest, Side, Stats};
use crate::decode::Segment;
use crate::time::Timestamp;

/// How many unmarked flows to one listener are shown.
const SHOWN_TO: usize = 16;
/// How many unmarked flows between two hosts are shown.
const SHOWN_BETWEEN: usize = 32;

/// A place for one flow.
#[derive(Debug, Default)]
pub(super) struct Slot {
    pub(super) kept: Kept,
    /// Its places in the chains of unmarked flows.
    pub(super) links: [Link; 2],
    /// When the flow will have been quiet for too long.
    expires: Timestamp,
    generation: u32,
}

#[derive(Debug)]
struct Entry {
    hash: u64,
    index: u32,
}

/// All flows of a table, as the consumer sees them.
#[derive(Debug)]
pub struct Flows {
    slots: Vec<Slot>,
    free: Vec<u32>,
    by_ends: HashTable<Entry>,
    to_listener: Chains,
    between_hosts: Chains,
    hashing: Hashing,
    /// How many are kept as seeds.
    seeds: usize,
    pub(super) stats: Stats,
}

impl Flows {
    pub(super) fn new() -> Self {
        Self {
            slots: Vec::new(),
            free: Vec::new(),
            by_ends: HashTable::new(),
            to_listener: Chains::new(Common::Listener),
            between_hosts: Chains::new(Common::Hosts),
            hashing: Hashing::default(),
            seeds: 0,
            stats: Stats::default(),
        }
    }

    /// The facts of a flow that an event or a search names; `None` once it is gone.
    pub fn get(&self, id: FlowId) -> Option<&Connection> {
        self.flow(id).map(|flow| &flow.connection)
    }

    /// What the consumer wants of a flow: [`Interest::Count`] until it says otherwise.
    pub fn interest(&self, id: FlowId) -> Interest {
        match self.kept(id) {
            None | Some(Kept::Nothing) => Interest::Count,
            Some(Kept::Seed(seed)) => seed.interest(),
            Some(Kept::Flow(flow)) => flow.assembler.interest(),
        }
    }

    /// Says what the consumer wants of a flow from here on. At [`StreamEvent::Open`] that includes
    /// the payload of the first segment.
    ///
    /// [`StreamEvent::Open`]: super::StreamEvent::Open
    pub fn set_interest(&mut self, id: FlowId, interest: Interest) {
        let Some(flow) = self.flow_mut(id) else {
            return;
        };
        let bytes = [Side::Initiator, Side::Responder].map(|side| flow.connection.half(side).bytes);
        flow.assembler.set_interest(interest, &flow.tracks, bytes);
        self.tally(id);
    }

    /// The consumer's own mark on a flow; 0 until it is set.
    pub fn tag(&self, id: FlowId) -> u32 {
        self.flow(id).map_or(0, |flow| flow.tag)
    }

    /// The flow between these ends bears a mark.
    pub fn is_marked(&self, a: SocketAddr, b: SocketAddr) -> bool {
        self.find(a, b).is_some_and(|id| self.tag(id) != 0)
    }

    /// Sets the consumer's own mark. Marked flows are remembered for longer.
    pub fn set_tag(&mut self, id: FlowId, tag: u32) {
        let Some(flow) = self.flow_mut(id) else {
            return;
        };
        let before = std::mem::replace(&mut flow.tag, tag);
        match (before, tag) {
            (0, 1..) => self.unlink(id.index),
            (1.., 0) => self.link(id.index),
            _ => {}
        }
        self.refresh(id);
    }

    /// Flows to this listener that bear no mark, latest first, at most 16. Those that closed in
    /// the last seconds of packet time are among them.
    pub fn unmarked_to(&mut self, responder: SocketAddr) -> Vec<FlowId> {
        let fits = move |(_, listener)| listener == responder;
        let chain = self
            .to_listener
            .follow(&self.slots, self.hashing.end(responder), fits);
        let shown = chain.take(SHOWN_TO).filter_map(|index| self.id(index));
        let shown = shown.collect();
        self.shown(shown)
    }

    /// Flows between two hosts that bear no mark, whichever connected, latest first, at most 32.
    /// Those that closed in the last seconds of packet time are among them.
    pub fn unmarked_between(&mut self, a: IpAddr, b: IpAddr) -> Vec<FlowId> {
        let fits = move |(one, other): (SocketAddr, SocketAddr)| {
            let (x, y) = (one.ip(), other.ip());
            (x, y) == (a, b) || (x, y) == (b, a)
        };
        let chain = self
            .between_hosts
            .follow(&self.slots, self.hashing.hosts(a, b), fits);
        let shown = chain.take(SHOWN_BETWEEN).filter_map(|index| self.id(index));
        let shown = shown.collect();
        self.shown(shown)
    }

    /// Makes the facts of these flows readable.
    fn shown(&mut self, ids: Vec<FlowId>) -> Vec<FlowId> {
        for id in &ids {
            self.flow_mut(*id);
        }
        ids
    }

    /// How many flows there are.
    pub fn len(&self) -> usize {
        self.by_ends.len()
    }

    /// There is no flow.
    pub fn is_empty(&self) -> bool {
        self.by_ends.is_empty()
    }

    /// How many of them are no more than a SYN.
    pub(super) fn seeds(&self) -> usize {
        self.seeds
    }

    /// What each place takes, with what finds it: an entry by its ends and, at most, two heads.
    pub(super) const fn place_size(&self) -> usize {
        size_of::<Slot>() + 2 * (size_of::<Entry>() + Chains::HEAD_SIZE)
    }

    /// How many places there are, taken or free.
    pub(super) fn places(&self) -> usize {
        self.slots.len()
    }

    /// A flow of which more than a SYN is kept.
    pub(super) fn flow(&self, id: FlowId) -> Option<&Flow> {
        self.kept(id)?.flow()
    }

    /// A flow, to be changed.
    pub(super) fn flow_mut(&mut self, id: FlowId) -> Option<&mut Flow> {
        let slot = self.slots.get_mut(place(id.index))?;
        if slot.generation != id.generation {
            return None;
        }
        self.seeds -= usize::from(matches!(slot.kept, Kept::Seed(_)));
        slot.kept.flow_mut()
    }

    /// What is kept of a flow.
    pub(super) fn kept(&self, id: FlowId) -> Option<&Kept> {
        let slot = self.slots.get(place(id.index))?;
        (slot.generation == id.generation).then_some(&slot.kept)
    }

    /// Keeps no more of a flow than the segment that has just opened it, where that is enough.
    pub(super) fn shrink(&mut self, id: FlowId, segment: &Segment<'_>) {
        let Some(slot) = self.slots.get_mut(place(id.index)) else {
            return;
        };
        if let Some(seed) = slot.kept.flow().and_then(|flow| Seed::of(flow, segment)) {
            slot.kept = Kept::Seed(Box::new(seed));
            self.seeds += 1;
        }
    }

    /// The flow in a place.
    pub(super) fn id(&self, index: u32) -> Option<FlowId> {
        let slot = self.slots.get(place(index))?;
        slot.kept.is_taken().then_some(FlowId {
            index,
            generation: slot.generation,
        })
    }

    /// The flow in a place, if it has been quiet for too long.
    pub(super) fn expired(&self, index: u32, now: Timestamp) -> Option<FlowId> {
        let slot = self
            .slots
            .get(place(index))
            .filter(|slot| slot.expires < now)?;
        slot.kept.is_taken().then_some(FlowId {
            index,
            generation: slot.generation,
        })
    }

    /// The flow between two ends, whichever connected.
    pub(super) fn find(&self, a: SocketAddr, b: SocketAddr) -> Option<FlowId> {
        let hash = self.hashing.ends(a, b);
        let entry = self.by_ends.find(hash, |entry| {
            entry.hash == hash && self.joins(entry.index, a, b)
        })?;
        self.id(entry.index)
    }

    fn joins(&self, index: u32, a: SocketAddr, b: SocketAddr) -> bool {
        let ends = self
            .slots
            .get(place(index))
            .and_then(|slot| slot.kept.ends());
        ends.is_some_and(|ends| ends == (a, b) || ends == (b, a))
    }

    /// Makes a flow that this segment opens.
    pub(super) fn insert(&mut self, segment: &Segment<'_>) -> FlowId {
        let flow = Box::new(Flow::new(segment, self.stats.opened));
        self.stats.opened += 1;
        let index = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot::default());
            u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX)
        });
        let mut generation = 0;
        if let Some(slot) = self.slots.get_mut(place(index)) {
            slot.kept = Kept::Flow(flow);
            generation = slot.generation;
        }
        let hash = self.hashing.ends(segment.src, segment.dst);
        self.by_ends
            .insert_unique(hash, Entry { hash, index }, |entry| entry.hash);
        self.link(index);
        FlowId { index, generation }
    }

    /// Forgets a flow. Its place is used again under a new generation.
    pub(super) fn remove(&mut self, id: FlowId) {
        if self.flow_mut(id).is_none() {
            return;
        }
        self.unlink(id.index);
        let Some(slot) = self.slots.get_mut(place(id.index)) else {
            return;
        };
        let Kept::Flow(flow) = std::mem::take(&mut slot.kept) else {
            return;
        };
        // A place whose generations are used up is not used again: an id never names two flows.
        if let Some(generation) = slot.generation.checked_add(1) {
            slot.generation = generation;
            self.free.push(id.index);
        }
        let hash = self
            .hashing
            .ends(flow.connection.initiator, flow.connection.responder);
        if let Ok(entry) = self
            .by_ends
            .find_entry(hash, |entry| entry.index == id.index)
        {
            entry.remove();
        }
        self.stats.replace(flow.footprint, Footprint::default());
    }

    /// Brings the sums over all flows up to date with one flow.
    pub(super) fn tally(&mut self, id: FlowId) {
        let Some(flow) = self.flow_mut(id) else {
            return;
        };
        let now = Footprint {
            held: flow.assembler.held(),
            holes: flow.holes(),
        };
        let before = std::mem::replace(&mut flow.footprint, now);
        self.stats.replace(before, now);
    }

    /// Works out anew when a flow is forgotten.
    pub(super) fn refresh(&mut self, id: FlowId) {
        let Some(slot) = self.slots.get_mut(place(id.index)) else {
            return;
        };
        if let Some(flow) = slot.kept.flow() {
            slot.expires = flow.connection.last.time + expiry::lifetime(flow);
        }
    }

    fn link(&mut self, index: u32) {
        let Some((end, hosts)) = self.common_hashes(index) else {
            return;
        };
        self.to_listener.link(&mut self.slots, index, end);
        self.between_hosts.link(&mut self.slots, index, hosts);
    }

    fn unlink(&mut self, index: u32) {
        let Some((end, hosts)) = self.common_hashes(index) else {
            return;
        };
        self.to_listener.unlink(&mut self.slots, index, end);
        self.between_hosts.unlink(&mut self.slots, index, hosts);
    }

    fn common_hashes(&self, index: u32) -> Option<(u64, u64)> {
        let (initiator, responder) = self.slots.get(place(index))?.kept.ends()?;
        Some((
            self.hashing.end(responder),
            self.hashing.hosts(initiator.ip(), responder.ip()),
        ))
    }
}

fn place(index: u32) -> usize {
    usize::try_from(index).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tcp::testing::*;
    use crate::tcp::{FlowTable, Limits};

    fn from_port(port: u16) -> Made {
        let mut made = Made::up(1, None, "S", "");
        made.src.set_port(port);
        made
    }

    fn full(count: u16) -> (FlowTable, Seen) {
        let mut table = FlowTable::new(Limits { flows: 1000 });
        let mut seen = Seen::default();
        let segments: Vec<_> = (1..=count).map(from_port).collect();
        push(&mut table, &mut seen, &segments, epoch());
        (table, seen)
    }

    fn ports(flows: &Flows, ids: Vec<FlowId>) -> Vec<u16> {
        ids.iter()
            .filter_map(|id| flows.get(*id))
            .map(|facts| facts.initiator.port())
            .collect()
    }

    #[test]
    fn unmarked_flows_are_found_by_listener_latest_first() {
        let (mut table, seen) = full(5);
        let flows = &mut table.flows;
        let shown = flows.unmarked_to(server());
        assert_eq!(ports(flows, shown), [5, 4, 3, 2, 1]);
        for marked in [4, 2, 0] {
            flows.set_tag(seen.events[marked].0, 9);
        }
        let shown = flows.unmarked_to(server());
        assert_eq!(ports(flows, shown), [4, 2]);
        assert_eq!(flows.unmarked_to(client()).len(), 0);
        flows.set_tag(seen.events[0].0, 0);
        let shown = flows.unmarked_to(server());
        assert_eq!(ports(flows, shown), [1, 4, 2]);
        let (a, b) = (client().ip(), server().ip());
        let shown = flows.unmarked_between(b, a);
        assert_eq!(ports(flows, shown), [1, 4, 2]);
        assert_eq!(flows.unmarked_between(a, a).len(), 0);
    }

    #[test]
    fn only_the_latest_are_shown_and_none_that_are_gone() {
        let (mut table, mut seen) = full(100);
        assert_eq!(table.flows.unmarked_to(server()).len(), SHOWN_TO);
        assert_eq!(
            table
                .flows
                .unmarked_between(client().ip(), server().ip())
                .len(),
            SHOWN_BETWEEN
        );
        table.finish(&mut seen);
        assert_eq!(table.flows.unmarked_to(server()).len(), 0);
        assert_eq!(
            seen.gone
                .iter()
                .map(|facts| facts.initiator.port())
                .collect::<Vec<_>>(),
            (1..=100).collect::<Vec<_>>()
        );
    }

    #[test]
    fn a_stale_id_finds_nothing() {
        let (mut table, mut seen) = full(1);
        let stale = seen.events[0].0;
        table.finish(&mut seen);
        push(&mut table, &mut seen, &[from_port(2)], epoch());
        table.flows.set_tag(stale, 5);
        assert!(table.flows.get(stale).is_none());
        assert_eq!((table.flows.tag(stale), table.flows.len()), (0, 1));
    }

    #[test]
    fn a_flow_is_small() {
        assert!(size_of::<Flow>() <= 1280, "{}", size_of::<Flow>());
        assert!(size_of::<Seed>() <= 176, "{}", size_of::<Seed>());
        assert!(size_of::<Slot>() <= 56, "{}", size_of::<Slot>());
    }
}
