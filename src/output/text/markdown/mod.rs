//! The report in Markdown, to paste into a ticket.

mod escape;
mod problem;
mod sessions;

#[cfg(feature = "dashboard")]
pub(crate) use escape::text as harmless;

#[cfg(test)]
mod tests;

use std::io::{self, Write};

use super::manner::Manner;
use super::notebook::Notebook;
use super::pen::Pen;
use super::{Options, headline};
use crate::analyzer::{Event, Summary};
use crate::diagnosis::Severity;
use crate::output::{Context, Sink};

/// Columns of a line that is not to be broken.
const ENDLESS: usize = 100_000;

/// Writes the report.
#[derive(Debug)]
pub struct Markdown<W: Write> {
    out: W,
    options: Options,
    notebook: Notebook,
    is_first: bool,
}

impl<W: Write> Markdown<W> {
    /// A report that is written to `out`, all at the end.
    pub fn new(out: W, options: Options) -> Self {
        // A ticket shows all characters, and colours of its own.
        let options = Options {
            colour: false,
            ascii: false,
            ..options
        };
        Self {
            out,
            options,
            notebook: Notebook::new(&options),
            is_first: true,
        }
    }

    fn manner(&self, width: usize, context: Context<'_>) -> Manner {
        let pen = Pen::new(width, false, false);
        Manner::new(pen, &self.options, context)
    }

    fn text(&self, summary: &Summary, context: Context<'_>) -> String {
        let endless = self.manner(ENDLESS, context);
        let top = headline::text(summary, self.notebook.shown, context, endless);
        let mut text = "# FTP report\n\n".to_owned();
        for line in top.lines().filter(|line| !line.is_empty()) {
            text += &format!("- {}\n", escape::text(line.trim()));
        }
        text += &self.problems(summary, endless);
        if !self.options.summary {
            let block = self.manner(self.options.width, context);
            text += &sessions::text(&self.notebook.shelf, block);
        }
        text
    }

    fn problems(&self, summary: &Summary, manner: Manner) -> String {
        let problems = &self.notebook.problems;
        let mut text = "\n## Problems\n\n".to_owned();
        text += &problem::groups(problems, Severity::Error, manner);
        let unexplained = problems.unexplained(manner);
        if !unexplained.is_empty() {
            text += &format!("{}\n", escape::block(&unexplained));
        }
        text += &problem::groups(problems, Severity::Warning, manner);
        if !problems.are_grave() && summary.sessions > 0 {
            text += &format!("{}\n\n", problems.fine(summary));
        }
        text += &problem::groups(problems, Severity::Notice, manner);
        for line in problems.closing(summary, manner).lines() {
            text += &format!("{}\n\n", escape::text(line));
        }
        text
    }
}

impl<W: Write> Sink for Markdown<W> {
    fn events(&mut self, batch: &mut Vec<Event>, _: Context<'_>) -> io::Result<()> {
        self.notebook.take(batch);
        Ok(())
    }

    fn finish(&mut self, summary: &Summary, context: Context<'_>) -> io::Result<()> {
        if !self.is_first {
            self.out.write_all(b"\n")?;
        }
        let text = self.text(summary, context);
        writeln!(self.out, "{}", text.trim_end())?;
        self.notebook = Notebook::new(&self.options);
        self.is_first = false;
        self.out.flush()
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
