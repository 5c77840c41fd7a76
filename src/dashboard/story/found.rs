//! Findings and the rows that prove them.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Row, What};
use crate::analyzer::Event;
use crate::capture::Frame;
use crate::diagnosis::Finding;
use crate::ftp::{SessionEvent, SessionId};

/// A row proves a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark {
    row: u32,
    /// Index of the event that is the finding.
    pub(super) finding: u32,
    /// It is the row at which the finding is told.
    pub(super) home: bool,
}

/// The rows of each data channel.
type Channels = HashMap<(SessionId, u32), Vec<u32>>;

/// All marks of a story, by row.
#[derive(Debug, Default)]
pub(super) struct Marks(Vec<Mark>);

impl Marks {
    /// The marks of these rows. A finding that no row proves gets a row of its own at the end.
    pub(super) fn of(events: &[Arc<Event>], rows: &mut Vec<Row>) -> Self {
        let mut by_frame: HashMap<Frame, Vec<u32>> = HashMap::new();
        for (index, row) in (0..).zip(rows.iter()) {
            if !matches!(row.what, What::Silence { .. }) {
                by_frame.entry(row.at.frame).or_default().push(index);
            }
        }
        let by_channel = by_channel(rows, events);
        let mut marks = Vec::new();
        for (index, event) in (0..).zip(events) {
            let Event::Finding(finding) = &**event else {
                continue;
            };
            let mut proving = proving(finding, &by_frame);
            let home = home(finding, &proving, rows, &by_channel).unwrap_or_else(|| {
                let at = finding
                    .evidence
                    .last()
                    .map(|evidence| crate::capture::Moment {
                        frame: evidence.frame,
                        time: evidence.time,
                    });
                rows.push(Row {
                    at: at.unwrap_or_default(),
                    event: index,
                    what: What::Finding,
                });
                rows.len() as u32 - 1
            });
            proving.push(home);
            proving.sort_unstable();
            proving.dedup();
            marks.extend(proving.into_iter().map(|row| Mark {
                row,
                finding: index,
                home: row == home,
            }));
        }
        marks.sort_unstable();
        Self(marks)
    }

    /// The marks of one row.
    pub(super) fn of_row(&self, row: usize) -> impl Iterator<Item = &Mark> {
        let from = self.0.partition_point(|mark| (mark.row as usize) < row);
        let marks = self.0.get(from..).unwrap_or_default().iter();
        marks.take_while(move |mark| mark.row as usize == row)
    }

    /// The rows that have marks, in order; some more than once.
    pub(super) fn rows(&self) -> impl Iterator<Item = usize> + Clone {
        self.0.iter().map(|mark| mark.row as usize)
    }
}

fn proving(finding: &Finding, by_frame: &HashMap<Frame, Vec<u32>>) -> Vec<u32> {
    let frames = finding.evidence.iter().map(|evidence| evidence.frame);
    let rows = frames.filter_map(|frame| by_frame.get(&frame));
    rows.flatten().copied().collect()
}

fn by_channel(rows: &[Row], events: &[Arc<Event>]) -> Channels {
    let mut channels = Channels::new();
    for (index, row) in (0..).zip(rows) {
        if let Some(Event::Session(SessionEvent::Channel(channel))) =
            events.get(row.event as usize).map(|event| &**event)
        {
            let key = (channel.session, channel.number);
            channels.entry(key).or_default().push(index);
        }
    }
    channels
}

/// The row at which a finding is told: what its channel did on the wire, else the last row that
/// proves it.
fn home(finding: &Finding, proving: &[u32], rows: &[Row], channels: &Channels) -> Option<u32> {
    let what = |row: u32| rows.get(row as usize).map(|row| row.what);
    let channel = finding.session.zip(finding.channel);
    let of_channel = channel.and_then(|key| channels.get(&key));
    for wanted in [
        What::Attempt,
        What::DataNote,
        What::DataClose,
        What::DataBytes,
    ] {
        // A row of a channel that came about is home only where it proves the finding.
        let always = matches!(wanted, What::Attempt | What::DataNote);
        let mut rows = of_channel.into_iter().flatten().copied();
        let found =
            rows.find(|&row| what(row) == Some(wanted) && (always || proving.contains(&row)));
        if found.is_some() {
            return found;
        }
    }
    let is_event = |row: &&u32| what(**row).is_some_and(|what| !what.is_aside());
    let last = proving.iter().filter(is_event).max();
    last.or(proving.last()).copied()
}
