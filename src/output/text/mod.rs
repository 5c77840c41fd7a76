//! The report for a person: what was read, what went wrong, and the story of each session.
//!
//! The worst comes first, so nothing can be printed before the end of the capture. What is held
//! until then is bounded, unless everything is asked for: see `notebook` and `shelf`.

pub mod explain;

mod cause;
mod headline;
mod line;
mod lines;
mod live;
mod manner;
pub(crate) mod markdown;
mod notebook;
pub(crate) mod number;
mod pen;
mod problems;
mod session;
mod shelf;
mod standing;
mod table;
mod transcript;
mod verdicts;
pub(crate) mod wording;

#[cfg(test)]
mod tests;

use std::io::{self, Write};

pub use live::{Live, totals};
pub use markdown::Markdown;

use manner::Manner;
use notebook::Notebook;
use pen::Pen;

use super::{Context, Sink};
use crate::analyzer::{Event, Summary};

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
    notebook: Notebook,
    is_first: bool,
}

impl<W: Write> Text<W> {
    /// A report that is written to `out`, all at the end.
    pub fn new(out: W, options: Options) -> Self {
        Self {
            out,
            options,
            notebook: Notebook::new(&options),
            is_first: true,
        }
    }

    fn manner(&self, context: Context<'_>) -> Manner {
        let options = &self.options;
        let pen = Pen::new(options.width, options.colour, options.ascii);
        Manner::new(pen, options, context)
    }
}

impl<W: Write> Sink for Text<W> {
    fn events(&mut self, batch: &mut Vec<Event>, _: Context<'_>) -> io::Result<()> {
        self.notebook.take(batch);
        Ok(())
    }

    fn finish(&mut self, summary: &Summary, context: Context<'_>) -> io::Result<()> {
        let manner = self.manner(context);
        if !self.is_first {
            self.out.write_all(b"\n")?;
        }
        let top = headline::text(summary, self.notebook.shown, context, manner);
        self.out.write_all(top.as_bytes())?;
        let problems = self.notebook.problems.text(summary, manner);
        if !problems.is_empty() {
            writeln!(self.out, "{}", problems.trim_end())?;
        }
        for part in self.notebook.shelf.parts(manner) {
            self.out.write_all(part.as_bytes())?;
        }
        // Another analysis may begin behind this one.
        self.notebook = Notebook::new(&self.options);
        self.is_first = false;
        self.out.flush()
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
