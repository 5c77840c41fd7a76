//! The table of sessions.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Span;

use super::paint;
use super::table::{self, address, filter_spans};
use crate::dashboard::app::{App, Column, Hit, Look, SessionColumn};
use crate::dashboard::model::{SessionRow, Snapshot};
use crate::dashboard::theme::Token;
use crate::dashboard::{number, text};
use crate::output::stamp;

/// Columns before the first: bar, mark, blank.
const GUTTER: u16 = 3;

/// Columns that the last command gets at least.
const LEAST_SAID: u16 = 14;

/// The columns of one width of the terminal.
struct Layout {
    columns: Vec<(SessionColumn, u16)>,
    ports: bool,
    millis: bool,
}

/// Draws title, headings and rows.
pub(super) fn draw(app: &mut App, snapshot: &Snapshot, area: Rect, buffer: &mut Buffer) {
    title(app, snapshot, area, buffer);
    let layout = layout(&app.sessions.columns, area.width);
    headings(app, &layout, area, buffer);
    let rows = table::rows(area);
    let selected = app.sessions.list.selected();
    let count = app.sessions.list.rows().len();
    let (top, window) = app.sessions.list.window(usize::from(rows.height));
    let window = window.to_vec();
    for (line, id) in window.iter().enumerate() {
        let Some(row) = snapshot.sessions.get(*id) else {
            continue;
        };
        let marked = app.marks.contains(id);
        let spans = row_spans(row, &layout, marked, &app.look);
        let chosen = selected == Some(*id);
        table::row(app, rows, buffer, (line, top + line), spans, chosen);
    }
    if count == 0 {
        let text = if snapshot.sessions.len() > 0 {
            "   No session satisfies the filter.  u shows all"
        } else if snapshot.capture.is_running() {
            "   No FTP session yet."
        } else if !snapshot.log.is_empty() {
            "   No FTP session in this capture.  5 shows what could not be read"
        } else if snapshot.capture.packets == 0 {
            "   The capture holds no packets."
        } else {
            "   No FTP session in this capture."
        };
        paint::dim(buffer, rows, text, &app.look);
    }
    if let Some(at) = app.sessions.list.index() {
        paint::place(buffer, area, (at, count), &app.look);
    }
}

fn title(app: &App, snapshot: &Snapshot, area: Rect, buffer: &mut Buffer) {
    let count = snapshot.sessions.len();
    let shown = app.sessions.list.rows().len();
    let mut spans = vec![
        Span::styled(" Sessions", app.look.style(Token::Title)),
        Span::raw(format!("  {}", number::grouped(count as u64))),
    ];
    if shown < count || !app.filter.text.is_empty() {
        spans.push(Span::raw(format!(
            "   {} shown ",
            number::grouped(shown as u64)
        )));
    }
    spans.extend(filter_spans(app, snapshot, usize::from(area.width) / 3));
    let turn = if app.sessions.descending {
        "▼"
    } else {
        "▲"
    };
    let mut end = format!("sort {}{turn}", short(app.sessions.sort.title()));
    if app.sessions.follow {
        end += "   FOLLOW";
    }
    if !app.marks.is_empty() {
        end += &format!("   {}", number::count(app.marks.len() as u64, "mark"));
    }
    paint::title(buffer, area, spans, format!("  {end}"));
}

fn short(title: &str) -> &str {
    title.split(' ').next().unwrap_or(title)
}

fn headings(app: &mut App, layout: &Layout, area: Rect, buffer: &mut Buffer) {
    let mut x = area.x + GUTTER;
    for (column, width) in &layout.columns {
        let mut title = match column {
            SessionColumn::Last if *width < 24 => "Last → reply".to_owned(),
            column => column.title().to_owned(),
        };
        if app.sessions.sort == *column {
            title += if app.sessions.descending {
                " ▼"
            } else {
                " ▲"
            };
        }
        let room = usize::from(*width);
        let glyphs = app.look.glyphs;
        let title = if is_right(*column) {
            text::right(&title, room, glyphs)
        } else {
            text::cell(&title, room, glyphs)
        };
        let style = app.look.style(Token::Title);
        let hit = Rect::new(x, area.y + 1, *width, 1);
        paint::heading(buffer, area, hit, Span::styled(title, style));
        app.hits.push((hit, Hit::SessionHeading(*column)));
        x += width + 1;
    }
}

