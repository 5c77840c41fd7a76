//! The transcript: what was said, line by line, with the data channels in their places.

use super::arrow::fitted;
use super::canvas::Canvas;
use super::ladder::further_line;
use super::list::{Line, List};
use super::times::{Against, Columns};
use crate::dashboard::model::Standing;
use crate::dashboard::story::{Picture, Row, Story, Tone, What, data, finding_mark};
use crate::dashboard::theme::Token;
use crate::ftp::{Channel, Method, Mode, Outcome};
use crate::output::text::{number, wording};
use crate::output::words::Word;
use crate::tcp::Side;

/// What the transcript is drawn from.
#[derive(Debug)]
pub(super) struct Transcript<'a> {
    /// The story.
    pub(super) story: &'a Story,
    /// The columns of time.
    pub(super) columns: Columns,
    /// Rows in which a search found its text.
    pub(super) found: &'a [u32],
    /// The row that is marked.
    pub(super) marked: Option<u32>,
}

/// A row is a line of the transcript: every row but those of a data channel that its bar tells.
pub(super) fn is_line(story: &Story, row: &Row) -> bool {
    match row.what {
        What::Announced => false,
        What::DataOpen | What::DataBytes | What::DataClose => is_bar(story, row),
        _ => true,
    }
}

/// The one row of a connected channel at which its bar stands: its first bytes; where there are none,
/// its end or else its opening.
fn is_bar(story: &Story, row: &Row) -> bool {
    let Some(connection) = story
        .channel(row)
        .and_then(|channel| channel.connection.as_ref())
    else {
        return false;
    };
    let has_bytes = connection
        .facts
        .halves
        .iter()
        .any(|half| half.first_data.is_some());
    match row.what {
        What::DataBytes => true,
        What::DataClose => !has_bytes,
        What::DataOpen => !has_bytes && connection.closed_by.is_none(),
        _ => false,
    }
}

