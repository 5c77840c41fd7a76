//! Linux: the steps in the one order that works.

use std::fs;

use nix::sys::prctl;

pub use super::capabilities::{forget, may_capture};
pub use super::identity::account;
use super::{Dropped, Error, Plan, capabilities, identity, landlock, seccomp};

/// Gives up for good what `plan` does not keep. To be called once, while there is one thread, when
/// the interface and the outputs are open.
///
/// A sandbox is as strict as the kernel can make it; [`Dropped`] tells how strict that is. All else
/// is done or an error.
///
/// # Errors
///
/// When a right stays. The process should end then.
pub fn drop(plan: &Plan) -> Result<Dropped, Error> {
    be_alone()?;
    capabilities::empty_bounding_set()?;
    // Without this, the kernel empties all sets when the process stops being root.
    prctl::set_keepcaps(plan.keep_capture).map_err(Error::refused("keeping CAP_NET_RAW"))?;
    if let Some(account) = &plan.account {
        identity::become_account(account)?;
    }
    capabilities::keep(plan.keep_capture)?;
    prctl::set_no_new_privs().map_err(Error::refused("doing without programs of more rights"))?;
    // Memory holds passwords: no core dump, and no debugger of the same user.
    prctl::set_dumpable(false).map_err(Error::refused("forbidding core dumps"))?;
    let mut dropped = Dropped {
        account: plan.account.clone(),
        ..Dropped::default()
    };
    if plan.sandbox {
        dropped.files = landlock::restrict(plan)?;
        dropped.calls = seccomp::restrict(plan.keep_capture);
    }
    Ok(dropped)
}

fn be_alone() -> Result<(), Error> {
    let threads = fs::read_dir("/proc/self/task").map_or(1, Iterator::count);
    match threads {
        0 | 1 => Ok(()),
        more => Err(Error::Threads(more)),
    }
}
