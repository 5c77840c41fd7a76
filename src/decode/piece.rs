//! Captured bytes that know how long they were on the wire.

use super::Skipped;

/// The bytes from some header to the end of what it belongs to, as far as they were captured.
///
/// Every read is checked and ends in [`Skipped::Damaged`]: no byte of a packet can cause a panic.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece<'a> {
    /// What was captured, never more than `wire_len` bytes.
    pub(super) bytes: &'a [u8],
    /// How many bytes there were before a snapshot length cut them.
    pub(super) wire_len: usize,
}

impl<'a> Piece<'a> {
    /// `bytes`, of `wire_len` on the wire; a smaller `wire_len` is wrong and ignored.
    pub(super) fn new(bytes: &'a [u8], wire_len: usize) -> Self {
        let wire_len = wire_len.max(bytes.len());
        Self { bytes, wire_len }
    }

    /// `bytes`, all of which were captured.
    pub(super) fn whole(bytes: &'a [u8]) -> Self {
        Self::new(bytes, bytes.len())
    }

    /// What follows the first `len` bytes, all of which must have been captured.
    pub(super) fn skip(self, len: usize) -> Result<Self, Skipped> {
        let bytes = self.bytes.get(len..).ok_or(Skipped::Damaged)?;
        let wire_len = self.wire_len - len;
        Ok(Self { bytes, wire_len })
    }

    /// The first `wire_len` bytes: a length field's word counts, whatever the frame's length said.
    pub(super) fn limit(self, wire_len: usize) -> Self {
        let bytes = self.bytes.get(..wire_len).unwrap_or(self.bytes);
        Self { bytes, wire_len }
    }

    /// The first `N` bytes.
    pub(super) fn header<const N: usize>(self) -> Result<&'a [u8; N], Skipped> {
        self.bytes.first_chunk().ok_or(Skipped::Damaged)
    }

    /// The byte at `at`.
    pub(super) fn u8(self, at: usize) -> Result<u8, Skipped> {
        self.array::<1>(at).map(|[byte]| byte)
    }

    /// The big-endian number at `at`.
    pub(super) fn u16(self, at: usize) -> Result<u16, Skipped> {
        self.array(at).map(u16::from_be_bytes)
    }

    /// The big-endian number at `at`.
    pub(super) fn u32(self, at: usize) -> Result<u32, Skipped> {
        self.array(at).map(u32::from_be_bytes)
    }

    fn array<const N: usize>(self, at: usize) -> Result<[u8; N], Skipped> {
        let from = self.bytes.get(at..).ok_or(Skipped::Damaged)?;
        from.first_chunk().copied().ok_or(Skipped::Damaged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_true_length_survives_the_cut() {
        let piece = Piece::new(&[1, 2, 3, 4], 10);
        let rest = piece.skip(3).unwrap();
        assert_eq!((rest.bytes, rest.wire_len), (&[4][..], 7));
        assert_eq!(piece.limit(2).bytes, [1, 2]);
        assert_eq!(piece.limit(2).wire_len, 2);
        assert_eq!(piece.limit(90).wire_len, 90);
    }

    #[test]
    fn reads_past_the_captured_bytes_are_damage() {
        let piece = Piece::new(&[1, 2, 3, 4], 10);
        assert_eq!(piece.u32(0), Ok(0x0102_0304));
        assert_eq!(piece.u16(3), Err(Skipped::Damaged));
        assert_eq!(piece.u8(usize::MAX), Err(Skipped::Damaged));
        assert_eq!(piece.skip(5).err(), Some(Skipped::Damaged));
        assert_eq!(piece.header::<5>(), Err(Skipped::Damaged));
    }

    #[test]
    fn a_wire_length_below_the_captured_one_is_wrong() {
        assert_eq!(Piece::new(&[0; 4], 1).wire_len, 4);
    }
}
