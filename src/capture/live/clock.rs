//! The clocks: one that tells the time, and one that only goes on.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::time::Timestamp;

/// The time that the kernel would stamp a packet with.
///
/// On a quiet interface no packet tells the engine that time goes on, so its source has to.
#[allow(clippy::disallowed_methods)]
pub(super) fn now() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::new(since.as_secs(), since.subsec_nanos().into())
}

/// For the pace of what the reader does beside reading: somebody may set the other clock. Nothing of
/// it reaches the engine.
#[allow(clippy::disallowed_methods)]
pub(super) fn instant() -> Instant {
    Instant::now()
}
