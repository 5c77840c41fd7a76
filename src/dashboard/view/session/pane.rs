//! The detail on the screen: at the right, or below in a few lines.

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::canvas::Canvas;
use super::detail::Item;
use crate::dashboard::text;
use crate::dashboard::theme::Token;

/// Columns of the names of facts.
const NAMES: usize = 12;

/// One line of a pane.
#[derive(Debug)]
struct Row {
    indent: usize,
    name: &'static str,
    token: Token,
    text: String,
}

/// Draws a pane at the right, from a line on; gives how many lines there are.
pub(super) fn beside(canvas: &mut Canvas<'_>, items: &[Item], top: usize, focused: bool) -> usize {
    let mut inner = side(canvas, focused);
    let rows = rows(&inner, items, inner.width().saturating_sub(2));
    put(&mut inner, &rows, top, 1, 0);
    rows.len()
}

/// Draws the border of a pane at the right; gives what is inside.
pub(super) fn side<'a>(canvas: &'a mut Canvas<'_>, focused: bool) -> Canvas<'a> {
    let (style, sign) = border(canvas, focused, ['│', '┃']);
    for y in 0..canvas.height() {
        canvas.sign(0, y, sign, style);
    }
    let area = canvas.area;
    canvas.part(Rect {
        x: area.x.saturating_add(1),
        ..area
    })
}

/// Draws the rule over a drawer, with a place at its right; gives what is below.
pub(super) fn top<'a>(canvas: &'a mut Canvas<'_>, place: &str, focused: bool) -> Canvas<'a> {
    let (style, sign) = border(canvas, focused, ['─', '━']);
    let width = canvas.width();
    canvas.rule(0, width, 0, sign, style);
    canvas.put_right(width.saturating_sub(3), 0, &format!(" {place} "), style);
    let area = canvas.area;
    canvas.part(Rect {
        y: area.y.saturating_add(1),
        ..area
    })
}

fn border(canvas: &Canvas<'_>, focused: bool, [plain, strong]: [char; 2]) -> (Style, char) {
    match focused {
        true => (canvas.style(Token::Focus), strong),
        false => (canvas.style(Token::Dim), plain),
    }
}

/// Draws a drawer: a rule with the heading in it, and the first lines below.
pub(super) fn below(
    canvas: &mut Canvas<'_>,
    items: &[Item],
    top: usize,
    place: &str,
    focused: bool,
) -> usize {
    let width = canvas.width();
    self::top(canvas, place, focused);
    let (heading, items) = match items {
        [Item::Heading(token, text), rest @ ..] => (Some((*token, text)), rest),
        items => (None, items),
    };
    let room = width.saturating_sub(canvas.columns(place) + 10);
    if let Some((token, text)) = heading {
        let style = canvas.style(token);
        canvas.put(2, 0, 1, " ", style);
        let used = canvas.put(3, 0, room, text, style);
        canvas.put(3 + used, 0, 1, " ", style);
    }
    let rows = rows(canvas, items, width.saturating_sub(2));
    put(canvas, &rows, top, 1, 1);
    rows.len()
}

/// Draws the first lines without a border.
pub(super) fn plain(canvas: &mut Canvas<'_>, items: &[Item]) {
    let rows = rows(canvas, items, canvas.width().saturating_sub(1));
    put(canvas, &rows, 0, 1, 0);
}

fn put(canvas: &mut Canvas<'_>, rows: &[Row], top: usize, x: usize, y: usize) {
    let room = canvas.height().saturating_sub(y);
    for (line, row) in rows.iter().skip(top).take(room).enumerate() {
        let dim = canvas.style(Token::Dim);
        canvas.put(x + 1, y + line, NAMES, row.name, dim);
        let style = canvas.style(row.token);
        let width = canvas.width();
        canvas.put(x + row.indent, y + line, width, &row.text, style);
    }
    if rows.len() > top + room && room > 0 {
        let more = format!(" ▼ {} ", rows.len() - top - room);
        let (width, height) = (canvas.width(), canvas.height());
        let dim = canvas.style(Token::Dim);
        canvas.put_right(width, height - 1, &more, dim);
    }
}

fn rows(canvas: &Canvas<'_>, items: &[Item], room: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    for item in items {
        let (indent, name, token, text) = match item {
            Item::Blank => {
                rows.push(row(0, "", Token::Dim, String::new()));
                continue;
            }
            Item::Heading(token, text) => (0, "", *token, text),
            Item::Fact(name, token, text) => (NAMES + 1, *name, *token, text),
            Item::Text(token, text) => (usize::from(room > 60), "", *token, text),
            Item::Point(text) => (3, "", Token::Server, text),
        };
        let text = canvas.shown(text);
        let lead = text.len() - text.trim_start_matches(' ').len();
        let indent = (indent + lead).min(room / 2);
        let lines = text::wrap(&text, room.saturating_sub(indent).max(4));
        for (index, line) in lines.into_iter().enumerate() {
            let name = match item {
                Item::Point(_) if index == 0 => "·",
                _ if index == 0 => name,
                _ => "",
            };
            rows.push(row(indent, name, token, line));
        }
    }
    rows
}

fn row(indent: usize, name: &'static str, token: Token, text: String) -> Row {
    Row {
        indent,
        name,
        token,
        text,
    }
}
