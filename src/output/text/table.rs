//! Many sessions, one a row.

use std::collections::BTreeMap;

use super::line::{Ink, Line};
use super::number;
use super::pen::Pen;
use super::session;
use super::standing::Standing;
use crate::ftp::{SessionId, SessionRecord};
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

/// Columns of a table, in characters; 0 leaves a column out.
struct Columns {
    address: usize,
    user: usize,
    work: usize,
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

    /// The table as it is printed.
    pub(super) fn text(&self, pen: Pen) -> String {
        let columns = Columns::of(pen.width());
        let mut text = pen.line(columns.header(pen));
        for (record, standing) in self.rows.values() {
            text += &pen.line(columns.row(pen, record, *standing));
        }
        let more = self.seen - self.rows.len() as u64;
        if more > 0 {
            text += &pen
                .line(Line::indented(2).dim(format!("… {} more: --all", number::grouped(more))));
        }
        text
    }
}

impl Columns {
    fn of(width: usize) -> Self {
        match width {
            0..80 => Self {
                address: width.saturating_sub(22) / 2,
                user: 0,
                work: 0,
            },
            80..100 => Self {
                address: (width - 35) / 2,
                user: 11,
                work: 0,
            },
            _ => Self {
                address: ((width - 60) / 2).min(47),
                user: 16,
                work: 20,
            },
        }
    }

    fn header(&self, pen: Pen) -> Line {
        let mut text = format!("  {:4} {:>6} {:8} ", "", "#", "start");
        text += &pen.cell("client", self.address);
        text += " ";
        text += &pen.cell("server", self.address);
        if self.user > 0 {
            text += " ";
            text += &pen.cell("user", self.user);
        }
        if self.work > 0 {
            text += &format!(" {:>8} {:>9}", "commands", "bytes");
        }
        Line::default().dim(text + " data")
    }

    fn row(&self, pen: Pen, record: &SessionRecord, standing: Standing) -> Line {
        let mut text = format!(" {:>6} {} ", record.id, stamp::clock(record.started.time));
        text += &pen.cell(&record.client.to_string(), self.address);
        text += " ";
        text += &pen.cell(&record.server.to_string(), self.address);
        if self.user > 0 {
            text += " ";
            text += &pen.cell(&session::user(record), self.user);
        }
        if self.work > 0 {
            let bytes = record
                .bytes_downloaded
                .saturating_add(record.bytes_uploaded);
            let bytes = number::bytes(bytes);
            text += &format!(" {:>8} {bytes:>9}", number::grouped(record.commands));
        }
        let line = Line::indented(2)
            .ink(standing.ink(), format!("{:4}", standing.word()))
            .plain(text);
        let data = format!(
            " {:>4}",
            record.channels - record.failed_channels.min(record.channels)
        );
        match record.failed_channels {
            0 => line.plain(data),
            failed => line.plain(data).ink(Ink::Fail, format!("/{failed}")),
        }
    }
}
