//! A packet as it was captured.

use crate::capture::{Frame, LinkType};
use crate::time::Timestamp;

/// A packet as it was captured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PacketBytes {
    /// Which one.
    pub(crate) frame: Frame,
    /// When it was captured.
    pub(crate) time: Timestamp,
    /// What its first byte is the start of.
    pub(crate) link: LinkType,
    /// Its length on the wire.
    pub(crate) wire_len: u32,
    /// The captured bytes.
    pub(crate) data: Box<[u8]>,
}
