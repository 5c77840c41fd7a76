//! What a report holds until the end of the capture.

use super::Options;
use super::problems::Problems;
use super::shelf::Shelf;
use crate::analyzer::Event;
use crate::ftp::SessionEvent;

/// The problems and the sessions of one analysis.
#[derive(Debug)]
pub(super) struct Notebook {
    /// What went wrong.
    pub(super) problems: Problems,
    /// The sessions.
    pub(super) shelf: Shelf,
    /// Sessions that passed the filter.
    pub(super) shown: u64,
}

impl Notebook {
    /// An empty notebook.
    pub(super) fn new(options: &Options) -> Self {
        Self {
            problems: Problems::new(options.all),
            shelf: Shelf::new(options.summary, options.all),
            shown: 0,
        }
    }

    /// Takes the events out of a batch.
    pub(super) fn take(&mut self, batch: &mut Vec<Event>) {
        for event in batch.iter() {
            self.problems.learn(event);
            let ended = matches!(event, Event::Session(SessionEvent::Ended(_)));
            self.shown += u64::from(ended);
        }
        self.shelf.take(batch);
    }
}
