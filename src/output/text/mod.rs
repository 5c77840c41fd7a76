//! The report for a person: what was read, what went wrong, and the story of each session.
//!
//! The worst comes first, so nothing can be printed before the end of the capture. What is held
//! until then is bounded, unless everything is asked for: see [`shelf`].

pub mod explain;

mod cause;
mod headline;
mod line;
mod lines;
mod manner;
mod number;
mod pen;
mod problems;
mod session;
mod shelf;
mod standing;
mod table;
mod transcript;
mod verdicts;
mod wording;

#[cfg(test)]
mod tests;

use std::io::{self, Write};

use manner::Manner;
use pen::Pen;
use problems::Problems;
use shelf::Shelf;

use super::party::Parties;
use super::{Context, Sink};
use crate::analyzer::{Event, Summary};
use crate::ftp::SessionEvent;

/// How the report is written.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Columns of a line; at least 40 are used.
    pub width: usize,
    /// Colour with ANSI escape sequences.
    pub colour: bool,
    /// Only ASCII characters.
    pub ascii: bool,
    /// The top alone, without the sessions.
    pub summary: bool,
    /// Everything, however long.
    pub all: bool,
    /// Passwords are shown.
    pub show_passwords: bool,
    /// Each finding has a display filter for Wireshark.
    pub wireshark: bool,
}

/// Writes the report.
#[derive(Debug)]
pub struct Text<W: Write> {
    out: W,
    options: Options,
    parties: Parties,
    problems: Problems,
    shelf: Shelf,
    shown: u64,
    is_first: bool,
}

impl<W: Write> Text<W> {
    /// A report that is written to `out`, all at the end.
    pub fn new(out: W, options: Options) -> Self {
        Self {
            out,
            options,
            parties: Parties::default(),
            problems: Problems::new(options.all),
            shelf: Shelf::new(options.summary, options.all),
            shown: 0,
            is_first: true,
        }
    }

    fn learn(&mut self, event: &Event) {
        if let Event::Session(event) = event {
            self.parties.learn(event);
        }
        self.problems.learn(event, &self.parties);
    }

    /// What was held is printed or forgotten: the next analysis begins anew.
    fn begin_anew(&mut self) {
        self.parties = Parties::default();
        self.problems = Problems::new(self.options.all);
        self.shelf = Shelf::new(self.options.summary, self.options.all);
        self.shown = 0;
        self.is_first = false;
    }

    fn manner(&self, context: Context<'_>) -> Manner {
        let options = &self.options;
        Manner {
            pen: Pen::new(options.width, options.colour, options.ascii),
            all: options.all,
            show_passwords: options.show_passwords,
            wireshark: options.wireshark,
            several_inputs: context.inputs.len() > 1,
        }
    }
}

impl<W: Write> Sink for Text<W> {
    fn events(&mut self, batch: &mut Vec<Event>, _: Context<'_>) -> io::Result<()> {
        for event in batch.iter() {
            self.learn(event);
        }
        for event in batch.drain(..) {
            if let Event::Session(SessionEvent::Ended(record)) = &event {
                self.shown += 1;
                self.parties.leave(record.id);
            }
            self.shelf.put(event);
        }
        Ok(())
    }

    fn finish(&mut self, summary: &Summary, context: Context<'_>) -> io::Result<()> {
        let manner = self.manner(context);
        if !self.is_first {
            self.out.write_all(b"\n")?;
        }
        let top = headline::text(summary, self.shown, context, manner);
        self.out.write_all(top.as_bytes())?;
        let problems = self.problems.text(summary, manner);
        if !problems.is_empty() {
            writeln!(self.out, "{}", problems.trim_end())?;
        }
        for part in self.shelf.parts(manner) {
            self.out.write_all(part.as_bytes())?;
        }
        self.begin_anew();
        self.out.flush()
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
