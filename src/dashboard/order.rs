//! What the screen asks the engine thread for.

use super::job::Request;
use crate::ftp::SessionId;
use crate::select::Query;

/// What the screen asks for.
#[derive(Clone, Debug)]
pub(crate) enum Order {
    /// The last delta was taken: the next may come.
    Ready,
    /// The dossiers of these sessions, now and whenever they change; until the next such order.
    Dossiers(Vec<SessionId>),
    /// Only the sessions that satisfy the query; all for `None`.
    Filter {
        /// Comes back with the rows.
        number: u64,
        /// What they are to satisfy.
        query: Option<Query>,
    },
    /// To hand sessions to the worker, who saves them.
    Save(Box<Request>),
    /// To read no further.
    Stop,
}
