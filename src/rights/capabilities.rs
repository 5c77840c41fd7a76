//! Capabilities (capabilities(7)), of the calling thread.

use caps::{CapSet, Capability, CapsHashSet};

use super::{Error, Missing};

/// Whether this process may capture.
///
/// # Errors
///
/// [`Missing`], which says what it lacks and how it comes by it.
pub fn may_capture() -> Result<(), Missing> {
    match has(CapSet::Effective) || raise() {
        true => Ok(()),
        false => Err(Missing::of_this_process()),
    }
}

fn has(set: CapSet) -> bool {
    caps::has_cap(None, set, Capability::CAP_NET_RAW).unwrap_or(false)
}

/// Takes the capability up that the process may have and has not (`setcap cap_net_raw+p`).
fn raise() -> bool {
    has(CapSet::Permitted) && caps::raise(None, CapSet::Effective, Capability::CAP_NET_RAW).is_ok()
}

/// Empties the bounding set, where the process may: before it stops being root.
pub(super) fn empty_bounding_set() -> Result<(), Error> {
    let may = caps::has_cap(None, CapSet::Effective, Capability::CAP_SETPCAP).unwrap_or(false);
    match may {
        true => {
            caps::clear(None, CapSet::Bounding).map_err(Error::refused("bounding capabilities"))
        }
        // Without executing programs the bounding set bounds nothing.
        false => Ok(()),
    }
}

/// Gives up all capabilities, or all but CAP_NET_RAW.
pub(super) fn keep(capture: bool) -> Result<(), Error> {
    let kept: CapsHashSet = capture
        .then_some(Capability::CAP_NET_RAW)
        .into_iter()
        .collect();
    set(CapSet::Ambient, &CapsHashSet::new())?;
    set(CapSet::Inheritable, &CapsHashSet::new())?;
    set(CapSet::Effective, &kept)?;
    set(CapSet::Permitted, &kept)
}

/// Gives up what [`Plan::keep_capture`](super::Plan::keep_capture) kept, in the calling thread: to
/// be called when the capture is started, before any other thread is. The thread that captures
/// keeps it.
///
/// # Errors
///
/// When the right stays.
pub fn forget() -> Result<(), Error> {
    keep(false)
}

fn set(set: CapSet, wanted: &CapsHashSet) -> Result<(), Error> {
    caps::set(None, set, wanted).map_err(Error::refused("giving up capabilities"))?;
    let left = caps::read(None, set).map_err(Error::refused("reading capabilities"))?;
    match left.is_subset(wanted) {
        true => Ok(()),
        false => Err(Error::Kept("a capability")),
    }
}
