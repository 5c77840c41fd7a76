//! Lines in an area.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::dashboard::app::Look;
use crate::dashboard::number;
use crate::dashboard::text;
use crate::dashboard::theme::Token;

/// Draws a line into a row of an area; where it is cut off at its end, that has a mark.
pub(super) fn line<'a>(buffer: &mut Buffer, area: Rect, row: u16, line: impl Into<Line<'a>>) {
    if row >= area.height || area.width == 0 {
        return;
    }
    let (line, y) = (line.into(), area.y + row);
    buffer.set_line(area.x, y, &line, area.width);
    if columns(&line) > usize::from(area.width) {
        let last = area.right() - 1;
        if last > area.x && text::width(buffer[(last - 1, y)].symbol()) > 1 {
            buffer[(last - 1, y)].set_symbol(" ");
        }
        buffer[(last, y)].set_symbol("…");
    }
}

/// Columns of a line without the blanks at its end.
fn columns(line: &Line<'_>) -> usize {
    let blanks = |span: &Span<'_>| span.content.len() - span.content.trim_end_matches(' ').len();
    let blank = |span: &&Span<'_>| blanks(span) == span.content.len();
    let behind = line.spans.iter().rev().take_while(blank).count();
    let kept = line.spans.len() - behind;
    let width: usize = line.spans.iter().take(kept).map(Span::width).sum();
    let end = kept.checked_sub(1).and_then(|last| line.spans.get(last));
    width - end.map_or(0, blanks)
}

/// Draws the title of a screen, and at the right what it is sorted by and the like.
pub(super) fn title(buffer: &mut Buffer, area: Rect, title: Vec<Span<'_>>, end: String) {
    let inner = Rect {
        width: area.width.saturating_sub(1),
        ..area
    };
    let left = right(buffer, inner, 0, end);
    let room = Rect {
        width: left,
        ..area
    };
    line(buffer, room, 0, title);
}

/// Draws a line at the right end of a row, if it fits; the columns that are left before it.
pub(super) fn right<'a>(
    buffer: &mut Buffer,
    area: Rect,
    row: u16,
    line: impl Into<Line<'a>>,
) -> u16 {
    let line = line.into();
    let width = u16::try_from(line.width()).unwrap_or(u16::MAX);
    if row >= area.height || width > area.width {
        return area.width;
    }
    let left = area.width - width;
    buffer.set_line(area.x + left, area.y + row, &line, width);
    left
}

/// Forgets what was drawn at the beginning of a row, so that its style does not shine through.
fn wipe(buffer: &mut Buffer, area: Rect, row: u16, columns: u16) {
    let begin = Rect::new(area.x, area.y.saturating_add(row), columns, 1);
    for position in begin.intersection(area).positions() {
        buffer[position].reset();
    }
}

/// Draws what is said in place of the rows of an empty list.
pub(super) fn dim(buffer: &mut Buffer, area: Rect, text: &str, look: &Look) {
    line(buffer, area, 0, Span::styled(text, look.style(Token::Dim)));
}

/// Draws at the end of an area which row of how many is selected.
pub(super) fn place(buffer: &mut Buffer, area: Rect, (at, count): (usize, usize), look: &Look) {
    let foot = Rect {
        y: area.bottom().saturating_sub(1),
        height: 1,
        width: area.width.saturating_sub(1),
        ..area
    };
    let place = format!(
        "{} of {}",
        number::grouped(at as u64 + 1),
        number::grouped(count as u64)
    );
    right(buffer, foot, 0, Span::styled(place, look.style(Token::Dim)));
}

/// Draws a heading where it is to be, as far as that is within the area.
pub(super) fn heading(buffer: &mut Buffer, area: Rect, place: Rect, heading: Span<'_>) {
    let within = place.intersection(area);
    if !within.is_empty() {
        buffer.set_span(within.x, within.y, &heading, within.width);
    }
}

/// Draws a rule over a row with a title in it, and something at its end: `── title ──── end ─`.
pub(super) fn rule(
    buffer: &mut Buffer,
    area: Rect,
    row: u16,
    title: Vec<Span<'_>>,
    end: &str,
    look: &Look,
) {
    let dim = look.style(Token::Dim);
    let width = usize::from(area.width);
    line(buffer, area, row, Span::styled("─".repeat(width), dim));
    if !title.is_empty() {
        let mut spans = vec![Span::styled("── ", dim)];
        spans.extend(title);
        spans.push(Span::raw(" "));
        let title_width: usize = spans.iter().map(Span::width).sum();
        let columns = u16::try_from(title_width).unwrap_or(u16::MAX);
        wipe(buffer, area, row, columns);
        line(buffer, area, row, spans);
        let end_width = text::width(end) + 3;
        if !end.is_empty() && width > title_width + end_width {
            let end = vec![Span::raw(format!(" {end} ")), Span::styled("─", dim)];
            right(buffer, area, row, end);
        }
    } else if !end.is_empty() {
        let end = vec![Span::raw(format!(" {end} ")), Span::styled("─", dim)];
        right(buffer, area, row, end);
    }
}
