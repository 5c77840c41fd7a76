//! Signals: a handler only raises a flag, and the loop looks at the flags. A thread waits for a
//! second request to end, which must not wait for the loop.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGUSR1};
use signal_hook::iterator::Signals as Waiting;
use signal_hook::{flag, low_level};

use super::duty::instant;

/// Those that ask for the end.
const ENDS: [i32; 2] = [SIGINT, SIGTERM];

/// What comes so soon behind the first is the same request: timeout(1) sends its signal to the
/// process, and again to its group.
const SAME_REQUEST: Duration = Duration::from_millis(300);

/// What signals have asked for.
#[derive(Debug)]
pub struct Signals {
    reopen: Arc<AtomicBool>,
    summary: Arc<AtomicBool>,
    /// Nothing is captured yet.
    begins: Arc<AtomicBool>,
    /// For the thread that waits for them.
    ends: Option<Waiting>,
}

impl Signals {
    /// Begins to listen. SIGINT and SIGTERM set `stop`, and end the process at once until
    /// [`Signals::begin`]: there is nothing yet to bring to an end. SIGHUP asks for the outputs to be
    /// opened anew, or, where none `reopens`, for the end: the terminal is gone.
    ///
    /// # Errors
    ///
    /// When the system refuses.
    pub fn listen(stop: &Arc<AtomicBool>, reopens: bool) -> io::Result<Self> {
        let signals = Self {
            reopen: Arc::default(),
            summary: Arc::default(),
            begins: Arc::new(AtomicBool::new(true)),
            ends: Some(Waiting::new(ENDS)?),
        };
        for signal in ENDS {
            flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&signals.begins))?;
            flag::register(signal, Arc::clone(stop))?;
        }
        let hang_up = if reopens { &signals.reopen } else { stop };
        flag::register(SIGHUP, Arc::clone(hang_up))?;
        flag::register(SIGUSR1, Arc::clone(&signals.summary))?;
        Ok(signals)
    }

    /// The capture begins: from here on the first SIGINT or SIGTERM lets it come to its end.
    pub fn begin(&self) {
        self.begins.store(false, Ordering::Relaxed);
    }

    /// Starts a thread, so that a second SIGINT or SIGTERM ends the process at once, with the exit
    /// code 128 + signal, whatever it is busy with.
    ///
    /// # Errors
    ///
    /// When no thread can be started.
    pub fn wait(&mut self) -> io::Result<()> {
        if let Some(ends) = self.ends.take() {
            thread::Builder::new()
                .name("signals".to_owned())
                .spawn(move || wait(ends))?;
        }
        Ok(())
    }

    /// That the outputs be opened anew was asked for, since the last call.
    pub fn reopen(&self) -> bool {
        self.reopen.swap(false, Ordering::Relaxed)
    }

    /// A summary was asked for, since the last call.
    pub fn summary(&self) -> bool {
        self.summary.swap(false, Ordering::Relaxed)
    }
}

fn wait(mut ends: Waiting) {
    let mut first = None;
    for signal in ends.forever() {
        let now = instant();
        let first = *first.get_or_insert(now);
        if now.saturating_duration_since(first) >= SAME_REQUEST {
            low_level::exit(128 + signal);
        }
    }
}
