//! What the core asks the outside to do.

use crate::ftp::SessionId;

/// What the core asks the outside to do.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// Show only the sessions that satisfy the expression; all for `None`.
    Filter {
        /// Comes back in [`Filtering`](crate::dashboard::model::Filtering).
        number: u64,
        /// The expression, already known to be valid.
        expression: Option<String>,
    },
    /// Read no further.
    StopReading,
    /// Put a text on the clipboard.
    Copy(String),
}
