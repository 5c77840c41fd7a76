//! The save dialog.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Span;

use super::filter::typed;
use super::{card, paint};
use crate::dashboard::app::{App, SaveDialog, SaveLine};
use crate::dashboard::job::Form;
use crate::dashboard::number;
use crate::dashboard::text;
use crate::dashboard::theme::Token;

/// Draws the dialog over the screen.
pub(super) fn draw(app: &App, dialog: &SaveDialog, area: Rect, buffer: &mut Buffer) {
    let look = &app.look;
    let (width, height) = (area.width.min(72), area.height.min(9));
    let frame = Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height - height) / 2,
        width,
        height,
    };
    let inner = card::blank(app, frame, buffer, "save");
    let what = dialog
        .choices
        .get(dialog.what)
        .map_or_else(String::new, |(what, count)| {
            let noun = match what {
                crate::dashboard::app::What::Evidence => "finding",
                _ => "session",
            };
            format!(
                "‹ {} ›  {}",
                what.words(),
                number::count(*count as u64, noun)
            )
        });
    let form = Form::ALL.get(dialog.form).map_or("", |form| form.words());
    let lines = [
        (SaveLine::What, "what", vec![Span::raw(what)]),
        (SaveLine::Form, "as", vec![Span::raw(format!("‹ {form} ›"))]),
        (
            SaveLine::Path,
            "to",
            typed(&dialog.path, Style::new(), look),
        ),
    ];
    for (row, (line, name, value)) in lines.into_iter().enumerate() {
        let chosen = dialog.line == line;
        let mark = if chosen { "▌" } else { " " };
        let mut spans = vec![Span::styled(
            format!("{mark}{name:>5}  "),
            look.style(Token::Title),
        )];
        if chosen && line != SaveLine::Path {
            let value = value
                .into_iter()
                .map(|span| span.style(look.style(Token::Selection)));
            spans.extend(value);
        } else {
            spans.extend(value);
        }
        paint::line(buffer, inner, row as u16, spans);
    }
    let (note, token) = match &dialog.problem {
        Some(problem) => (problem.clone(), Token::Wrong),
        None => (
            "← → choose; nothing is replaced unasked".to_owned(),
            Token::Dim,
        ),
    };
    let room = usize::from(inner.width);
    for (row, line) in text::wrap(&look.glyphs.shown(&note), room)
        .into_iter()
        .take(3)
        .enumerate()
    {
        paint::line(
            buffer,
            inner,
            row as u16 + 4,
            Span::styled(line, look.style(token)),
        );
    }
}
