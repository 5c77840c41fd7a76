//! Bytes from the wire → text that is safe to show and loses nothing.
//!
//! What is valid UTF-8 and visible stays as it is. Every byte of anything else is written `\xNN`:
//! bytes that are not UTF-8, control characters (C0, DEL, C1), marks that reorder or hide text. A
//! backslash that would read like such an escape is itself written `\x5c`, so that replacing every
//! `\xNN` by its byte gives back exactly what was sent.

use std::borrow::Cow;
use std::path::Path;

const HEX: &[u8; 16] = b"0123456789abcdef";

/// The text of `bytes`, on one line.
pub fn line(bytes: &[u8]) -> Cow<'_, str> {
    escape(bytes, false)
}

/// The text of `bytes`, in which line feeds stay line feeds.
pub fn lines(bytes: &[u8]) -> Cow<'_, str> {
    escape(bytes, true)
}

/// Printable ASCII that stands for itself wherever text is shown or quoted: without quotation marks
/// and backslashes.
pub(crate) fn is_simple(bytes: &[u8]) -> bool {
    // What is less than one step is looked at with bytes that were looked at before.
    if let Some(last) = bytes.last_chunk() {
        let (words, _) = bytes.as_chunks();
        let mut words = words.iter().chain([last]);
        words.all(|word| !has_odd(u64::from_ne_bytes(*word)))
    } else if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let half = |bytes: &[u8; 4]| u64::from(u32::from_ne_bytes(*bytes));
        !has_odd(half(first) << 32 | half(last))
    } else {
        bytes
            .iter()
            .all(|&byte| is_plain(byte, false) && byte != b'"')
    }
}

/// One of eight bytes is not simple. Looks at all of them at once: a byte less than `bound` borrows
/// from the bit above it, which no other byte below 0x80 has.
fn has_odd(word: u64) -> bool {
    const fn each(byte: u8) -> u64 {
        u64::from_ne_bytes([byte; 8])
    }
    const HIGH: u64 = each(0x80);
    let below = |word: u64, bound| word.wrapping_sub(each(bound)) & !word & HIGH;
    let is = |byte| below(word ^ each(byte), 1);
    (word & HIGH) | below(word, b' ') | is(b'"') | is(b'\\') | is(0x7f) != 0
}

/// The name of a file, on one line.
pub fn path(path: &Path) -> Cow<'_, str> {
    line(path.as_os_str().as_encoded_bytes())
}

fn escape(bytes: &[u8], keep_line_feeds: bool) -> Cow<'_, str> {
    if bytes.iter().all(|&byte| is_plain(byte, keep_line_feeds))
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(bytes.len() + 16);
    for chunk in bytes.utf8_chunks() {
        push_valid(&mut text, chunk.valid(), keep_line_feeds);
        chunk
            .invalid()
            .iter()
            .for_each(|&byte| push_byte(&mut text, byte));
    }
    Cow::Owned(text)
}

/// Printable ASCII without the backslash: what nearly all of FTP is made of.
fn is_plain(byte: u8, keep_line_feeds: bool) -> bool {
    (matches!(byte, b' '..=b'~') && byte != b'\\') || (keep_line_feeds && byte == b'\n')
}

fn push_valid(text: &mut String, valid: &str, keep_line_feeds: bool) {
    for (index, character) in valid.char_indices() {
        let kept = match character {
            '\n' => keep_line_feeds,
            '\\' => !looks_like_escape(&valid.as_bytes()[index..]),
            _ => is_visible(character),
        };
        if kept {
            text.push(character);
        } else {
            let mut buffer = [0; 4];
            character
                .encode_utf8(&mut buffer)
                .bytes()
                .for_each(|byte| push_byte(text, byte));
        }
    }
}

fn looks_like_escape(bytes: &[u8]) -> bool {
    matches!(bytes, [b'\\', b'x', high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit())
}

fn push_byte(text: &mut String, byte: u8) {
    text.push_str("\\x");
    text.push(char::from(HEX[usize::from(byte >> 4)]));
    text.push(char::from(HEX[usize::from(byte & 15)]));
}

/// Neither a control character nor one that is invisible, looks like a blank, or changes how its
/// neighbours are shown.
pub(crate) fn is_visible(character: char) -> bool {
    !character.is_control()
        && !matches!(
            character,
            '\u{a0}'
                | '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{2000}'..='\u{200f}'
                | '\u{2028}'..='\u{202f}'
                | '\u{205f}'..='\u{206f}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{13430}'..='\u{1343f}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d159}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn visible_text_is_kept() {
        for text in ["pub/readme.txt", "Größe 漢字 😀", r"C:\files\new", ""] {
            assert_eq!(line(text.as_bytes()), text);
        }
    }

    #[test]
    fn what_could_deceive_is_escaped() {
        assert_eq!(line(b"\x1b[31mred"), r"\x1b[31mred");
        assert_eq!(line("a\u{202e}b".as_bytes()), r"a\xe2\x80\xaeb");
        assert_eq!(line("\u{9b}".as_bytes()), r"\xc2\x9b");
        assert_eq!(
            line("a\u{2800}\u{fe0f}".as_bytes()),
            r"a\xe2\xa0\x80\xef\xb8\x8f"
        );
        assert_eq!(line(b"caf\xe9\t\x7f"), r"caf\xe9\x09\x7f");
        assert_eq!(line(b"a\nb"), r"a\x0ab");
        assert_eq!(lines(b"a\nb\r"), "a\nb\\x0d");
        assert_eq!(line(br"\x1b"), r"\x5cx1b");
    }

    fn unescape(text: &str) -> Vec<u8> {
        let (mut rest, mut bytes) = (text.as_bytes(), Vec::new());
        while let [first, tail @ ..] = rest {
            if looks_like_escape(rest) {
                bytes.push(
                    u8::from_str_radix(&text[text.len() - rest.len() + 2..][..2], 16).unwrap(),
                );
                rest = &rest[4..];
            } else {
                bytes.push(*first);
                rest = tail;
            }
        }
        bytes
    }

    proptest! {
        #[test]
        fn simple_text_is_what_needs_no_escape(bytes: Vec<u8>, quoted in "[ -~]{0,40}") {
            for bytes in [&bytes, quoted.as_bytes()] {
                let plain = bytes.iter().all(|&byte| is_plain(byte, false) && byte != b'"');
                prop_assert_eq!(is_simple(bytes), plain);
            }
        }

        #[test]
        fn nothing_is_lost_and_nothing_raw_is_left(bytes: Vec<u8>) {
            let text = line(&bytes).into_owned();
            prop_assert!(text.chars().all(is_visible));
            prop_assert_eq!(unescape(&text), bytes);
        }
    }
}
