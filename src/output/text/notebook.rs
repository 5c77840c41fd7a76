//! What a report holds until the end of the capture.

use std::collections::VecDeque;

use super::Options;
use super::problems::Problems;
use super::shelf::Shelf;
use crate::analyzer::Event;
use crate::ftp::{SessionEvent, SessionId};
use crate::output::party::Parties;

/// Sessions that are over and whose ends are still known: a finding can come behind its session.
const MOST_LEAVING: usize = 1024;

/// The problems and the sessions of one analysis.
#[derive(Debug)]
pub(super) struct Notebook {
    /// What went wrong.
    pub(super) problems: Problems,
    /// The sessions.
    pub(super) shelf: Shelf,
    /// Sessions that passed the filter.
    pub(super) shown: u64,
    parties: Parties,
    leaving: VecDeque<SessionId>,
}

impl Notebook {
    /// An empty notebook.
    pub(super) fn new(options: &Options) -> Self {
        Self {
            problems: Problems::new(options.all),
            shelf: Shelf::new(options.summary, options.all),
            shown: 0,
            parties: Parties::default(),
            leaving: VecDeque::new(),
        }
    }

    /// Takes the events out of a batch.
    pub(super) fn take(&mut self, batch: &mut Vec<Event>) {
        for event in batch.iter() {
            if let Event::Session(event) = event {
                self.parties.learn(event);
            }
            self.problems.learn(event, &self.parties);
            if let Event::Session(SessionEvent::Ended(record)) = event {
                self.shown += 1;
                self.leaving.push_back(record.id);
            }
        }
        while self.leaving.len() > MOST_LEAVING
            && let Some(oldest) = self.leaving.pop_front()
        {
            self.parties.leave(oldest);
        }
        self.shelf.take(batch);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::fixture;

    #[test]
    fn the_ends_of_the_latest_sessions_are_known() {
        let options = Options {
            width: 80,
            colour: false,
            ascii: false,
            summary: true,
            all: false,
            show_passwords: false,
            wireshark: false,
        };
        let mut notebook = Notebook::new(&options);
        let last = MOST_LEAVING as SessionId + 1;
        for session in 1..=last {
            let client = "192.0.2.9:40000";
            let record = fixture::record(session, client);
            notebook.take(&mut vec![
                fixture::opened(session, client, 0, 1),
                fixture::ended(record),
            ]);
        }
        let is_known = |session| notebook.parties.get(session).is_some();
        assert_eq!(
            [is_known(1), is_known(2), is_known(last)],
            [false, true, true]
        );
        assert_eq!(notebook.shown, u64::from(last));
    }
}
