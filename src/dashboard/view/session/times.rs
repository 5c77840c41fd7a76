//! The columns of time at the left.

use std::time::Duration;

use super::canvas::Canvas;
use crate::dashboard::app::Times;
use crate::dashboard::theme::Token;
use crate::output::stamp;
use crate::output::text::number;
use crate::time::{Precision, Timestamp};

/// Columns of the area from which there is room for the time of day and a span.
const WIDE: usize = 70;

/// Which columns of time there are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Columns {
    times: Times,
    wide: bool,
    narrow: bool,
}

/// What the times of a line are measured against.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Against {
    /// The row before.
    pub(super) previous: Option<Timestamp>,
    /// The first row, or the one that is marked.
    pub(super) first: Option<Timestamp>,
}

impl Columns {
    /// The columns of an area of some width; `beside` where the detail stands at its right.
    pub(super) fn new(times: Times, width: usize, beside: bool) -> Self {
        Self {
            times,
            wide: beside && width >= WIDE,
            narrow: width < 50,
        }
    }

    /// How many columns they take, with the gutter and the blank behind them.
    pub(super) fn width(self) -> usize {
        match (self.wide, self.times) {
            (true, Times::SincePrevious) => 16,
            (true, _) => 23,
            (false, Times::Clock) if self.narrow => 10,
            (false, Times::Clock) => 14,
            (false, _) if self.narrow => 9,
            (false, _) => 12,
        }
    }

    /// What they show.
    pub(super) fn heading(self) -> &'static str {
        match (self.times, self.wide) {
            (Times::Clock, true) => "UTC + Δprev",
            (Times::Clock, false) => "UTC",
            (Times::SincePrevious, _) => "Δprev",
            (Times::SinceFirst, true) => "UTC + Δfirst",
            (Times::SinceFirst, false) => "Δfirst",
        }
    }

    /// Writes the time of one line.
    pub(super) fn put(self, canvas: &mut Canvas<'_>, y: usize, at: Timestamp, against: Against) {
        let dim = canvas.style(Token::Dim);
        let plain = canvas.style(Token::Server);
        let end = self.width() - 1;
        let previous = || span(at, against.previous);
        let first = || span(at, against.first);
        match (self.times, self.wide) {
            (Times::SincePrevious, true) => {
                canvas.put_right(end, y, &fine(at, against.previous), plain);
            }
            (times, true) => {
                canvas.put(1, y, 12, &stamp::time_of_day(at), dim);
                let span = match times {
                    Times::SinceFirst => first(),
                    _ => previous(),
                };
                canvas.put_right(end, y, &span, plain);
            }
            (Times::Clock, false) if self.narrow => {
                canvas.put(1, y, 8, &stamp::clock(at), dim);
            }
            (Times::Clock, false) => {
                canvas.put(1, y, 12, &stamp::time_of_day(at), dim);
            }
            (Times::SincePrevious, false) => canvas.put_right(end, y, &previous(), plain),
            (Times::SinceFirst, false) => canvas.put_right(end, y, &first(), plain),
        }
    }
}

/// `+0.053`; with a minus where the clock of the capture stepped back; nothing for the first.
fn span(at: Timestamp, from: Option<Timestamp>) -> String {
    signed(at, from, |span| match span.as_secs() {
        0..10_000 => format!("{:.3}", span.as_secs_f64()),
        _ => number::span(span).replace([' ', number::GLUE], ""),
    })
}

/// `+0.053127`.
fn fine(at: Timestamp, from: Option<Timestamp>) -> String {
    signed(at, from, |span| stamp::seconds(span, Precision::Micro))
}

fn signed(at: Timestamp, from: Option<Timestamp>, write: impl Fn(Duration) -> String) -> String {
    match from {
        None => String::new(),
        Some(from) if from > at => format!("-{}", write(from.since(at))),
        Some(from) => format!("+{}", write(at.since(from))),
    }
}
