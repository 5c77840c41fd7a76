//! The first two rows: tabs, and how the capture fares.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Span;

use super::paint;
use crate::dashboard::app::{App, Hit, Screen};
use crate::dashboard::model::{CaptureState, Origin, Progress, Snapshot};
use crate::dashboard::theme::Token;
use crate::dashboard::{number, text};

/// Columns from which on names are written in full.
const WIDE: u16 = 100;

/// Draws tabs and status, and the rule below them.
pub(super) fn draw(
    app: &mut App,
    shown: &Snapshot,
    live: &Snapshot,
    area: Rect,
    buffer: &mut Buffer,
) {
    let wide = area.width >= WIDE;
    let dim = app.look.style(Token::Dim);
    let rule = "─".repeat(usize::from(area.width));
    paint::line(buffer, area, 1, Span::styled(rule, dim));
    let mut x = area.x + 1;
    if wide {
        let name = Span::styled("ftpscope", app.look.style(Token::Title));
        buffer.set_span(x, area.y, &name, area.width);
        x += 11;
    }
    let kinds = problem_kinds(shown);
    for (index, screen) in Screen::ALL.into_iter().enumerate() {
        let label = label(screen, index + 1, kinds, wide);
        let width = text::width(&label) as u16;
        if x + width > area.right() {
            break;
        }
        let active = app.screen == screen;
        let style = if active {
            app.look.style(Token::Focus)
        } else {
            Style::new()
        };
        buffer.set_span(x, area.y, &Span::styled(label, style), width);
        if active {
            let bar = Span::styled("━".repeat(usize::from(width)), app.look.style(Token::Focus));
            let below = Rect::new(x, area.y + 1, width, 1).intersection(area);
            below
                .positions()
                .for_each(|position| buffer[position].reset());
            buffer.set_span(x, area.y + 1, &bar, width);
        }
        let hit = Rect::new(x, area.y, width, 1);
        app.hits.push((hit, Hit::Tab(screen)));
        x += width + if wide { 2 } else { 1 };
    }
    let room = area.right().saturating_sub(x + 1);
    let (status, token) = status(app, shown, live, usize::from(room));
    let style = token.map_or(Style::new(), |token| app.look.style(token));
    let status = text::cut(&status, usize::from(room), app.look.glyphs).into_owned();
    paint::right(buffer, area, 0, Span::styled(status, style));
}

fn label(screen: Screen, number: usize, problems: usize, wide: bool) -> String {
    let name = match (screen, wide) {
        (Screen::Sessions, true) => "Sessions",
        (Screen::Sessions, false) => "Sess",
        (Screen::Data, _) => "Data",
        (Screen::Problems, true) => "Problems",
        (Screen::Problems, false) => "Prob",
        (Screen::Stats, _) => "Stats",
        (Screen::Log, _) => "Log",
    };
    match screen {
        Screen::Problems if problems > 0 => format!("{number} {name}·{problems}"),
        _ => format!("{number} {name}"),
    }
}

/// Causes of which there is a finding.
fn problem_kinds(snapshot: &Snapshot) -> usize {
    snapshot.stats.summary.findings.len()
}

/// How the capture fares, the longest of several wordings that fits.
pub(crate) fn status(
    app: &App,
    shown: &Snapshot,
    live: &Snapshot,
    room: usize,
) -> (String, Option<Token>) {
    let capture = &live.capture;
    if let Some(why) = app.failure(live) {
        return (format!("✗ CAPTURE FAILED {why}"), Some(Token::Fail));
    }
    let lost = capture.drops.total();
    let mut token = (lost > 0).then_some(Token::Part);
    let begin = if app.is_frozen {
        token = Some(Token::Open);
        let more = live.sessions.len().saturating_sub(shown.sessions.len());
        format!("‖ FROZEN +{more}")
    } else {
        match &capture.origin {
            Origin::Interface(name) => match capture.trouble {
                Some(trouble) => {
                    token = Some(Token::Part);
                    format!("◌ LIVE {name} {trouble}")
                }
                None => format!("● LIVE {name}"),
            },
            Origin::File(name) => {
                let name = text::shorten(name, (room / 2).max(12), app.look.glyphs);
                format!("■ FILE {name}")
            }
        }
    };
    let fitting = rests(capture)
        .into_iter()
        .map(|rest| format!("{begin}  {rest}"))
        .find(|status| text::width(status) <= room);
    (fitting.unwrap_or(begin), token)
}

/// What follows, from long to short; lost packets are in each.
fn rests(capture: &CaptureState) -> Vec<String> {
    let packets = number::short(capture.packets);
    if capture.is_live() {
        let span = capture.first.zip(capture.last);
        let time = span.map_or_else(String::new, |(first, last)| {
            number::elapsed(last.since(first)) + "  "
        });
        let lost = capture.drops.total();
        return vec![
            format!("{time}{packets} pkt  {lost} drop"),
            format!("{packets} pkt  {lost} drop"),
            format!("{packets} {lost}drop"),
            format!("{lost}drop"),
        ];
    }
    let percent = |fraction: &Option<f64>| fraction.map(|done| format!("{:.0}%", done * 100.0));
    match &capture.progress {
        Progress::Running { fraction, left } => {
            let done = percent(fraction).unwrap_or_else(|| format!("{packets} pkt"));
            let eta = left.map(|left| format!("  ETA {} s", left.as_secs() + 1));
            vec![
                format!("loading {done}{}", eta.unwrap_or_default()),
                format!("loading {done}"),
                done,
            ]
        }
        Progress::Done => vec![format!("100%  {packets} pkt"), format!("{packets} pkt")],
        Progress::Stopped { fraction } => {
            let done = percent(fraction).unwrap_or_default();
            vec![
                format!("stopped {done}  {packets} pkt"),
                format!("stopped {done}"),
            ]
        }
        Progress::Failed(_) => vec![format!("failed  {packets} pkt"), "failed".to_owned()],
    }
}
