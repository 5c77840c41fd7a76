//! All flows: from a segment to its flow and what follows from it.

use std::collections::VecDeque;
use std::time::Duration;

use super::arrival::{self, Arrival};
use super::assembler::{Offer, Patience, Step};
use super::expiry;
use super::flow::moment;
use super::{Consumer, Flows, Interest, Side, Stats, StreamEvent};
use crate::capture::Moment;
use crate::decode::{IcmpError, Segment};
use crate::time::Timestamp;

/// Places that the clock hand looks at for each segment. One flow at most is opened by a segment,
/// so the hand outruns the growth of the table.
const HAND_PUSH: usize = 2;
/// Places that the hand looks at when time passes without segments.
const HAND_ADVANCE: usize = 64;
/// Places of a full table among which the least valuable flow has to go.
const HAND_EVICT: usize = 8;
/// Flows that hold data and are looked at when time passes.
const HOLDERS_ADVANCE: usize = 32;
/// Time must pass by this much before it is worth a look.
const ADVANCE_STEP: Duration = Duration::from_millis(50);
/// Memory for out-of-order data of all flows, in bytes; beyond it the longest holder gives way.
const HELD_TOTAL: u64 = 64 << 20;
/// Holes remembered per direction, and what is left of that when there are many in all.
const HOLES: usize = 256;
const HOLES_CROWDED: usize = 4;
const HOLES_TOTAL: usize = 1 << 18;

/// Names one flow of a table; never reused, so a stale one finds nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FlowId {
    pub(super) index: u32,
    pub(super) generation: u32,
}

/// Bounds on what a flow table keeps.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Flows kept at once.
    pub flows: usize,
}

impl Default for Limits {
    /// 262,144 flows: some 1.2 kB for each flow that there is.
    fn default() -> Self {
        Self { flows: 1 << 18 }
    }
}

/// Follows all TCP flows of a capture.
#[derive(Debug)]
pub struct FlowTable {
    flows: Flows,
    limit: usize,
    hand: u32,
    /// Flows that hold data back, longest first.
    holders: VecDeque<FlowId>,
    advanced: Timestamp,
}

