//! How far the reading is, on standard error, when it is a terminal and the work takes long.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use crate::capture;
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
}

impl Progress {
    /// Begins to wait; `silent` where the line would come between the lines of the output.
    pub(super) fn begin(silent: bool) -> Self {
        Self {
            is_shown: !silent && io::stderr().is_terminal(),
            begun: now(),
            written: None,
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
            let line = line(progress, now - self.begun);
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
}
