//! How long a flow is remembered, and which one goes first when the table is full.

use std::time::Duration;

use super::flow::Flow;
use super::{Consumer, FlowTable};
use crate::capture::Moment;
use crate::time::Timestamp;

/// Places of a full table among which the least valuable flow has to go.
const HAND_EVICT: usize = 8;
/// A connection that is over: late segments of it must not look like a new one.
const LINGER: Duration = Duration::from_secs(10);
/// A SYN without a connection: longer than any stack retries (Linux: 127 s).
const UNANSWERED: Duration = Duration::from_secs(5 * 60);
/// A quiet connection that nobody marked.
const UNMARKED: Duration = Duration::from_secs(10 * 60);
/// A quiet connection that the consumer follows: control connections idle during long transfers.
const MARKED: Duration = Duration::from_secs(4 * 3600);

/// How long after its latest segment a flow is forgotten.
pub(super) fn lifetime(flow: &Flow) -> Duration {
    match worth(flow) {
        0 => LINGER,
        1 => UNANSWERED,
        2 => UNMARKED,
        _ if flow.connection.established => MARKED,
        _ => UNANSWERED,
    }
}

/// What would be lost with a flow: nothing when it is closed, most when it is marked.
pub(super) fn worth(flow: &Flow) -> u8 {
    let connection = &flow.connection;
    match flow.tag {
        _ if connection.close.is_some() => 0,
        0 if !connection.established => 1,
        0 => 2,
        _ => 3,
    }
}

impl FlowTable {
    /// Forgets the flows under the hand that have been quiet for too long.
    pub(super) fn turn_hand(
        &mut self,
        places: usize,
        now: Timestamp,
        consumer: &mut impl Consumer,
    ) {
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
    pub(super) fn evict(&mut self, at: Moment, consumer: &mut impl Consumer) {
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
            let price = (worth(flow), flow.connection.last.time);
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
}
