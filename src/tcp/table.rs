//! All flows: from a segment to its flow and what follows from it.

use std::collections::VecDeque;
use std::time::Duration;

use super::arrival::{self, Arrival};
use super::assembler::Patience;
use super::candidates::Candidates;
use super::flow::{Flow, moment, wire_len};
use super::flows::Vacancy;
use super::ordinary::Taken;
use super::{Consumer, Flows, Side, Stats, StreamEvent};
use crate::decode::{IcmpError, Segment};
use crate::time::Timestamp;

/// Places that the hand looks at when time passes without segments.
const HAND_ADVANCE: usize = 2048;
/// Flows that hold data and are looked at when time passes.
const HOLDERS_ADVANCE: usize = 32;
/// Time must pass by this much before it is worth a look.
const ADVANCE_STEP: Duration = Duration::from_millis(50);

/// Names one flow of a table; never reused, so a stale one finds nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FlowId {
    pub(super) index: u32,
    pub(super) generation: u32,
}

/// Flows kept at once, unless said otherwise: some 0.8 kB for each.
pub const MAX_FLOWS: usize = 1 << 18;

/// Bounds on what a flow table keeps.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Flows kept at once.
    pub flows: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { flows: MAX_FLOWS }
    }
}

/// Follows all TCP flows of a capture.
#[derive(Debug)]
pub struct FlowTable {
    pub(super) flows: Flows,
    limit: usize,
    pub(super) hand: u32,
    /// Flows that hold data back, longest first.
    pub(super) holders: VecDeque<FlowId>,
    /// Flows that may have to go first.
    pub(super) unmarked: Candidates<FlowId>,
    /// When time was last looked at, and when it is worth another look.
    advanced: Timestamp,
    advances: Timestamp,
    /// No segment is taken for ordinary.
    #[cfg(test)]
    pub(super) only_the_long_way: bool,
}

impl FlowTable {
    /// An empty table.
    pub fn new(limits: Limits) -> Self {
        Self {
            flows: Flows::new(),
            limit: limits.flows.max(1),
            hand: 0,
            holders: VecDeque::new(),
            unmarked: Candidates::default(),
            advanced: Timestamp::default(),
            advances: Timestamp::default(),
            #[cfg(test)]
            only_the_long_way: false,
        }
    }

    /// The flows now in the table.
    pub fn flows(&self) -> &Flows {
        &self.flows
    }

    /// The flows now in the table, to be marked.
    pub fn flows_mut(&mut self) -> &mut Flows {
        &mut self.flows
    }

    /// What the table did and holds.
    pub fn stats(&self) -> Stats {
        self.flows.stats
    }

    /// Takes one segment in and tells the consumer what it changed.
    #[inline]
    pub fn push(&mut self, segment: &Segment<'_>, consumer: &mut impl Consumer) {
        self.turn_hand_a_little(self.advanced, consumer);
        let (id, side) = match self.flows.look_up(&segment.src, &segment.dst) {
            Ok(found) => found,
            Err(vacancy) => return self.open(segment, vacancy, consumer),
        };
        if let Some(taken) = self.take_ordinary(id, side, segment) {
            return self.tell_ordinary(id, segment, taken, consumer);
        }
        match self.arrive(id, side, segment) {
            Some(Arrival::Belongs) => self.follow(id, side, segment, false, consumer),
            Some(Arrival::Begins) => {
                self.flows.stats.reused += 1;
                self.remove(id, moment(segment), consumer);
                let vacancy = self.flows.vacancy(&segment.src, &segment.dst);
                self.open(segment, vacancy, consumer);
            }
            Some(Arrival::Stray) => {}
            None => self.flows.stats.copies += 1,
        }
    }

    #[inline]
    fn take_ordinary(&mut self, id: FlowId, side: Side, segment: &Segment<'_>) -> Option<Taken> {
        #[cfg(test)]
        if self.only_the_long_way {
            return None;
        }
        self.flows.flow_mut(id)?.take_ordinary(side, segment)
    }

    #[inline]
    fn tell_ordinary(
        &mut self,
        id: FlowId,
        segment: &Segment<'_>,
        taken: Taken,
        consumer: &mut impl Consumer,
    ) {
        match taken {
            Taken::Copy => self.flows.stats.copies += 1,
            Taken::Counted => {}
            Taken::Told(side) => {
                let (bytes, at) = (segment.payload, moment(segment));
                consumer.event(&mut self.flows, id, StreamEvent::Data { side, bytes, at });
            }
        }
    }

    /// What the segment is to its flow; `None` if it is a copy of one that was seen.
    #[inline]
    fn arrive(&mut self, id: FlowId, side: Side, segment: &Segment<'_>) -> Option<Arrival> {
        let flow = self.flows.flow_mut(id)?;
        flow.segments = flow.segments.wrapping_add(1);
        let news = arrival::brings_news(flow, side, segment);
        if flow.copies.is_copy(side, segment, news) {
            flow.half_mut(side).copied();
            return None;
        }
        let arrival = arrival::classify(flow, side, segment);
        if arrival != Arrival::Begins {
            let before = std::mem::replace(&mut flow.connection.last, moment(segment));
            if segment.time < before.time {
                self.flows.refresh(id);
            }
        }
        Some(arrival)
    }

