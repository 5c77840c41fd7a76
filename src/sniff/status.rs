//! One line about how a capture goes.

use std::time::{Duration, Instant};

use super::tally::Tally;
use crate::analyzer::Summary;
use crate::capture::Drops;
use crate::ftp::Outcome;

/// How often the terminal's status line is renewed.
const RENEWAL: Duration = Duration::from_secs(1);

/// When the status is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// Never.
    Never,
    /// All the time, in one line of a terminal with so many columns.
    Terminal(usize),
    /// In a line of its own, each time that this has passed.
    Lines(Duration),
}

/// The status, and when it was told last.
#[derive(Debug)]
pub struct Status {
    pace: Pace,
    told: Instant,
    packets: u64,
}

impl Status {
    /// The status of what begins `now`.
    pub fn new(pace: Pace, now: Instant) -> Self {
        Self {
            pace,
            told: now,
            packets: 0,
        }
    }

    /// How it is told.
    pub fn pace(&self) -> Pace {
        self.pace
    }

    /// Whether it is to be told `now`.
    pub fn is_due(&self, now: Instant) -> bool {
        let waited = now.saturating_duration_since(self.told);
        match self.pace {
            Pace::Never => false,
            Pace::Terminal(_) => waited >= RENEWAL,
            Pace::Lines(every) => waited >= every,
        }
    }

    /// The line, in ASCII without a line end.
    pub fn line(
        &mut self,
        summary: &Summary,
        tally: &Tally,
        memory: Option<u64>,
        now: Instant,
    ) -> String {
        let seconds = now.saturating_duration_since(self.told).as_secs_f64();
        let new = summary.frames.saturating_sub(self.packets);
        (self.told, self.packets) = (now, summary.frames);
        let mut parts = vec![
            format!("{:.0} packets/s", new as f64 / seconds.max(0.001)),
            format!("sessions {} ({} open)", summary.sessions, tally.open),
        ];
        let count = |outcome| summary.channels.get(&outcome).copied().unwrap_or(0);
        let (done, failed) = (count(Outcome::Completed), count(Outcome::Failed));
        parts.push(format!("data channels {done} ok, {failed} failed"));
        parts.extend(summary.dropped.as_ref().map(dropped));
        parts.extend(memory.map(|bytes| format!("{} MB", bytes / 1_000_000)));
        let line = parts.join(" | ");
        match self.pace {
            // A line that wraps could not be erased.
            Pace::Terminal(columns) => line.chars().take(columns.saturating_sub(1)).collect(),
            _ => line,
        }
    }
}

fn dropped(drops: &Drops) -> String {
    let Drops {
        kernel,
        interface,
        hand_over,
    } = drops;
    format!("dropped: kernel {kernel}, interface {interface}, hand-over {hand_over}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[allow(clippy::disallowed_methods, reason = "a test of what depends on time")]
    fn now() -> Instant {
        Instant::now()
    }

    #[test]
    fn the_line_tells_the_rate_since_the_last_and_every_drop() {
        let begun = now();
        let mut status = Status::new(Pace::Lines(Duration::from_secs(2)), begun);
        let later = begun + Duration::from_secs(2);
        assert!(status.is_due(later) && !status.is_due(begun));
        let mut summary = Summary {
            frames: 500,
            sessions: 3,
            dropped: Some(Drops {
                kernel: 4,
                interface: 5,
                hand_over: 6,
            }),
            ..Summary::default()
        };
        summary.channels.insert(Outcome::Failed, 2);
        let line = status.line(&summary, &Tally::default(), Some(42_000_000), later);
        assert_eq!(
            line,
            "250 packets/s | sessions 3 (0 open) | data channels 0 ok, 2 failed | \
             dropped: kernel 4, interface 5, hand-over 6 | 42 MB"
        );
        let line = status.line(
            &summary,
            &Tally::default(),
            None,
            later + Duration::from_secs(1),
        );
        assert!(line.starts_with("0 packets/s | "), "{line}");
    }

    #[test]
    fn the_line_of_a_terminal_never_wraps() {
        let mut status = Status::new(Pace::Terminal(20), now());
        let line = status.line(&Summary::default(), &Tally::default(), None, now());
        assert_eq!(line.len(), 19);
    }
}
