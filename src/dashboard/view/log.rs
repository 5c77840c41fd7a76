//! The log: what the capture and the engine have to say of themselves.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Span;

use super::paint;
use crate::dashboard::app::{App, Look};
use crate::dashboard::model::{LogLine, Snapshot};
use crate::dashboard::theme::Token;
use crate::dashboard::{number, text};
use crate::output::stamp;

/// Draws the log.
pub(super) fn draw(app: &mut App, snapshot: &Snapshot, area: Rect, buffer: &mut Buffer) {
    let rows = Rect {
        y: area.y + 1,
        height: area.height.saturating_sub(1),
        ..area
    };
    let title = vec![
        Span::styled(" Log", app.look.style(Token::Title)),
        Span::raw(format!(
            "  {}",
            number::count(snapshot.log.len() as u64, "line")
        )),
    ];
    paint::line(buffer, area, 0, title);
    if app.log_follows {
        app.log.go(usize::MAX);
        paint::right(buffer, area, 0, Span::raw("FOLLOW "));
    }
    let top = app.log.window(snapshot.log.len(), usize::from(rows.height));
    let look = &app.look;
    let room = usize::from(rows.height);
    let lines = snapshot.log.iter().skip(top).take(room);
    for (row, line) in lines.enumerate() {
        let spans = spans(line, usize::from(area.width), look);
        paint::line(buffer, rows, row as u16, spans);
    }
    if snapshot.log.is_empty() {
        let text = Span::styled(
            "   Nothing was lost, skipped or given up.",
            look.style(Token::Dim),
        );
        paint::line(buffer, rows, 0, text);
    }
}

fn spans(line: &LogLine, width: usize, look: &Look) -> Vec<Span<'static>> {
    let (sign, token) = match line.is_warning {
        true => ("!", Token::Auth),
        false => ("·", Token::Dim),
    };
    let time = line.time.map_or_else(|| " ".repeat(12), stamp::time_of_day);
    let shown = look.glyphs.shown(&line.text);
    let shown = text::cut(&shown, width.saturating_sub(18), look.glyphs);
    let mut spans = vec![
        Span::styled(format!(" {time}  "), look.style(Token::Dim)),
        Span::styled(format!("{sign} "), look.style(token)),
    ];
    let escape = look.style(Token::Escape);
    spans.extend(text::marked(&shown, Style::new(), escape));
    spans
}
