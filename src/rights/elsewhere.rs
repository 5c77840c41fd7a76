//! Systems other than Linux: who may capture is a matter of files there (`/dev/bpf*`), which libpcap
//! tells when it opens an interface.

use super::{Account, Dropped, Error, Missing, NoSuchUser, Plan};

/// Whether this process may capture: only trying tells.
pub fn may_capture() -> Result<(), Missing> {
    Ok(())
}

/// Nobody: the process stays who it is.
pub fn account(_name: Option<&str>) -> Result<Option<Account>, NoSuchUser> {
    Ok(None)
}

/// Gives up nothing.
pub fn drop(_plan: &Plan) -> Result<Dropped, Error> {
    Ok(Dropped::default())
}

/// Gives up nothing.
pub fn forget() -> Result<(), Error> {
    Ok(())
}