    fn open(&mut self, segment: &Segment<'_>, vacancy: Vacancy, consumer: &mut impl Consumer) {
        if self.flows.len() >= self.limit {
            self.evict(moment(segment), consumer);
        }
        let id = self.flows.insert(segment, vacancy);
        let Some(flow) = self.flows.flow_mut(id) else {
            return;
        };
        let side = flow.connection.ends.side(vacancy.ends);
        flow.segments = 1;
        flow.copies.is_copy(side, segment, true);
        self.follow(id, side, segment, true, consumer);
        self.flows.link(id);
        self.enlist(id);
    }

    /// Works a segment into its flow.
    #[inline]
    fn follow(
        &mut self,
        id: FlowId,
        side: Side,
        segment: &Segment<'_>,
        opens: bool,
        consumer: &mut impl Consumer,
    ) {
        let Some(flow) = self.flows.flow_mut(id) else {
            return;
        };
        let ends = segment.flags.fin || segment.flags.rst;
        let behind = ends.then(|| flow.connection.behind()).flatten();
        let established = flow.note(side, segment);
        if opens {
            consumer.event(&mut self.flows, id, StreamEvent::Open);
        }
        if established {
            consumer.event(&mut self.flows, id, StreamEvent::Established);
        }
        if !is_bare(segment) {
            self.deliver(id, side, segment, behind, consumer);
        } else if let Some(flow) = self.flows.flow_mut(id) {
            flow.note_ahead(side, segment);
        }
        let patience = Patience::Graces(segment.time);
        self.drain(id, moment(segment), patience, consumer);
        self.close(id, side, segment, consumer);
        if opens || self.flows.flow(id).is_some_and(Flow::may_go_sooner) {
            self.flows.refresh(id);
        }
    }

    /// Notes an ICMP error on the flow that it quotes.
    pub fn icmp(&mut self, error: &IcmpError, _consumer: &mut impl Consumer) {
        let quoted = self.flows.find(error.src, error.dst);
        if let Some(flow) = quoted.and_then(|id| self.flows.flow_mut(id)) {
            flow.note_icmp(error);
        }
    }

    /// Whether `advance` has something to do.
    #[inline]
    pub fn is_due(&self, now: Timestamp) -> bool {
        !(self.advanced..self.advances).contains(&now)
    }

    /// Lets time pass: releases what waited for order too long, forgets what has been idle.
    pub fn advance(&mut self, now: Timestamp, consumer: &mut impl Consumer) {
        if !self.is_due(now) {
            return;
        }
        (self.advanced, self.advances) = (now, now + ADVANCE_STEP);
        for _ in 0..self.holders.len().min(HOLDERS_ADVANCE) {
            self.release_first_holder(now, consumer);
        }
        self.turn_hand(HAND_ADVANCE, now, consumer);
    }

    /// Ends every flow, in the order in which they began.
    pub fn finish(&mut self, consumer: &mut impl Consumer) {
        let places = u32::try_from(self.flows.places()).unwrap_or(u32::MAX);
        let ids = (0..places).filter_map(|index| self.flows.id(index));
        let mut all: Vec<(u64, FlowId)> = ids
            .filter_map(|id| Some((self.flows.flow(id)?.opened, id)))
            .collect();
        all.sort_unstable_by_key(|&(opened, _)| opened);
        for (_, id) in all {
            self.remove_as_it_was(id, consumer);
        }
        self.holders.clear();
    }
}

/// It can add nothing to what its sender sent.
#[inline]
fn is_bare(segment: &Segment<'_>) -> bool {
    let flags = segment.flags;
    !(flags.syn || flags.fin || flags.rst) && wire_len(segment) == 0
}

#[cfg(test)]
mod tests {
    use crate::tcp::testing::*;
    use crate::tcp::{Interest, Side};

    #[test]
    fn a_conversation_is_told_in_order() {
        let mut talk = Talk::handshake();
        talk.server("220 hello\r\n")
            .client("USER x\r\n")
            .server("331 ok\r\n")
            .finish();
        let seen = run(&talk.segments, Interest::Bytes);
        assert_eq!(
            seen.story(),
            "open established R:220 hello\r\n I:USER x\r\n R:331 ok\r\n close gone"
        );
    }

    #[test]
    fn counting_tells_no_bytes_and_counts_them() {
        let mut talk = Talk::handshake();
        talk.server("0123456789").client("abc").finish();
        let seen = run(&talk.segments, Interest::Count);
        assert_eq!(seen.story(), "open established close gone");
        let connection = seen.last();
        assert_eq!(
            (
                connection.half(Side::Responder).bytes,
                connection.half(Side::Initiator).bytes
            ),
            (10, 3)
        );
        assert_eq!(
            (
                connection.missing(),
                connection.half(Side::Responder).unacknowledged()
            ),
            (0, 0)
        );
    }
}
