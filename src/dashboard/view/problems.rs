//! The problems: findings by cause, server or client, and why.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Span;

use super::finding::{cause_title, frames, shortened};
use super::paint;
use super::table::{self, address, filter_spans};
use crate::dashboard::app::{App, Group, Item, Look, Unfolded};
use crate::dashboard::model::{Problem, Snapshot};
use crate::dashboard::story::finding_mark;
use crate::dashboard::theme::Token;
use crate::dashboard::{number, text};
use crate::diagnosis::{Evidence, Finding};
use crate::output::stamp;
use crate::output::words::Word;
use crate::time::Timestamp;

/// The columns of one width of the terminal.
struct Layout {
    title: usize,
    /// Columns of the server; none where there is no room.
    server: usize,
    /// There is room for the time.
    time: bool,
}

/// Columns of bar, count and sessions.
const BEFORE: usize = 15;

/// Draws title, headings, groups and findings.
pub(super) fn draw(app: &mut App, snapshot: &Snapshot, area: Rect, buffer: &mut Buffer) {
    title(app, snapshot, area, buffer);
    let layout = layout(usize::from(area.width));
    headings(&layout, area, buffer, &app.look);
    let rows = table::rows(area);
    let selected = app.problems.selected().cloned();
    let (top, window) = app.problems.window(usize::from(rows.height));
    let window = window.to_vec();
    for (line, item) in window.iter().enumerate() {
        let spans = item_spans(app, snapshot, item, &layout);
        let chosen = selected.as_ref() == Some(item);
        table::row(app, rows, buffer, (line, top + line), spans, chosen);
    }
    if window.is_empty() {
        let text = if snapshot.problems.len() > 0 {
            "   No problem in what the filter shows.  u shows all"
        } else if snapshot.capture.is_running() {
            "   No problem found yet."
        } else {
            "   ✓ No problem found."
        };
        paint::dim(buffer, rows, text, &app.look);
    }
    let (at, lines) = app.problems.place();
    if lines > usize::from(rows.height) {
        paint::place(buffer, area, (at, lines), &app.look);
    }
}

fn title(app: &App, snapshot: &Snapshot, area: Rect, buffer: &mut Buffer) {
    let (groups, findings, sessions) = app.problems.totals();
    let counts = format!(
        "  {}, {} in {}",
        number::count(groups as u64, "group"),
        number::count(findings as u64, "finding"),
        number::count(sessions as u64, "session"),
    );
    let mut spans = vec![
        Span::styled(" Problems", app.look.style(Token::Title)),
        Span::raw(counts),
        Span::raw("  "),
    ];
    spans.extend(filter_spans(app, snapshot, usize::from(area.width) / 3));
    let end = format!("  by {}", app.problems.by.word());
    paint::title(buffer, area, spans, end);
}

fn layout(width: usize) -> Layout {
    let server = if width >= 100 { 22 } else { 0 };
    let time = width >= 60;
    let after = server + if time { 9 } else { 0 } + 10;
    Layout {
        title: width.saturating_sub(BEFORE + after + 2),
        server,
        time,
    }
}

fn headings(layout: &Layout, area: Rect, buffer: &mut Buffer, look: &Look) {
    let mut text = format!("{:<width$}", "   Count  Sess", width = BEFORE);
    text += &text::cell("Diagnosis", layout.title, look.glyphs);
    text.push(' ');
    if layout.server > 0 {
        text += &text::cell("Server", layout.server, look.glyphs);
    }
    if layout.time {
        text += "Last     ";
    }
    text += "Confidence";
    paint::line(
        buffer,
        area,
        1,
        Span::styled(text, look.style(Token::Title)),
    );
}

fn item_spans(app: &App, snapshot: &Snapshot, item: &Item, layout: &Layout) -> Vec<Span<'static>> {
    let look = &app.look;
    match item {
        Item::Group(name) => match app.problems.group(name) {
            Some(group) => group_spans(group, snapshot, layout, look),
            None => Vec::new(),
        },
        Item::Problem(number) => match snapshot.problems.get(*number) {
            Some(problem) => problem_spans(problem, snapshot, layout, look),
            None => Vec::new(),
        },
        Item::More(name) => {
            let group = app.problems.group(name);
            let rest = group.map_or(0, |group| group.members.len().saturating_sub(8));
            let text = format!("{:BEFORE$}  … {} more", "", number::grouped(rest as u64));
            vec![Span::styled(text, look.style(Token::Dim))]
        }
    }
}

fn group_spans(
    group: &Group,
    snapshot: &Snapshot,
    layout: &Layout,
    look: &Look,
) -> Vec<Span<'static>> {
    let fold = match group.unfolded {
        None => "▸",
        Some(Unfolded::Few | Unfolded::All) => "▾",
    };
    let only = group.causes.len() == 1;
    let cause = group.causes.first().copied().unwrap_or_default();
    let name = match (&*group.name == cause, only) {
        (true, _) => cause_title(cause).to_owned(),
        (false, true) => format!("{}  {}", group.name, cause_title(cause)),
        (false, false) => format!(
            "{}  {}",
            group.name,
            number::count(group.causes.len() as u64, "cause")
        ),
    };
    let (sign, token) = finding_mark(group.severity);
    let title = text::cell(&format!("{fold} {sign} {name}"), layout.title, look.glyphs);
    let sessions = match group.sessions.len() {
        0 => String::new(),
        count => number::grouped(count as u64),
    };
    let counts = format!(
        "  {:>6} {sessions:>5} ",
        number::grouped(group.members.len() as u64)
    );
    let servers = servers(group, snapshot);
    let mut spans = vec![
        Span::raw(counts),
        Span::styled(title, look.style(token)),
        Span::raw(" "),
    ];
    spans.extend(end(
        &servers,
        group.times.1,
        group.confidence.word(),
        layout,
        look,
    ));
    spans
}

