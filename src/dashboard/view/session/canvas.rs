//! Puts text into an area of the screen and nowhere else.

use std::borrow::Cow;
use std::fmt::Write;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use unicode_width::UnicodeWidthChar;

use crate::dashboard::app::Look;
use crate::dashboard::text;
use crate::dashboard::theme::Token;
use crate::output::text::number::GLUE;

/// An area of the screen to draw in; columns and lines count from its corner.
#[derive(Debug)]
pub(super) struct Canvas<'a> {
    /// The area.
    pub(super) area: Rect,
    /// How everything looks.
    pub(super) look: &'a Look,
    buffer: &'a mut Buffer,
}

impl<'a> Canvas<'a> {
    /// A canvas over an area of the screen.
    pub(super) fn new(area: Rect, buffer: &'a mut Buffer, look: &'a Look) -> Self {
        let area = area.intersection(buffer.area);
        Self { area, look, buffer }
    }

    /// A part of it.
    pub(super) fn part(&mut self, area: Rect) -> Canvas<'_> {
        Canvas {
            area: area.intersection(self.area),
            look: self.look,
            buffer: self.buffer,
        }
    }

    /// Its columns.
    pub(super) fn width(&self) -> usize {
        self.area.width.into()
    }

    /// Its lines.
    pub(super) fn height(&self) -> usize {
        self.area.height.into()
    }

    /// The style of a token.
    pub(super) fn style(&self, token: Token) -> Style {
        self.look.style(token)
    }

    /// Writes a text from a column on, in at most `room` columns; where it is longer it is cut with
    /// a mark. Gives the columns that it took.
    pub(super) fn put(
        &mut self,
        x: usize,
        y: usize,
        room: usize,
        text: &str,
        style: Style,
    ) -> usize {
        let room = room.min(self.width().saturating_sub(x));
        if y >= self.height() || room == 0 {
            return 0;
        }
        let text = self.shown(text);
        let text = text::cut(&text, room, self.look.glyphs);
        let mut column = x;
        let escape = style.patch(self.style(Token::Escape));
        for span in text::marked(&text, style, escape) {
            let (at, line) = (self.area.x + column as u16, self.area.y + y as u16);
            let left = room - (column - x).min(room);
            let (end, _) = self
                .buffer
                .set_stringn(at, line, &span.content, left, span.style);
            column = usize::from(end.saturating_sub(self.area.x));
        }
        column - x
    }

    /// Writes a text that ends before a column.
    pub(super) fn put_right(&mut self, end: usize, y: usize, text: &str, style: Style) {
        let width = text::width(&self.shown(text));
        let (x, room) = match end.checked_sub(width) {
            Some(x) => (x, width),
            None => (0, end),
        };
        self.put(x, y, room, text, style);
    }

    /// Writes a token's text in its style.
    pub(super) fn ink(&mut self, x: usize, y: usize, text: &str, token: Token) -> usize {
        let style = self.style(token);
        self.put(x, y, self.width(), text, style)
    }

    /// Draws one sign.
    pub(super) fn sign(&mut self, x: usize, y: usize, sign: char, style: Style) {
        if x < self.width() && y < self.height() {
            let at = Position::new(self.area.x + x as u16, self.area.y + y as u16);
            if let Some(cell) = self.buffer.cell_mut(at) {
                cell.set_char(sign).set_style(style);
            }
        }
    }

    /// Draws a sign from a column to another, that one not included.
    pub(super) fn rule(&mut self, from: usize, to: usize, y: usize, sign: char, style: Style) {
        for x in from..to {
            self.sign(x, y, sign, style);
        }
    }

    /// Gives a line another style, over that of what stands there.
    pub(super) fn paint(&mut self, y: usize, style: Style) {
        if y < self.height() {
            let line = Rect {
                y: self.area.y + y as u16,
                height: 1,
                ..self.area
            };
            self.buffer.set_style(line, style);
        }
    }

    /// The columns that a text takes here.
    pub(super) fn columns(&self, text: &str) -> usize {
        text::width(&self.shown(text))
    }

    /// Text as this screen can show it.
    pub(super) fn shown(&self, text: &str) -> String {
        let text = text.replace(GLUE, " ");
        let text = tamed(&text);
        self.look.glyphs.shown(&text).into_owned()
    }
}

/// Text in which no letter bears more marks than any script has: further ones are escaped, lest
/// thousands of them pile up in one cell.
fn tamed(text: &str) -> Cow<'_, str> {
    const MOST_MARKS: usize = 4;
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut tame = String::with_capacity(text.len());
    let mut marks = 0;
    for character in text.chars() {
        marks = match character.width() {
            Some(0) => marks + 1,
            _ => 0,
        };
        if marks <= MOST_MARKS {
            tame.push(character);
        } else {
            let mut buffer = [0; 4];
            for byte in character.encode_utf8(&mut buffer).bytes() {
                // Writing to a string does not fail.
                let _ = write!(tame, "\\x{byte:02x}");
            }
        }
    }
    Cow::Owned(tame)
}
