//! How long a flow is remembered, and which one goes first when the table is full.

use std::time::Duration;

use super::flow::Flow;

/// A connection that is over: late segments of it must not look like a new one.
const LINGER: Duration = Duration::from_secs(10);
/// A SYN without a connection: longer than any stack retries (Linux: 127 s).
const UNANSWERED: Duration = Duration::from_secs(5 * 60);
/// A quiet connection that nobody marked.
const UNMARKED: Duration = Duration::from_secs(10 * 60);
/// A quiet connection that the consumer follows: control connections idle during long transfers.
const MARKED: Duration = Duration::from_secs(4 * 3600);

/// How long after its latest segment a flow is forgotten.
pub(super) fn lifetime(flow: &Flow) -> Duration {
    match worth(flow) {
        0 => LINGER,
        1 => UNANSWERED,
        2 => UNMARKED,
        _ if flow.connection.established => MARKED,
        _ => UNANSWERED,
    }
}

/// What would be lost with a flow: nothing when it is closed, most when it is marked.
pub(super) fn worth(flow: &Flow) -> u8 {
    let connection = &flow.connection;
    match flow.tag {
        _ if connection.close.is_some() => 0,
        0 if !connection.established => 1,
        0 => 2,
        _ => 3,
    }
}
