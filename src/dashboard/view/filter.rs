//! The filter as a line and as a form, and the line for a text to find.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Span;

use super::{card, paint};
use crate::dashboard::app::App;
use crate::dashboard::app::{FORM, Field, FilterForm, FilterLine, Look};
use crate::dashboard::text;
use crate::dashboard::theme::Token;
use crate::select::Error;

/// Completions that are shown at a time.
const MOST: usize = 8;

/// Draws the line at the bottom of the body, completions above it.
pub(super) fn line(line: &FilterLine, body: Rect, buffer: &mut Buffer, look: &Look) {
    let last = bottom(body);
    clear(last, buffer);
    let style = match &line.error {
        None => Style::new(),
        Some(error) if error.incomplete => look.style(Token::Dim),
        Some(_) => look.style(Token::Wrong),
    };
    let mut spans = vec![Span::styled(" filter: ", look.style(Token::Title))];
    spans.extend(typed(&line.field, style, look));
    paint::line(buffer, last, 0, spans);
    if let Some(error) = &line.error {
        let used = 12 + text::width(line.field.text());
        let room = usize::from(last.width).saturating_sub(used);
        let reason = text::cut(&said(error), room, look.glyphs).into_owned();
        paint::right(buffer, last, 0, Span::styled(reason, style));
    }
    completions(line, body, buffer, look);
}

fn said(error: &Error) -> String {
    crate::escape::line(error.to_string().as_bytes()).into_owned()
}

fn completions(line: &FilterLine, body: Rect, buffer: &mut Buffer, look: &Look) {
    let count = line.completions.len().min(MOST);
    let rows = count.min(usize::from(body.height).saturating_sub(2));
    let first = line
        .chosen
        .map_or(0, |chosen| (chosen + 1).saturating_sub(rows));
    for (index, completion) in line.completions.iter().enumerate().skip(first).take(rows) {
        let row = body.height - 1 - rows as u16 + (index - first) as u16;
        let area = Rect::new(
            body.x + 8,
            body.y + row,
            body.width.saturating_sub(8).min(66),
            1,
        );
        clear(area, buffer);
        let word = text::cell(&look.glyphs.shown(&completion.text), 24, look.glyphs);
        let note = text::cell(completion.note, 40, look.glyphs);
        let style = match line.chosen == Some(index) {
            true => look.style(Token::Selection),
            false => Style::new(),
        };
        let dim = if line.chosen == Some(index) {
            style
        } else {
            look.style(Token::Dim)
        };
        let spans = vec![
            Span::styled(format!("│{word} "), style),
            Span::styled(note, dim),
        ];
        paint::line(buffer, area, 0, spans);
    }
}

/// Draws the line for a text to find.
pub(super) fn find(field: &Field, body: Rect, buffer: &mut Buffer, look: &Look) {
    let last = bottom(body);
    clear(last, buffer);
    let mut spans = vec![Span::styled(" find: ", look.style(Token::Title))];
    spans.extend(typed(field, Style::new(), look));
    paint::line(buffer, last, 0, spans);
}

fn bottom(body: Rect) -> Rect {
    Rect {
        y: body.bottom().saturating_sub(1),
        height: 1,
        ..body
    }
}

fn clear(area: Rect, buffer: &mut Buffer) {
    for y in area.top()..area.bottom() {
        for x in area.left()..area.right() {
            buffer[(x, y)].reset();
        }
    }
}

/// A text with a cursor in it.
pub(super) fn typed(field: &Field, style: Style, look: &Look) -> Vec<Span<'static>> {
    let (before, after) = field.parts();
    let mut rest = after.chars();
    let under = rest
        .next()
        .map_or_else(|| " ".to_owned(), |under| under.to_string());
    let shown = |text: &str| {
        look.glyphs
            .shown(&crate::escape::line(text.as_bytes()))
            .into_owned()
    };
    vec![
        Span::styled(shown(before), style),
        Span::styled(shown(&under), look.style(Token::Selection)),
        Span::styled(shown(rest.as_str()), style),
    ]
}

/// Draws the form over the screen.
pub(super) fn form(app: &App, form: &FilterForm, area: Rect, buffer: &mut Buffer) {
    let look = &app.look;
    let frame = card::centred(area, (76, FORM.len() as u16 + 4));
    let inner = card::blank(app, frame, buffer, "filter");
    let rows = usize::from(inner.height).saturating_sub(2);
    let first = (form.at + 1).saturating_sub(rows);
    let fields = form.fields.iter().zip(FORM).enumerate();
    for (index, (field, (key, example))) in fields.skip(first).take(rows) {
        let name = if key.is_empty() { "text" } else { key };
        let mut spans = vec![Span::styled(
            format!("{name:>7}  "),
            look.style(Token::Title),
        )];
        if index == form.at {
            spans.extend(typed(field, Style::new(), look));
        } else {
            spans.push(Span::raw(look.glyphs.shown(field.text()).into_owned()));
        }
        if field.text().is_empty() {
            spans.push(Span::styled(format!(" {example}"), look.style(Token::Dim)));
        }
        paint::line(buffer, inner, (index - first) as u16, spans);
    }
    let (note, token) = match &form.error {
        Some(error) => (said(error), Token::Wrong),
        None => (form.text(), Token::Dim),
    };
    let note = text::cut(
        &look.glyphs.shown(&note),
        usize::from(inner.width),
        look.glyphs,
    )
    .into_owned();
    let row = inner.height.saturating_sub(1);
    paint::line(buffer, inner, row, Span::styled(note, look.style(token)));
}
