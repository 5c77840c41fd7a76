//! One session, as the store keeps it.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::analyzer::Event;
use crate::dashboard::model::{Dossier, SessionRow};
use crate::ftp::{Channel, Reply, SessionEvent, SessionRecord};
use crate::select::{Fact, Story, Subject, Wants};
use crate::tcp::Connection;

/// One session: its row, and what the row was made from.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) row: Arc<SessionRow>,
    events: Vec<Arc<Event>>,
    /// Estimated bytes of the events.
    cost: usize,
    /// The events were given up.
    given_up: bool,
    /// The screen was not told yet that it changed.
    pub(super) is_changed: bool,
}

impl Kept {
    pub(super) fn new(row: SessionRow) -> Self {
        Self {
            row: Arc::new(row),
            events: Vec::new(),
            cost: 0,
            given_up: false,
            is_changed: false,
        }
    }

    /// Takes an event in; the estimated bytes that it takes.
    pub(super) fn learn(&mut self, event: Event) -> usize {
        let is_end = matches!(event, Event::Session(SessionEvent::Ended(_)));
        Arc::make_mut(&mut self.row).learn(&event);
        let mut cost = 0;
        if !self.given_up {
            cost = self::cost(&event);
            self.cost += cost;
            self.events.push(Arc::new(event));
        }
        if is_end {
            self.events.shrink_to_fit();
        }
        cost
    }

    /// Gives its events up; the estimated bytes that this frees, `None` where that was done before.
    pub(super) fn give_up(&mut self) -> Option<usize> {
        if std::mem::replace(&mut self.given_up, true) {
            return None;
        }
        self.events = Vec::new();
        Some(std::mem::take(&mut self.cost))
    }

    /// It is under way, and has fewer events than so many.
    pub(super) fn runs(&self, most_events: usize) -> bool {
        self.row.state.is_none() && self.events.len() < most_events
    }

    /// What is known of it.
    pub(super) fn dossier(&self) -> Dossier {
        Dossier {
            row: Arc::clone(&self.row),
            events: self.events.clone(),
            under_way: Vec::new(),
            given_up: self.given_up,
        }
    }
}

/// As a filter is asked about it: what was told, and how it fares as long as it runs.
impl Subject for Kept {
    fn tell(
        &self,
        wants: Wants,
        hear: &mut dyn FnMut(Fact<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let row = &self.row;
        let mut story = Story::default();
        for event in &self.events {
            story.tell(event, wants, hear)?;
        }
        if self.given_up {
            hear(Fact::Opened {
                session: row.id,
                client: row.client,
                server: row.server,
                began: row.started.time,
            })?;
            if let Some(user) = &row.user {
                hear(Fact::User(user.as_bytes()))?;
            }
        }
        if row.state.is_none() {
            hear(Fact::State(row.standing))?;
            hear(Fact::Bytes(row.bytes))?;
            hear(Fact::Channels(u64::from(
                row.channels_ok + row.channels_failed,
            )))?;
            hear(Fact::Lasted(row.last.since(row.started.time)))?;
        }
        ControlFlow::Continue(())
    }
}

/// Estimated bytes that an event takes.
fn cost(event: &Event) -> usize {
    let own = size_of::<Event>() + 32;
    let replies = |replies: &[Reply]| -> usize {
        let text: usize = replies.iter().map(|reply| reply.text.len()).sum();
        text + size_of_val(replies)
    };
    own + match event {
        Event::Session(SessionEvent::Exchange(exchange)) => {
            exchange.argument.len()
                + exchange.path.as_ref().map_or(0, |path| path.len())
                + replies(&exchange.replies)
        }
        Event::Session(SessionEvent::Reply { reply, .. }) => reply.text.len(),
        Event::Session(SessionEvent::Channel(channel)) => {
            let connection = channel.connection.as_ref();
            size_of::<Channel>()
                + connection.map_or(0, |connection| {
                    size_of::<Connection>() * (1 + connection.others.len())
                })
        }
        Event::Session(SessionEvent::Ended(_)) => {
            size_of::<SessionRecord>() + size_of::<Connection>()
        }
        Event::Session(_) => 0,
        Event::Finding(finding) => {
            let notes = finding.evidence.iter().map(|evidence| evidence.note.len());
            let advice = finding.advice.iter().map(|advice| advice.len());
            finding.summary.len()
                + size_of_val(finding.evidence.as_slice())
                + notes.chain(advice).sum::<usize>()
        }
    }
}