/// The server of a group, or how many there are.
fn servers(group: &Group, snapshot: &Snapshot) -> String {
    let servers: std::collections::BTreeSet<_> = group
        .sessions
        .iter()
        .filter_map(|id| Some(snapshot.sessions.get(*id)?.server))
        .collect();
    match (servers.first(), servers.len()) {
        (Some(server), 1) => address(*server, true),
        (Some(_), count) => format!("{} servers", number::grouped(count as u64)),
        (None, _) => String::new(),
    }
}

fn end(
    server: &str,
    time: Timestamp,
    last: &str,
    layout: &Layout,
    look: &Look,
) -> Vec<Span<'static>> {
    let mut text = String::new();
    if layout.server > 0 {
        text += &text::cell(server, layout.server - 1, look.glyphs);
        text.push(' ');
    }
    if layout.time {
        text += &stamp::clock(time);
        text.push(' ');
    }
    vec![Span::raw(text), Span::raw(last.to_owned())]
}

fn problem_spans(
    problem: &Problem,
    snapshot: &Snapshot,
    layout: &Layout,
    look: &Look,
) -> Vec<Span<'static>> {
    let finding = &problem.finding;
    let row = finding.session.and_then(|id| snapshot.sessions.get(id));
    let what = match (row, problem.parties) {
        (Some(row), _) => format!("#{} {}  {}", row.id, row.client.ip(), row.last_said),
        (None, Some((client, _))) => {
            let session = finding.session.unwrap_or_default();
            format!("#{session} {}", client.ip())
        }
        (None, None) => finding.summary.clone(),
    };
    let what = look.glyphs.shown(&what).into_owned();
    let title = text::cell(&format!("    {what}"), layout.title, look.glyphs);
    let server = problem
        .parties
        .map_or_else(String::new, |(_, server)| address(server, true));
    let packets = frames(finding).unwrap_or_default();
    let mut spans = vec![Span::raw(" ".repeat(BEFORE))];
    spans.extend(text::marked(
        &title,
        Style::new(),
        look.style(Token::Escape),
    ));
    spans.push(Span::raw(" "));
    spans.extend(end(&server, finding.time, &packets, layout, look));
    spans
}

/// Draws why the selected finding is one.
pub(super) fn why(app: &App, snapshot: &Snapshot, area: Rect, buffer: &mut Buffer) {
    let look = &app.look;
    let problem = app.problems.problem();
    let Some(problem) = problem.and_then(|number| snapshot.problems.get(number)) else {
        return;
    };
    let finding = &problem.finding;
    let mut title = vec![Span::styled("why", look.style(Token::Title))];
    if let Some(session) = finding.session {
        title.push(Span::raw(format!("  #{session}")));
    }
    title.push(Span::styled(
        format!("  {}", finding.cause),
        look.style(Token::Dim),
    ));
    paint::rule(buffer, area, 0, title, "Enter open", look);
    let room = usize::from(area.width).saturating_sub(3);
    let summary = look.glyphs.shown(&finding.summary);
    let summary = shortened(&summary, room, 3, look).into_iter();
    let mut lines: Vec<Vec<Span>> = summary
        .map(|line| vec![Span::raw(format!(" {line}"))])
        .collect();
    if let Some(Item::Group(name)) = app.problems.selected()
        && let Some(group) = app.problems.group(name)
    {
        lines.push(vec![Span::styled(seen(group), look.style(Token::Dim))]);
    }
    lines.extend(advice(finding, room, look));
    lines.extend(evidence(finding, room, look));
    for (row, spans) in lines.into_iter().enumerate() {
        paint::line(buffer, area, row as u16 + 1, spans);
    }
}

/// The first advice and the one to follow when that is not possible.
fn advice(finding: &Finding, room: usize, look: &Look) -> Vec<Vec<Span<'static>>> {
    let mut lines = Vec::new();
    for (name, advice) in [" fix: ", "  or: "].into_iter().zip(&finding.advice) {
        let advice = look.glyphs.shown(advice);
        let names = std::iter::once(name).chain(std::iter::repeat("      "));
        for (name, text) in names.zip(shortened(&advice, room - 5, 2, look)) {
            let name = Span::styled(name, look.style(Token::Title));
            lines.push(vec![name, Span::raw(text)]);
        }
    }
    lines
}

/// The packets that prove it, a line each.
fn evidence(finding: &Finding, room: usize, look: &Look) -> Vec<Vec<Span<'static>>> {
    let line = |evidence: &Evidence| {
        let packet = format!(" {:>7}  ", evidence.frame.number());
        let note = look.glyphs.shown(&evidence.note);
        let note = text::cut(&note, room.saturating_sub(10), look.glyphs).into_owned();
        let mut spans = vec![Span::styled(packet, look.style(Token::Dim))];
        spans.extend(text::marked(&note, Style::new(), look.style(Token::Escape)));
        spans
    };
    finding.evidence.iter().map(line).collect()
}

fn seen(group: &Group) -> String {
    let (first, last) = group.times;
    // A finding about hosts is of no session.
    let sessions = match group.sessions.len() as u64 {
        0 => String::new(),
        count => format!(" in {}", number::count(count, "session")),
    };
    format!(
        " seen {}{sessions}, first {}, last {}",
        number::count(group.members.len() as u64, "time"),
        stamp::clock(first),
        stamp::clock(last),
    )
}
