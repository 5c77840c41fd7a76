//! What a flow table tells its consumer of one flow, and what it makes wait for order.

use super::assembler::{Offer, Patience, Step};
use super::flow::moment;
use super::{Consumer, FlowId, FlowTable, Interest, Side, StreamEvent};
use crate::capture::Moment;
use crate::decode::Segment;
use crate::time::Timestamp;

/// Memory for out-of-order data of all flows, in bytes; beyond it the longest holder gives way.
pub const MAX_HELD_BYTES: usize = 64 << 20;
/// Holes remembered per direction, and what is left of that when there are many in all.
const HOLES: usize = 256;
const HOLES_CROWDED: usize = 4;
const HOLES_TOTAL: usize = 1 << 18;

impl FlowTable {
    /// Counts the payload, and delivers or holds it.
    #[inline]
    pub(super) fn deliver(
        &mut self,
        id: FlowId,
        side: Side,
        segment: &Segment<'_>,
        behind: Option<Side>,
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
        let offer = flow.take_payload(side, segment, room, behind);
        self.flows.tally(id);
        if let Offer::Deliver { skip, lost } = offer {
            let bytes = segment.payload.get(skip..).unwrap_or_default();
            self.tell_data(id, side, bytes, lost, moment(segment), consumer);
        }
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
    #[inline]
    pub(super) fn drain(
        &mut self,
        id: FlowId,
        at: Moment,
        patience: Patience,
        consumer: &mut impl Consumer,
    ) {
        let Some(flow) = self.flows.flow(id) else {
            return;
        };
        if flow.interest() == Interest::Count {
            return;
        }
        if !flow.assembler.is_even(&flow.connection.halves) {
            self.drain_one(id, at, patience, consumer);
        }
        while self.flows.stats.held > MAX_HELD_BYTES as u64 && self.hurry(at, consumer) {}
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
        let (assembler, mut view) = flow.reassembly(at);
        let step = assembler.step(&mut view, patience);
        self.flows.tally(id);
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
    pub(super) fn hurry(&mut self, at: Moment, consumer: &mut impl Consumer) -> bool {
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
    #[inline]
    pub(super) fn close(
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
                // What the other side sent before it heard of the reset is still told.
                consumer.event(&mut self.flows, id, StreamEvent::Close);
            }
        } else if flow.is_closing() && flow.close_if_finished(at, true) {
            self.tell_close(id, consumer);
        }
    }

    fn tell_close(&mut self, id: FlowId, consumer: &mut impl Consumer) {
        if let Some(flow) = self.flows.flow_mut(id) {
            flow.assembler.end();
            self.flows.tally(id);
            consumer.event(&mut self.flows, id, StreamEvent::Close);
        }
    }

    /// Forgets a flow that ended with its latest segment.
    pub(super) fn remove_as_it_was(&mut self, id: FlowId, consumer: &mut impl Consumer) {
        let last = self.flows.flow_mut(id).map(|flow| flow.connection.last);
        self.remove(id, last.unwrap_or_default(), consumer);
    }

    /// Delivers all that a flow holds and forgets it.
    pub(super) fn remove(&mut self, id: FlowId, at: Moment, consumer: &mut impl Consumer) {
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

    /// Gives the first holder its turn; it goes to the end of the queue if it still waits.
    pub(super) fn release_first_holder(&mut self, now: Timestamp, consumer: &mut impl Consumer) {
        let Some(id) = self.holders.pop_front() else {
            return;
        };
        let Some(flow) = self.flows.flow_mut(id) else {
            return;
        };
        flow.queued = false;
        let at = flow.connection.last;
        self.drain(id, at, Patience::Graces(now), consumer);
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tcp::Limits;
    use crate::tcp::testing::*;

    #[test]
    fn all_flows_together_hold_no_more_than_the_cap() {
        const PIECE: u32 = 60_000;
        let mut table = FlowTable::new(Limits { flows: 1000 });
        let mut seen = Seen {
            interest: Interest::Bytes,
            ..Seen::default()
        };
        for port in 1..=90 {
            let mut talk = Talk::handshake();
            talk.next[0] = talk.next[0].wrapping_add(1);
            for _ in 0..15 {
                talk.client(&"x".repeat(PIECE as usize));
            }
            for made in &mut talk.segments {
                let end = if made.src == client() {
                    &mut made.src
                } else {
                    &mut made.dst
                };
                end.set_port(port);
            }
            push(&mut table, &mut seen, &talk.segments, epoch());
        }
        let stats = table.stats();
        assert!(stats.hurried > 0 && stats.held <= MAX_HELD_BYTES as u64);
        assert!(stats.held_most <= MAX_HELD_BYTES as u64 + u64::from(PIECE) + 1000);
        table.finish(&mut seen);
        assert_eq!((table.stats().held, table.stats().gaps), (0, 90));
    }

    #[test]
    fn so_many_holes_are_remembered_of_a_direction_and_fewer_when_there_are_very_many() {
        let mut table = FlowTable::new(Limits { flows: 2000 });
        let mut seen = Seen::default();
        // The bytes of even numbers, of the direction of one client's port.
        let odd = |port: u16, from: u32, count: u32| -> Vec<Made> {
            let piece = |n| {
                let mut made = Made::up(2000 + 2 * n, Some(1), "", "x").after(0);
                made.src.set_port(port);
                made
            };
            (from..from + count).map(piece).collect()
        };
        let most = HOLES as u32;
        let mut holes = |port, from, count| {
            push(&mut table, &mut seen, &odd(port, from, count), epoch());
            table.stats().holes
        };
        // What comes first has no hole before it.
        assert_eq!(holes(1, 0, most + 1), HOLES);
        assert_eq!(holes(1, most + 1, 9), HOLES);
        let crowd = (HOLES_TOTAL / HOLES) as u16;
        for port in 2..=crowd {
            holes(port, 0, most + 1);
        }
        assert_eq!(
            holes(crowd + 1, 0, HOLES_CROWDED as u32 + 9),
            HOLES_TOTAL + HOLES_CROWDED
        );
        assert_eq!(
            holes(1, most + 10, 1),
            HOLES_TOTAL + 2 * HOLES_CROWDED - HOLES
        );
    }
}
