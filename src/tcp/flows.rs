//! The slab of flows and its indexes.

use std::net::{IpAddr, SocketAddr};
#[cfg(test)]
use std::time::Duration;

use hashbrown::HashTable;

use super::chain::{Chains, Common};
use super::deadlines::Deadlines;
use super::expiry;
use super::flow::Flow;
use super::hashing::{Ends, Hashing, Print};
use super::stats::Footprint;
use super::{Connection, FlowId, Interest, Side, Stats};
use crate::decode::Segment;
use crate::time::Timestamp;

/// How many unmarked flows to one listener are shown.
const SHOWN_TO: usize = 16;
/// How many unmarked flows between two hosts are shown.
const SHOWN_BETWEEN: usize = 32;

/// A place for one flow.
pub(super) type Slot = Option<Box<Flow>>;

#[derive(Debug)]
struct Entry {
    hash: Print,
    index: u32,
}

/// Where a flow was looked for and is not.
#[derive(Clone, Copy, Debug)]
pub(super) struct Vacancy {
    pub(super) ends: Ends,
    hash: Print,
}

/// All flows of a table, as the consumer sees them.
#[derive(Debug)]
pub struct Flows {
    slots: Vec<Slot>,
    /// How often each place was used before.
    generations: Vec<u32>,
    deadlines: Deadlines,
    free: Vec<u32>,
    by_ends: HashTable<Entry>,
    to_listener: Chains,
    between_hosts: Chains,
    hashing: Hashing,
    pub(super) stats: Stats,
}

impl Flows {
    pub(super) fn new() -> Self {
        Self {
            slots: Vec::new(),
            generations: Vec::new(),
            deadlines: Deadlines::default(),
            free: Vec::new(),
            by_ends: HashTable::new(),
            to_listener: Chains::new(Common::Listener),
            between_hosts: Chains::new(Common::Hosts),
            hashing: Hashing::default(),
            stats: Stats::default(),
        }
    }

    /// The facts of a flow that an event or a search names; `None` once it is gone.
    pub fn get(&self, id: FlowId) -> Option<&Connection> {
        self.flow(id).map(|flow| &flow.connection)
    }

    /// What the consumer wants of a flow: [`Interest::Count`] until it says otherwise.
    pub fn interest(&self, id: FlowId) -> Interest {
        self.flow(id).map_or(Interest::Count, Flow::interest)
    }

