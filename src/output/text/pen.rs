//! Lines → characters of a terminal: width, colour, and glyphs that it can show.

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::line::{Ink, Line};
use super::number;

/// Glyphs that the report uses, and what stands for them where only ASCII can be shown.
const GLYPHS: [(char, &str); 21] = [
    (number::GLUE, " "),
    ('“', "\""),
    ('”', "\""),
    ('…', ".."),
    ('–', "-"),
    ('→', "->"),
    ('←', "<-"),
    ('↓', "down"),
    ('↑', "up"),
    ('═', "="),
    ('─', "-"),
    ('━', "="),
    ('│', "|"),
    ('▒', "#"),
    ('▸', ">"),
    ('✓', "+"),
    ('✗', "x"),
    ('◌', "."),
    ('·', "."),
    ('×', "x"),
    ('┊', ":"),
];

/// Columns that wrapped text gets at least, however far its line begins to the right.
const LEAST_ROOM: usize = 8;

/// Columns that a line of any length has room for at first.
const LIKELY_WIDTH: usize = 256;

/// Writes lines for one terminal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pen {
    width: usize,
    colour: bool,
    ascii: bool,
}

impl Pen {
    /// A pen for lines of `width` columns.
    pub(super) fn new(width: usize, colour: bool, ascii: bool) -> Self {
        Self {
            width: width.max(40),
            colour,
            ascii,
        }
    }

    /// A pen for lines of any length.
    pub(super) fn endless(colour: bool, ascii: bool) -> Self {
        Self::new(usize::MAX, colour, ascii)
    }

    /// The columns of a line.
    pub(super) fn width(self) -> usize {
        self.width
    }

    /// A line with its line end, cut with `…` where it is too long.
    pub(super) fn line(self, line: Line) -> String {
        self.line_with_end(line, Line::default())
    }

    /// A line with its line end; `end` is never cut, what is before it is.
    pub(super) fn line_with_end(self, line: Line, end: Line) -> String {
        let (line, end) = (self.shown(line), self.shown(end));
        let room = self.width.saturating_sub(width(&end));
        self.painted(self.cut(line, room).join(end))
    }

    /// A line that is filled to the right border with `rule`.
    pub(super) fn ruled(self, line: Line, rule: char) -> String {
        let line = self.cut(self.shown(line), self.width);
        let missing = self.width.saturating_sub(width(&line));
        let rule: String = std::iter::repeat_n(rule, missing.saturating_sub(1)).collect();
        let line = if missing > 1 {
            line.plain(" ").dim(rule)
        } else {
            line
        };
        self.painted(self.shown(line))
    }

    /// Text over as many lines as it takes, broken between words, behind `first`; further lines
    /// begin below the text.
    pub(super) fn wrapped(self, first: Line, ink: Ink, text: &str) -> String {
        let first = self.shown(first);
        let text = self.visible(text);
        let indent = width(&first);
        let room = self.width.saturating_sub(indent).max(LEAST_ROOM);
        let mut out = String::new();
        let mut start = first;
        for part in broken(&text, room) {
            out.push_str(&self.painted(start.ink(ink, part)));
            start = Line::indented(indent);
        }
        out
    }

    /// `text` in at most `room` columns; where it is longer its middle is left out.
    pub(super) fn squeezed(self, text: &str, room: usize) -> String {
        let text = self.visible(text);
        let dots = self.visible("…");
        if text.width() <= room {
            return text.into_owned();
        }
        let kept = room.saturating_sub(dots.width());
        let tail: String = text.chars().rev().scan(kept / 2, fitting).collect();
        let tail: String = tail.chars().rev().collect();
        let head: String = text.chars().scan(kept - tail.width(), fitting).collect();
        format!("{head}{dots}{tail}")
    }

    /// `text` squeezed into a column of a table, with blanks behind it.
    pub(super) fn cell(self, text: &str, columns: usize) -> String {
        let text = self.squeezed(text, columns);
        let blanks = columns.saturating_sub(text.width());
        text + &" ".repeat(blanks)
    }

    fn shown(self, line: Line) -> Line {
        if !self.ascii {
            return line;
        }
        let pieces = line.0.into_iter();
        Line(
            pieces
                .map(|(ink, text)| (ink, Cow::Owned(self.visible(&text).into_owned())))
                .collect(),
        )
    }

