//! What the three kinds of packet blocks say before the bytes of the packet.

use super::interface::Interface;
use crate::capture::endian::Endian;

/// Block types (draft §4.3, §4.4 and appendix A).
pub(super) const ENHANCED: u32 = 6;
pub(super) const SIMPLE: u32 = 3;
pub(super) const OBSOLETE: u32 = 2;

/// The fields of a packet block.
pub(super) struct Fields {
    /// Which interface of the section.
    pub(super) interface: u32,
    /// When, on the clock of the interface; a Simple Packet Block does not say.
    pub(super) ticks: Option<u64>,
    /// The captured length; in a Simple Packet Block it is to be computed.
    captured: Option<u32>,
    /// The length on the wire.
    pub(super) original: u32,
    /// Length of these fields, after which the packet begins.
    pub(super) header: usize,
}

impl Fields {
    /// Reads them from the body of a packet block, unless that is too short.
    pub(super) fn parse(kind: u32, body: &[u8], endian: Endian) -> Option<Self> {
        match kind {
            SIMPLE => Self::simple(body, endian),
            OBSOLETE => Self::obsolete(body, endian),
            _ => Self::enhanced(body, endian),
        }
    }

    fn enhanced(body: &[u8], endian: Endian) -> Option<Self> {
        let ticks = u64::from(endian.u32(body, 4)?) << 32 | u64::from(endian.u32(body, 8)?);
        Some(Self {
            interface: endian.u32(body, 0)?,
            ticks: Some(ticks),
            captured: Some(endian.u32(body, 12)?),
            original: endian.u32(body, 16)?,
            header: 20,
        })
    }

    /// As the enhanced one, with a count of drops for one half of the interface.
    fn obsolete(body: &[u8], endian: Endian) -> Option<Self> {
        Some(Self {
            interface: endian.u16(body, 0)?.into(),
            ..Self::enhanced(body, endian)?
        })
    }

    fn simple(body: &[u8], endian: Endian) -> Option<Self> {
        let original = endian.u32(body, 0)?;
        Some(Self {
            interface: 0,
            ticks: None,
            captured: None,
            original,
            header: 4,
        })
    }

    /// How many bytes of the packet were captured, given how many follow the fields.
    pub(super) fn captured(&self, interface: &Interface, room: usize) -> usize {
        let limit = if interface.snapshot == 0 {
            u32::MAX
        } else {
            interface.snapshot
        };
        match self.captured {
            Some(captured) => captured as usize,
            None => room.min(self.original.min(limit) as usize),
        }
    }
}
