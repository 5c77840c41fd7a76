//! How a capture fares, and how it is stopped.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::time::Timestamp;

/// How a live capture fares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// Packets are read as they come.
    #[default]
    Capturing,
    /// The interface is away; the capture goes on when it comes back.
    Away {
        /// Since when.
        since: Timestamp,
        /// It was removed, rather than switched off.
        removed: bool,
    },
    /// The capture is over.
    Ended(End),
}

/// Why a live capture ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// A [`Stopper`] was used.
    Stopped,
    /// The interface was switched off or removed, and nobody wants to wait for it.
    Away {
        /// It was removed, rather than switched off.
        removed: bool,
    },
    /// The interface was removed, and the rights to open it again were given up.
    Lost,
    /// libpcap cannot read on, for the reason that it gives.
    Failed(String),
}

impl fmt::Display for End {
    /// Continues a sentence that begins with the name of the interface.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stopped => f.write_str("was captured until it was stopped"),
            Self::Away { removed: false } => f.write_str("is down"),
            Self::Away { removed: true } => f.write_str("was removed"),
            Self::Lost => f.write_str(
                "was removed, and the rights to open it again were given up: start ftpscope anew when \
                 it is back, or with --reopen",
            ),
            Self::Failed(reason) => write!(f, "cannot be read any more: {reason}"),
        }
    }
}

/// Ends a capture from another thread or from a signal handler.
#[derive(Clone, Debug, Default)]
pub struct Stopper(Arc<AtomicBool>);

impl Stopper {
    /// One that has not been used.
    pub fn new() -> Self {
        Self::default()
    }

    /// Ends the capture: what was captured until this moment is still delivered, then the source
    /// gives [`Next::End`](crate::capture::Next::End), within a fifth of a second.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the capture shall end.
    pub fn is_used(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// The flag behind it, for those who can set nothing else: true ends the capture.
    pub fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.0)
    }
}
