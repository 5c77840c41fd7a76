//! What a stored file holds once decompressed. Compression is recognised by content, not by name.

use std::io::{self, Read};

use flate2::bufread::MultiGzDecoder;

use super::stored::Stored;
use lz4::Lz4;
use zstd::Zstd;

mod lz4;
mod zstd;

const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The content of a stored file, read as it is decompressed.
pub(super) enum Content {
    /// As stored.
    Plain(Stored),
    /// gzip (RFC 1952), any number of members.
    Gzip(Box<MultiGzDecoder<Stored>>),
    /// Zstandard (RFC 8878), any number of frames.
    Zstd(Box<Zstd>),
    /// LZ4, any number of frames.
    Lz4(Box<Lz4>),
}

impl Content {
    /// Finds out how `stored` is compressed.
    pub(super) fn of(mut stored: Stored) -> io::Result<Self> {
        skip_skippable(&mut stored)?;
        stored.has(4)?;
        let start = stored.available();
        Ok(if start.starts_with(&GZIP) {
            Self::Gzip(Box::new(MultiGzDecoder::new(stored)))
        } else if zstd::is_frame(start) {
            Self::Zstd(Box::new(Zstd::new(stored)))
        } else if lz4::is_frame(start) {
            Self::Lz4(Box::new(Lz4::new(stored)))
        } else {
            Self::Plain(stored)
        })
    }

    /// The name of the compression.
    pub(super) fn compression(&self) -> Option<&'static str> {
        match self {
            Self::Plain(_) => None,
            Self::Gzip(_) => Some("gzip"),
            Self::Zstd(_) => Some("zstd"),
            Self::Lz4(_) => Some("lz4"),
        }
    }

    /// The file as stored.
    pub(super) fn stored(&self) -> &Stored {
        match self {
            Self::Plain(stored) => stored,
            Self::Gzip(gzip) => gzip.get_ref(),
            Self::Zstd(zstd) => zstd.stored(),
            Self::Lz4(lz4) => lz4.stored(),
        }
    }

    fn decompress(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stored) => stored.read(out),
            Self::Gzip(gzip) => gzip.read(out),
            Self::Zstd(zstd) => zstd.read(out),
            Self::Lz4(lz4) => lz4.read(out),
        }
    }

    /// Tells a file that ends too early from one that is damaged, whatever the decoder called it.
    fn explain(&self, error: &io::Error) -> io::Error {
        let Some(compression) = self.compression() else {
            return io::Error::other(format!("cannot be read: {error}"));
        };
        if self.stored().ended() {
            return io::ErrorKind::UnexpectedEof.into();
        }
        io::Error::other(format!("the {compression} data is damaged: {error}"))
    }
}

impl Read for Content {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.decompress(out).map_err(|error| self.explain(&error))
    }
}

/// Passes over skippable frames, which zstd and lz4 share (RFC 8878 §3.1.2): pzstd begins with
/// one.
fn skip_skippable(stored: &mut Stored) -> io::Result<()> {
    while stored.has(8)? && is_skippable(stored.available()) {
        let len = stored
            .available()
            .get(4..)
            .and_then(<[u8]>::first_chunk)
            .copied();
        stored.consume(8);
        if !stored.skip(u32::from_le_bytes(len.unwrap_or_default()).into())? {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(())
}

fn is_skippable(frame: &[u8]) -> bool {
    matches!(frame, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::formats::{Compression, Drip, compress, skippable};
    use crate::capture::stored::stored;

    fn content(bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut all = Vec::new();
        let bytes = Drip(io::Cursor::new(bytes.to_vec()));
        Content::of(stored(bytes))?.read_to_end(&mut all)?;
        Ok(all)
    }

    fn text() -> Vec<u8> {
        (0..40_000_u32)
            .flat_map(|n| (n / 3).to_le_bytes())
            .collect()
    }

    #[test]
    fn concatenated_members_and_frames_are_one_content() {
        let (text, twice) = (text(), [text(), text()].concat());
        for compression in Compression::ALL {
            let once = compress(&text, compression);
            assert_eq!(content(&once).unwrap(), text, "{compression:?}");
            let two = [once.clone(), once].concat();
            assert_eq!(content(&two).unwrap(), twice, "{compression:?}");
        }
    }

    #[test]
    fn skippable_frames_are_skipped_wherever_they_are() {
        for compression in [Compression::Zstd, Compression::Lz4] {
            let once = compress(&text(), compression);
            let all = [skippable(3), once.clone(), skippable(0), once, skippable(9)].concat();
            assert_eq!(
                content(&all).unwrap(),
                [text(), text()].concat(),
                "{compression:?}"
            );
        }
    }

    #[test]
    fn compressed_data_that_ends_early_is_cut_and_not_damaged() {
        for compression in [Compression::Gzip, Compression::Zstd, Compression::Lz4] {
            let whole = compress(&text(), compression);
            for len in (4..whole.len()).step_by(997).chain([whole.len() - 1]) {
                let error = content(&whole[..len]).unwrap_err();
                assert_eq!(
                    error.kind(),
                    io::ErrorKind::UnexpectedEof,
                    "{compression:?} {len}"
                );
            }
        }
    }

    #[test]
    fn what_follows_a_frame_and_is_none_is_damage() {
        for compression in [Compression::Gzip, Compression::Zstd, Compression::Lz4] {
            let mut bytes = compress(&text(), compression);
            bytes.extend(b"this is no frame");
            let error = content(&bytes).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::Other, "{compression:?}");
            assert!(error.to_string().contains("data is damaged"), "{error}");
        }
    }

    #[test]
    fn a_wrong_checksum_is_damage() {
        for compression in [Compression::Gzip, Compression::Zstd, Compression::Lz4] {
            let mut bytes = compress(&text(), compression);
            let back = if compression == Compression::Gzip {
                8
            } else {
                4
            };
            let at = bytes.len() - back;
            bytes[at] ^= 1;
            let error = content(&bytes).unwrap_err();
            assert!(
                error.to_string().contains("data is damaged"),
                "{compression:?} {error}"
            );
        }
    }
}
