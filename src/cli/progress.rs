//! How far the reading is and what was found so far, on standard error, when it is a terminal and
//! the work takes long.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use terminal_size::{Width, terminal_size_of};
use unicode_width::UnicodeWidthChar;

use crate::analyzer::Event;
use crate::capture;
use crate::diagnosis::{Finding, Severity};
use crate::escape;
use crate::output::text::number::grouped;
use crate::run::{Look, Watch};

/// Work that takes less is not worth a word.
const PATIENCE: Duration = Duration::from_millis(500);

/// Time between two states of the line.
const PACE: Duration = Duration::from_millis(100);

/// The line that tells how far the reading is. It is erased when this is dropped.
pub(super) struct Progress {
    is_shown: bool,
    begun: Instant,
    written: Option<Instant>,
    found: Found,
}

/// What went wrong, as far as is known.
#[derive(Default)]
struct Found {
    errors: u64,
    /// The first of them, in a sentence.
    first: String,
}

impl Progress {
    /// Begins to wait; `silent` where the line would come between the lines of the output.
    pub(super) fn begin(silent: bool) -> Self {
        Self {
            is_shown: !silent && io::stderr().is_terminal(),
            begun: now(),
            written: None,
            found: Found::default(),
        }
    }

    /// Shows how far it is, if that is due.
    pub(super) fn show(&mut self, progress: capture::Progress) {
        if !self.is_shown {
            return;
        }
        let now = now();
        if self.is_due(now) {
            self.written = Some(now);
            let mut line = line(progress, now - self.begun);
            self.found.tell(&mut line);
            let line = within(&line, columns());
            // Progress that cannot be shown is no reason to stop.
            let _ = write!(io::stderr(), "\r{line}\x1b[K");
        }
    }

    fn is_due(&self, now: Instant) -> bool {
        match self.written {
            Some(written) => now - written >= PACE,
            None => now - self.begun >= PATIENCE,
        }
    }

    fn erase(&mut self) {
        if self.written.take().is_some() {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

impl Watch for Progress {
    fn found(&mut self, events: &[Event]) {
        for event in events {
            if let Event::Finding(finding) = event {
                self.found.add(finding);
            }
        }
    }

    fn look(&mut self, look: Look<'_>) -> io::Result<()> {
        self.show(look.source.progress());
        Ok(())
    }

    fn done(&mut self) {
        self.erase();
    }
}

impl Drop for Progress {
    /// Also when the work ends with a panic.
    fn drop(&mut self) {
        self.erase();
    }
}

impl Found {
    fn add(&mut self, finding: &Finding) {
        if finding.severity == Severity::Error {
            self.errors += 1;
            if self.first.is_empty() {
                self.first = escape::line(finding.summary.as_bytes()).into_owned();
            }
        }
    }

    /// Appends `  18 errors so far, first: <a sentence>`.
    fn tell(&self, line: &mut String) {
        // Writing to a String cannot fail.
        let _ = match self.errors {
            0 => Ok(()),
            1 => write!(line, "  1 error so far: {}", self.first),
            many => {
                let many = grouped(many);
                write!(line, "  {many} errors so far, first: {}", self.first)
            }
        };
    }
}

/// As much of `line` as fits into `columns`: a line that is broken cannot be erased.
fn within(line: &str, columns: usize) -> &str {
    let mut width = 0;
    let end = line.char_indices().find(|(_, character)| {
        width += character.width().unwrap_or(0);
        width > columns
    });
    end.map_or(line, |(end, _)| line.get(..end).unwrap_or(line))
}

/// Columns of the terminal that can be written to without a line break.
fn columns() -> usize {
    let size = terminal_size_of(io::stderr());
    size.map_or(79, |(Width(columns), _)| {
        usize::from(columns).saturating_sub(1)
    })
}

/// `63 %  412 MB/s  2 s left`; without the size of a pipe `412 MB  412 MB/s`.
fn line(progress: capture::Progress, taken: Duration) -> String {
    let megabytes = progress.read as f64 / 1e6;
    let seconds = taken.as_secs_f64().max(0.001);
    let rate = megabytes / seconds;
    match progress.fraction() {
        Some(done) => {
            let left = seconds * (1.0 - done) / done.max(0.001);
            format!("{:3.0} %  {rate:.0} MB/s  {left:.0} s left", done * 100.0)
        }
        None => format!("{megabytes:.0} MB  {rate:.0} MB/s"),
    }
}

/// The one look at a real clock: how long a person has been waiting has nothing to do with the
/// time of the packets, and nothing of it reaches the engine.
#[allow(clippy::disallowed_methods)]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_tells_percent_rate_and_time_left() {
        let half = capture::Progress {
            read: 100_000_000,
            total: Some(200_000_000),
        };
        assert_eq!(
            line(half, Duration::from_secs(2)),
            " 50 %  50 MB/s  2 s left"
        );
        let pipe = capture::Progress {
            read: 100_000_000,
            total: None,
        };
        assert_eq!(line(pipe, Duration::from_secs(2)), "100 MB  50 MB/s");
    }

    #[test]
    fn the_first_error_is_told_while_the_reading_goes_on() {
        let mut found = Found::default();
        let told = |found: &Found| {
            let mut line = String::from(" 50 %");
            found.tell(&mut line);
            line
        };
        assert_eq!(told(&found), " 50 %");
        let finding = crate::output::fixture::finding(1, 1);
        for (severity, summary) in [
            (Severity::Warning, "a warning"),
            (Severity::Error, "425 \x1b[2J came"),
            (Severity::Error, "another"),
        ] {
            found.add(&Finding {
                severity,
                summary: summary.into(),
                ..finding.clone()
            });
        }
        let line = told(&found);
        assert_eq!(line, " 50 %  2 errors so far, first: 425 \\x1b[2J came");
        assert_eq!(within(&line, 12), " 50 %  2 err");
        assert_eq!(within("文字列", 5), "文字");
    }
}
