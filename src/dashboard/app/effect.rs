//! What the core asks the outside to do.

use crate::capture::Frame;
use crate::dashboard::job::Request;
use crate::ftp::SessionId;
use crate::select::Query;

/// What the core asks the outside to do.
#[derive(Clone, Debug)]
pub(crate) enum Effect {
    /// Leave; `keep` leaves the last screen standing.
    Quit {
        /// The last screen stays.
        keep: bool,
    },
    /// Ask all processes of the pipeline to suspend; this one is told by a signal.
    AskToSuspend,
    /// Give the terminal back to the shell until it continues this process.
    Suspend,
    /// Send the [`Dossier`](crate::dashboard::model::Dossier) of each of these sessions, and again
    /// whenever one of them changes, until the next of these; none to stop it.
    Dossiers(Vec<SessionId>),
    /// Show only the sessions that satisfy the query; all for `None`.
    Filter {
        /// Comes back in [`Filtering`](crate::dashboard::model::Filtering).
        number: u64,
        /// What they are to satisfy.
        query: Option<Query>,
    },
    /// Send these packets.
    Packets(Vec<Frame>),
    /// Save sessions.
    Save(Box<Request>),
    /// Read no further.
    StopReading,
    /// Put a text on the clipboard.
    Copy(String),
}
