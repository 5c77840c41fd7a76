//! Cards: what is told when there is room for nothing else, and questions.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

use super::frame::LEAST;
use super::paint;
use crate::dashboard::app::App;
use crate::dashboard::model::Snapshot;
use crate::dashboard::text;
use crate::dashboard::theme::Token;

/// The terminal is too small.
pub(super) fn draw(area: Rect, buffer: &mut Buffer, app: &App, live: &Snapshot) {
    let (columns, rows) = LEAST;
    let text = format!("need {columns}×{rows}, have {}×{}", area.width, area.height);
    let row = area.height.saturating_sub(1) / 2;
    let room = usize::from(area.width);
    let text = app.look.glyphs.shown(&text).into_owned();
    let shown = text::shorten(&text, room, app.look.glyphs).into_owned();
    let blanks = room.saturating_sub(text::width(&shown)) / 2;
    paint::line(buffer, area, row, format!("{}{shown}", " ".repeat(blanks)));
    if let Some(failure) = app.failure(live) {
        let line = Span::styled(format!("✗ {failure}"), app.look.style(Token::Fail));
        paint::line(buffer, area, row + 1, line);
    }
}

/// Really quit?
pub(super) fn quit(app: &App, area: Rect, buffer: &mut Buffer) {
    let lines = [
        String::new(),
        "  Quit?  The capture ends, and what is not saved is lost.".to_owned(),
        String::new(),
        "  Enter quit   s save first   Esc stay".to_owned(),
        String::new(),
    ];
    framed(app, area, buffer, "quit", &lines);
}

/// Lines in a frame in the middle of the screen.
fn framed(app: &App, area: Rect, buffer: &mut Buffer, title: &str, lines: &[String]) {
    let widest = lines.iter().map(|line| text::width(line)).max();
    let width = (widest.unwrap_or(0) as u16 + 4).clamp(30, area.width);
    let frame = centred(area, (width, lines.len() as u16 + 2));
    let inner = blank(app, frame, buffer, title);
    for (row, line) in lines.iter().enumerate() {
        paint::line(buffer, inner, row as u16, line.as_str());
    }
}

/// So many columns and rows in the middle of an area, as far as it has them.
pub(super) fn centred(area: Rect, (columns, rows): (u16, u16)) -> Rect {
    let (width, height) = (columns.min(area.width), rows.min(area.height));
    Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height - height) / 2,
        width,
        height,
    }
}

/// Clears an area and draws a frame around it; what is inside.
pub(super) fn blank(app: &App, frame: Rect, buffer: &mut Buffer, title: &str) -> Rect {
    let dim = app.look.style(Token::Dim);
    for y in frame.top()..frame.bottom() {
        for x in frame.left()..frame.right() {
            buffer[(x, y)].reset();
        }
    }
    let bar = "─".repeat(usize::from(frame.width.saturating_sub(2)));
    paint::line(buffer, frame, 0, Span::styled(format!("┌{bar}┐"), dim));
    let bottom = frame.height.saturating_sub(1);
    paint::line(buffer, frame, bottom, Span::styled(format!("└{bar}┘"), dim));
    for row in 1..bottom {
        paint::line(buffer, frame, row, Span::styled("│", dim));
        paint::right(buffer, frame, row, Span::styled("│", dim));
    }
    let title_area = Rect {
        x: frame.x + 2,
        width: frame.width.saturating_sub(4),
        ..frame
    };
    let title = Span::styled(format!(" {title} "), app.look.style(Token::Title));
    paint::line(buffer, title_area, 0, title);
    Rect {
        x: frame.x + 2,
        y: frame.y + 1,
        width: frame.width.saturating_sub(4),
        height: frame.height.saturating_sub(2),
    }
}