impl FlowTable {
    /// An empty table.
    pub fn new(limits: Limits) -> Self {
        Self {
            flows: Flows::new(),
            limit: limits.flows.max(1),
            hand: 0,
            holders: VecDeque::new(),
            advanced: Timestamp::default(),
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
    pub fn push(&mut self, segment: &Segment<'_>, consumer: &mut impl Consumer) {
        self.turn_hand(HAND_PUSH, segment.time, consumer);
        let known = self.flows.find(segment.src, segment.dst);
        match known.and_then(|id| Some((id, self.arrive(id, segment)?))) {
            Some((id, Arrival::Belongs)) => self.follow(id, segment, false, consumer),
            Some((id, Arrival::Begins)) => {
                self.flows.stats.reused += 1;
                self.remove(id, moment(segment), consumer);
                self.open(segment, consumer);
            }
            Some((_, Arrival::Stray)) => {}
            None if known.is_none() => self.open(segment, consumer),
            None => self.flows.stats.copies += 1,
        }
    }

    /// What the segment is to its flow; `None` if it is a copy of one that was seen.
    fn arrive(&mut self, id: FlowId, segment: &Segment<'_>) -> Option<Arrival> {
        let flow = self.flows.flow_mut(id)?;
        let side = flow.side(segment);
        flow.segments = flow.segments.wrapping_add(1);
        if flow.copies.is_copy(side, segment) {
            flow.connection.halves[side.index()].copies += 1;
            return None;
        }
        let arrival = arrival::classify(flow, segment);
        if arrival != Arrival::Begins {
            flow.connection.last = moment(segment);
        }
        Some(arrival)
    }

    fn open(&mut self, segment: &Segment<'_>, consumer: &mut impl Consumer) {
        if self.flows.len() >= self.limit {
            self.evict(moment(segment), consumer);
        }
        let id = self.flows.insert(segment);
        self.arrive(id, segment);
        self.follow(id, segment, true, consumer);
    }

    /// Works a segment into its flow.
    fn follow(
        &mut self,
        id: FlowId,
        segment: &Segment<'_>,
        opens: bool,
        consumer: &mut impl Consumer,
    ) {
        let Some(flow) = self.flows.flow_mut(id) else {
            return;
        };
        let side = flow.side(segment);
        let established = flow.note(side, segment);
        if opens {
            consumer.event(&mut self.flows, id, StreamEvent::Open);
        }
        if established {
            consumer.event(&mut self.flows, id, StreamEvent::Established);
        }
        self.deliver(id, side, segment, consumer);
        self.drain(id, moment(segment), Patience::Graces, consumer);
        self.close(id, side, segment, consumer);
        self.flows.refresh(id);
    }

    /// Counts the payload, and delivers or holds it.
    fn deliver(
        &mut self,
        id: FlowId,
        side: Side,
        segment: &Segment<'_>,
        consumer: &mut impl Consumer,
    ) {
        let room = if self.flows.stats.holes > HOLES_TOTAL {
            HOLES_CROWDED
        } else {
            HOLES
        };
        let Some(flow) = self.flows.flow_mut(id) else {
            return;
        };
        let before = (flow.assembler.held(), flow.track(side).holes());
        let offer = flow.take_payload(side, segment, room);
        flow.recount();
        let after = (flow.assembler.held(), flow.track(side).holes());
        self.flows.stats.holes = self.flows.stats.holes - before.1 + after.1;
        self.note_held(before.0, after.0);
        if let Offer::Deliver { skip, lost } = offer {
            let bytes = segment.payload.get(skip..).unwrap_or_default();
            self.tell_data(id, side, bytes, lost, moment(segment), consumer);
        }
    }

    fn note_held(&mut self, before: usize, after: usize) {
        let stats = &mut self.flows.stats;
        stats.held = stats.held.saturating_sub(before as u64) + after as u64;
        stats.held_most = stats.held_most.max(stats.held);
    }

    fn tell_data(
        &mut self,
        id: FlowId,
        side: Side,
        bytes: &[u8],
        lost: u64,
        at: Moment,
        consumer: &mut impl Consumer,
    ) {
        if !bytes.is_empty() {
            consumer.event(&mut self.flows, id, StreamEvent::Data { side, bytes, at });
        }
        if lost > 0 {
            self.tell_gap(id, side, lost, at, consumer);
        }
    }

    fn tell_gap(
        &mut self,
        id: FlowId,
        side: Side,
        bytes: u64,
        at: Moment,
        consumer: &mut impl Consumer,
    ) {
        // The consumer may have lost interest with the bytes before.
        if self.flows.interest(id) == Interest::Bytes {
            self.flows.stats.gaps += 1;
            self.flows.stats.gap_bytes = self.flows.stats.gap_bytes.saturating_add(bytes);
            consumer.event(&mut self.flows, id, StreamEvent::Gap { side, bytes, at });
        }
    }

    /// Delivers what a flow need not hold any longer, and then what cannot be held in all.
    fn drain(&mut self, id: FlowId, at: Moment, patience: Patience, consumer: &mut impl Consumer) {
        self.drain_one(id, at, patience, consumer);
        while self.flows.stats.held > HELD_TOTAL && self.hurry(at, consumer) {}
    }

    fn drain_one(
        &mut self,
        id: FlowId,
        at: Moment,
        patience: Patience,
        consumer: &mut impl Consumer,
    ) {
        while let Some(step) = self.step(id, at, patience) {
            match step {
                Step::Data {
                    side,
                    bytes,
                    skip,
                    lost,
                    at,
                } => {
                    self.tell_data(
                        id,
                        side,
                        bytes.get(skip..).unwrap_or_default(),
                        lost,
                        at,
                        consumer,
                    );
                }
                Step::Gap { side, bytes, at } => self.tell_gap(id, side, bytes, at, consumer),
            }
        }
        self.queue(id);
    }

    fn step(&mut self, id: FlowId, at: Moment, patience: Patience) -> Option<Step> {
        let flow = self.flows.flow_mut(id)?;
        let before = flow.assembler.held();
        let (assembler, mut view) = flow.reassembly(at);
        let step = assembler.step(&mut view, patience);
        let after = flow.assembler.held();
        self.note_held(before, after);
        step
    }

    /// A flow that holds something waits in the queue of holders.
    fn queue(&mut self, id: FlowId) {
        let Some(flow) = self.flows.flow_mut(id) else {
            return;
        };
        if flow.assembler.is_waiting() && !std::mem::replace(&mut flow.queued, true) {
            self.holders.push_back(id);
            self.tidy_holders();
        }
    }

    /// Drops flows that hold nothing any more from the queue, two for each that enters it.
    fn tidy_holders(&mut self) {
        for _ in 0..2 {
            let Some(id) = self.holders.pop_front() else {
                return;
            };
            match self.flows.flow_mut(id) {
                Some(flow) if flow.assembler.is_waiting() => self.holders.push_back(id),
                Some(flow) => flow.queued = false,
                None => {}
            }
        }
    }

    /// Makes the longest holder go on without what it waits for; tells whether there was one.
    fn hurry(&mut self, at: Moment, consumer: &mut impl Consumer) -> bool {
        let Some(id) = self.holders.pop_front() else {
            return false;
        };
        if let Some(flow) = self.flows.flow_mut(id) {
            flow.queued = false;
            self.flows.stats.hurried += 1;
            self.drain_one(id, at, Patience::None, consumer);
        }
        true
    }

    /// Tells the consumer when the connection has come to its end.
    fn close(
        &mut self,
        id: FlowId,
        side: Side,
        segment: &Segment<'_>,
        consumer: &mut impl Consumer,
    ) {
        let at = moment(segment);
        let Some(flow) = self.flows.flow_mut(id) else {
            return;
        };
        if segment.flags.rst {
            if flow.reset(side, segment) {
                self.drain(id, at, Patience::None, consumer);
                self.tell_close(id, consumer);
            }
        } else if flow.close_if_finished(at, true) {
            self.tell_close(id, consumer);
        }
    }

    fn tell_close(&mut self, id: FlowId, consumer: &mut impl Consumer) {
        if let Some(flow) = self.flows.flow_mut(id) {
            let held = flow.assembler.held();
            flow.assembler.end();
            self.note_held(held, 0);
            consumer.event(&mut self.flows, id, StreamEvent::Close);
        }
    }

    /// Delivers all that a flow holds and forgets it.
    fn remove(&mut self, id: FlowId, at: Moment, consumer: &mut impl Consumer) {
        self.drain(id, at, Patience::None, consumer);
        let last = self.flows.get(id).map_or(at, |connection| connection.last);
        if self
            .flows
            .flow_mut(id)
            .is_some_and(|flow| flow.close_if_finished(last, false))
        {
            self.tell_close(id, consumer);
        }
        consumer.event(&mut self.flows, id, StreamEvent::Gone);
        self.flows.remove(id);
    }

    /// Notes an ICMP error on the flow that it quotes.
    pub fn icmp(&mut self, error: &IcmpError, _consumer: &mut impl Consumer) {
        let quoted = self.flows.find(error.src, error.dst);
        if let Some(flow) = quoted.and_then(|id| self.flows.flow_mut(id)) {
            flow.note_icmp(error);
        }
    }

    /// Lets time pass: releases what waited for order too long, forgets what has been idle.
    pub fn advance(&mut self, now: Timestamp, consumer: &mut impl Consumer) {
        if now >= self.advanced && now.since(self.advanced) < ADVANCE_STEP {
            return;
        }
        self.advanced = now;
        for _ in 0..self.holders.len().min(HOLDERS_ADVANCE) {
            self.release_first_holder(now, consumer);
        }
        self.turn_hand(HAND_ADVANCE, now, consumer);
    }

    /// Gives the first holder its turn; it goes to the end of the queue if it still waits.
    fn release_first_holder(&mut self, now: Timestamp, consumer: &mut impl Consumer) {
        let Some(id) = self.holders.pop_front() else {
            return;
        };
        let Some(flow) = self.flows.flow_mut(id) else {
            return;
        };
        flow.queued = false;
        let at = Moment {
            frame: flow.connection.last.frame,
            time: now,
        };
        self.drain(id, at, Patience::Graces, consumer);
        let last = self.flows.get(id).map_or(at, |connection| connection.last);
        if self
            .flows
            .flow_mut(id)
            .is_some_and(|flow| flow.close_if_finished(last, true))
        {
            self.tell_close(id, consumer);
            self.flows.refresh(id);
        }
    }

    /// Forgets the flows under the hand that have been quiet for too long.
    fn turn_hand(&mut self, places: usize, now: Timestamp, consumer: &mut impl Consumer) {
        for _ in 0..places.min(self.flows.places()) {
            let index = self.next_place();
            if let Some(id) = self.flows.expired(index, now) {
                self.flows.stats.expired += 1;
                let last = self
                    .flows
                    .get(id)
                    .map(|connection| connection.last)
                    .unwrap_or_default();
                self.remove(id, last, consumer);
            }
        }
    }

    fn next_place(&mut self) -> u32 {
        let index = self.hand;
        let next = index.wrapping_add(1);
        let end = u32::try_from(self.flows.places()).unwrap_or(u32::MAX);
        self.hand = if next < end { next } else { 0 };
        index
    }

    /// Makes room: the least valuable of the next flows under the hand has to go.
    fn evict(&mut self, at: Moment, consumer: &mut impl Consumer) {
        let places = self.flows.places();
        let mut victim = None;
        let mut looked = 0;
        // Free places are few when the table is full; retired ones are never many.
        for _ in 0..places {
            let index = self.next_place();
            let Some(id) = self.flows.id(index) else {
                continue;
            };
            let Some(flow) = self.flows.flow(id) else {
                continue;
            };
            let price = (expiry::worth(flow), flow.connection.last.time);
            if victim.is_none_or(|(least, _)| price < least) {
                victim = Some((price, id));
            }
            looked += 1;
            if looked == HAND_EVICT {
                break;
            }
        }
        if let Some((_, id)) = victim {
            self.flows.stats.evicted += 1;
            self.remove(id, at, consumer);
        }
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
            let last = self
                .flows
                .get(id)
                .map(|connection| connection.last)
                .unwrap_or_default();
            self.remove(id, last, consumer);
        }
        self.holders.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tcp::testing::*;

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
                connection.half(Side::Responder).unacknowledged
            ),
            (0, 0)
        );
    }
}
