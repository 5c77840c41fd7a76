//! The frame of every block: type and length before, the length again after.

use crate::capture::Fault;
use crate::capture::endian::Endian;
use crate::capture::inflow::Inflow;
use crate::capture::window::{MAX_RECORD, Window};

/// The type of the block that begins a section: the same bytes in either byte order.
pub(super) const SECTION: u32 = 0x0a0d_0d0a;

const HEADER: usize = 8;
const TRAILER: usize = 4;
const SHORTEST: u32 = (HEADER + TRAILER) as u32;

/// A block whose header was looked at; all of it is still to be consumed.
pub(super) struct Block {
    /// Its type.
    pub(super) kind: u32,
    /// Its length with header and trailer, at least 12.
    pub(super) len: u32,
    /// The byte order of its section.
    pub(super) endian: Endian,
    offset: u64,
}

impl Block {
    /// Looks at the next block, given the byte order of the section before it; `None` at the end
    /// of the file.
    pub(super) fn next(window: &mut Window<Inflow>, endian: Endian) -> Result<Option<Self>, Fault> {
        if !window.holds(SHORTEST as usize)? {
            return if window.available().is_empty() {
                Ok(None)
            } else {
                Err(Fault::Cut)
            };
        }
        let block = Self::header(window.available(), endian, window.offset())?;
        if block.len < SHORTEST || block.len % 4 != 0 {
            return Err(block.damaged(format!("a block claims a length of {} bytes", block.len)));
        }
        Ok(Some(block))
    }

    fn header(start: &[u8], before: Endian, offset: u64) -> Result<Self, Fault> {
        let kind = before.u32(start, 0).unwrap_or_default();
        let mut block = Self {
            kind,
            len: 0,
            endian: before,
            offset,
        };
        if kind == SECTION {
            // Only here may the byte order change, and it already holds for this block's length.
            block.endian = section_endian(start)
                .ok_or_else(|| block.damaged("a section header without byte-order magic"))?;
        }
        block.len = block.endian.u32(start, 4).unwrap_or_default();
        Ok(block)
    }

    /// Makes sure that all of the block is in the window and that it ends as it began; gives what
    /// is between header and trailer.
    pub(super) fn body<'a>(&self, window: &'a mut Window<Inflow>) -> Result<&'a [u8], Fault> {
        let len = self.len as usize;
        if len > MAX_RECORD {
            let reason = format!("a block claims {len} bytes, more than any capture tool writes");
            return Err(self.damaged(reason));
        }
        if !window.holds(len)? {
            return Err(Fault::Cut);
        }
        if self.endian.u32(window.available(), len - TRAILER) != Some(self.len) {
            return Err(self.damaged("the two lengths of a block differ"));
        }
        Ok(window
            .available()
            .get(HEADER..len - TRAILER)
            .unwrap_or_default())
    }

    /// Where in the window the body begins, while the block is held there.
    pub(super) fn body_mark(&self, window: &Window<Inflow>) -> usize {
        window.mark() + HEADER
    }

    /// Takes the block out of the window, or passes over it without ever holding it.
    pub(super) fn consume(&self, window: &mut Window<Inflow>) -> Result<(), Fault> {
        match window.passes(self.len.into())? {
            true => Ok(()),
            false => Err(Fault::Cut),
        }
    }

    /// The fault of a block that ends before what its type requires.
    pub(super) fn too_short(&self) -> Fault {
        self.damaged(format!(
            "a block of type {} is too short: {} bytes",
            self.kind, self.len
        ))
    }

    /// The fault of this block for a reason of its own.
    pub(super) fn damaged(&self, reason: impl Into<String>) -> Fault {
        Fault::Damaged {
            offset: self.offset,
            reason: reason.into(),
        }
    }
}

/// The byte order of the section whose header begins with these bytes, if they are one.
pub(super) fn section_endian(start: &[u8]) -> Option<Endian> {
    if !start.starts_with(&SECTION.to_be_bytes()) {
        return None;
    }
    match start.get(8..12)? {
        [0x4d, 0x3c, 0x2b, 0x1a] => Some(Endian::Little),
        [0x1a, 0x2b, 0x3c, 0x4d] => Some(Endian::Big),
        _ => None,
    }
}
