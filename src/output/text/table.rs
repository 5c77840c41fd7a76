//! Many sessions, one a row.

use std::collections::BTreeMap;

use super::line::{Ink, Line};
use super::number;
use super::pen::Pen;
use super::session;
use crate::ftp::{SessionId, SessionRecord};
use crate::output::Standing;
use crate::output::stamp;

/// Rows shown and kept, unless everything is asked for.
const MOST_ROWS: usize = 50;

/// The rows of the first sessions.
#[derive(Debug, Default)]
pub(super) struct Table {
    rows: BTreeMap<SessionId, (SessionRecord, Standing)>,
    all: bool,
    seen: u64,
}

/// Columns of a table, in characters; the user is left out at 0.
struct Columns {
    address: usize,
    user: usize,
    work: bool,
}

impl Table {
    /// An empty table; it keeps every row when `all`.
    pub(super) fn new(all: bool) -> Self {
        Self {
            all,
            ..Self::default()
        }
    }

    /// Adds a session.
    pub(super) fn add(&mut self, record: &SessionRecord, standing: Standing) {
        self.seen += 1;
        let is_early = self
            .rows
            .last_key_value()
            .is_none_or(|(last, _)| record.id < *last);
        if self.all || is_early || self.rows.len() < MOST_ROWS {
            let mut record = record.clone();
            record.anomalies = Vec::new();
            self.rows.insert(record.id, (record, standing));
        }
        if !self.all && self.rows.len() > MOST_ROWS {
            self.rows.pop_last();
        }
    }

    /// The rows that are kept, and how many are not.
    pub(super) fn rows(&self) -> (impl Iterator<Item = &(SessionRecord, Standing)>, u64) {
        (self.rows.values(), self.seen - self.rows.len() as u64)
    }

    /// The table as it is printed.
    pub(super) fn text(&self, pen: Pen) -> String {
        let columns = Columns::of(pen.width());
        let mut text = pen.line(columns.header(pen));
        for (record, standing) in self.rows.values() {
            text += &pen.line(columns.row(pen, record, *standing));
        }
        let more = self.seen - self.rows.len() as u64;
        if more > 0 {
            let more = format!("… {} more: --all", number::grouped(more));
            text += &pen.line(Line::indented(2).dim(more));
        }
        text += &pen.line(Line::indented(2).dim("One in full: --session N. All in full: --all."));
        text
    }
}

impl Columns {
    /// What fits: state, number, start and data take 34 columns, work 19.
    fn of(width: usize) -> Self {
        let (user, work) = match width {
            0..80 => (0, false),
            80..110 => (10, false),
            _ => (16, true),
        };
        let taken = 34 + user + if work { 19 } else { 0 };
        let address = (width.saturating_sub(taken) / 2).min(47);
        Self {
            address,
            user,
            work,
        }
    }

    fn header(&self, pen: Pen) -> Line {
        let mut text = format!("  {:4} {:>5} {:8} ", "", "#", "start");
        text += &self.who(pen, "client", "server", "user");
        if self.work {
            text += &format!("{:>8} {:>9} ", "commands", "bytes");
        }
        Line::default().dim(format!("{text}{:>7}", "data"))
    }

    fn row(&self, pen: Pen, record: &SessionRecord, standing: Standing) -> Line {
        let mut text = format!(" {:>5} {} ", record.id, stamp::clock(record.started.time));
        let (client, server) = (record.client.to_string(), record.server.to_string());
        text += &self.who(pen, &client, &server, &session::user(record));
        if self.work {
            let bytes = record
                .bytes_downloaded
                .saturating_add(record.bytes_uploaded);
            let bytes = number::bytes(bytes);
            text += &format!("{:>8} {bytes:>9} ", number::grouped(record.commands));
        }
        let (data, ink) = data(record);
        Line::indented(2)
            .ink(standing.ink(), format!("{:4}", standing.word()))
            .plain(text)
            .ink(ink, format!("{data:>7}"))
    }

    fn who(&self, pen: Pen, client: &str, server: &str, user: &str) -> String {
        let mut text = pen.cell(client, self.address) + " " + &pen.cell(server, self.address) + " ";
        if self.user > 0 {
            text += &pen.cell(user, self.user);
            text += " ";
        }
        text
    }
}

/// Data channels that did not fail, and those that did: `3/1`.
fn data(record: &SessionRecord) -> (String, Ink) {
    let fine = record.channels.saturating_sub(record.failed_channels);
    match record.failed_channels {
        0 => (fine.to_string(), Ink::Plain),
        failed => (format!("{fine}/{failed}"), Ink::Fail),
    }
}
