//! One arrow between two lanes, with its label in it.

use ratatui::style::Style;

use super::canvas::Canvas;
use crate::dashboard::story::{Label, Stroke};
use crate::dashboard::text;
use crate::dashboard::theme::Token;

impl Stroke {
    fn sign(self) -> char {
        match self {
            Self::Talk => '─',
            Self::Tcp => '┄',
            Self::Data => '═',
            Self::Failed => '╌',
        }
    }
}

/// The lanes of a picture as columns.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way {
    /// Column of the lane where the arrow begins.
    pub(super) from: usize,
    /// Column of the lane where it ends.
    pub(super) to: usize,
}

/// Draws an arrow; `lanes` are the columns of all lanes, in order.
pub(super) fn draw(
    canvas: &mut Canvas<'_>,
    y: usize,
    way: Way,
    lanes: &[usize],
    (stroke, label, style): (Stroke, &Label, Style),
) {
    let (left, right) = (way.from.min(way.to), way.from.max(way.to));
    if right <= left + 1 {
        return within(canvas, y, left, label, style);
    }
    let line = canvas.style(line_token(label, stroke));
    canvas.rule(left + 1, right, y, stroke.sign(), line);
    for &lane in lanes.iter().filter(|&&lane| lane > left && lane < right) {
        canvas.sign(lane, y, '┼', line);
    }
    let rightwards = way.to > way.from;
    // An attempt that failed does not arrive.
    let (head, inset) = match (stroke, rightwards) {
        (Stroke::Failed, _) => ('╳', 2),
        (_, true) => ('►', 1),
        (_, false) => ('◄', 1),
    };
    let short = right - left < 6;
    let inset = if short { 1 } else { inset };
    let at = if rightwards {
        right - inset
    } else {
        left + inset
    };
    if inset == 2 {
        canvas.sign(if rightwards { right - 1 } else { left + 1 }, y, ' ', line);
    }
    canvas.sign(at, y, head, line);
    // The label may cover the lanes that the arrow crosses where it has no room between them.
    let stretch = free(left, right, lanes);
    let stretch = match canvas.columns(&label.whole()) + 6 > stretch.1 - stretch.0 {
        true => (left, right),
        false => stretch,
    };
    write(canvas, y, stretch, rightwards, label, style);
}

/// The widest stretch between two lanes that the arrow crosses.
fn free(left: usize, right: usize, lanes: &[usize]) -> (usize, usize) {
    let mut widest = (left, left);
    let mut from = left;
    for &to in lanes.iter().filter(|&&lane| lane > left && lane <= right) {
        if to - from > widest.1 - widest.0 {
            widest = (from, to);
        }
        from = to;
    }
    widest
}

/// Writes the label into the middle of a stretch, between blanks and with a piece of the line at
/// both its ends.
fn write(
    canvas: &mut Canvas<'_>,
    y: usize,
    (left, right): (usize, usize),
    rightwards: bool,
    label: &Label,
    style: Style,
) {
    let inner = right - left - 1;
    // Two columns for the head with its blank, one for the line, two blanks.
    let room = inner.saturating_sub(5).max(inner.min(1));
    let shown = fitted(canvas, label, room);
    let width = canvas.columns(&shown);
    if width == 0 {
        return;
    }
    let padded = inner >= width + 2;
    // The head takes a column of its own at one end.
    let x = left + 1 + (inner - width.min(inner) + usize::from(!rightwards)) / 2;
    if padded {
        canvas.sign(x - 1, y, ' ', style);
        canvas.sign(x + width, y, ' ', style);
    }
    canvas.put(x, y, width.min(inner), &shown, style);
}

/// The label in at most `room` columns: in full, in its short form, cut; its tail stays whole for
/// as long as there is room for it.
pub(super) fn fitted(canvas: &Canvas<'_>, label: &Label, room: usize) -> String {
    let whole = label.whole();
    if canvas.columns(&whole) <= room {
        return whole;
    }
    let tail = canvas.columns(&label.tail);
    if let Some(short) = &label.short
        && canvas.columns(short) + tail <= room
    {
        return format!("{short}{}", label.tail);
    }
    let glyphs = canvas.look.glyphs;
    let text = glyphs.shown(label.short.as_ref().unwrap_or(&label.text));
    match room.checked_sub(tail).filter(|left| *left >= 4) {
        Some(left) => format!("{}{}", text::cut(&text, left, glyphs), label.tail),
        None => text::cut(&glyphs.shown(&whole), room, glyphs).into_owned(),
    }
}

/// Where both ends are one host, or the lanes are too close: the label beside the lane.
fn within(canvas: &mut Canvas<'_>, y: usize, lane: usize, label: &Label, style: Style) {
    let room = canvas.width().saturating_sub(lane + 2);
    let shown = fitted(canvas, label, room);
    canvas.put(lane + 2, y, room, &shown, style);
}

fn line_token(label: &Label, stroke: Stroke) -> Token {
    match stroke {
        Stroke::Failed => Token::Fail,
        Stroke::Data => Token::Data,
        Stroke::Tcp if label.ink == Token::Data => Token::Data,
        Stroke::Talk | Stroke::Tcp => Token::Dim,
    }
}
