//! The last row: the keys that work here.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

use super::paint;
use crate::dashboard::action::{self, Action};
use crate::dashboard::app::{App, Look};
use crate::dashboard::text;
use crate::dashboard::theme::Token;

/// Draws what can be done; or a notice, until the next key.
pub(super) fn draw(app: &App, is_loading: bool, area: Rect, buffer: &mut Buffer) {
    if let Some(notice) = &app.notice {
        let room = usize::from(area.width).saturating_sub(2);
        let notice = text::cut(notice, room, app.look.glyphs).into_owned();
        paint::line(
            buffer,
            area,
            0,
            Span::styled(format!(" {notice}"), app.look.style(Token::Auth)),
        );
        return;
    }
    let context = app.context();
    let mut left: Vec<(String, &str)> = Vec::new();
    let mut end: Vec<(String, &str)> = Vec::new();
    for entry in action::of_context(context).filter(|entry| !entry.label.is_empty()) {
        let Some(key) = app.keymap.keys(entry.action).first() else {
            continue;
        };
        let item = (key_name(&key.to_string()), entry.label);
        match entry.action {
            Action::Back if app.session.is_none() && !is_loading => {}
            Action::Back if app.session.is_none() => left.push((item.0, "stop")),
            Action::Help | Action::Quit => end.push(item),
            _ => left.push(item),
        }
    }
    let width = |item: &(String, &str)| text::width(&item.0) + 1 + text::width(item.1) + 2;
    let end_width: usize = end.iter().map(width).sum();
    paint::right(buffer, area, 0, spans(&end, &app.look));
    let room = usize::from(area.width).saturating_sub(end_width + 1);
    let mut used = 0;
    let fitting: Vec<_> = left
        .into_iter()
        .take_while(|item| {
            used += width(item);
            used <= room
        })
        .collect();
    let inner = Rect {
        x: area.x + 1,
        width: area.width.saturating_sub(1),
        ..area
    };
    paint::line(buffer, inner, 0, spans(&fitting, &app.look));
}

fn spans(items: &[(String, &str)], look: &Look) -> Vec<Span<'static>> {
    let mut spans = Vec::new();
    for (key, label) in items {
        spans.push(Span::styled(key.clone(), look.style(Token::Focus)));
        spans.push(Span::raw(format!(" {label}  ")));
    }
    spans
}

/// `Enter`, `Esc`: named keys with a capital.
pub(super) fn key_name(name: &str) -> String {
    let mut characters = name.chars();
    match characters.next() {
        Some(first) if name.len() > 1 && name.is_ascii() => {
            first.to_ascii_uppercase().to_string() + characters.as_str()
        }
        _ => name.to_owned(),
    }
}
