//! Everything that is shown, on the side of the screen.

use std::collections::VecDeque;
use std::sync::Arc;

use super::{
    CaptureState, ChannelRow, Delta, Filtering, LogLine, Origin, Problem, SessionRow, Stats,
};
use crate::ftp::SessionId;

/// Lines of the log that are kept.
const MAX_LOG: usize = 10_000;

/// Rows by number, of which the lowest are given up in the course of time.
#[derive(Clone, Debug)]
pub(crate) struct Slots<T> {
    base: u32,
    rows: VecDeque<Option<T>>,
    count: usize,
}

impl<T> Default for Slots<T> {
    fn default() -> Self {
        Self {
            base: 0,
            rows: VecDeque::new(),
            count: 0,
        }
    }
}

impl<T> Slots<T> {
    /// The row of a number; `None` when there is none, or when it was given up.
    pub(crate) fn get(&self, number: u32) -> Option<&T> {
        let index = number.checked_sub(self.base)?;
        self.rows.get(index as usize)?.as_ref()
    }

    /// Sets the row of a number; not of one that was given up.
    pub(crate) fn put(&mut self, number: u32, row: T) {
        let Some(index) = number.checked_sub(self.base) else {
            return;
        };
        let index = index as usize;
        while self.rows.len() <= index {
            self.rows.push_back(None);
        }
        if self.rows[index].replace(row).is_none() {
            self.count += 1;
        }
    }

    /// Gives up the rows below a number.
    pub(crate) fn give_up(&mut self, below: u32) {
        while self.base < below {
            match self.rows.pop_front() {
                Some(row) => self.count -= usize::from(row.is_some()),
                None => {
                    self.base = below;
                    return;
                }
            }
            self.base += 1;
        }
    }

    /// Gives up one row.
    pub(crate) fn remove(&mut self, number: u32) -> Option<T> {
        let index = number.checked_sub(self.base)?;
        let row = self.rows.get_mut(index as usize)?.take()?;
        self.count -= 1;
        while let Some(None) = self.rows.front() {
            self.rows.pop_front();
            self.base += 1;
        }
        Some(row)
    }

    /// The row of a number, to be changed.
    pub(crate) fn get_mut(&mut self, number: u32) -> Option<&mut T> {
        let index = number.checked_sub(self.base)?;
        self.rows.get_mut(index as usize)?.as_mut()
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// All rows with their numbers, the lowest first.
    pub(crate) fn numbered(&self) -> impl Iterator<Item = (u32, &T)> {
        let rows = (self.base..).zip(&self.rows);
        rows.filter_map(|(number, row)| Some((number, row.as_ref()?)))
    }

    /// All rows, the lowest number first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.rows.iter().flatten()
    }
}

/// Which rows a [`Delta`] touched.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changes {
    /// Sessions.
    pub(crate) sessions: Vec<SessionId>,
    /// Data channels, by their number.
    pub(crate) channels: Vec<u32>,
    /// Findings, by their number.
    pub(crate) problems: Vec<u32>,
    /// Sessions of which the rows were given up.
    pub(crate) given_up: Vec<SessionId>,
}

/// Everything that is shown.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    /// That of the last [`Delta`].
    pub(crate) generation: u64,
    /// Sessions, by their number.
    pub(crate) sessions: Slots<Arc<SessionRow>>,
    /// Data channels, by their number.
    pub(crate) channels: Slots<Arc<ChannelRow>>,
    /// Findings, by their number.
    pub(crate) problems: Slots<Arc<Problem>>,
    /// The log, the oldest line first.
    pub(crate) log: VecDeque<LogLine>,
    /// The capture.
    pub(crate) capture: CaptureState,
    /// The totals.
    pub(crate) stats: Arc<Stats>,
    /// The filter.
    pub(crate) filtering: Filtering,
}

impl Snapshot {
    /// One that shows nothing yet.
    pub(crate) fn new(origin: Origin) -> Self {
        Self {
            generation: 0,
            sessions: Slots::default(),
            channels: Slots::default(),
            problems: Slots::default(),
            log: VecDeque::new(),
            capture: CaptureState::new(origin),
            stats: Arc::default(),
            filtering: Filtering::default(),
        }
    }

    /// Takes over what changed.
    pub(crate) fn apply(&mut self, delta: Delta) -> Changes {
        let mut changes = Changes::default();
        for row in delta.sessions {
            changes.sessions.push(row.id);
            self.sessions.put(row.id, row);
        }
        for row in delta.channels {
            changes.channels.push(row.number);
            self.channels.put(row.number, row);
        }
        for row in delta.problems {
            changes.problems.push(row.number);
            self.problems.put(row.number, row);
        }
        for id in &delta.given_up.sessions {
            self.sessions.remove(*id);
        }
        self.channels.give_up(delta.given_up.channels);
        self.problems.give_up(delta.given_up.problems);
        self.log.extend(delta.log);
        while self.log.len() > MAX_LOG {
            self.log.pop_front();
        }
        changes.given_up = delta.given_up.sessions;
        self.generation = delta.generation;
        self.capture = delta.capture;
        self.stats = delta.stats;
        self.filtering = delta.filtering;
        changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_by_number_until_they_are_given_up() {
        let mut slots = Slots::default();
        for number in [3u32, 5, 4, 5] {
            slots.put(number, number);
        }
        assert_eq!(slots.len(), 3);
        slots.give_up(5);
        assert_eq!(
            (slots.len(), slots.get(4), slots.get(5).copied()),
            (1, None, Some(5))
        );
        slots.put(4, 4);
        assert_eq!(slots.get(4), None);
        slots.give_up(100);
        slots.put(99, 99);
        assert_eq!(slots.len(), 0);
    }
}
