//! The last row: the keys that work here.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

use super::paint;
use crate::dashboard::action::{self, Action, Context, Entry};
use crate::dashboard::app::{App, Look, Overlay};
use crate::dashboard::text;
use crate::dashboard::theme::Token;

/// Draws what can be done; or a notice, until the next key.
pub(super) fn draw(app: &App, is_loading: bool, area: Rect, buffer: &mut Buffer) {
    let context = app.context();
    let mut left: Vec<(String, &str)> = Vec::new();
    let mut end: Vec<(String, &str)> = Vec::new();
    for entry in action::of_context(context).filter(|entry| !entry.label.is_empty()) {
        let Some(key) = app.keymap.keys(entry.action).first() else {
            continue;
        };
        let Some(label) = label(entry, context, app.overlay.as_ref()) else {
            continue;
        };
        let item = (key_name(&key.to_string()), label);
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
    if let Some(notice) = &app.notice {
        let notice = text::cut(notice, room.saturating_sub(1), app.look.glyphs).into_owned();
        paint::line(
            buffer,
            area,
            0,
            Span::styled(format!(" {notice}"), app.look.style(Token::Auth)),
        );
        return;
    }
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

/// What an action is called here; `None` where it means nothing.
fn label(entry: &Entry, context: Context, overlay: Option<&Overlay>) -> Option<&'static str> {
    let label = match (overlay, entry.action) {
        (Some(Overlay::Themes { .. }), Action::Toggle) => return None,
        (Some(Overlay::Quit), Action::Accept) => "quit",
        (Some(Overlay::Quit), Action::Cancel) => "stay",
        (Some(Overlay::Find(_)), Action::Complete | Action::HistoryBack) => return None,
        (Some(Overlay::Save(_) | Overlay::Form(_)), Action::HistoryBack) => return None,
        (Some(Overlay::Save(_) | Overlay::Form(_)), Action::Complete) => "next line",
        (Some(Overlay::Palette { .. }), Action::Complete) => "next",
        (Some(Overlay::Palette { .. }), Action::HistoryBack) => "before",
        (Some(Overlay::Save(_)), Action::Accept) => "save",
        (Some(Overlay::Find(_)), Action::Accept) => "find",
        (Some(Overlay::Help { .. }), Action::Cancel) => "close",
        _ if context == Context::Compare && entry.action == Action::NextProblem => "difference",
        _ => entry.label,
    };
    Some(label)
}

fn spans(items: &[(String, &str)], look: &Look) -> Vec<Span<'static>> {
    let mut spans = Vec::new();
    for (key, label) in items {
        spans.push(Span::styled(key.clone(), look.style(Token::Focus)));
        spans.push(Span::raw(format!(" {label}  ")));
    }
    spans
}

/// `Enter`, `PgUp`, `Ctrl-B`: named keys with capitals.
pub(super) fn key_name(name: &str) -> String {
    match name {
        "pgup" => return "PgUp".to_owned(),
        "pgdn" => return "PgDn".to_owned(),
        _ => {}
    }
    let mut characters = name.chars();
    match characters.next() {
        Some(first) if name.len() > 1 && name.is_ascii() => {
            first.to_ascii_uppercase().to_string() + characters.as_str()
        }
        _ => name.to_owned(),
    }
}
