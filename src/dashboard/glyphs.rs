//! The signs that are drawn, and what stands for each where only ASCII can be shown.
//!
//! Everything is drawn in Unicode; a screen that shows only ASCII has its cells translated last.
//! So every sign stands for exactly one character, and no width depends on the choice. None of
//! them is of a kind that terminals draw two columns wide or as a picture.

use std::borrow::Cow;

use ratatui::buffer::Buffer;

/// Each sign and its ASCII character.
const TABLE: &[(char, char)] = &[
    ('…', '.'),
    ('–', '-'),
    ('—', '-'),
    ('→', '>'),
    ('←', '<'),
    ('↑', '^'),
    ('↓', 'v'),
    ('►', '>'),
    ('◄', '<'),
    ('▲', '^'),
    ('▼', 'v'),
    ('▸', '>'),
    ('▾', 'v'),
    ('‹', '<'),
    ('›', '>'),
    ('─', '-'),
    ('━', '='),
    ('═', '='),
    ('┄', '.'),
    ('╌', '-'),
    ('│', '|'),
    ('┃', '|'),
    ('≠', '!'),
    ('┊', ':'),
    ('┬', '+'),
    ('┴', '+'),
    ('├', '+'),
    ('┤', '+'),
    ('┼', '+'),
    ('┌', '+'),
    ('┐', '+'),
    ('└', '+'),
    ('┘', '+'),
    ('╳', 'X'),
    ('▌', '>'),
    ('█', '#'),
    ('▒', '%'),
    ('░', '.'),
    ('▁', '_'),
    ('▂', '.'),
    ('▃', '-'),
    ('▄', '='),
    ('▅', '+'),
    ('▆', '*'),
    ('▇', '%'),
    ('✓', '+'),
    ('✗', 'x'),
    ('◌', '.'),
    ('·', '.'),
    ('×', 'x'),
    ('●', '*'),
    ('■', '#'),
    ('‖', '"'),
    ('≈', '~'),
    ('Δ', 'd'),
    ('µ', 'u'),
];

/// Which signs the terminal can show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Glyphs {
    /// Only ASCII.
    pub(crate) ascii: bool,
}

impl Glyphs {
    /// Stands for what was left out.
    pub(crate) fn ellipsis(self) -> &'static str {
        if self.ascii { ".." } else { "…" }
    }

    /// Text as it is shown: unchanged, or in ASCII. What has no ASCII character is written as the
    /// bytes of its UTF-8, `\xNN`.
    pub(crate) fn shown(self, text: &str) -> Cow<'_, str> {
        if !self.ascii || text.is_ascii() {
            return Cow::Borrowed(text);
        }
        let mut shown = String::with_capacity(text.len());
        for character in text.chars() {
            match ascii(character) {
                Some(ascii) => shown.push(ascii),
                None => {
                    let mut buffer = [0; 4];
                    for byte in character.encode_utf8(&mut buffer).bytes() {
                        shown.push_str(&format!("\\x{byte:02x}"));
                    }
                }
            }
        }
        Cow::Owned(shown)
    }

    /// Translates the signs of a drawn screen. A text that came from elsewhere passed
    /// [`Glyphs::shown`]; whatever is left becomes a question mark.
    pub(crate) fn translate(self, buffer: &mut Buffer) {
        if !self.ascii {
            return;
        }
        for cell in &mut buffer.content {
            if !cell.symbol().is_ascii() {
                let first = cell.symbol().chars().next().and_then(ascii);
                cell.set_char(first.unwrap_or('?'));
            }
        }
    }
}

fn ascii(character: char) -> Option<char> {
    if character.is_ascii() {
        return Some(character);
    }
    let found = TABLE.iter().find(|(sign, _)| *sign == character);
    found.map(|(_, ascii)| *ascii)
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthChar;

    use super::*;

    #[test]
    fn every_sign_is_one_column_wide_and_has_an_ascii_character() {
        for (sign, ascii) in TABLE {
            assert_eq!(sign.width(), Some(1), "{sign}");
            assert!(ascii.is_ascii_graphic(), "{sign}");
        }
    }

    #[test]
    fn text_that_ascii_cannot_show_keeps_its_bytes() {
        let ascii = Glyphs { ascii: true };
        assert_eq!(ascii.shown("a → b 漢"), "a > b \\xe6\\xbc\\xa2");
        assert_eq!(Glyphs::default().shown("→"), "→");
    }
}
