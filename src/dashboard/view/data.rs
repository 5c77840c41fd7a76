//! The table of data channels.

use std::net::SocketAddr;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Span;

use super::finding::cause_title;
use super::paint;
use super::table::{self, address, filter_spans};
use crate::dashboard::app::{App, Column, DataColumn, Hit, Look};
use crate::dashboard::model::{ChannelRow, Snapshot};
use crate::dashboard::theme::Token;
use crate::dashboard::{number, text};
use crate::ftp::Direction;
use crate::output::stamp;
use crate::output::words::Word;

/// Columns before the first: bar, blank.
const GUTTER: u16 = 2;

/// The columns of one width of the terminal, with their widths.
type Layout = Vec<(DataColumn, u16)>;

/// Draws title, headings and rows.
pub(super) fn draw(app: &mut App, snapshot: &Snapshot, area: Rect, buffer: &mut Buffer) {
    title(app, snapshot, area, buffer);
    let layout = layout(&app.data.columns, area.width);
    headings(app, &layout, area, buffer);
    let rows = table::rows(area);
    let selected = app.data.list.selected();
    let count = app.data.list.rows().len();
    let (top, window) = app.data.list.window(usize::from(rows.height));
    let window = window.to_vec();
    for (line, number) in window.iter().enumerate() {
        let Some(row) = snapshot.channels.get(*number) else {
            continue;
        };
        let spans = row_spans(row, &layout, &app.look);
        let chosen = selected == Some(*number);
        table::row(app, rows, buffer, (line, top + line), spans, chosen);
    }
    if count == 0 {
        let text = if snapshot.channels.len() > 0 {
            "   No data channel in what the filter shows.  u shows all"
        } else {
            "   No data channel."
        };
        paint::dim(buffer, rows, text, &app.look);
    }
    if let Some(at) = app.data.list.index() {
        paint::place(buffer, area, (at, count), &app.look);
    }
}

fn title(app: &App, snapshot: &Snapshot, area: Rect, buffer: &mut Buffer) {
    let shown = app.data.list.rows().len();
    let mut counts = format!(
        "  {}",
        number::count(snapshot.channels.len() as u64, "channel")
    );
    if shown < snapshot.channels.len() {
        counts += &format!("   {} shown", number::grouped(shown as u64));
    }
    let mut spans = vec![
        Span::styled(" Data", app.look.style(Token::Title)),
        Span::raw(counts),
        Span::raw("  "),
    ];
    spans.extend(filter_spans(app, snapshot, usize::from(area.width) / 3));
    let turn = if app.data.descending { "▼" } else { "▲" };
    let mut end = format!("  sort {}{turn}", app.data.sort.title());
    if app.data.follow {
        end += "   FOLLOW";
    }
    paint::title(buffer, area, spans, end);
}

fn headings(app: &mut App, layout: &Layout, area: Rect, buffer: &mut Buffer) {
    let mut x = area.x + GUTTER;
    for (column, width) in layout {
        let mut title = column.title().to_owned();
        if app.data.sort == *column {
            title += if app.data.descending { " ▼" } else { " ▲" };
        }
        let room = usize::from(*width);
        let title = fitted(&title, room, *column, &app.look);
        let hit = Rect::new(x, area.y + 1, *width, 1);
        let title = Span::styled(title, app.look.style(Token::Title));
        paint::heading(buffer, area, hit, title);
        app.hits.push((hit, Hit::DataHeading(*column)));
        x += width + 1;
    }
}

fn fitted(text: &str, room: usize, column: DataColumn, look: &Look) -> String {
    use DataColumn as C;
    match column {
        C::Session | C::Bytes | C::Rate | C::Wait | C::Duration => {
            text::right(text, room, look.glyphs)
        }
        C::Command => {
            let mut text = text::cut(text, room, look.glyphs).into_owned();
            text::pad(&mut text, room);
            text
        }
        _ => text::cell(text, room, look.glyphs),
    }
}

