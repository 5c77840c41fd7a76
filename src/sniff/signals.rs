//! Signals: a handler only raises a flag, and the loop looks at the flags.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGUSR1};
use signal_hook::flag;

/// What signals have asked for.
#[derive(Debug)]
pub struct Signals {
    reopen: Arc<AtomicBool>,
    summary: Arc<AtomicBool>,
}

impl Signals {
    /// Begins to listen. SIGINT and SIGTERM set `stop`; the second one ends the process at once,
    /// with the exit code 128 + signal, whatever it is busy with. SIGHUP asks for the outputs to be
    /// opened anew, or, where none `reopens`, for the end: the terminal is gone.
    ///
    /// # Errors
    ///
    /// When the system refuses.
    pub fn listen(stop: &Arc<AtomicBool>, reopens: bool) -> io::Result<Self> {
        let signals = Self {
            reopen: Arc::default(),
            summary: Arc::default(),
        };
        for signal in [SIGINT, SIGTERM] {
            // In this order: of a first signal the flag is not set yet when this looks.
            flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(stop))?;
            flag::register(signal, Arc::clone(stop))?;
        }
        let hang_up = if reopens { &signals.reopen } else { stop };
        flag::register(SIGHUP, Arc::clone(hang_up))?;
        flag::register(SIGUSR1, Arc::clone(&signals.summary))?;
        Ok(signals)
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
