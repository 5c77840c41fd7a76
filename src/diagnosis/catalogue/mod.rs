//! The catalogue of causes: what each is, how it looks on the wire, how it is confirmed and mended.

mod broken;
mod capture;
mod quality;
mod session;
mod setup;

pub use broken::*;
pub use capture::*;
pub use quality::*;
pub use session::*;
pub use setup::*;

/// A cause of failure, or a fact worth knowing, that the diagnosis can name.
#[derive(Debug, PartialEq, Eq)]
pub struct Cause {
    /// Its name in every output; never changes.
    pub id: &'static str,
    /// What it means, in one sentence without its full stop.
    pub title: &'static str,
    /// What it is, and why it happens.
    pub what: &'static str,
    /// How it looks in a capture.
    pub on_the_wire: &'static str,
    /// How to make sure.
    pub confirm: &'static str,
    /// How to mend it, the most likely remedy first.
    pub mend: &'static str,
}

/// All causes, family by family.
pub fn all() -> impl Iterator<Item = &'static Cause> {
    [
        setup::ALL,
        broken::ALL,
        session::ALL,
        quality::ALL,
        capture::ALL,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// Whether a cause is about setting up data channels: it then holds for one channel after the other,
/// and is told once a session.
pub(super) fn is_about_setup(id: &str) -> bool {
    let repaired = [
        &NAT_ADDRESS_IGNORED,
        &NAT_HELPER_REWROTE,
        &EPSV_FALLBACK,
        &SYN_LOST_THEN_OK,
    ];
    setup::ALL
        .iter()
        .chain(&repaired)
        .any(|cause| cause.id == id)
}