/// Which columns there are, and how wide: that depends on the width of the terminal alone.
fn layout(wanted: &[DataColumn], width: u16) -> Layout {
    use DataColumn as C;
    let wide = width.saturating_sub(140);
    let widths = [
        (C::State, 4, 0),
        (C::Session, 8, 0),
        (C::Time, if width >= 100 { 12 } else { 8 }, 50),
        (C::Mode, 8, 0),
        (C::Direction, 3, 72),
        (C::Announced, 21 + (wide / 4).min(26), 100),
        (C::Connection, 21 + (wide / 4).min(26), 146),
        (C::Command, 0, 0),
        (C::Bytes, 7, 64),
        (C::Rate, 8, 116),
        (C::Wait, 8, 132),
        (C::Duration, 9, 80),
    ];
    let mut layout: Layout = widths
        .into_iter()
        .filter(|(column, _, least)| *least == 0 || (wanted.contains(column) && width >= *least))
        .map(|(column, width, _)| (column, width))
        .collect();
    let taken: u16 = layout.iter().map(|(_, width)| width + 1).sum();
    let rest = width.saturating_sub(GUTTER + taken);
    if let Some((_, command)) = layout.iter_mut().find(|(column, _)| *column == C::Command) {
        *command = rest;
    }
    layout
}

fn row_spans(row: &ChannelRow, layout: &Layout, look: &Look) -> Vec<Span<'static>> {
    let mut spans = vec![Span::raw("  ")];
    for (column, width) in layout {
        let (text, token) = value(row, *column, *width, look);
        let text = fitted(&text, usize::from(*width), *column, look);
        let style = token.map_or(Style::new(), |token| look.style(token));
        spans.extend(text::marked(&text, style, look.style(Token::Escape)));
        spans.push(Span::raw(" "));
    }
    spans
}

fn value(row: &ChannelRow, column: DataColumn, width: u16, look: &Look) -> (String, Option<Token>) {
    let guess = if row.protected { "~" } else { "" };
    let none = || "—".to_owned();
    let text = match column {
        DataColumn::State => {
            return (row.standing.word().to_owned(), Some(row.standing.token()));
        }
        DataColumn::Session => format!("{}.{}", row.id.session, row.id.number),
        DataColumn::Time if width >= 12 => stamp::time_of_day(row.at.time),
        DataColumn::Time => stamp::clock(row.at.time),
        DataColumn::Mode => row.method.word().to_owned(),
        DataColumn::Direction => match row.direction {
            Some(Direction::Upload) => "C→S".to_owned(),
            Some(Direction::Download | Direction::Listing) => "S→C".to_owned(),
            None => String::new(),
        },
        DataColumn::Announced => row.announced.map_or_else(none, |end| address(end, true)),
        DataColumn::Connection => row
            .connection
            .map_or_else(none, |(from, to)| ends(from, to)),
        DataColumn::Command => command(row, look),
        DataColumn::Bytes => format!("{guess}{}", number::short(row.bytes)),
        DataColumn::Rate => row.rate().map_or_else(String::new, |rate| {
            format!("{}/s", number::short(rate as u64))
        }),
        DataColumn::Wait => row.wait.map_or_else(String::new, number::span),
        DataColumn::Duration => row.duration.map_or_else(String::new, number::span),
    };
    (text, None)
}

fn ends(from: SocketAddr, to: SocketAddr) -> String {
    format!("{from} → {}", to.port())
}

/// `RETR a.iso → 226`; where it failed, the cause.
fn command(row: &ChannelRow, look: &Look) -> String {
    let code = row
        .code
        .map_or_else(String::new, |code| format!(" → {code:03}"));
    let outcome = row.outcome.word();
    let text = match (row.cause, row.command.is_empty()) {
        (Some(cause), _) => format!("{}{code}  {}", row.command, cause_title(cause)),
        (None, true) => format!("({outcome}){code}"),
        (None, false) => format!("{}{code}", row.command),
    };
    look.glyphs.shown(text.trim_start()).into_owned()
}
