//! What the flow table takes, and which flows it gives up to take less.

use std::collections::VecDeque;

use super::expiry::worth;
use super::flow::Flow;
use super::seed::{Kept, Seed};
use super::{Consumer, FlowId, FlowTable, Flows};
use crate::capture::Moment;
use crate::time::Timestamp;

/// Places of a full table among which the least valuable flow has to go.
const HAND_EVICT: usize = 8;

/// Flows that came about among which the quietest has to go.
const LOOKS: usize = 16;

/// What the allocator adds to a block.
const BLOCK: usize = 16;

/// What a whole flow takes: with what is added when it ends.
const FLOW: usize = size_of::<Flow>() + 2 * BLOCK + 96;

/// What a flow takes that is no more than a SYN.
const SEED: usize = size_of::<Seed>() + BLOCK;

/// A hole in sequence space.
const HOLE: usize = 16;

/// Flows that nobody marked, in the order in which they may have to go. Some may be gone or marked
/// by now.
#[derive(Debug, Default)]
pub(super) struct Unmarked {
    /// Not known to have come about, oldest first.
    young: VecDeque<FlowId>,
    /// Those that have come about since, in turn.
    settled: VecDeque<FlowId>,
}

impl Unmarked {
    /// Adds a flow that was just opened. What is gone by now is cleared away when it is most.
    pub(super) fn add(&mut self, id: FlowId, flows: &Flows) {
        if flows.tag(id) != 0 {
            return;
        }
        let is_there = |id: &FlowId| flows.kept(*id).is_some_and(Kept::is_taken);
        let room = 2 * flows.len() + LOOKS;
        for queue in [&mut self.young, &mut self.settled] {
            if queue.len() > room {
                queue.retain(is_there);
            }
        }
        self.young.push_back(id);
    }

    /// The next one that has to go.
    fn victim(&mut self, flows: &Flows) -> Option<FlowId> {
        while let Some(id) = self.young.pop_front() {
            match standing(id, flows) {
                None => {}
                Some((2, _)) => self.settled.push_back(id),
                Some(_) => return Some(id),
            }
        }
        let mut victim: Option<((u8, Timestamp), FlowId)> = None;
        for _ in 0..LOOKS.min(self.settled.len()) {
            let Some(id) = self.settled.pop_front() else {
                break;
            };
            let Some(price) = standing(id, flows) else {
                continue;
            };
            match victim {
                Some((least, _)) if least <= price => self.settled.push_back(id),
                _ => {
                    let spared = victim.replace((price, id));
                    self.settled.extend(spared.map(|(_, spared)| spared));
                }
            }
        }
        victim.map(|(_, id)| id)
    }
}

/// What would be lost with an unmarked flow, and since when it is quiet.
fn standing(id: FlowId, flows: &Flows) -> Option<(u8, Timestamp)> {
    let price = flows.kept(id)?.price()?;
    (flows.tag(id) == 0).then_some(price)
}

impl Kept {
    /// What would be lost with it, and since when it is quiet.
    fn price(&self) -> Option<(u8, Timestamp)> {
        match self {
            Self::Nothing => None,
            Self::Seed(seed) => Some((1, seed.time())),
            Self::Flow(flow) => Some((worth(flow), flow.connection.last.time)),
        }
    }
}

impl FlowTable {
    /// Memory that all flows take, in bytes: close to the truth, and without a walk.
    pub fn memory(&self) -> usize {
        let (seeds, places) = (self.flows.seeds(), self.flows.places());
        let whole = self.flows.len().saturating_sub(seeds);
        let queues = [&self.unmarked.young, &self.unmarked.settled, &self.holders];
        let queued: usize = queues.iter().map(|queue| queue.capacity()).sum();
        whole * FLOW
            + seeds * SEED
            + places * self.flows.place_size()
            + queued * size_of::<FlowId>()
            + self.flows.stats.holes * HOLE
            + usize::try_from(self.flows.stats.held).unwrap_or(usize::MAX)
    }

    /// Gives up one flow that nobody marked: those that did not come about first, then the
    /// quietest of a few. Tells whether there was one.
    pub fn give_up_unmarked(&mut self, at: Moment, consumer: &mut impl Consumer) -> bool {
        let Some(id) = self.unmarked.victim(&self.flows) else {
            return false;
        };
        self.flows.stats.evicted += 1;
        self.remove(id, at, consumer);
        true
    }

    /// Makes room for one flow, whoever marked the one that has to go.
    pub(super) fn evict(&mut self, at: Moment, consumer: &mut impl Consumer) {
        if !self.give_up_unmarked(at, consumer) {
            self.give_up_any(at, consumer);
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
            let Some((id, price)) = id.and_then(|id| Some((id, self.flows.kept(id)?.price()?)))
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
        self.flows.stats.evicted += 1;
        self.remove(id, at, consumer);
        true
    }

    /// Forgets a flow that the consumer wants no longer.
    pub fn give_up(&mut self, id: FlowId, at: Moment, consumer: &mut impl Consumer) -> bool {
        let there = self.flows.kept(id).is_some_and(Kept::is_taken);
        if there {
            self.remove(id, at, consumer);
        }
        there
    }
}
