//! Capabilities (capabilities(7)), of the calling thread.

use caps::{CapSet, Capability};

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
        true => clear(CapSet::Bounding),
        // Without executing programs the bounding set bounds nothing.
        false => Ok(()),
    }
}

/// Gives up all capabilities.
pub(super) fn empty_all_sets() -> Result<(), Error> {
    const SETS: [CapSet; 4] = [
        CapSet::Ambient,
        CapSet::Inheritable,
        CapSet::Effective,
        CapSet::Permitted,
    ];
    for set in SETS {
        clear(set)?;
        let left = caps::read(None, set).map_err(Error::refused("reading capabilities"))?;
        if !left.is_empty() {
            return Err(Error::Kept("a capability"));
        }
    }
    Ok(())
}

fn clear(set: CapSet) -> Result<(), Error> {
    caps::clear(None, set).map_err(Error::refused("giving up capabilities"))
}
