//! The ladder: one row an event, between the lanes of the hosts.

use ratatui::style::Style;

use super::arrow::{self, Way};
use super::canvas::Canvas;
use super::list::{Line, List};
use super::times::{Against, Columns};
use super::view::Colouring;
use crate::dashboard::story::{Label, Lane, Picture, Row, Story, Tone, finding_mark};
use crate::dashboard::text;
use crate::dashboard::theme::Token;
use crate::escape;
use crate::time::Timestamp;

/// Columns between the first and the last lane from which a third lane is drawn.
const ROOM_FOR_OTHERS: usize = 48;

/// What the ladder is drawn from.
#[derive(Debug)]
pub(super) struct Ladder<'a> {
    /// The story.
    pub(super) story: &'a Story,
    /// The columns of time.
    pub(super) columns: Columns,
    /// What colours tell apart.
    pub(super) colouring: Colouring,
    /// The row that is marked.
    pub(super) marked: Option<u32>,
    /// Rows in which a search found its text.
    pub(super) found: &'a [u32],
}

impl Ladder<'_> {
    /// Draws the heading and the window of the list.
    pub(super) fn draw(&self, canvas: &mut Canvas<'_>, list: &mut List) {
        let lanes = self.lanes(canvas.width());
        let foot = usize::from(canvas.height() >= 8);
        let head = self.heading(canvas, &lanes);
        let room = canvas.height().saturating_sub(head);
        let height = room.saturating_sub(foot);
        let lines: Vec<_> = list.window(height).collect();
        if head > 1 && !list.is_at_top() {
            self.stand(canvas, head - 1, &lanes, '┊');
        }
        for &(line, what, selected) in &lines {
            self.line(canvas, head + line, &lanes, what, list);
            if selected {
                self.select(canvas, head + line);
            }
        }
        if lines.len() < height || foot > 0 {
            let sign = match list.len() > lines.len() && !self.shows_last(&lines) {
                true => '┊',
                false => '┴',
            };
            self.stand(canvas, head + lines.len(), &lanes, sign);
        }
    }

    fn shows_last(&self, lines: &[(usize, Line, bool)]) -> bool {
        let last = self.story.rows().len().saturating_sub(1);
        lines
            .last()
            .is_some_and(|(_, line, _)| line.row as usize >= last)
    }

    /// Columns of the lanes. Where there is little room the hosts that are only ends of data
    /// connections have none.
    fn lanes(&self, width: usize) -> Vec<usize> {
        let all = self.story.lanes().all();
        let first = self.columns.width().min(width.saturating_sub(1));
        let label = all.get(1).map_or(14, |lane| lane.address.to_string().len());
        let margin = (label / 2 + 1).clamp(4, 9).min(width / 8 + 1);
        let last = width.saturating_sub(margin + 1).max(first + 1);
        let span = last - first;
        let parties = all.iter().filter(|lane| lane.is_party()).count().max(2);
        let others = match span >= ROOM_FOR_OTHERS {
            true => all.len().saturating_sub(parties),
            false => 0,
        };
        if others == 1 && parties == 2 {
            return vec![first, first + span * 2 / 3, last];
        }
        let gaps = parties + others - 1;
        (0..=gaps).map(|lane| first + span * lane / gaps).collect()
    }

    /// The addresses over the lanes; gives the lines that it took.
    fn heading(&self, canvas: &mut Canvas<'_>, lanes: &[usize]) -> usize {
        if canvas.height() < 4 {
            return 0;
        }
        let title = canvas.style(Token::Title);
        let mut free = 0;
        for (index, lane) in self
            .story
            .lanes()
            .all()
            .iter()
            .take(lanes.len())
            .enumerate()
        {
            let Some(&x) = lanes.get(index) else { break };
            let next = lanes.get(index + 1).copied();
            let end = next.map_or(canvas.width(), |next| (x + next) / 2);
            let name = name(lane);
            let name = text::shorten(&name, end.saturating_sub(free), canvas.look.glyphs);
            let width = text::width(&name);
            let start = x.saturating_sub(width / 2).max(free);
            let start = start.min(end.saturating_sub(width)).max(free);
            canvas.put(start, 0, width, &name, title);
            free = start + width + 1;
        }
        let first = lanes.first().copied().unwrap_or_default();
        let taken = self
            .story
            .lanes()
            .all()
            .first()
            .map_or(0, |lane| name(lane).len() / 2);
        let heading = self.columns.heading();
        if canvas.columns(heading) + 3 < first.saturating_sub(taken) {
            canvas.ink(1, 0, heading, Token::Dim);
        }
        if canvas.height() < 7 {
            return 1;
        }
        self.stand(canvas, 1, lanes, '┬');
        2
    }

    fn stand(&self, canvas: &mut Canvas<'_>, y: usize, lanes: &[usize], sign: char) {
        let dim = canvas.style(Token::Dim);
        for &lane in lanes {
            canvas.sign(lane, y, sign, dim);
        }
    }

    fn line(&self, canvas: &mut Canvas<'_>, y: usize, lanes: &[usize], line: Line, list: &List) {
        let Some(row) = self.story.rows().get(line.row as usize) else {
            return;
        };
        self.stand(canvas, y, lanes, '│');
        if line.part > 0 {
            return self.further(canvas, y, lanes, row, line.part);
        }
        if !row.what.is_aside() {
            self.columns
                .put(canvas, y, row.at.time, self.against(line.row));
        }
        let tone = Tone {
            secrets: canvas.look.show_secrets,
            unfolded: list.is_unfolded(line.row),
        };
        let mut label = self.story.label(row, tone);
        if let Some(session) = self.story.session_of(row.event)
            && self.story.lanes().are_shared(session)
            && matches!(label.picture, Picture::Arrow(_))
        {
            label.text.insert_str(0, &format!("#{session} "));
            label.short = label.short.map(|short| format!("#{session} {short}"));
        }
        let style = self.style(canvas, row, &label, line.row);
        match label.picture {
            Picture::Arrow(stroke) => {
                let way = self.way(row, lanes);
                arrow::draw(canvas, y, way, lanes, (stroke, &label, style));
            }
            Picture::Note => self.note(canvas, y, lanes, row, &label, style),
            Picture::Gap => self.gap(canvas, y, lanes, &label, style),
        }
        self.signs(canvas, y, lanes, line.row);
    }

    /// The mark of the row, and that of a finding that is told here.
    fn signs(&self, canvas: &mut Canvas<'_>, y: usize, lanes: &[usize], row: u32) {
        if self.marked == Some(row) {
            canvas.ink(0, y, "*", Token::Title);
        }
        let last = lanes.last().copied().unwrap_or_default();
        if let Some(severity) = self.story.severity(row as usize) {
            let (sign, token) = finding_mark(severity);
            canvas.ink(last + 2, y, &sign.to_string(), token);
        }
    }

    fn select(&self, canvas: &mut Canvas<'_>, y: usize) {
        let selection = canvas.style(Token::Selection);
        canvas.paint(y, selection);
        canvas.sign(0, y, '▌', selection);
    }

    /// What the times of a row are measured against.
    fn against(&self, row: u32) -> Against {
        let rows = self.story.rows();
        let before = rows.get(..row as usize).unwrap_or_default();
        let is_event = |row: &&Row| !row.what.is_aside();
        let first = match self.marked {
            Some(marked) => rows.get(marked as usize),
            None => rows.iter().find(is_event),
        };
        let time = |row: &Row| -> Timestamp { row.at.time };
        Against {
            previous: before.iter().rev().find(is_event).map(time),
            first: first.map(time),
        }
    }

    fn way(&self, row: &Row, lanes: &[usize]) -> Way {
        let (from, to) = self.story.passage(row);
        let session = self.story.session_of(row.event).unwrap_or_default();
        let (client, server) = self.story.lanes().ends(session);
        // Without a lane of its own a host is drawn where one would expect it.
        let column = |lane: usize, other: usize| match lanes.get(lane) {
            Some(&column) => column,
            None if other == client => lanes.get(server).copied().unwrap_or_default(),
            None => lanes.get(client).copied().unwrap_or_default(),
        };
        Way {
            from: column(from, to),
            to: column(to, from),
        }
    }

    /// A further line of an unfolded reply, beside the lane of who sent it.
    fn further(&self, canvas: &mut Canvas<'_>, y: usize, lanes: &[usize], row: &Row, part: u32) {
        let Some(reply) = self.story.reply(row) else {
            return;
        };
        let line = further_line(&reply.text, part);
        let way = self.way(row, lanes);
        let (left, right) = (way.from.min(way.to), way.from.max(way.to));
        let room = right.saturating_sub(left + 4);
        let style = canvas.style(Token::Server);
        canvas.put(left + 3, y, room, &line, style);
    }

    fn note(
        &self,
        canvas: &mut Canvas<'_>,
        y: usize,
        lanes: &[usize],
        row: &Row,
        label: &Label,
        style: Style,
    ) {
        let way = self.way(row, lanes);
        let last = lanes.last().copied().unwrap_or_default();
        let x = way.from.min(last.saturating_sub(8)) + 3;
        // A note may go on to the right of the last lane.
        let end = if label.tail.is_empty() {
            last
        } else {
            canvas.width()
        };
        let shown = arrow::fitted(canvas, label, end.saturating_sub(x));
        let tail = canvas.columns(&label.tail);
        let width = canvas.put(x, y, end.saturating_sub(x), &shown, style);
        if tail > 0 && shown.ends_with(&label.tail) {
            let tail_style = canvas.style(Token::Auth);
            canvas.put(x + width - tail, y, tail, &label.tail, tail_style);
        }
    }

    fn gap(&self, canvas: &mut Canvas<'_>, y: usize, lanes: &[usize], label: &Label, style: Style) {
        let (left, right) = (
            lanes.first().copied().unwrap_or_default(),
            lanes.last().copied().unwrap_or_default(),
        );
        let dim = canvas.style(Token::Dim);
        let (lane, fill) = match label.ink {
            Token::Part => ('│', '▒'),
            Token::Tls => ('│', '#'),
            _ => ('┊', ' '),
        };
        for &x in lanes {
            canvas.sign(x, y, lane, dim);
        }
        let room = (right - left).saturating_sub(5);
        let shown = arrow::fitted(canvas, label, room);
        let width = canvas.columns(&shown);
        let x = left + 1 + (right - left - 1).saturating_sub(width) / 2;
        if fill != ' ' {
            canvas.rule(left + 1, x.saturating_sub(1), y, fill, style);
            canvas.rule(x + width + 1, right, y, fill, style);
        }
        canvas.put(x, y, width, &shown, style);
    }

    fn style(&self, canvas: &Canvas<'_>, row: &Row, label: &Label, index: u32) -> Style {
        if self.found.binary_search(&index).is_ok() {
            return canvas.style(Token::Found);
        }
        let token = match self.colouring {
            Colouring::Role => label.ink,
            Colouring::Session => {
                palette(self.story.session_of(row.event).unwrap_or_default() as usize)
            }
            Colouring::Channel => match self.story.channel_around(row) {
                Some(channel) => palette(channel.number as usize),
                None => Token::Dim,
            },
        };
        canvas.style(token)
    }
}

/// Colours that differ, for sessions or channels by number.
fn palette(number: usize) -> Token {
    const PALETTE: [Token; 5] = [
        Token::Client,
        Token::Data,
        Token::Open,
        Token::Part,
        Token::Tls,
    ];
    PALETTE[number % PALETTE.len()]
}

/// One of the lines behind that which stands for a reply.
pub(super) fn further_line(text: &[u8], part: u32) -> String {
    let line = text.split(|&byte| byte == b'\n').nth(part as usize);
    let line = line.unwrap_or_default();
    let head = line.get(..4096).unwrap_or(line);
    escape::line(head).into_owned()
}

/// What stands over a lane.
fn name(lane: &Lane) -> String {
    match lane.sessions {
        0 | 1 => lane.address.to_string(),
        _ => lane.address.ip().to_string(),
    }
}
