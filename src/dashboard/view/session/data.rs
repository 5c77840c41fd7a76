//! The data channels of a session as a table.

use std::collections::HashMap;

use super::canvas::Canvas;
use super::list::List;
use crate::capture::Frame;
use crate::dashboard::model::Standing;
use crate::dashboard::story::{Row, Story, What, data};
use crate::dashboard::text;
use crate::dashboard::theme::Token;
use crate::ftp::Channel;
use crate::output::stamp;
use crate::output::text::{number, wording};
use crate::output::words::Word;

/// One column: its heading, its width, and how soon it is left out where there is no room.
struct Column {
    name: &'static str,
    width: usize,
    rank: usize,
    right: bool,
    value: fn(&Channel) -> String,
}

/// The first column behind number and state.
const FIRST: usize = 12;

const COLUMNS: &[Column] = &[
    column("Start", 12, 5, |channel| {
        stamp::time_of_day(channel.at.time)
    }),
    column("Mode", 8, 2, |channel| channel.method.word().to_owned()),
    column("Announced", 21, 4, |channel| {
        channel
            .announced
            .map_or_else(String::new, |end| end.to_string())
    }),
    column("Command", 22, 0, |channel| {
        channel
            .transfer
            .as_ref()
            .map_or_else(String::new, wording::command)
    }),
    Column {
        right: true,
        ..column("Bytes", 9, 1, |channel| {
            let transfer = channel.transfer.as_ref();
            transfer.map_or_else(String::new, |transfer| number::bytes(transfer.bytes))
        })
    },
    Column {
        right: true,
        ..column("Took", 9, 3, |channel| {
            let duration = channel
                .transfer
                .as_ref()
                .and_then(|transfer| transfer.duration);
            duration.map_or_else(String::new, number::span)
        })
    },
    column("Reply", 5, 0, |channel| {
        let transfer = channel.transfer.as_ref();
        let reply = transfer.and_then(|transfer| transfer.reply.as_ref());
        reply
            .or(channel.reply.as_ref())
            .map_or_else(String::new, |reply| format!("{:03}", reply.code))
    }),
];

const fn column(
    name: &'static str,
    width: usize,
    rank: usize,
    value: fn(&Channel) -> String,
) -> Column {
    Column {
        name,
        width,
        rank,
        right: false,
        value,
    }
}

/// The row that stands for each channel, in order: the first of what it did on the wire, or what
/// announced or refused it.
pub(super) fn rows(story: &Story) -> Vec<(u32, Row)> {
    let mut by_event: HashMap<u32, u32> = HashMap::new();
    let mut by_frame: HashMap<Frame, u32> = HashMap::new();
    for (index, row) in (0..).zip(story.rows()) {
        match row.what {
            What::Attempt | What::DataOpen | What::DataBytes | What::DataClose | What::DataNote => {
                by_event.entry(row.event).or_insert(index);
            }
            What::Command | What::Reply(_) => {
                by_frame.entry(row.at.frame).or_insert(index);
            }
            _ => {}
        }
    }
    let row_of = |event: u32| {
        let channel = story.channel_of(event)?;
        let reply = channel.reply.as_ref();
        let frame = reply.map_or(channel.at, |reply| reply.at).frame;
        by_event
            .get(&event)
            .or_else(|| by_frame.get(&frame))
            .copied()
    };
    let events = 0..story.events().len() as u32;
    let mut rows: Vec<u32> = events.filter_map(row_of).collect();
    rows.sort_unstable();
    rows.dedup();
    let row = |index: u32| Some((index, *story.rows().get(index as usize)?));
    rows.into_iter().filter_map(row).collect()
}

/// Draws heading and window.
pub(super) fn draw(canvas: &mut Canvas<'_>, story: &Story, list: &mut List, found: &[u32]) {
    if list.len() == 0 {
        canvas.ink(2, 1, "This session has no data channel.", Token::Dim);
        return;
    }
    let head = usize::from(canvas.height() > 3);
    if head > 0 {
        let title = canvas.style(Token::Title);
        canvas.put(1, 0, 6, "#", title);
        canvas.put(7, 0, 6, "St", title);
        put(canvas, 0, |column| (column.name.to_owned(), title));
    }
    let height = canvas.height().saturating_sub(head);
    let lines: Vec<_> = list.window(height).collect();
    for (y, line, selected) in lines {
        let Some(row) = story.rows().get(line.row as usize) else {
            continue;
        };
        if let Some(channel) = story.channel_around(row) {
            let is_found = found.binary_search(&line.row).is_ok();
            self::line(canvas, head + y, channel, is_found);
        }
        if selected {
            let selection = canvas.style(Token::Selection);
            canvas.paint(head + y, selection);
            canvas.sign(0, head + y, '▌', selection);
        }
    }
}

fn line(canvas: &mut Canvas<'_>, y: usize, channel: &Channel, found: bool) {
    let standing = Standing::from(channel.outcome);
    let plain = match found {
        true => canvas.style(Token::Found),
        false => canvas.style(Token::Server),
    };
    let name = data(channel);
    let name = name.trim_start_matches("data ");
    canvas.put(1, y, 5, name, plain);
    canvas.ink(7, y, standing.word(), standing.token());
    put(canvas, y, |column| ((column.value)(channel), plain));
}

/// The columns that there is room for, and the room of that of commands, which takes what is left.
fn shown(width: usize) -> (Vec<&'static Column>, usize) {
    const LEAST: usize = 14;
    let mut rank = 5;
    loop {
        let shown: Vec<_> = COLUMNS
            .iter()
            .filter(|column| column.rank <= rank)
            .collect();
        let others = shown.iter().filter(|column| column.name != "Command");
        let taken: usize = others.map(|column| column.width + 1).sum();
        let left = width.saturating_sub(FIRST + taken + 1);
        if left >= LEAST || rank == 0 {
            return (shown, left.max(4));
        }
        rank -= 1;
    }
}

/// Writes the columns behind number and state.
fn put(
    canvas: &mut Canvas<'_>,
    y: usize,
    value: impl Fn(&Column) -> (String, ratatui::style::Style),
) {
    let (columns, commands) = shown(canvas.width());
    let mut x = FIRST;
    for column in columns {
        let room = match column.name {
            "Command" => commands,
            _ => column.width,
        };
        let (text, style) = value(column);
        let glyphs = canvas.look.glyphs;
        let text = canvas.shown(&text);
        let cell = match column.right {
            true => text::right(&text, room, glyphs),
            false => text::shorten(&text, room, glyphs).into_owned(),
        };
        canvas.put(x, y, room, &cell, style);
        x += room + 1;
    }
}
