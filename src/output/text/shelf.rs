//! The sessions that may still be printed, and nothing else.
//!
//! A few sessions are printed in full. When there turn out to be more, a table of them takes their
//! place, and only those in which something failed are printed in full. Until a session is over it
//! may still fail, so its events are held: so many of each session, and so many bytes in all.

use std::collections::BTreeMap;

use hashbrown::HashMap;

use super::line::Line;
use super::manner::Manner;
use super::number;
use super::session::Told;
use super::table::Table;
use super::transcript::Transcript;
use crate::analyzer::Event;
use crate::diagnosis::Severity;
use crate::ftp::{SessionEvent, SessionId, SessionRecord};
use crate::output::Standing;
use crate::output::verdict;

/// Sessions up to which all are printed in full; above it, as many of those that failed.
const MOST_IN_FULL: usize = 20;

/// Bytes of events held, about.
const MOST_BYTES: usize = 32 << 20;

/// Holds sessions until the end of the capture.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    summary: bool,
    all: bool,
    under_way: HashMap<SessionId, Story>,
    over: BTreeMap<SessionId, Told>,
    table: Table,
    begun: usize,
    failed: usize,
    untold_failures: u64,
    /// Bytes of events held, about.
    held: usize,
}

/// A session that is under way.
#[derive(Debug, Default)]
struct Story {
    failed: bool,
    transcript: Option<Box<Transcript>>,
}

impl Shelf {
    /// An empty shelf; nothing is kept when only the summary is wanted.
    pub(super) fn new(summary: bool, all: bool) -> Self {
        Self {
            summary,
            all,
            table: Table::new(all),
            ..Self::default()
        }
    }

    /// Takes the events out of a batch, each to where it may be needed.
    pub(super) fn take(&mut self, batch: &mut Vec<Event>) {
        if self.summary {
            return batch.clear();
        }
        for event in batch.drain(..) {
            self.put(event);
        }
    }

    fn put(&mut self, event: Event) {
        let is_error = verdict::severity(&event) == Some(Severity::Error);
        match event {
            Event::Session(SessionEvent::Opened(opened)) => self.begin(opened.session),
            Event::Session(SessionEvent::Ended(record)) => self.end(*record),
            Event::Session(ref fact) => self.put_in(fact.session(), event, is_error),
            Event::Finding(ref finding) => {
                if let Some(session) = finding.session {
                    self.put_in(session, event, is_error);
                }
            }
        }
    }

    /// What is printed, piece by piece.
    pub(super) fn parts(&self, manner: Manner) -> impl Iterator<Item = String> {
        let is_long = self.begun > MOST_IN_FULL;
        let table =
            (is_long && !self.summary).then(|| format!("\n{}", self.table.text(manner.pen)));
        let told = self.over.values();
        let told = told.filter(move |told| self.all || !is_long || told.standing == Standing::Fail);
        let told = told.map(move |told| format!("\n{}\n", told.text(manner).trim_end()));
        table.into_iter().chain(told).chain(self.more(manner))
    }

    /// The rows of the table, and how many sessions it lacks.
    pub(super) fn rows(&self) -> (impl Iterator<Item = &(SessionRecord, Standing)>, u64) {
        self.table.rows()
    }

    /// Sessions that failed and are kept.
    pub(super) fn failed(&self) -> impl Iterator<Item = &Told> {
        let told = self.over.values();
        told.filter(|told| told.standing == Standing::Fail)
    }

    fn more(&self, manner: Manner) -> Option<String> {
        let count = number::count(self.untold_failures, "further session");
        let line = Line::default().dim(format!("… {count} with failures: --all"));
        (self.untold_failures > 0).then(|| format!("\n{}", manner.pen.line(line)))
    }

    fn put_in(&mut self, session: SessionId, event: Event, is_error: bool) {
        let Some(story) = self.under_way.get_mut(&session) else {
            return self.put_behind(session, event, is_error);
        };
        story.failed |= is_error;
        let Some(transcript) = &mut story.transcript else {
            return;
        };
        if self.all || self.held < MOST_BYTES {
            self.held -= transcript.weight();
            transcript.push(event, self.all);
            self.held += transcript.weight();
        } else {
            transcript.leave_out();
        }
    }

    /// A finding can come right behind the end of its session.
    fn put_behind(&mut self, session: SessionId, event: Event, is_error: bool) {
        let Some(told) = self.over.get_mut(&session) else {
            return;
        };
        if is_error {
            told.standing = Standing::Fail;
        }
        if let Some(transcript) = &mut told.transcript {
            transcript.push(event, self.all);
        }
    }

    fn begin(&mut self, session: SessionId) {
        self.begun += 1;
        let is_held = self.all || self.begun <= MOST_IN_FULL || self.failed < MOST_IN_FULL;
        let transcript = is_held.then(Box::default);
        self.under_way.insert(
            session,
            Story {
                failed: false,
                transcript,
            },
        );
        if self.begun == MOST_IN_FULL + 1 && !self.all {
            self.over.retain(|_, told| told.standing == Standing::Fail);
            self.let_go();
            self.held = self
                .under_way
                .values()
                .filter_map(|story| story.transcript.as_deref())
                .chain(
                    self.over
                        .values()
                        .filter_map(|told| told.transcript.as_ref()),
                )
                .map(Transcript::weight)
                .sum();
        }
    }

    /// No session under way will be printed in full when so many are that have failed.
    fn let_go(&mut self) {
        let is_enough = self.begun > MOST_IN_FULL && self.failed >= MOST_IN_FULL;
        if is_enough && !self.all {
            let stories = self.under_way.values_mut();
            let let_go = stories.filter_map(|story| story.transcript.take());
            self.held -= let_go.map(|one| one.weight()).sum::<usize>();
        }
    }

    fn end(&mut self, record: SessionRecord) {
        let story = self.under_way.remove(&record.id).unwrap_or_default();
        let standing = Standing::of(&record, story.failed);
        self.table.add(&record, standing);
        let has_failed = standing == Standing::Fail;
        let is_few = self.begun <= MOST_IN_FULL;
        if self.all || is_few || (has_failed && self.failed < MOST_IN_FULL) {
            let transcript = story.transcript.map(|transcript| *transcript);
            self.over.insert(
                record.id,
                Told {
                    record,
                    standing,
                    transcript,
                },
            );
            if has_failed {
                self.failed += 1;
                self.let_go();
            }
        } else {
            self.held -= story.transcript.map_or(0, |transcript| transcript.weight());
            self.untold_failures += u64::from(has_failed);
        }
    }
}
