//! Numbers in the byte order of the host that wrote the capture.

/// The byte order of a file or section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Endian {
    /// Least significant byte first.
    Little,
    /// Most significant byte first.
    Big,
}

impl Endian {
    /// The 16 bits at `at`, unless `bytes` ends before.
    pub(super) fn u16(self, bytes: &[u8], at: usize) -> Option<u16> {
        let raw = array(bytes, at)?;
        Some(match self {
            Self::Little => u16::from_le_bytes(raw),
            Self::Big => u16::from_be_bytes(raw),
        })
    }

    /// The 32 bits at `at`, unless `bytes` ends before.
    pub(super) fn u32(self, bytes: &[u8], at: usize) -> Option<u32> {
        let raw = array(bytes, at)?;
        Some(match self {
            Self::Little => u32::from_le_bytes(raw),
            Self::Big => u32::from_be_bytes(raw),
        })
    }

    /// The signed 64 bits at `at`, unless `bytes` ends before.
    pub(super) fn i64(self, bytes: &[u8], at: usize) -> Option<i64> {
        let raw = array(bytes, at)?;
        Some(match self {
            Self::Little => i64::from_le_bytes(raw),
            Self::Big => i64::from_be_bytes(raw),
        })
    }
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_either_order_and_nothing_beyond_the_end() {
        let bytes = [0, 1, 2, 3];
        assert_eq!(Endian::Big.u32(&bytes, 0), Some(0x0001_0203));
        assert_eq!(Endian::Little.u16(&bytes, 2), Some(0x0302));
        assert_eq!(Endian::Little.u16(&bytes, 3), None);
        assert_eq!(Endian::Little.i64(&bytes, 0), None);
        assert_eq!(Endian::Big.u16(&bytes, 9), None);
    }
}
