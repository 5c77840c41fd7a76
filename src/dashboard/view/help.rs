//! The help: every key of a context.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

use super::footer::key_name;
use super::{card, paint};
use crate::dashboard::action::{self, Context};
use crate::dashboard::app::{App, Overlay};
use crate::dashboard::text;
use crate::dashboard::theme::Token;

/// Columns of the keys, and where there is little room.
const KEYS: [usize; 2] = [18, 12];

/// Draws the help over an area.
pub(super) fn draw(app: &App, area: Rect, buffer: &mut Buffer) {
    let Some(Overlay::Help { context, top }) = &app.overlay else {
        return;
    };
    let heading = Context::ALL
        .iter()
        .find(|(other, _)| other == context)
        .map_or("", |(_, heading)| heading);
    let inner = card::blank(app, area, buffer, &format!("help: {heading}"));
    let entries: Vec<_> = action::of_context(*context).collect();
    let rows = usize::from(inner.height);
    let columns = KEYS[usize::from(inner.width < 60)];
    let top = (*top).min(entries.len().saturating_sub(rows));
    for (row, entry) in entries.iter().skip(top).take(rows).enumerate() {
        let keys = app.keymap.keys(entry.action).iter();
        let keys: Vec<String> = keys.map(|key| key_name(&key.to_string())).collect();
        let keys = text::cell(&keys.join(" "), columns, app.look.glyphs);
        let spans = vec![
            Span::styled(keys, app.look.style(Token::Focus)),
            Span::raw(entry.help),
        ];
        paint::line(buffer, inner, row as u16, spans);
    }
    if entries.len() > rows {
        let place = format!(
            " {}–{} of {} ",
            top + 1,
            (top + rows).min(entries.len()),
            entries.len()
        );
        let bottom = Rect {
            y: area.bottom() - 1,
            height: 1,
            width: area.width - 2,
            ..area
        };
        paint::right(buffer, bottom, 0, place);
    }
}
