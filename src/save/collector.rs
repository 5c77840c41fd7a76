//! Takes down what is shown, so that its packets can be saved.

use std::io;

use super::selection::Selection;
use crate::analyzer::{Event, Summary};
use crate::output::{Context, Notice, Sink};

/// A sink that passes everything on to another and selects the sessions that it is shown.
pub struct Collector<'a> {
    /// The other sink.
    pub sink: &'a mut dyn Sink,
    /// What was shown so far.
    pub selection: &'a mut Selection,
}

impl Sink for Collector<'_> {
    fn events(&mut self, batch: &mut Vec<Event>, context: Context<'_>) -> io::Result<()> {
        for event in batch.iter() {
            self.selection.add(event);
        }
        self.sink.events(batch, context)
    }

    fn notice(&mut self, notice: &Notice) -> io::Result<()> {
        self.sink.notice(notice)
    }

    fn finish(&mut self, summary: &Summary, context: Context<'_>) -> io::Result<()> {
        self.sink.finish(summary, context)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }
}
