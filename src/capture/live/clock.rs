//! The wall clock.

use std::time::{SystemTime, UNIX_EPOCH};

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
