//! Text or not: what the first bytes of a data connection look like.

use super::transfer::Content;

/// Bytes that are looked at.
const SAMPLE: usize = 1024;

/// Bytes that a verdict needs.
const LEAST: usize = 16;

/// One byte in this many may be a control character in a text: terminal escapes, form feeds.
const RARE: usize = 32;

/// What `bytes`, the first of a file, look like. Every encoding of text that FTP carries leaves
/// most control characters out; UTF-16 does not, but says so at its beginning.
pub(super) fn look(bytes: &[u8]) -> Content {
    let sample = bytes.get(..SAMPLE).unwrap_or(bytes);
    if sample.len() < LEAST {
        return Content::Unknown;
    }
    if sample.starts_with(&[0xff, 0xfe]) || sample.starts_with(&[0xfe, 0xff]) {
        return Content::Unknown;
    }
    // The beginning of a PDF is text, what follows is not.
    if sample.starts_with(b"%PDF-") {
        return Content::Binary;
    }
    if controls(sample) * RARE > sample.len() {
        Content::Binary
    } else {
        Content::Text
    }
}

/// Bytes whose control characters are counted in one byte: whole steps of what a processor looks at
/// at once.
const PIECE: usize = 7 * 32;

/// Control characters that texts do not have. In pieces whose count fits in a byte, and by plain
/// comparisons, so that the compiler looks at many bytes at once.
fn controls(sample: &[u8]) -> usize {
    let strange = |byte: u8| {
        let usual = (byte.wrapping_sub(8) < 6) & (byte != 11) | (byte == 27);
        (byte < 32) & !usual | (byte == 127)
    };
    let pieces = sample.chunks(PIECE);
    let counts = pieces.map(|piece| {
        let count = |sum: u8, byte: &u8| sum.wrapping_add(u8::from(strange(*byte)));
        usize::from(piece.iter().fold(0, count))
    });
    counts.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_has_few_control_characters() {
        assert_eq!(
            look(b"Gr\xfc\xdfe aus K\xf6ln\r\nzwei\tdrei\r\n"),
            Content::Text
        );
        assert_eq!(look("Grüße aus Köln\n".repeat(9).as_bytes()), Content::Text);
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(look(&all), Content::Binary);
        assert_eq!(
            look(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03"),
            Content::Binary
        );
        assert_eq!(look(b"short"), Content::Unknown);
        assert_eq!(controls(&[0; SAMPLE]), SAMPLE);
        let strange = [0, 1, 2, 3, 4, 5, 6, 7, 11, 14, 31, 127, 26, 28];
        for byte in 0..=255 {
            let expected = strange.contains(&byte) || (14..32).contains(&byte) && byte != 27;
            assert_eq!(controls(&[byte]), usize::from(expected), "{byte}");
        }
    }
}
