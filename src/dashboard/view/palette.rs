//! The palette: any action by its name.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Span;

use super::footer::key_name;
use super::{card, paint};
use crate::dashboard::app::{App, Overlay, palette};
use crate::dashboard::text;
use crate::dashboard::theme::Token;

/// Draws the palette over the screen.
pub(super) fn draw(app: &App, area: Rect, buffer: &mut Buffer) {
    let Some(Overlay::Palette { context, field, at }) = &app.overlay else {
        return;
    };
    let frame = Rect {
        x: area.x + area.width / 10,
        y: area.y + 2,
        width: area.width - area.width / 5,
        height: (area.height - 3).min(16),
    };
    let inner = card::blank(app, frame, buffer, "actions");
    let (before, after) = field.parts();
    let typed = vec![
        Span::raw(format!(":{before}")),
        Span::styled(cursor(after), app.look.style(Token::Selection)),
        Span::raw(rest(after).to_owned()),
    ];
    paint::line(buffer, inner, 0, typed);
    let rows = usize::from(inner.height).saturating_sub(1);
    let entries: Vec<_> = palette(*context, field.text()).collect();
    let at = (*at).min(entries.len().saturating_sub(1));
    let top = (at + 1).saturating_sub(rows);
    for (row, entry) in entries.iter().enumerate().skip(top).take(rows) {
        let key = app.keymap.keys(entry.action).first();
        let key = key.map_or_else(String::new, |key| key_name(&key.to_string()));
        let name = text::cell(entry.id, 18, app.look.glyphs);
        let key = text::cell(&key, 10, app.look.glyphs);
        let style = if row == at {
            app.look.style(Token::Selection)
        } else {
            Style::new()
        };
        let bar = if row == at { "▌" } else { " " };
        let mut shown = format!("{bar}{name}{key}{}", entry.help);
        text::pad(&mut shown, usize::from(inner.width));
        paint::line(
            buffer,
            inner,
            (row - top + 1) as u16,
            Span::styled(shown, style),
        );
    }
}

/// What the cursor stands on.
pub(super) fn cursor(after: &str) -> String {
    after.chars().next().unwrap_or(' ').to_string()
}

/// What follows it.
pub(super) fn rest(after: &str) -> &str {
    after
        .get(after.chars().next().map_or(0, char::len_utf8)..)
        .unwrap_or_default()
}
