//! Marks where a long time passes.

use std::sync::Arc;
use std::time::Duration;

use super::{Row, What};
use crate::analyzer::Event;
use crate::ftp::SessionEvent;
use crate::time::Timestamp;

/// Silence that is worth a row.
pub(super) const LONG: Duration = Duration::from_secs(5);

/// The time during which a data connection was open.
struct Open {
    event: u32,
    from: Timestamp,
    to: Timestamp,
}

/// The rows with marks of silence between them.
pub(super) fn marked(rows: Vec<Row>, events: &[Arc<Event>]) -> Vec<Row> {
    let mut latest: Option<Row> = None;
    let is_long = |one: &Row, next: &Row| next.at.time.since(one.at.time) >= LONG;
    if !rows.windows(2).any(|pair| is_long(&pair[0], &pair[1])) {
        return rows;
    }
    let open = open_channels(events);
    let mut marked = Vec::with_capacity(rows.len() + 8);
    for row in rows {
        if let Some(before) = latest.filter(|before| is_long(before, &row)) {
            marked.push(silence(before, row, &open));
        }
        marked.push(row);
        latest = Some(row);
    }
    marked
}

fn silence(before: Row, after: Row, open: &[Open]) -> Row {
    let (from, to) = (before.at.time, after.at.time);
    let spans = |one: &&Open| one.from <= from && one.to.since(from) * 2 >= to.since(from);
    let during = open.iter().find(spans);
    Row {
        at: before.at,
        event: during.map_or(before.event, |one| one.event),
        what: What::Silence {
            span: to.since(from),
            open: during.is_some(),
        },
    }
}

fn open_channels(events: &[Arc<Event>]) -> Vec<Open> {
    let open = |(event, told): (u32, &Arc<Event>)| match &**told {
        Event::Session(SessionEvent::Channel(channel)) => {
            let connection = channel.connection.as_ref()?;
            connection.established.then_some(Open {
                event,
                from: connection.facts.first.time,
                to: connection.last.time,
            })
        }
        _ => None,
    };
    (0..).zip(events).filter_map(open).collect()
}
