//! Numbers and pieces from the bytes of an input; what is not there any more is 0 or empty.

/// The bytes that are left.
pub struct Bytes<'a>(pub &'a [u8]);

impl<'a> Bytes<'a> {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn u8(&mut self) -> u8 {
        self.take(1).first().copied().unwrap_or_default()
    }

    /// In the byte order of the most common machines.
    pub fn u16(&mut self) -> u16 {
        let bytes = [self.u8(), self.u8()];
        u16::from_le_bytes(bytes)
    }

    /// The next `count` bytes, or all.
    pub fn take(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(count.min(self.0.len()));
        self.0 = rest;
        taken
    }
}
