//! LZ4 frames, one after the other.

use std::io::{self, Read};

use lz4_flex::frame::FrameDecoder;

use super::skip_skippable;
use crate::capture::stored::Stored;

const MAGIC: [u8; 4] = [0x04, 0x22, 0x4d, 0x18];
const LEGACY_MAGIC: [u8; 4] = [0x02, 0x21, 0x4c, 0x18];

/// Whether an LZ4 frame begins with these bytes.
pub(super) fn is_frame(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC) || is_legacy(bytes)
}

fn is_legacy(bytes: &[u8]) -> bool {
    bytes.starts_with(&LEGACY_MAGIC)
}

/// The content of all frames of a file.
pub(in crate::capture) struct Lz4 {
    decoder: FrameDecoder<Stored>,
    frame: Frame,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Frame {
    /// The next bytes must be the header of a frame.
    None,
    /// Ends with a mark.
    Marked,
    /// The legacy format, which ends with the file.
    Legacy,
}

impl Lz4 {
    /// Decompresses `stored`.
    pub(super) fn new(stored: Stored) -> Self {
        Self {
            decoder: FrameDecoder::new(stored),
            frame: Frame::None,
        }
    }

    /// The file as stored.
    pub(super) fn stored(&self) -> &Stored {
        self.decoder.get_ref()
    }

    /// Looks at the header of the next frame; `false` at the end of the file.
    fn begin_frame(&mut self) -> io::Result<bool> {
        let stored = self.decoder.get_mut();
        skip_skippable(stored)?;
        if !stored.has(1)? {
            return Ok(false);
        }
        if !stored.has(4)? {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if !is_frame(stored.available()) {
            return Err(io::Error::other("what follows a frame is none"));
        }
        self.frame = if is_legacy(stored.available()) {
            Frame::Legacy
        } else {
            Frame::Marked
        };
        Ok(true)
    }

    /// The decoder gave nothing: either it met the mark or the file ended.
    fn end_frame(&mut self) -> io::Result<()> {
        if self.frame == Frame::Marked && self.stored().ended() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.frame = Frame::None;
        Ok(())
    }
}

impl Read for Lz4 {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.frame != Frame::None || self.begin_frame()? {
            match self.decoder.read(out)? {
                0 => self.end_frame()?,
                count => return Ok(count),
            }
        }
        Ok(0)
    }
}
