//! The save dialog.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Span;

use super::filter::typed;
use super::{card, paint};
use crate::dashboard::app::{App, Look, SaveDialog, SaveLine, What};
use crate::dashboard::job::Form;
use crate::dashboard::number;
use crate::dashboard::text;
use crate::dashboard::theme::Token;

/// Draws the dialog over the screen.
pub(super) fn draw(app: &App, dialog: &SaveDialog, area: Rect, buffer: &mut Buffer) {
    let look = &app.look;
    let frame = card::centred(area, (72, 9));
    let inner = card::blank(app, frame, buffer, "save");
    let form = Form::ALL.get(dialog.form).map_or("", |form| form.words());
    let path = typed(&dialog.path, Style::new(), look);
    let lines = [
        (SaveLine::What, "what", vec![Span::raw(what(dialog))]),
        (SaveLine::Form, "as", vec![Span::raw(format!("‹ {form} ›"))]),
        (SaveLine::Path, "to", path),
    ];
    for (row, (line, name, mut value)) in lines.into_iter().enumerate() {
        let chosen = dialog.line == line;
        if chosen && line != SaveLine::Path {
            let selection = look.style(Token::Selection);
            value = value
                .into_iter()
                .map(|span| span.style(selection))
                .collect();
        }
        let mark = if chosen { "▌" } else { " " };
        let name = format!("{mark}{name:>5}  ");
        let mut spans = vec![Span::styled(name, look.style(Token::Title))];
        spans.extend(value);
        paint::line(buffer, inner, row as u16, spans);
    }
    note(dialog, inner, buffer, look);
}

/// What is chosen to be saved, and how much that is.
fn what(dialog: &SaveDialog) -> String {
    let Some((what, count)) = dialog.choices.get(dialog.what) else {
        return String::new();
    };
    let noun = match what {
        What::Evidence => "finding",
        _ => "session",
    };
    let count = number::count(*count as u64, noun);
    format!("‹ {} ›  {count}", what.words())
}

/// Below it: what is wrong, or what can be done.
fn note(dialog: &SaveDialog, inner: Rect, buffer: &mut Buffer, look: &Look) {
    let (note, token) = match &dialog.problem {
        Some(problem) => (problem.as_str(), Token::Wrong),
        None => ("← → choose; nothing is replaced unasked", Token::Dim),
    };
    let lines = text::wrap(&look.glyphs.shown(note), usize::from(inner.width));
    for (row, line) in (4..).zip(lines.into_iter().take(3)) {
        let line = Span::styled(line, look.style(token));
        paint::line(buffer, inner, row, line);
    }
}