    fn visible(self, text: &str) -> Cow<'_, str> {
        if self.ascii && !text.is_ascii() {
            Cow::Owned(to_ascii(text))
        } else {
            Cow::Borrowed(text)
        }
    }

    fn cut(self, line: Line, room: usize) -> Line {
        if width(&line) <= room {
            return line;
        }
        let dots = self.visible("…").into_owned();
        let mut room = room.saturating_sub(dots.width());
        let mut cut = Line::default();
        let mut last = Ink::Plain;
        for (ink, text) in line.0 {
            let part: String = text.chars().scan(room, fitting).collect();
            room -= part.width();
            last = ink;
            let is_whole = part.len() == text.len();
            cut = cut.ink(ink, part);
            if !is_whole {
                break;
            }
        }
        cut.ink(last, dots)
    }

    fn painted(self, line: Line) -> String {
        let mut out = String::with_capacity(self.width.min(LIKELY_WIDTH) + 16);
        for (ink, text) in &line.0 {
            match ink.code().filter(|_| self.colour && !text.is_empty()) {
                Some(code) => out.extend(["\x1b[", code, "m", text, "\x1b[0m"]),
                None => out.push_str(text),
            }
        }
        let mut out = out.replace(number::GLUE, " ");
        out.truncate(out.trim_end_matches(' ').len());
        out.push('\n');
        out
    }
}

impl Ink {
    /// The parameters of ANSI "select graphic rendition": the 16 colours that the user's own
    /// palette decides.
    fn code(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Ok | Self::Data => Some("32"),
            Self::Fail => Some("1;31"),
            Self::Open => Some("33"),
            Self::Tls => Some("1;34"),
            Self::Part => Some("35"),
            Self::Abort => Some("31"),
            Self::Auth => Some("1;33"),
            Self::Client => Some("36"),
            Self::Dim => Some("2"),
            Self::Strong => Some("1"),
        }
    }
}

/// Columns that a line takes.
fn width(line: &Line) -> usize {
    line.0.iter().map(|(_, text)| text.width()).sum()
}

/// For `scan`: characters for as long as there is room.
fn fitting(room: &mut usize, character: char) -> Option<char> {
    *room = room.checked_sub(character.width().unwrap_or(0))?;
    Some(character)
}

fn to_ascii(text: &str) -> String {
    let mut ascii = String::with_capacity(text.len());
    for character in text.chars() {
        let glyph = GLYPHS.iter().find(|(glyph, _)| *glyph == character);
        match glyph {
            Some((_, replacement)) => ascii.push_str(replacement),
            None if character.is_ascii() => ascii.push(character),
            None => {
                let mut buffer = [0; 4];
                let bytes = character.encode_utf8(&mut buffer).bytes();
                bytes.for_each(|byte| ascii.push_str(&format!("\\x{byte:02x}")));
            }
        }
    }
    ascii
}

/// `text` in parts of at most `room` columns, broken between words where that is possible.
fn broken(text: &str, room: usize) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let mut word = word;
        let blank = usize::from(used > 0);
        if used > 0 && used + blank + word.width() > room {
            parts.push(String::new());
            used = 0;
        }
        while word.width() > room {
            let head: String = word.chars().scan(room, fitting).collect();
            word = &word[head.len()..];
            push(&mut parts, &head);
            parts.push(String::new());
        }
        if used > 0 {
            push(&mut parts, " ");
            used += 1;
        }
        push(&mut parts, word);
        used += word.width();
    }
    parts
}

fn push(parts: &mut [String], text: &str) {
    if let Some(last) = parts.last_mut() {
        last.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_cut_with_a_mark() {
        let pen = Pen::new(40, false, false);
        let line = pen.line(Line::default().plain("x".repeat(50)));
        assert_eq!(line, format!("{}…\n", "x".repeat(39)));
        let wide = pen.line(Line::default().plain("漢".repeat(50)));
        assert_eq!(wide, format!("{}…\n", "漢".repeat(19)));
        let end = Line::default().plain(" END");
        assert!(
            pen.line_with_end(Line::default().plain("y".repeat(90)), end)
                .ends_with("y… END\n")
        );
    }

    #[test]
    fn the_middle_of_a_long_address_is_left_out() {
        let pen = Pen::new(80, false, false);
        assert_eq!(
            pen.squeezed("[2001:db8:1:2:3:4:5:6]:49152", 20),
            "[2001:db8:…:6]:49152"
        );
        assert_eq!(pen.cell("abc", 5), "abc  ");
    }

    #[test]
    fn ascii_is_all_that_an_ascii_terminal_gets() {
        let pen = Pen::new(40, false, true);
        let line = pen.line(Line::default().plain("S→C ✓ 漢"));
        assert_eq!(line, "S->C + \\xe6\\xbc\\xa2\n");
    }

    #[test]
    fn colour_is_only_added() {
        let line = || Line::default().ink(Ink::Fail, "FAIL").plain(" rest");
        let plain = Pen::new(40, false, false).line(line());
        let coloured = Pen::new(40, true, false).line(line());
        assert_eq!(plain, "FAIL rest\n");
        assert_eq!(coloured, "\x1b[1;31mFAIL\x1b[0m rest\n");
    }

    #[test]
    fn text_is_broken_between_words() {
        let pen = Pen::new(40, false, false);
        let text = "one two three four five six seven eight nine ten";
        let lines = pen.wrapped(Line::default().plain("do  "), Ink::Plain, text);
        assert_eq!(
            lines,
            "do  one two three four five six seven\n    eight nine ten\n"
        );
        assert_eq!(broken(&"z".repeat(25), 20).len(), 2);
    }
}
