//! What shows only across sessions: guessed passwords, scans, the same fault again and again.
//!
//! Findings about a login or a control connection that did not come about wait here for a while:
//! many of them may be one finding about a host. All tables are capped; what is full forgets who has
//! been quiet for longest, or tells the next one at once and does not add it up. What is long past
//! is forgotten, so that a capture of weeks is judged like one of minutes.

mod clear;
mod faults;
mod logins;
mod scans;

use super::{Case, Finding};
use crate::ftp::{Knocks, SessionEvent};
use crate::time::Timestamp;
use clear::Clear;
use faults::Faults;
pub(super) use faults::truncated;
use logins::Logins;
pub use logins::MAX_LOGIN_PAIRS;
use scans::Scans;

/// What is remembered of hosts.
#[derive(Debug, Default)]
pub(super) struct Hosts {
    logins: Logins,
    scans: Scans,
    faults: Faults,
    clear: Clear,
}

impl Hosts {
    /// Whether such a fact says something of hosts even where nothing was found in it.
    pub(super) fn are_told_by(event: &SessionEvent) -> bool {
        match event {
            SessionEvent::Exchange(exchange) => logins::is_login(exchange),
            SessionEvent::Channel(_) | SessionEvent::Ended(_) => true,
            _ => false,
        }
    }

    /// Takes notice of a fact and of what was found in it; keeps back what may be part of
    /// something larger, and adds what has waited for long enough.
    pub(super) fn learn(&mut self, case: &Case<'_>, mut found: Vec<Finding>) -> Vec<Finding> {
        let mut told = self.logins.learn(case);
        if let Some(channel) = case.channel() {
            self.clear.learn(case, channel);
        }
        if !found.is_empty() {
            for finding in &mut found {
                self.clear.compare(case, finding);
            }
            told.extend(self.scans.keep(case, found));
        }
        told.retain(|finding| self.faults.learn(case.scene.server(), finding));
        if let Some(channel) = case.channel() {
            self.faults.count(case.scene.server(), channel);
        }
        told
    }

    /// Refused logins that were not counted, because too many pairs of hosts had some.
    pub(super) fn unnoticed_logins(&self) -> u64 {
        self.logins.unnoticed
    }

    /// Tells what has waited for long enough.
    pub(super) fn advance(&mut self, now: Timestamp, knocks: &Knocks) -> Vec<Finding> {
        let mut told = self.logins.advance(now);
        told.extend(self.scans.advance(now, knocks));
        told.extend(self.faults.advance());
        told
    }

    /// Memory that it takes, in bytes.
    pub(super) fn memory(&self) -> usize {
        self.logins.memory() + self.scans.memory() + self.faults.memory() + self.clear.memory()
    }

    /// Tells what waits, sums up, and forgets all of it.
    pub(super) fn clear(&mut self, knocks: &Knocks) -> Vec<Finding> {
        let mut told = self.logins.clear();
        told.extend(self.scans.clear(knocks));
        told.extend(self.faults.clear());
        told
    }

    /// There is no more to come: tells what waits, and sums up.
    pub(super) fn finish(&mut self, knocks: &Knocks) -> Vec<Finding> {
        let mut told = self.logins.finish();
        told.extend(self.scans.finish(knocks));
        told.extend(self.faults.finish());
        told
    }
}

/// Sorts what is told at once: tables give it in another order in each run.
fn put_in_order(told: &mut [Finding]) {
    told.sort_by(|one, other| {
        let key = |finding: &Finding| (finding.time, finding.cause, finding.session);
        key(one)
            .cmp(&key(other))
            .then_with(|| one.summary.cmp(&other.summary))
    });
}
