//! The end of a help text as sections of a man page.
//!
//! ```text
//! Title:
//!   term    what it means,
//!           on two lines
//!     inner   a list within
//!   term without a meaning
//!
//! A paragraph.
//! ```

use clap_mangen::roff::{Roff, bold, roman};

/// Appends all of `help`; paragraphs that belong to no title become notes.
pub(crate) fn sections(roff: &mut Roff, help: &str) {
    let mut notes = Vec::new();
    for part in help.split("\n\n") {
        match part.split_once(":\n  ") {
            Some((title, _)) if !title.contains('\n') => {
                roff.control("SH", [heading(title).as_str()]);
                list(roff, part.lines().skip(1));
            }
            _ => notes.push(part),
        }
    }
    if !notes.is_empty() {
        roff.control("SH", ["NOTES"]);
    }
    for (index, note) in notes.into_iter().enumerate() {
        if index > 0 {
            roff.control("PP", []);
        }
        roff.text([roman(note.replace('\n', " "))]);
    }
}

/// What man pages call it.
fn heading(title: &str) -> String {
    match title {
        "Exit codes" => "EXIT STATUS".to_owned(),
        title => title.to_uppercase(),
    }
}

fn list<'a>(roff: &mut Roff, lines: impl Iterator<Item = &'a str>) {
    // The columns at which the terms of each open list stand, and where the last meaning does.
    let (mut levels, mut meaning) = (vec![2], usize::MAX);
    for line in lines {
        let indent = line.len() - line.trim_start().len();
        let text = line.trim();
        if indent == meaning {
            roff.text([roman(text)]);
            continue;
        }
        let (term, body) = match text.split_once("  ") {
            Some((term, body)) => (term, Some(body.trim_start())),
            None => (text, None),
        };
        meaning = body.map_or(usize::MAX, |body| line.len() - body.len());
        while levels.last().is_some_and(|level| indent < *level) {
            levels.pop();
            roff.control("RE", []);
        }
        if levels.last().is_none_or(|level| indent > *level) {
            levels.push(indent);
            roff.control("RS", []);
        }
        roff.control("TP", []);
        roff.text([bold(term)]);
        if let Some(body) = body {
            roff.text([roman(body)]);
        }
    }
    levels.iter().skip(1).for_each(|_| {
        roff.control("RE", []);
    });
}
