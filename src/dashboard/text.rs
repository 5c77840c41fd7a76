//! Texts in cells: their width, shortening, padding, and escapes in them.

use std::borrow::Cow;

use ratatui::style::Style;
use ratatui::text::Span;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::glyphs::Glyphs;

/// Columns that a text takes.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// `text` in at most `room` columns; where it is longer its middle is left out.
pub(crate) fn shorten(text: &str, room: usize, glyphs: Glyphs) -> Cow<'_, str> {
    if text.width() <= room {
        return Cow::Borrowed(text);
    }
    let dots = glyphs.ellipsis();
    let Some(kept) = room.checked_sub(dots.width()) else {
        return Cow::Owned(head(dots, room).to_owned());
    };
    let tail = tail(text, kept / 2);
    let head = head(text, kept - tail.width());
    Cow::Owned([head, dots, tail].concat())
}

/// `text` in at most `room` columns; where it is longer its end is left out.
pub(crate) fn cut(text: &str, room: usize, glyphs: Glyphs) -> Cow<'_, str> {
    if text.width() <= room {
        return Cow::Borrowed(text);
    }
    let dots = glyphs.ellipsis();
    match room.checked_sub(dots.width()) {
        Some(kept) => Cow::Owned([head(text, kept), dots].concat()),
        None => Cow::Owned(head(dots, room).to_owned()),
    }
}

/// [`shorten`] with blanks behind it, exactly `room` columns.
pub(crate) fn cell(text: &str, room: usize, glyphs: Glyphs) -> String {
    let mut cell = shorten(text, room, glyphs).into_owned();
    pad(&mut cell, room);
    cell
}

/// [`shorten`] with blanks before it, exactly `room` columns.
pub(crate) fn right(text: &str, room: usize, glyphs: Glyphs) -> String {
    let text = shorten(text, room, glyphs);
    let blanks = room.saturating_sub(text.width());
    " ".repeat(blanks) + &text
}

/// Appends blanks up to `room` columns.
pub(crate) fn pad(text: &mut String, room: usize) {
    let blanks = room.saturating_sub(text.width());
    text.extend(std::iter::repeat_n(' ', blanks));
}

/// The longest beginning of `text` that fits into `room` columns.
pub(crate) fn head(text: &str, room: usize) -> &str {
    let mut used = 0;
    for (index, character) in text.char_indices() {
        used += character.width().unwrap_or(0);
        if used > room {
            return &text[..index];
        }
    }
    text
}

/// The longest end of `text` that fits into `room` columns.
pub(crate) fn tail(text: &str, room: usize) -> &str {
    let mut used = 0;
    for (index, character) in text.char_indices().rev() {
        used += character.width().unwrap_or(0);
        if used > room {
            return &text[index + character.len_utf8()..];
        }
    }
    text
}

/// Text in lines of at most `room` columns, broken between words where that is possible.
pub(crate) fn wrap(text: &str, room: usize) -> Vec<String> {
    let room = room.max(1);
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let mut word = word;
        if used > 0 && used + 1 + word.width() > room {
            lines.push(String::new());
            used = 0;
        }
        // Not by its whole width, which a long word would cost again for every line.
        while head(word, room).len() < word.len() {
            let part = match head(word, room) {
                // A character wider than the line.
                "" => word.get(..first_length(word)).unwrap_or(word),
                part => part,
            };
            word = &word[part.len()..];
            append(&mut lines, part);
            lines.push(String::new());
        }
        if used > 0 {
            append(&mut lines, " ");
            used += 1;
        }
        append(&mut lines, word);
        used += word.width();
    }
    lines
}

/// Bytes of the first character, with the marks on it that take no room.
fn first_length(word: &str) -> usize {
    let wide = |(index, character): (usize, char)| {
        (index > 0 && character.width().unwrap_or(0) > 0).then_some(index)
    };
    word.char_indices().find_map(wide).unwrap_or(word.len())
}

fn append(lines: &mut [String], text: &str) {
    if let Some(last) = lines.last_mut() {
        last.push_str(text);
    }
}

/// Escaped text with its escapes (`\xNN`) in another style, so that they cannot be taken for text.
pub(crate) fn marked(text: &str, plain: Style, escape: Style) -> Vec<Span<'static>> {
    let mut spans = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("\\x") {
        let end = at + escapes(&rest[at..]);
        if at > 0 {
            spans.push(Span::styled(rest[..at].to_owned(), plain));
        }
        spans.push(Span::styled(rest[at..end].to_owned(), escape));
        rest = &rest[end..];
    }
    if !rest.is_empty() || spans.is_empty() {
        spans.push(Span::styled(rest.to_owned(), plain));
    }
    spans
}

/// Length of the escapes at the beginning of `text`, which begins with `\x`; at least 2.
fn escapes(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut length = 0;
    while let [b'\\', b'x', high, low, ..] = &bytes[length..] {
        if !(high.is_ascii_hexdigit() && low.is_ascii_hexdigit()) {
            break;
        }
        length += 4;
    }
    length.max(2)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const UNICODE: Glyphs = Glyphs { ascii: false };
    const ASCII: Glyphs = Glyphs { ascii: true };

    #[test]
    fn the_middle_of_a_long_address_is_left_out() {
        let address = "[2001:db8:1:2:3:4:5:6]:49152";
        assert_eq!(shorten(address, 20, UNICODE), "[2001:db8:…:6]:49152");
        assert_eq!(shorten(address, 20, ASCII), "[2001:db8..:6]:49152");
        assert_eq!(cell("abc", 5, UNICODE), "abc  ");
        assert_eq!(right("abc", 5, UNICODE), "  abc");
        assert_eq!(cut("abcdef", 4, UNICODE), "abc…");
    }

    #[test]
    fn wide_characters_count_for_two_columns() {
        assert_eq!(cell("漢字漢字", 6, UNICODE).width(), 6);
        assert_eq!(head("漢字", 3), "漢");
        assert_eq!(tail("漢字", 3), "字");
    }

    #[test]
    fn escapes_have_their_own_style() {
        let (plain, escape) = (Style::new(), Style::new().dim());
        let spans = marked(r"a\x1b\x00b", plain, escape);
        let texts: Vec<(&str, bool)> = spans
            .iter()
            .map(|span| (span.content.as_ref(), span.style == escape))
            .collect();
        assert_eq!(texts, [("a", false), (r"\x1b\x00", true), ("b", false)]);
        assert_eq!(marked("", plain, escape).len(), 1);
    }

    #[test]
    fn a_character_that_is_wider_than_its_room_has_a_line() {
        assert_eq!("\u{17d8}".width(), 3);
        assert_eq!(wrap("a\u{17d8}\u{301}b", 1), ["a", "\u{17d8}\u{301}", "b"]);
    }

    proptest! {
        #[test]
        fn nothing_is_wider_than_its_room(text: String, room in 0usize..40) {
            for glyphs in [UNICODE, ASCII] {
                prop_assert!(shorten(&text, room, glyphs).width() <= room);
                prop_assert!(cut(&text, room, glyphs).width() <= room);
            }
            let lines = wrap(&text, room.max(2));
            prop_assert!(lines.iter().all(|line| line.width() <= room.max(2)));
        }

        #[test]
        fn marking_keeps_the_text(bytes: Vec<u8>) {
            let text = crate::escape::line(&bytes).into_owned();
            let marked = marked(&text, Style::new(), Style::new());
            let whole: String = marked.iter().map(|span| span.content.as_ref()).collect();
            prop_assert_eq!(whole, text);
        }
    }
}
