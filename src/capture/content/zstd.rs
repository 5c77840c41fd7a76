//! Zstandard frames (RFC 8878), one after the other.

use std::io::{self, Read};

use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::skip_skippable;
use crate::capture::stored::Stored;

const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// The longest window that a frame may ask for, in bytes: what the `zstd` tool decompresses
/// without being told to use more memory (`--long=27`).
const MAX_WINDOW: u64 = 128 * 1024 * 1024;

/// Whether a Zstandard frame begins with these bytes.
pub(super) fn is_frame(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC)
}

/// The content of all frames of a file.
pub(in crate::capture) struct Zstd {
    stored: Stored,
    decoder: FrameDecoder,
}

impl Zstd {
    /// Decompresses `stored`.
    pub(super) fn new(stored: Stored) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(MAX_WINDOW);
        Self { stored, decoder }
    }

    /// The file as stored.
    pub(super) fn stored(&self) -> &Stored {
        &self.stored
    }

    /// Reads the header of the next frame; `false` at the end of the file.
    fn begin_frame(&mut self) -> io::Result<bool> {
        self.check_sum()?;
        skip_skippable(&mut self.stored)?;
        if !self.stored.has(1)? {
            return Ok(false);
        }
        self.decoder
            .init(&mut self.stored)
            .map_err(io::Error::other)?;
        Ok(true)
    }

    /// The decoder computes the checksum of a frame and leaves the comparison to its user.
    fn check_sum(&self) -> io::Result<()> {
        let wanted = self.decoder.get_checksum_from_data();
        if wanted.is_some() && wanted != self.decoder.get_calculated_checksum() {
            return Err(io::Error::other("wrong checksum"));
        }
        Ok(())
    }
}

impl Read for Zstd {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.decoder.can_collect() == 0 {
            if !self.decoder.is_finished() {
                let one = BlockDecodingStrategy::UptoBlocks(1);
                self.decoder
                    .decode_blocks(&mut self.stored, one)
                    .map_err(io::Error::other)?;
            } else if !self.begin_frame()? {
                return Ok(0);
            }
        }
        self.decoder.read(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::stored::stored;

    /// A frame with one stored block, whose window is 128 MiB and so many eighths of that.
    fn frame(eighths: u8) -> Vec<u8> {
        let window = 17 << 3 | eighths;
        let block = [1 | 5 << 3, 0, 0];
        [&MAGIC[..], &[0, window], &block, b"hello"].concat()
    }

    #[test]
    fn the_longest_window_and_one_more() {
        let content = |frame: Vec<u8>| {
            let mut content = String::new();
            let read = Zstd::new(stored(io::Cursor::new(frame))).read_to_string(&mut content);
            read.map(|_| content).map_err(|error| error.to_string())
        };
        assert_eq!(content(frame(0)), Ok("hello".to_owned()));
        let error = content(frame(1)).unwrap_err();
        assert!(error.contains(&MAX_WINDOW.to_string()), "{error}");
    }
}
