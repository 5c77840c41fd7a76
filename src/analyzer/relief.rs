//! The ceiling on memory, and what is given up to stay below it.

use super::{Analyzer, Event, Teller};
use crate::capture::Moment;
use crate::ftp::{Tracker, Tracking};

/// What is remembered of hosts is given up when it takes more than this part of the ceiling.
const GOOD_PART: usize = 16;

/// How the ceiling was kept.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Relief {
    /// The most that all tables and buffers may take together, in bytes.
    pub(super) limit: Option<usize>,
    /// The most that they ever took when a packet had been taken in, before anything was given up.
    pub(super) most: usize,
    /// Flows, waits for order and tables that were given up.
    pub(super) given_up: u64,
    /// Sessions that were ended, and connections of others.
    pub(super) sessions: u64,
}

impl Relief {
    pub(super) fn new(limit: Option<usize>) -> Self {
        Self {
            limit,
            ..Self::default()
        }
    }
}

impl Analyzer {
    /// What all tables and buffers take together: close to the truth, and without a walk.
    pub fn memory(&self) -> usize {
        self.decoder.fragments().bytes
            + self.flows.memory()
            + self.tracker.memory()
            + self.diagnoser.memory()
    }

    /// Gives up what is worth least until everything fits again.
    pub(super) fn keep_within_memory(&mut self, at: Moment, events: &mut Vec<Event>) {
        let Some(most) = self.relief.limit else {
            return;
        };
        let mut taken = self.memory();
        self.relief.most = self.relief.most.max(taken);
        while taken > most {
            if !self.give_up_something(most, at, events) {
                return;
            }
            taken = self.memory();
        }
    }

    /// One step of the order that `docs/limits.md` gives.
    fn give_up_something(&mut self, ceiling: usize, at: Moment, events: &mut Vec<Event>) -> bool {
        let Self {
            flows,
            tracker,
            diagnoser,
            summary,
            relief,
            ..
        } = self;
        let mut teller = Teller {
            summary,
            diagnoser,
            events,
        };
        let mut tracking = Tracking {
            tracker,
            observer: &mut teller,
        };
        let given_up = flows.give_up_unmarked(at, &mut tracking)
            || flows.give_up_order(at, &mut tracking)
            || tracking.observer.forget(tracking.tracker, ceiling);
        if given_up {
            relief.given_up += 1;
            return true;
        }
        let given_up = tracking.give_up_session(flows, at) || flows.give_up_any(at, &mut tracking);
        relief.sessions += u64::from(given_up);
        given_up
    }
}

impl Teller<'_> {
    /// Forgets what is remembered of hosts when it takes a good part of the ceiling, after telling
    /// what waits. Tells whether it did.
    fn forget(&mut self, tracker: &mut Tracker, ceiling: usize) -> bool {
        let taken = self.diagnoser.memory_of_hosts() + tracker.memory_of_hosts();
        let much = taken > ceiling / GOOD_PART;
        if much {
            let findings = self.diagnoser.forget(tracker.knocks());
            self.found(findings);
            tracker.forget();
        }
        much
    }
}
