//! One session as a row of the table.

use std::net::SocketAddr;

use super::Standing;
use crate::capture::Moment;
use crate::diagnosis::Severity;
use crate::ftp::SessionId;
use crate::time::Timestamp;

/// One session as a row. Its texts are escaped, and secrets are not in them.
#[derive(Clone, Debug)]
pub(crate) struct SessionRow {
    /// The session.
    pub(crate) id: SessionId,
    /// Who connects.
    pub(crate) client: SocketAddr,
    /// Who serves.
    pub(crate) server: SocketAddr,
    /// Its first packet.
    pub(crate) started: Moment,
    /// The time of what was last told of it.
    pub(crate) last: Timestamp,
    /// How it fares.
    pub(crate) standing: Standing,
    /// The user name, where it is known.
    pub(crate) user: Option<Box<str>>,
    /// The latest command and its reply: `RETR a.iso → 150`.
    pub(crate) last_said: Box<str>,
    /// Data channels that did not fail.
    pub(crate) channels_ok: u32,
    /// Data channels that failed.
    pub(crate) channels_failed: u32,
    /// Payload bytes of its data connections.
    pub(crate) bytes: u64,
    /// Commands so far.
    pub(crate) commands: u32,
    /// The control connection is encrypted: what is told of data channels is inferred.
    pub(crate) protected: bool,
    /// Its handshake is not in the capture.
    pub(crate) midstream: bool,
    /// It is over.
    pub(crate) is_over: bool,
    /// The worst that was found, and its cause.
    pub(crate) worst: Option<(Severity, &'static str)>,
    /// It satisfies the filter that is in force.
    pub(crate) shown: bool,
}