impl Transcript<'_> {
    /// Draws the window of the list.
    pub(super) fn draw(&self, canvas: &mut Canvas<'_>, list: &mut List) {
        let lines: Vec<_> = list.window(canvas.height()).collect();
        for (y, line, selected) in lines {
            self.line(canvas, y, line, list.is_unfolded(line.row));
            if selected {
                let selection = canvas.style(Token::Selection);
                canvas.paint(y, selection);
                canvas.sign(0, y, '▌', selection);
            }
        }
    }

    fn line(&self, canvas: &mut Canvas<'_>, y: usize, line: Line, unfolded: bool) {
        let Some(row) = self.story.rows().get(line.row as usize) else {
            return;
        };
        let x = self.columns.width();
        if line.part > 0 {
            let text = self
                .story
                .reply(row)
                .map(|reply| further_line(&reply.text, line.part));
            let text = text.unwrap_or_default();
            canvas.ink(x + 6, y, &text, Token::Server);
            return;
        }
        if self.marked == Some(line.row) {
            canvas.ink(0, y, "*", Token::Title);
        }
        match (row.what, self.story.channel(row)) {
            (What::DataOpen | What::DataBytes | What::DataClose, Some(channel)) => {
                self.bar(canvas, y, line.row, channel);
            }
            _ => self.said(canvas, y, line.row, row, unfolded),
        }
    }

    fn said(&self, canvas: &mut Canvas<'_>, y: usize, index: u32, row: &Row, unfolded: bool) {
        let tone = Tone {
            secrets: canvas.look.show_secrets,
            unfolded,
        };
        let label = self.story.label(row, tone);
        let mut x = self.columns.width();
        if !row.what.is_aside() {
            let before = index
                .checked_sub(1)
                .and_then(|at| self.story.rows().get(at as usize));
            let against = Against {
                previous: before.map(|row| row.at.time),
                first: self.story.rows().first().map(|row| row.at.time),
            };
            self.columns.put(canvas, y, row.at.time, against);
        }
        let who = self.who(row);
        let token = match who {
            "C" => Token::Client,
            "D" => Token::Data,
            _ => Token::Dim,
        };
        x += canvas.ink(x, y, who, token);
        x += usize::from(!who.is_empty());
        let style = match self.found.binary_search(&index) {
            Ok(_) => canvas.style(Token::Found),
            // What the client says is marked by its letter.
            Err(_) if label.ink == Token::Client => canvas.style(Token::Server),
            Err(_) => canvas.style(label.ink),
        };
        let mut label = label;
        if let Some(endpoint) = self.announces(row) {
            label.tail += &endpoint;
            label.short = None;
        }
        if label.picture == Picture::Gap && label.ink == Token::Part {
            label.text.insert_str(0, "▒ ");
        }
        let sign = self.sign(index);
        let room = canvas.width().saturating_sub(x + sign.len() * 2);
        let shown = fitted(canvas, &label, room);
        let used = canvas.put(x, y, room, &shown, style);
        if let Some((sign, token)) = sign.first() {
            canvas.ink(x + used + 1, y, &sign.to_string(), *token);
        }
    }

    fn sign(&self, row: u32) -> Vec<(char, Token)> {
        let severity = self.story.severity(row as usize);
        severity.map(finding_mark).into_iter().collect()
    }

    /// Who speaks.
    fn who(&self, row: &Row) -> &'static str {
        match row.what {
            What::Command => "C",
            What::Reply(_) => "S",
            What::Attempt | What::DataNote => "D",
            What::Connect | What::End(Side::Initiator, _) => "C",
            What::End(Side::Responder, _) => "S",
            _ => "",
        }
    }

    /// ` → data 1 10.0.0.5:50021`, for what announced a channel.
    fn announces(&self, row: &Row) -> Option<String> {
        let fits = |mode: Mode| match (row.what, mode) {
            (What::Reply(_), Mode::Passive) => self
                .story
                .reply(row)
                .is_some_and(|reply| matches!(reply.code, 227..=229)),
            (What::Command, Mode::Active) => true,
            _ => false,
        };
        let channel = self
            .story
            .channel_around(row)
            .filter(|channel| fits(channel.mode))?;
        let endpoint = channel.announced?;
        let is_here = channel.announcement == Some(row.at) && channel.method != Method::Inferred;
        // The port is enough where it is the host that one expects.
        let (client, server) = self
            .story
            .head_of(row.event)
            .map(|head| (head.client, head.server))?;
        let expected = match channel.mode {
            Mode::Passive => server.ip(),
            Mode::Active => client.ip(),
        };
        is_here.then(|| match endpoint.ip() == expected {
            true => format!("  → :{}", endpoint.port()),
            false => format!("  → {endpoint}"),
        })
    }

    /// A data channel as a bar across the transcript.
    fn bar(&self, canvas: &mut Canvas<'_>, y: usize, index: u32, channel: &Channel) {
        let x = 5.min(canvas.width() / 8);
        let dim = canvas.style(Token::Dim);
        let width = canvas.width();
        canvas.rule(x, width.saturating_sub(1), y, '═', dim);
        let standing = Standing::from(channel.outcome);
        let found = self.found.binary_search(&index).is_ok();
        let pieces = [
            (Token::Data, data(channel)),
            (Token::Server, channel.method.word().to_owned()),
            (standing.token(), result(channel, standing)),
            (Token::Server, moved(channel)),
            (Token::Dim, wording::channel_frames(channel, false)),
        ];
        let mut at = x + 3;
        for (token, text) in pieces.iter().filter(|(_, text)| !text.is_empty()) {
            let room = width.saturating_sub(at + 1);
            if room < 4 {
                break;
            }
            let style = if found {
                canvas.style(Token::Found)
            } else {
                canvas.style(*token)
            };
            canvas.sign(at - 1, y, ' ', dim);
            at += canvas.put(at, y, room, text, style);
            canvas.put(at, y, 2, "  ", dim);
            at += 2;
        }
        if let Some((sign, token)) = self.sign(index).first() {
            let last = width.saturating_sub(1);
            canvas.sign(last, y, *sign, canvas.style(*token));
        }
        if at < width {
            canvas.rule(at - 1, width.saturating_sub(1), y, '═', dim);
        }
    }
}

fn result(channel: &Channel, standing: Standing) -> String {
    match channel.outcome {
        Outcome::Completed => standing.sign().to_owned(),
        _ => format!("{} {}", standing.sign(), wording::outcome(channel)),
    }
}

fn moved(channel: &Channel) -> String {
    let Some(transfer) = &channel.transfer else {
        return String::new();
    };
    let time = transfer
        .duration
        .map_or(String::new(), |span| format!(" in {}", number::span(span)));
    let mut text = format!(
        "{}{time}  {}",
        number::bytes(transfer.bytes),
        wording::arrow(transfer.direction)
    );
    if let Some(told) = transfer
        .announced
        .filter(|told| told.bytes != transfer.bytes)
    {
        text += &format!("  ({} announced)", number::bytes(told.bytes));
    }
    text
}
