//! Lists to choose from: columns and themes.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Span;

use super::{card, paint};
use crate::dashboard::app::{App, Column, Screen, Table};
use crate::dashboard::text;
use crate::dashboard::theme::{Base, Token};

/// Draws the columns of the table on the screen.
pub(super) fn columns(app: &App, at: usize, area: Rect, buffer: &mut Buffer) {
    let lines = match app.screen {
        Screen::Data => boxes(&app.data),
        _ => boxes(&app.sessions),
    };
    draw(
        app,
        "columns, where there is room",
        &lines,
        at,
        area,
        buffer,
    );
}

fn boxes<C: Column>(table: &Table<C>) -> Vec<String> {
    let shown = |column: &C| {
        if table.columns.contains(column) {
            "x"
        } else {
            " "
        }
    };
    let columns = table.all().iter();
    columns
        .map(|column| format!("[{}] {}", shown(column), column.title()))
        .collect()
}

/// Draws the themes.
pub(super) fn themes(app: &App, at: usize, area: Rect, buffer: &mut Buffer) {
    let names = Base::ALL.iter().map(|(name, _)| (*name).to_owned());
    draw(app, "theme", &names.collect::<Vec<_>>(), at, area, buffer);
}

fn draw(app: &App, title: &str, lines: &[String], at: usize, area: Rect, buffer: &mut Buffer) {
    let frame = card::centred(area, (36, lines.len() as u16 + 2));
    let inner = card::blank(app, frame, buffer, title);
    let rows = usize::from(inner.height);
    let first = (at + 1).saturating_sub(rows);
    for (index, line) in lines.iter().enumerate().skip(first).take(rows) {
        let style = match index == at {
            true => app.look.style(Token::Selection),
            false => Style::new(),
        };
        let bar = if index == at { "▌" } else { " " };
        let line = format!("{bar} {line}");
        let line = text::cell(&line, usize::from(inner.width), app.look.glyphs);
        paint::line(
            buffer,
            inner,
            (index - first) as u16,
            Span::styled(line, style),
        );
    }
}
