//! Below the table: what went wrong in the selected session, and what was said last.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

use super::finding::{cause_title, frames, shortened};
use super::footer::key_name;
use super::paint;
use crate::analyzer::Event;
use crate::capture::{Frame, Moment};
use crate::dashboard::action::Action;
use crate::dashboard::app::{App, Look};
use crate::dashboard::model::{Dossier, SessionRow, Snapshot, Standing};
use crate::dashboard::number;
use crate::dashboard::story::finding_mark;
use crate::dashboard::text;
use crate::dashboard::theme::Token;
use crate::diagnosis::Finding;
use crate::escape;
use crate::ftp::{Channel, Exchange, Reply, SessionEvent};
use crate::output::secret::is_secret;
use crate::output::stamp;
use crate::output::words::Word;
use crate::time::Timestamp;

/// Events of which lines are made: more lines than fit on any screen.
const LATEST: usize = 64;

/// Draws the preview of the selected session.
pub(super) fn draw(app: &App, snapshot: &Snapshot, area: Rect, buffer: &mut Buffer) {
    let selected = app.sessions.list.selected();
    let Some(row) = selected.and_then(|id| snapshot.sessions.get(id)) else {
        return;
    };
    let look = &app.look;
    let open = app.keymap.keys(Action::Open).first();
    let open = open.map_or_else(String::new, |key| {
        format!("{} open", key_name(&key.to_string()))
    });
    paint::rule(buffer, area, 0, title(row, area.width, look), &open, look);
    let below = lower(area, 1);
    let dossier = app.preview.as_ref();
    let Some(dossier) = dossier.filter(|dossier| dossier.row.id == row.id) else {
        return;
    };
    if dossier.given_up {
        let text = " Its details were given up to keep memory bounded.";
        paint::dim(buffer, below, text, look);
        return;
    }
    let mut used = diagnosis(dossier, below, buffer, look);
    if used > 0 && below.height > used + 3 {
        used += 1;
    }
    said(dossier, lower(below, used), buffer, look);
}

/// What is left of an area below so many rows.
fn lower(area: Rect, rows: u16) -> Rect {
    Rect {
        y: area.y + rows,
        height: area.height.saturating_sub(rows),
        ..area
    }
}

fn title(row: &SessionRow, width: u16, look: &Look) -> Vec<Span<'static>> {
    let user = row.user.as_deref().unwrap_or("—");
    let user = text::shorten(user, 24, look.glyphs).into_owned();
    let room = usize::from(width / 4).max(15);
    let end = |address: std::net::SocketAddr| {
        text::shorten(&address.to_string(), room, look.glyphs).into_owned()
    };
    vec![
        Span::styled(format!("#{}", row.id), look.style(Token::Title)),
        Span::raw(format!("  {} → {}  ", end(row.client), end(row.server))),
        Span::raw(look.glyphs.shown(&user).into_owned()),
    ]
}

/// The worst finding; the rows that it takes.
fn diagnosis(dossier: &Dossier, area: Rect, buffer: &mut Buffer, look: &Look) -> u16 {
    let findings = dossier.events.iter().filter_map(|event| match &**event {
        Event::Finding(finding) => Some(finding),
        Event::Session(_) => None,
    });
    let mut count = 0u32;
    let worst = findings.inspect(|_| count += 1).reduce(|worst, next| {
        if next.severity > worst.severity {
            next
        } else {
            worst
        }
    });
    let Some(finding) = worst else {
        return 0;
    };
    headline(finding, count, area, buffer, look);
    if area.height < 3 {
        return 1;
    }
    let room = usize::from(area.width).saturating_sub(4);
    let most = if area.height >= 10 { 3 } else { 1 };
    let mut row = 1;
    let summary = look.glyphs.shown(&finding.summary);
    for line in shortened(&summary, room, most, look) {
        paint::line(buffer, area, row, format!("   {line}"));
        row += 1;
    }
    if let Some(advice) = finding.advice.first() {
        let advice = look.glyphs.shown(advice);
        for (index, line) in shortened(&advice, room - 5, most.min(2), look)
            .iter()
            .enumerate()
        {
            let name = if index == 0 { "   fix: " } else { "        " };
            let spans = vec![
                Span::styled(name, look.style(Token::Title)),
                Span::raw(line.clone()),
            ];
            paint::line(buffer, area, row, spans);
            row += 1;
        }
    }
    row
}

