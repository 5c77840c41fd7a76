//! The one look at real clocks.
//!
//! How long a person waits, and how often a screen is drawn, has nothing to do with the time of the
//! packets; nothing of it reaches the engine.

use std::time::Instant;

/// The time on the wall's clock, for spans alone.
#[allow(clippy::disallowed_methods)]
pub(crate) fn now() -> Instant {
    Instant::now()
}
