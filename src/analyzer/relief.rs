//! The ceiling on memory, and what is given up to stay below it.

use super::{Analyzer, Event, Teller};
use crate::capture::Moment;
use crate::ftp::{Tracker, Tracking};

/// How the ceiling was kept.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Relief {
    /// The most that all tables and buffers may take together, in bytes.
    pub(super) limit: Option<usize>,
    /// The most that they ever took when a packet had been taken in, before anything was given up.
    pub(super) most: usize,
    /// Flows, waits for order and tables that were given up.
    pub(super) given_up: u64,
    /// Sessions that were ended.
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
            if !self.give_up_something(at, events) {
                return;
            }
            taken = self.memory();
        }
    }

    /// One step of the order that `docs/limits.md` gives.
    fn give_up_something(&mut self, at: Moment, events: &mut Vec<Event>) -> bool {
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
            || tracking.observer.forget(tracking.tracker);
        if given_up {
            relief.given_up += 1;
            return true;
        }
        if tracking.give_up_session(flows, at) {
            relief.sessions += 1;
            return true;
        }
        flows.give_up_any(at, &mut tracking)
    }
}

impl Teller<'_> {
    /// Forgets what is remembered beside flows and sessions, after telling what waits. Tells
    /// whether there was anything.
    fn forget(&mut self, tracker: &mut Tracker) -> bool {
        let before = self.diagnoser.memory();
        let findings = self.diagnoser.forget(tracker.knocks());
        self.found(findings);
        tracker.forget() || self.diagnoser.memory() < before
    }
}