fn is_right(column: SessionColumn) -> bool {
    matches!(
        column,
        SessionColumn::Number | SessionColumn::Data | SessionColumn::Bytes
    )
}

/// Which columns there are, and how wide: that depends on the width of the terminal alone. Where
/// there is little room, what matters least goes first; the state never does.
fn layout(wanted: &[SessionColumn], width: u16) -> Layout {
    use SessionColumn as C;
    // Dropped in this order: bytes, ports, milliseconds, user, server, last command.
    let has = |column: C, least: u16| wanted.contains(&column) && width >= least;
    let (ports, millis) = (width >= 110, width >= 104);
    let address = if ports { 21 } else { 15 };
    let extra = width.saturating_sub(124);
    let address = address + (extra / 4).min(26);
    let widths = [
        (C::State, 4, 0),
        (C::Number, 6, 0),
        (C::Start, if millis { 12 } else { 8 }, 48),
        (C::Client, address, 0),
        (C::Server, address, 80),
        (C::User, 10 + (extra / 8).min(14), 94),
        (C::Last, 0, 64),
        (C::Data, 7, 0),
        (C::Bytes, 8, 116),
    ];
    let mut columns: Vec<(C, u16)> = widths
        .into_iter()
        .filter(|(column, _, least)| *least == 0 || has(*column, *least))
        .map(|(column, width, _)| (column, width))
        .collect();
    let taken: u16 = columns.iter().map(|(_, width)| width + 1).sum();
    let rest = width.saturating_sub(GUTTER + taken);
    match columns.iter_mut().find(|(column, _)| *column == C::Last) {
        Some((_, last)) => *last = rest.max(LEAST_SAID),
        None => {
            if let Some((_, client)) = columns.iter_mut().find(|(column, _)| *column == C::Client) {
                *client += rest.min(32);
            }
        }
    }
    Layout {
        columns,
        ports,
        millis,
    }
}

fn row_spans(row: &SessionRow, layout: &Layout, marked: bool, look: &Look) -> Vec<Span<'static>> {
    let mut spans = vec![Span::raw(if marked { " * " } else { "   " })];
    for (column, width) in &layout.columns {
        let (text, token) = value(row, *column, layout, look);
        let room = usize::from(*width);
        let text = if is_right(*column) {
            text::right(&text, room, look.glyphs)
        } else {
            text::cell(&text, room, look.glyphs)
        };
        let style = token.map_or(Style::new(), |token| look.style(token));
        spans.extend(text::marked(&text, style, look.style(Token::Escape)));
        spans.push(Span::raw(" "));
    }
    spans
}

fn value(
    row: &SessionRow,
    column: SessionColumn,
    layout: &Layout,
    look: &Look,
) -> (String, Option<Token>) {
    match column {
        SessionColumn::State => (row.standing.word().to_owned(), Some(row.standing.token())),
        SessionColumn::Number => (row.id.to_string(), None),
        SessionColumn::Start => {
            let time = row.started.time;
            let text = if layout.millis {
                stamp::time_of_day(time)
            } else {
                stamp::clock(time)
            };
            (text, None)
        }
        SessionColumn::Client => (address(row.client, layout.ports), None),
        SessionColumn::Server => (address(row.server, layout.ports), None),
        SessionColumn::User => match &row.user {
            Some(user) => (look.glyphs.shown(user).into_owned(), None),
            None => ("—".to_owned(), Some(Token::Dim)),
        },
        SessionColumn::Last => (look.glyphs.shown(&row.last_said).into_owned(), None),
        SessionColumn::Data => (channels(row), None),
        SessionColumn::Bytes => {
            let guess = if row.protected && row.bytes > 0 {
                "~"
            } else {
                ""
            };
            (format!("{guess}{}", number::short(row.bytes)), None)
        }
    }
}

/// `2/1`: data channels that worked, and those that failed; `~` where that is inferred.
fn channels(row: &SessionRow) -> String {
    let guess = if row.protected && row.channels_ok > 0 {
        "~"
    } else {
        ""
    };
    match row.channels_failed {
        0 => format!("{guess}{}", row.channels_ok),
        failed => format!("{guess}{}/{failed}", row.channels_ok),
    }
}