fn headline(finding: &Finding, count: u32, area: Rect, buffer: &mut Buffer, look: &Look) {
    let (sign, token) = finding_mark(finding.severity);
    let mut end = vec![Span::raw(format!("  {}", finding.confidence.word()))];
    if let Some(frames) = frames(finding) {
        end.push(Span::styled(format!("  {frames}"), look.style(Token::Dim)));
    }
    if count > 1 {
        end.push(Span::styled(
            format!("  +{} more", count - 1),
            look.style(Token::Dim),
        ));
    }
    end.push(Span::raw(" "));
    let width: usize = end.iter().map(Span::width).sum();
    let room = usize::from(area.width).saturating_sub(width + 3);
    let (room, end) = match room < 30 {
        true => (usize::from(area.width) - 3, None),
        false => (room, Some(end)),
    };
    let title = text::cut(cause_title(finding.cause), room, look.glyphs);
    paint::line(
        buffer,
        area,
        0,
        Span::styled(format!(" {sign} {title}"), look.style(token)),
    );
    if let Some(end) = end {
        paint::right(buffer, area, 0, end);
    }
}

/// A line of what was said: where it belongs, who said it, what.
struct Said {
    at: (Timestamp, Frame, u8),
    who: &'static str,
    token: Token,
    text: String,
}

fn said(dossier: &Dossier, area: Rect, buffer: &mut Buffer, look: &Look) {
    let latest = dossier.events.len().saturating_sub(LATEST);
    let mut lines: Vec<Said> = Vec::new();
    for event in &dossier.events[latest..] {
        if let Event::Session(event) = &**event {
            hear(event, &mut lines, look);
        }
    }
    lines.sort_by_key(|line| line.at);
    let skipped = lines.len().saturating_sub(usize::from(area.height));
    for (row, line) in lines[skipped..].iter().enumerate() {
        let plain = look.style(line.token);
        let text = look.glyphs.shown(&line.text).into_owned();
        let room = usize::from(area.width).saturating_sub(19);
        let text = text::cut(&text, room, look.glyphs).into_owned();
        let mut spans = vec![
            Span::styled(
                format!(" {}  ", stamp::time_of_day(line.at.0)),
                look.style(Token::Dim),
            ),
            Span::styled(format!("{}  ", line.who), plain),
        ];
        spans.extend(text::marked(&text, plain, look.style(Token::Escape)));
        paint::line(buffer, area, row as u16, spans);
    }
}

fn hear(event: &SessionEvent, lines: &mut Vec<Said>, look: &Look) {
    match event {
        SessionEvent::Exchange(exchange) => {
            lines.push(Said {
                at: place(exchange.at, 0),
                who: "C",
                token: Token::Client,
                text: command(exchange, look),
            });
            lines.extend(exchange.replies.iter().map(reply));
        }
        SessionEvent::Reply { reply: stray, .. } => lines.push(reply(stray)),
        SessionEvent::Channel(told) => lines.push(Said {
            at: place(
                told.connection
                    .as_ref()
                    .map_or(told.at, |connection| connection.first),
                1,
            ),
            who: "D",
            token: Standing::from(told.outcome).token(),
            text: channel(told),
        }),
        _ => {}
    }
}

fn place(at: Moment, rank: u8) -> (Timestamp, Frame, u8) {
    (at.time, at.frame, rank)
}

fn command(exchange: &Exchange, look: &Look) -> String {
    let verb = exchange.verb.as_str();
    if is_secret(exchange) && !look.show_secrets {
        return format!("{verb} ****");
    }
    let argument = escape::line(&exchange.argument[..exchange.argument.len().min(512)]);
    format!("{verb} {argument}").trim_end().to_owned()
}

fn reply(reply: &Reply) -> Said {
    let first = reply
        .text
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let text = escape::line(&first[..first.len().min(512)]);
    Said {
        at: place(reply.at, 2),
        who: "S",
        token: if reply.code >= 400 {
            Token::Auth
        } else {
            Token::Server
        },
        text: format!("{:03} {text}", reply.code),
    }
}

fn channel(channel: &Channel) -> String {
    let method = channel.method.word();
    let mut text = match &channel.connection {
        None => match channel.announced {
            Some(endpoint) => format!("{method} {endpoint}  no attempt to connect seen"),
            None => method.to_owned(),
        },
        Some(connection) if connection.established => {
            let bytes = channel
                .transfer
                .as_ref()
                .map_or(0, |transfer| transfer.bytes);
            let way = format!("{} → {}", connection.from, connection.to);
            format!("{method} {way}  {}B", number::short(bytes))
        }
        Some(connection) => {
            let way = format!("{} → {}", connection.from, connection.to);
            format!("SYN {way}  ×{}", connection.syns)
        }
    };
    text += &format!("  {}", channel.outcome.word());
    text
}
