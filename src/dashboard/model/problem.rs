//! One finding as the screens know it.

use std::net::SocketAddr;

use crate::diagnosis::Finding;

/// One finding and whom it concerns.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    /// 0, 1, … in the order in which they were found.
    pub(crate) number: u32,
    /// The finding.
    pub(crate) finding: Finding,
    /// Client and server of its session; `None` for a finding about hosts.
    pub(crate) parties: Option<(SocketAddr, SocketAddr)>,
}
