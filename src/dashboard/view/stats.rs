//! Totals and rates, and how whole the capture is.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

use super::paint;
use crate::dashboard::app::{App, Look};
use crate::dashboard::model::{Rate, Snapshot, Stats, Top};
use crate::dashboard::theme::Token;
use crate::dashboard::{number, text};
use crate::limits;
use crate::output::stamp;
use crate::output::words::Word;

type Row = Vec<Span<'static>>;

/// A rate: its name, its colour, its value.
type Kind = (&'static str, Token, fn(&Rate) -> u64);

/// Columns from which on there are two columns of lists.
const WIDE: u16 = 100;

/// Draws the totals.
pub(super) fn draw(app: &mut App, snapshot: &Snapshot, area: Rect, buffer: &mut Buffer) {
    let wide = area.width >= WIDE;
    let width = usize::from(area.width);
    let look = app.look.clone();
    let mut lines = rates(&snapshot.stats, width, &look);
    let half = if wide { width / 2 } else { width };
    let left = numbers(snapshot, half, &look);
    let right = lists(&snapshot.stats, half, &look);
    if wide {
        lines.extend(beside(left, right, half));
    } else {
        lines.extend(left);
        lines.extend(right);
    }
    let top = app.stats.window(lines.len(), usize::from(area.height));
    for (row, line) in lines
        .into_iter()
        .skip(top)
        .take(usize::from(area.height))
        .enumerate()
    {
        paint::line(buffer, area, row as u16, line);
    }
}

fn beside(left: Vec<Row>, right: Vec<Row>, half: usize) -> Vec<Row> {
    let rows = left.len().max(right.len());
    let (mut left, mut right) = (left.into_iter(), right.into_iter());
    let mut lines = Vec::with_capacity(rows);
    for _ in 0..rows {
        let mut line = left.next().unwrap_or_default();
        let used: usize = line.iter().map(Span::width).sum();
        line.push(Span::raw(" ".repeat(half.saturating_sub(used))));
        line.extend(right.next().unwrap_or_default());
        lines.push(line);
    }
    lines
}

fn heading(text: &str, look: &Look) -> Row {
    vec![Span::styled(format!(" {text}"), look.style(Token::Title))]
}

fn fact(name: &str, value: String) -> Row {
    vec![Span::raw(format!("   {name:<22}{value}"))]
}

fn rates(stats: &Stats, width: usize, look: &Look) -> Vec<Row> {
    let since = stats.since.map_or_else(String::new, |since| {
        let span = std::time::Duration::from_secs(stats.span);
        format!(
            "from {} on, {} a column",
            stamp::clock(since),
            number::span(span)
        )
    });
    let mut lines = vec![vec![
        Span::styled(" Over time", look.style(Token::Title)),
        Span::styled(format!("  {since}"), look.style(Token::Dim)),
    ]];
    let kinds: [Kind; 4] = [
        ("packets", Token::Client, |rate| rate.packets),
        ("bytes", Token::Data, |rate| rate.bytes),
        ("sessions", Token::Open, |rate| rate.sessions),
        ("failures", Token::Fail, |rate| rate.failures),
    ];
    for (name, token, value) in kinds {
        let values: Vec<u64> = stats.rates.iter().map(value).collect();
        let room = width.saturating_sub(30);
        let (line, most) = sparkline(&values, room);
        let most = format!("max {:>7}", number::short(most));
        lines.push(vec![
            Span::raw(format!("   {name:<10}")),
            Span::styled(format!("{line:<room$}"), look.style(token)),
            Span::styled(format!("  {most}"), look.style(Token::Dim)),
        ]);
    }
    lines.push(Vec::new());
    lines
}

/// Values as bars, one a column; several values are one column where there is no room. The most of
/// a column comes with it.
fn sparkline(values: &[u64], room: usize) -> (String, u64) {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    if values.is_empty() || room == 0 {
        return (String::new(), 0);
    }
    let each = values.len().div_ceil(room);
    let columns: Vec<u64> = values
        .chunks(each)
        .map(|chunk| chunk.iter().sum())
        .collect();
    let most = columns.iter().copied().max().unwrap_or(0).max(1);
    let bar = |value: &u64| match value {
        0 => ' ',
        value => BARS[((value * 8).div_ceil(most) as usize).clamp(1, 8) - 1],
    };
    (
        columns.iter().map(bar).collect(),
        columns.iter().copied().max().unwrap_or(0),
    )
}

fn numbers(snapshot: &Snapshot, half: usize, look: &Look) -> Vec<Row> {
    let stats = &snapshot.stats;
    let summary = &stats.summary;
    let mut lines = heading_of("Sessions", look);
    lines.push(fact(
        "sessions",
        grouped_with(summary.sessions, stats.open, "open"),
    ));
    lines.push(fact("commands", number::grouped(summary.commands)));
    lines.push(fact("replies", number::grouped(summary.replies)));
    lines.push(fact("under TLS", share(stats.protected, summary.sessions)));
    let down = number::short(summary.bytes_downloaded);
    let up = number::short(summary.bytes_uploaded);
    lines.push(fact("payload", format!("↓ {down}B  ↑ {up}B")));
    lines.push(Vec::new());
    lines.extend(heading_of("Replies by first digit", look));
    let most = stats.replies.iter().copied().max().unwrap_or(0);
    for (index, count) in stats.replies.iter().enumerate() {
        let token = if index >= 3 { Token::Fail } else { Token::Ok };
        lines.push(bar(
            &format!("{}yz", index + 1),
            *count,
            most,
            token,
            half,
            look,
        ));
    }
    lines.push(Vec::new());
    lines.extend(heading_of("Data channels", look));
    let most = summary.channels.values().copied().max().unwrap_or(0);
    for (outcome, count) in &summary.channels {
        let token = crate::dashboard::model::Standing::from(*outcome).token();
        lines.push(bar(outcome.word(), *count, most, token, half, look));
    }
    for (method, count) in &stats.methods {
        lines.push(fact(method, number::grouped(*count)));
    }
    lines.push(Vec::new());
    lines.extend(health(snapshot, look));
    lines
}

fn heading_of(text: &str, look: &Look) -> Vec<Row> {
    vec![heading(text, look)]
}

fn grouped_with(amount: u64, part: u64, noun: &str) -> String {
    format!(
        "{}  ({} {noun})",
        number::grouped(amount),
        number::grouped(part)
    )
}

fn share(part: u64, whole: u64) -> String {
    match whole {
        0 => "0".to_owned(),
        whole => format!(
            "{}  ({:.0}%)",
            number::grouped(part),
            part as f64 * 100.0 / whole as f64
        ),
    }
}

fn bar(name: &str, count: u64, most: u64, token: Token, half: usize, look: &Look) -> Row {
    let room = half.saturating_sub(28).min(40) as u64;
    let length = if most == 0 {
        0
    } else {
        (count * room).div_ceil(most)
    };
    vec![
        Span::raw(format!("   {name:<12}{:>9} ", number::grouped(count))),
        Span::styled("█".repeat(length as usize), look.style(token)),
    ]
}

/// What makes the capture less than whole.
fn health(snapshot: &Snapshot, look: &Look) -> Vec<Row> {
    let (stats, capture) = (&snapshot.stats, &snapshot.capture);
    let summary = &stats.summary;
    let drops = capture.drops;
    let facts = [
        ("dropped by the kernel", drops.kernel),
        ("dropped by interface", drops.interface),
        ("dropped by ftpscope", drops.hand_over),
        ("gaps in sessions", stats.gaps),
        ("one-sided sessions", stats.one_sided),
        ("start not captured", stats.midstream),
        ("truncated packets", summary.truncated_frames),
        ("damaged packets", summary.damaged_frames),
        ("captured twice", summary.copied_frames),
        ("incomplete datagrams", summary.incomplete_datagrams),
        ("not decoded", summary.unknown_links.values().sum()),
    ];
    let mut lines = heading_of("Capture health", look);
    for (name, count) in facts {
        let token = if count > 0 { Token::Part } else { Token::Dim };
        let value = Span::styled(number::grouped(count), look.style(token));
        lines.push(vec![Span::raw(format!("   {name:<22}")), value]);
    }
    for (name, times) in &summary.limits_hit {
        if let Some(limit) = limits::named(name) {
            let text = format!("   limit: {} {}, {times}×", limit.most, limit.of);
            lines.push(vec![Span::styled(text, look.style(Token::Part))]);
        }
    }
    lines
}

fn lists(stats: &Stats, half: usize, look: &Look) -> Vec<Row> {
    let mut lines = Vec::new();
    for (name, list) in [
        ("Servers", &stats.servers),
        ("Clients", &stats.clients),
        ("Users", &stats.users),
        ("Files", &stats.files),
    ] {
        lines.extend(heading_of(name, look));
        lines.extend(list.iter().take(6).map(|top| busy(top, half, look)));
        lines.push(Vec::new());
    }
    lines
}

fn busy(top: &Top, half: usize, look: &Look) -> Row {
    let room = half.saturating_sub(14);
    let name = look.glyphs.shown(&top.name);
    let name = text::cell(&name, room, look.glyphs);
    let mut row = vec![Span::raw("   ")];
    row.extend(text::marked(
        &name,
        ratatui::style::Style::new(),
        look.style(Token::Escape),
    ));
    row.push(Span::raw(format!("{:>9}", number::grouped(top.count))));
    row
}
