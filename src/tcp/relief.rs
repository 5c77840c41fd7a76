//! What the flow table takes, and which flows it gives up to take less.

use super::candidates::Price;
use super::expiry::{ESTABLISHED, worth};
use super::flow::Flow;
use super::standing::Ending;
use super::{Consumer, FlowId, FlowTable, Flows};
use crate::capture::Moment;

/// Places of a full table among which the least valuable flow has to go.
const HAND_EVICT: usize = 8;

/// What the allocator adds to a block.
const BLOCK: usize = 16;

/// What a flow takes: with what is added when it ends.
const FLOW: usize = size_of::<Flow>() + size_of::<Ending>() + 2 * BLOCK;

/// A hole in sequence space.
const HOLE: usize = 16;

/// What would be lost with an unmarked flow, and since when it is quiet.
fn standing(id: FlowId, flows: &Flows) -> Option<Price> {
    flows.flow(id).filter(|flow| flow.tag == 0).map(price)
}

/// What would be lost with a flow, and since when it is quiet.
fn price(flow: &Flow) -> Price {
    (worth(flow), flow.connection.last.time)
}

impl FlowTable {
    /// Memory that all flows take, in bytes: close to the truth, and without a walk.
    pub fn memory(&self) -> usize {
        self.flows.len() * FLOW
            + self.flows.places() * self.flows.place_size()
            + self.unmarked.memory()
            + self.holders.capacity() * size_of::<FlowId>()
            + self.flows.stats.holes * HOLE
            + usize::try_from(self.flows.stats.held).unwrap_or(usize::MAX)
    }

    /// Notes a flow that was just opened, unless it is marked.
    pub(super) fn enlist(&mut self, id: FlowId) {
        let flows = &self.flows;
        if flows.tag(id) == 0 {
            let is_there = |id: FlowId| flows.flow(id).is_some();
            self.unmarked.add(id, flows.len(), is_there);
        }
    }

    /// Gives up one flow that nobody marked: those that did not come about first, then the
    /// quietest of a few. Tells whether there was one.
    pub fn give_up_unmarked(&mut self, at: Moment, consumer: &mut impl Consumer) -> bool {
        let flows = &self.flows;
        let victim = self.unmarked.pop(ESTABLISHED, |id| standing(id, flows));
        let Some(id) = victim else { return false };
        self.remove(id, at, consumer);
        true
    }

    /// Makes the flow that holds data back for longest go on without what it waits for. Tells
    /// whether any held something.
    pub fn give_up_order(&mut self, at: Moment, consumer: &mut impl Consumer) -> bool {
        self.flows.stats.held > 0 && self.hurry(at, consumer)
    }

    /// Makes room for one flow, whoever marked the one that has to go.
    pub(super) fn evict(&mut self, at: Moment, consumer: &mut impl Consumer) {
        if self.give_up_unmarked(at, consumer) || self.give_up_any(at, consumer) {
            self.flows.stats.evicted += 1;
        }
    }

    /// Gives up the least valuable of the next flows under the hand. Tells whether there was one.
    pub fn give_up_any(&mut self, at: Moment, consumer: &mut impl Consumer) -> bool {
        let mut victim = None;
        let mut looked = 0;
        // Free places are few when the table is full; retired ones are never many.
        for _ in 0..self.flows.places() {
            let index = self.next_place();
            let id = self.flows.id(index);
            let Some((id, price)) = id.and_then(|id| Some((id, price(self.flows.flow(id)?))))
            else {
                continue;
            };
            if victim.is_none_or(|(least, _)| price < least) {
                victim = Some((price, id));
            }
            looked += 1;
            if looked == HAND_EVICT {
                break;
            }
        }
        let Some((_, id)) = victim else { return false };
        self.remove(id, at, consumer);
        true
    }

    /// Forgets a flow that the consumer wants no longer.
    pub fn give_up(&mut self, id: FlowId, at: Moment, consumer: &mut impl Consumer) -> bool {
        let there = self.flows.flow(id).is_some();
        if there {
            self.remove(id, at, consumer);
        }
        there
    }
}
