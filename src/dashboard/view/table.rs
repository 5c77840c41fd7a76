//! What the tables of sessions, data channels and problems have in common.

use std::net::SocketAddr;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

use super::paint;
use crate::dashboard::app::{App, Hit};
use crate::dashboard::model::Snapshot;
use crate::dashboard::theme::Token;
use crate::dashboard::{number, text};

/// The rows: above them are title and headings, below them is the place.
pub(super) fn rows(area: Rect) -> Rect {
    Rect {
        y: area.y + 2,
        height: area.height.saturating_sub(3),
        ..area
    }
}

/// Draws a row, which can be clicked: its line among those that are shown, its place in the list.
/// The selected one has a bar before it and is drawn in reverse throughout.
pub(super) fn row(
    app: &mut App,
    rows: Rect,
    buffer: &mut Buffer,
    (line, place): (usize, usize),
    spans: Vec<Span<'_>>,
    selected: bool,
) {
    let whole = Rect::new(rows.x, rows.y + line as u16, rows.width, 1);
    paint::line(buffer, rows, line as u16, spans);
    if selected && line < usize::from(rows.height) {
        let style = app.look.style(Token::Selection);
        buffer.set_style(whole, style);
        buffer.set_stringn(whole.x, whole.y, "▌", 1, style);
    }
    app.hits.push((whole, Hit::Row(place)));
}

/// The filter in force, `[state:fail]`, and how far it was applied.
pub(super) fn filter_spans(app: &App, snapshot: &Snapshot, room: usize) -> Vec<Span<'static>> {
    if app.filter.text.is_empty() {
        return Vec::new();
    }
    let look = &app.look;
    let text = look.glyphs.shown(&app.filter.text).into_owned();
    let text = text::shorten(&text, room, look.glyphs);
    let mut spans = vec![Span::styled(format!("[{text}]"), look.style(Token::Open))];
    let filtering = snapshot.filtering;
    if filtering.number != app.filter.number || filtering.left > 0 {
        let left = format!(" …{}", number::grouped(filtering.left.into()));
        spans.push(Span::styled(left, look.style(Token::Dim)));
    }
    spans
}

/// With its port where there is room, an IPv6 address then in brackets.
pub(super) fn address(address: SocketAddr, port: bool) -> String {
    match port {
        true => address.to_string(),
        false => address.ip().to_string(),
    }
}
