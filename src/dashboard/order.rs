//! What the screen asks the engine thread for.

use crate::ftp::SessionId;

/// What the screen asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// The last delta was taken: the next may come.
    Ready,
    /// The dossiers of these sessions, now and whenever they change; until the next such order.
    Dossiers(Vec<SessionId>),
    /// Only the sessions that satisfy the expression; `None` for all.
    Filter {
        /// Comes back with the rows.
        number: u64,
        /// The expression.
        expression: Option<String>,
    },
    /// To read no further.
    Stop,
}
