//! The totals of a run so far, in a few lines.

use crate::analyzer::Summary;
use crate::output::Context;
use crate::output::text::line::{Ink, Line};
use crate::output::text::pen::Pen;
use crate::output::text::{Options, headline, number};

/// What was captured, what was found, and what was lost.
pub fn totals(summary: &Summary, context: Context<'_>, options: &Options) -> String {
    let pen = Pen::new(options.width, options.colour, options.ascii);
    let mut text = pen.wrapped(Line::default(), Ink::Plain, &headline::read(summary));
    text += &pen.wrapped(Line::default(), Ink::Plain, &headline::found(summary));
    for (cause, count) in by_frequency(summary) {
        let count = number::grouped(count);
        text += &pen.line(Line::indented(3).plain(format!("{count:>7} × {cause}")));
    }
    // Of those that are lost a note tells.
    if summary.dropped.is_some_and(|drops| drops.total() == 0) {
        text += &pen.line(Line::default().plain("no packets lost"));
    }
    for note in headline::notes(summary, context) {
        text += &pen.wrapped(Line::default().ink(Ink::Part, "▒ "), Ink::Plain, &note);
    }
    text
}

/// Causes, the most frequent first.
fn by_frequency(summary: &Summary) -> Vec<(&'static str, u64)> {
    let mut causes: Vec<_> = summary
        .findings
        .iter()
        .map(|(cause, count)| (*cause, *count))
        .collect();
    causes.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    causes
}
