//! What sessions take of memory in all, and what is given up to take less.

use super::session::Session;
use super::tracker::{Observer, Tracker, Tracking};
use crate::capture::Moment;
use crate::tcp::FlowTable;

impl Tracker {
    /// Memory that sessions and all that is kept for them take, in bytes.
    pub fn memory(&self) -> usize {
        self.sessions.memory()
            + self.shared.memory()
            + self.probes.memory()
            + self.memory_of_hosts()
    }

    /// What of that is remembered of hosts: their names, and who tried FTP ports.
    pub fn memory_of_hosts(&self) -> usize {
        self.names.memory() + self.knocks.memory()
    }

    /// Forgets what is remembered of hosts.
    pub fn forget(&mut self) {
        self.names.clear();
        self.knocks.clear();
    }
}

impl<O: Observer> Tracking<'_, O> {
    /// Ends one session before its time: one whose connection did not come about, the oldest
    /// first, then the one that is idle for longest among a few. What became of its channels
    /// remains unknown. Tells whether there was a session.
    pub fn give_up_session(&mut self, table: &mut FlowTable, at: Moment) -> bool {
        let next = self.tracker.sessions.next_to_give_up(table.flows());
        let Some((slot, control)) = next else {
            return false;
        };
        table.give_up(control, at, self);
        // It may have waited for its data connections without a control connection.
        let flows = table.flows_mut();
        self.tracker
            .with_session(slot, flows, self.observer, Session::abandon);
        true
    }
}