    /// Says what the consumer wants of a flow from here on. At [`StreamEvent::Open`] that includes
    /// the payload of the first segment.
    ///
    /// [`StreamEvent::Open`]: super::StreamEvent::Open
    pub fn set_interest(&mut self, id: FlowId, interest: Interest) {
        let Some(flow) = self.flow_mut(id) else {
            return;
        };
        flow.assembler
            .set_interest(interest, &flow.connection.halves);
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
            (1.., 0) => self.link(id),
            _ => {}
        }
        self.refresh(id);
    }

    /// Flows to this listener that bear no mark, latest first, at most 16. Those that closed in
    /// the last seconds of packet time are among them.
    pub fn unmarked_to(&self, responder: SocketAddr) -> Vec<FlowId> {
        let fits = move |(_, listener)| listener == responder;
        let chain = self
            .to_listener
            .follow(&self.slots, self.hashing.end(&responder), fits);
        let shown = chain.take(SHOWN_TO).filter_map(|index| self.id(index));
        shown.collect()
    }

    /// Flows between two hosts that bear no mark, whichever connected, latest first, at most 32.
    /// Those that closed in the last seconds of packet time are among them.
    pub fn unmarked_between(&self, a: IpAddr, b: IpAddr) -> Vec<FlowId> {
        let fits = move |(one, other): (SocketAddr, SocketAddr)| {
            let (x, y) = (one.ip(), other.ip());
            (x, y) == (a, b) || (x, y) == (b, a)
        };
        let chain = self
            .between_hosts
            .follow(&self.slots, self.hashing.hosts(a, b), fits);
        let shown = chain.take(SHOWN_BETWEEN).filter_map(|index| self.id(index));
        shown.collect()
    }

    /// How many flows there are.
    pub fn len(&self) -> usize {
        self.by_ends.len()
    }

    /// There is no flow.
    pub fn is_empty(&self) -> bool {
        self.by_ends.is_empty()
    }

    /// What each place takes, with what finds it: an entry by its ends and, at most, two heads.
    pub(super) const fn place_size(&self) -> usize {
        size_of::<Slot>()
            + size_of::<u32>()
            + Deadlines::SIZE
            + 2 * (size_of::<Entry>() + Chains::HEAD_SIZE)
    }

    /// How many places there are, taken or free.
    pub(super) fn places(&self) -> usize {
        self.slots.len()
    }

    /// A flow.
    #[inline]
    pub(super) fn flow(&self, id: FlowId) -> Option<&Flow> {
        let flow = self.slots.get(place(id.index))?.as_deref();
        flow.filter(|flow| flow.generation == id.generation)
    }

    /// A flow, to be changed.
    #[inline]
    pub(super) fn flow_mut(&mut self, id: FlowId) -> Option<&mut Flow> {
        let flow = self.slots.get_mut(place(id.index))?.as_deref_mut();
        flow.filter(|flow| flow.generation == id.generation)
    }

    /// The flow in a place.
    #[inline]
    pub(super) fn id(&self, index: u32) -> Option<FlowId> {
        let generation = self.slots.get(place(index))?.as_ref()?.generation;
        Some(FlowId { index, generation })
    }

    /// Of `count` places from `first` on, how many come before one that may be expired, or the last.
    pub(super) fn quiet_places(&mut self, first: u32, count: usize, now: Timestamp) -> usize {
        self.deadlines.quiet(place(first), count, now)
    }

    /// Whether two places from `first` on are quiet.
    #[inline]
    pub(super) fn are_two_quiet(&self, first: u32, now: Timestamp) -> bool {
        self.deadlines.are_two_quiet(place(first), now)
    }

    /// The flow in a place, if it has been quiet for too long.
    pub(super) fn expired(&mut self, index: u32, now: Timestamp) -> Option<FlowId> {
        if !self.deadlines.is_late(place(index), now) {
            return None;
        }
        let id = self.id(index)?;
        (self.refresh(id)? < now).then_some(id)
    }

    /// The flow between two ends, whichever connected.
    pub(super) fn find(&self, a: SocketAddr, b: SocketAddr) -> Option<FlowId> {
        Some(self.look_up(&a, &b).ok()?.0)
    }

    /// Where a flow between two ends is put.
    #[inline]
    pub(super) fn vacancy(&self, a: &SocketAddr, b: &SocketAddr) -> Vacancy {
        let ends = self.hashing.ends(a, b);
        let hash = self.hashing.both(ends);
        Vacancy { ends, hash }
    }

    /// The flow between two ends, and whose the first one is; or where to put one. Asked for each
    /// segment.
    #[inline(always)]
    pub(super) fn look_up(
        &self,
        a: &SocketAddr,
        b: &SocketAddr,
    ) -> Result<(FlowId, Side), Vacancy> {
        let vacancy = self.vacancy(a, b);
        let Vacancy { ends, hash } = vacancy;
        let is_it = |entry: &Entry| {
            let flow = || self.slots.get(place(entry.index))?.as_deref();
            entry.hash == hash && flow().is_some_and(|flow| flow.connection.ends.are(ends, a, b))
        };
        let entry = self.by_ends.find(hash.wide(), is_it);
        let found = entry.and_then(|entry| {
            let id = self.id(entry.index)?;
            Some((id, self.flow(id)?.connection.ends.side(ends)))
        });
        found.ok_or(vacancy)
    }

    /// Makes a flow that this segment opens, where it was looked for. It is yet to be linked.
    pub(super) fn insert(&mut self, segment: &Segment<'_>, at: Vacancy) -> FlowId {
        let index = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            self.generations.push(0);
            self.deadlines.add();
            u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX)
        });
        let generation = self.generations.get(place(index)).copied();
        let id = FlowId {
            index,
            generation: generation.unwrap_or(0),
        };
        let flow = Box::new(Flow::new(segment, at.ends, id, self.stats.opened));
        self.stats.opened += 1;
        if let Some(slot) = self.slots.get_mut(place(index)) {
            *slot = Some(flow);
        }
        let hash = at.hash;
        self.by_ends
            .insert_unique(hash.wide(), Entry { hash, index }, |entry| {
                entry.hash.wide()
            });
        id
    }

    /// Forgets a flow. Its place is used again under a new generation.
    pub(super) fn remove(&mut self, id: FlowId) {
        if self.flow(id).is_none() {
            return;
        }
        self.unlink(id.index);
        let slot = self.slots.get_mut(place(id.index));
        let Some(flow) = slot.and_then(Option::take) else {
            return;
        };
        // A place whose generations are used up is not used again: an id never names two flows.
        if let (Some(generation), Some(next)) = (
            self.generations.get_mut(place(id.index)),
            id.generation.checked_add(1),
        ) {
            *generation = next;
            self.free.push(id.index);
        }
        self.deadlines.clear(place(id.index));
        let hash = self.hashing.both(flow.connection.ends.words());
        if let Ok(entry) = self
            .by_ends
            .find_entry(hash.wide(), |entry| entry.index == id.index)
        {
            entry.remove();
        }
        self.stats.replace(flow.footprint, Footprint::default());
    }

    /// Brings the sums over all flows up to date with one flow.
    #[inline]
    pub(super) fn tally(&mut self, id: FlowId) {
        let Some(flow) = self.flow_mut(id) else {
            return;
        };
        let now = flow.takes();
        if now != flow.footprint {
            let before = std::mem::replace(&mut flow.footprint, now);
            self.stats.replace(before, now);
        }
    }

    /// Works out anew when a flow is forgotten; tells that.
    pub(super) fn refresh(&mut self, id: FlowId) -> Option<Timestamp> {
        let flow = self.flow(id)?;
        let when = flow.connection.last.time + expiry::lifetime(flow);
        self.deadlines.set(place(id.index), when);
        Some(when)
    }

    /// All that there is of each flow.
    #[cfg(test)]
    pub(super) fn inside(&self) -> String {
        format!("{:?} {:?} {:?}", self.slots, self.deadlines, self.stats)
    }

    /// No flow is forgotten before what is noted of its place.
    #[cfg(test)]
    pub(super) fn are_noted(&self) -> bool {
        let flows = self.slots.iter().enumerate();
        let mut flows = flows.filter_map(|(place, slot)| Some((place, slot.as_ref()?)));
        flows.all(|(place, flow)| {
            let when = flow.connection.last.time + expiry::lifetime(flow);
            let soon_after = when + Duration::from_nanos(1);
            self.deadlines.is_late(place, soon_after)
        })
    }

    /// Puts a flow in the chains of those without a mark, if it bears none.
    pub(super) fn link(&mut self, id: FlowId) {
        let unmarked = self.flow(id).is_some_and(|flow| flow.tag == 0);
        if unmarked && let Some((end, hosts)) = self.set_linked(id.index, true) {
            self.to_listener.link(&mut self.slots, id.index, end);
            self.between_hosts.link(&mut self.slots, id.index, hosts);
        }
    }

    fn unlink(&mut self, index: u32) {
        if let Some((end, hosts)) = self.set_linked(index, false) {
            self.to_listener.unlink(&mut self.slots, index, end);
            self.between_hosts.unlink(&mut self.slots, index, hosts);
        }
    }

    /// Notes whether a flow is in the chains; where its chains begin, if that is new.
    fn set_linked(&mut self, index: u32, linked: bool) -> Option<(Print, Print)> {
        let flow = self.slots.get_mut(place(index))?.as_mut()?;
        if std::mem::replace(&mut flow.linked, linked) == linked {
            return None;
        }
        let connection = &flow.connection;
        let (initiator, responder) = (connection.initiator(), connection.responder());
        Some((
            self.hashing.end(&responder),
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
            .map(|facts| facts.initiator().port())
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
                .map(|facts| facts.initiator().port())
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
        assert!(size_of::<Flow>() <= 584, "{}", size_of::<Flow>());
    }
}
