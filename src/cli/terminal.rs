//! What the terminal can show.

use std::env;
use std::io::{self, IsTerminal};

use terminal_size::{Height, Width, terminal_size_of};

use super::arguments::{Colour, Looks, Report};
use crate::output::text;

/// Columns of a report that goes to no terminal.
const DEFAULT_WIDTH: usize = 100;

/// How the report is written to standard output, or to a file when `to_file`.
pub(super) fn options(report: &Report, to_file: bool, show_passwords: bool) -> text::Options {
    text::Options {
        summary: report.summary,
        all: report.all,
        show_passwords,
        wireshark: report.wireshark,
        ..on_terminal(&report.looks, to_file)
    }
}

/// How other texts are written to standard output.
pub(super) fn looks(looks: &Looks) -> text::Options {
    on_terminal(looks, false)
}

/// How lines are written to standard output as events happen, or to a file when `to_file`.
#[cfg(feature = "live")]
pub(super) fn lines(looks: &Looks, to_file: bool, show_passwords: bool) -> text::Options {
    text::Options {
        show_passwords,
        ..on_terminal(looks, to_file)
    }
}

/// How a text is written to standard error.
#[cfg(feature = "live")]
pub(super) fn on_standard_error(looks: &Looks) -> text::Options {
    let columns = terminal_size_of(io::stderr()).map(|(Width(columns), _)| usize::from(columns));
    let columns = columns.filter(|columns| *columns > 0);
    text::Options {
        width: looks
            .width
            .map(usize::from)
            .or(columns)
            .unwrap_or(DEFAULT_WIDTH),
        colour: false,
        ..on_terminal(looks, false)
    }
}

fn on_terminal(looks: &Looks, to_file: bool) -> text::Options {
    text::Options {
        width: looks.width.map_or_else(|| width(to_file), usize::from),
        colour: colour(looks.color, to_file),
        ascii: looks.ascii || !is_utf8(),
        summary: false,
        all: false,
        show_passwords: false,
        wireshark: false,
    }
}

fn width(to_file: bool) -> usize {
    let columns = |size: Option<(Width, Height)>| {
        size.map(|(Width(columns), _)| usize::from(columns))
            .filter(|columns| *columns > 0)
    };
    if to_file {
        return DEFAULT_WIDTH;
    }
    columns(terminal_size_of(io::stdout()))
        .or_else(|| variable("COLUMNS")?.parse().ok())
        // A report that goes through a pager or `head` is still read on this terminal.
        .or_else(|| columns(terminal_size_of(io::stderr())))
        .unwrap_or(DEFAULT_WIDTH)
}

pub(super) fn colour(when: Colour, to_file: bool) -> bool {
    match when {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => {
            !to_file
                && io::stdout().is_terminal()
                && variable("NO_COLOR").is_none()
                && variable("TERM").is_none_or(|term| term != "dumb")
        }
    }
}

/// The locale is UTF-8; also where none is set, as in most containers: their terminals are.
pub(super) fn is_utf8() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(variable);
    locale.is_none_or(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

/// A variable of the environment that is set and not empty.
pub(super) fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
