//! Everything that is known, on the side of the engine.
//!
//! Sessions that are over give up their details, the oldest first, when all details together take
//! more than [`MAX_DETAILS`]; beyond [`MAX_SESSIONS`] also their rows. Both are told in the log.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use super::tally::Tally;
use super::{
    CaptureState, ChannelRow, Delta, Dossier, Filtering, GivenUp, LogLine, Problem, SessionRow,
    Slots,
};
use crate::analyzer::{Event, Summary};
use crate::capture::Packet;
use crate::ftp::{Channel, Reply, SessionEvent, SessionId, SessionRecord};
use crate::select::{Fact, Query, Story, Subject, Wants};
use crate::tcp::Connection;
use crate::time::Timestamp;

/// Estimated bytes of all events that are kept: 4 kB for each of 100,000 sessions.
pub(crate) const MAX_DETAILS: usize = 400_000_000;

/// Sessions of which rows are kept.
pub(crate) const MAX_SESSIONS: usize = 250_000;

/// Data channels of which rows are kept.
pub(crate) const MAX_CHANNELS: usize = 1_000_000;

/// Findings that are kept.
pub(crate) const MAX_PROBLEMS: usize = 100_000;

/// How often a filter with relative times is applied again, in packet time.
const REFILTER: Duration = Duration::from_secs(1);

/// One session: its row, and what the row was made from.
#[derive(Debug)]
struct Kept {
    row: Arc<SessionRow>,
    events: Vec<Arc<Event>>,
    /// Estimated bytes of the events.
    cost: usize,
    given_up: bool,
    is_changed: bool,
}

/// Events of a session up to which it is shown anew without a further event.
const MOST_LOOKED_AT: usize = 5000;

/// Everything that is known.
#[derive(Debug, Default)]
pub(crate) struct Store {
    sessions: Slots<Kept>,
    /// Sessions that are over and have details, in the order in which they ended.
    with_details: VecDeque<SessionId>,
    /// Sessions that are over, in the order in which they ended.
    over: VecDeque<SessionId>,
    /// Estimated bytes of all details.
    details: usize,
    /// Sessions of which details or rows were given up.
    given_up: [u64; 2],
    tally: Tally,
    channels: u32,
    problems: u32,
    /// Sessions whose dossiers are wanted.
    wanted: Vec<SessionId>,
    news: News,
    generation: u64,
    filter: Filter,
}

/// The filter in force, and how far it was applied.
#[derive(Debug, Default)]
struct Filter {
    number: u64,
    query: Option<Query>,
    /// The same, with its relative times as of `as_of`.
    dated: Option<Query>,
    as_of: Timestamp,
    /// Sessions still to look at, the next last.
    left: Vec<SessionId>,
}

/// What the screen has not been told yet.
#[derive(Debug, Default)]
struct News {
    sessions: Vec<SessionId>,
    dossiers: Vec<SessionId>,
    given_up: Vec<SessionId>,
    channels: Vec<Arc<ChannelRow>>,
    problems: Vec<Arc<Problem>>,
    log: Vec<LogLine>,
}

impl Store {
    /// Counts a packet.
    #[inline]
    pub(crate) fn packet(&mut self, packet: &Packet<'_>) {
        self.tally.packet(packet);
    }

    /// Takes an event in.
    pub(crate) fn event(&mut self, event: Event) {
        self.tally.event(&event);
        let id = match &event {
            Event::Session(SessionEvent::Opened(opened)) => {
                self.open(SessionRow::new(opened));
                opened.session
            }
            Event::Session(event) => event.session(),
            Event::Finding(finding) => {
                self.found(finding);
                match finding.session {
                    Some(session) => session,
                    None => return,
                }
            }
        };
        let Some(kept) = self.sessions.get_mut(id) else {
            return;
        };
        if let Event::Session(SessionEvent::Channel(channel)) = &event {
            let row = ChannelRow::new(self.channels, channel, kept.row.protected);
            self.channels = self.channels.saturating_add(1);
            self.news.channels.push(Arc::new(row));
        }
        let is_end = matches!(event, Event::Session(SessionEvent::Ended(_)));
        Arc::make_mut(&mut kept.row).learn(&event);
        if !kept.given_up {
            let cost = cost(&event);
            kept.cost += cost;
            self.details += cost;
            kept.events.push(Arc::new(event));
        }
        if is_end {
            kept.events.shrink_to_fit();
            self.with_details.push_back(id);
            self.over.push_back(id);
        }
        self.changed(id);
        self.bound();
    }

    fn open(&mut self, row: SessionRow) {
        let kept = Kept {
            events: Vec::new(),
            cost: 0,
            given_up: false,
            is_changed: false,
            row: Arc::new(row),
        };
        self.sessions.put(kept.row.id, kept);
    }

    fn found(&mut self, finding: &crate::diagnosis::Finding) {
        let kept = finding.session.and_then(|id| self.sessions.get(id));
        let problem = Problem {
            number: self.problems,
            finding: finding.clone(),
            parties: kept.map(|kept| (kept.row.client, kept.row.server)),
        };
        self.problems = self.problems.saturating_add(1);
        self.news.problems.push(Arc::new(problem));
    }

    fn changed(&mut self, id: SessionId) {
        if let Some(kept) = self.sessions.get_mut(id)
            && !kept.is_changed
        {
            kept.is_changed = true;
            self.news.sessions.push(id);
        }
    }

    /// Adds a line to the log.
    pub(crate) fn log(&mut self, line: LogLine) {
        self.news.log.push(line);
    }

    fn bound(&mut self) {
        while self.details > MAX_DETAILS {
            let Some(id) = self.with_details.pop_front() else {
                break;
            };
            self.give_up_details(id);
        }
        while self.sessions.len() > MAX_SESSIONS {
            let Some(id) = self.over.pop_front() else {
                break;
            };
            self.give_up_details(id);
            self.sessions.remove(id);
            self.news.given_up.push(id);
            self.tell_once(1, "rows", MAX_SESSIONS, "sessions");
        }
    }

    fn give_up_details(&mut self, id: SessionId) {
        if let Some(kept) = self.sessions.get_mut(id).filter(|kept| !kept.given_up) {
            kept.given_up = true;
            kept.events = Vec::new();
            self.details -= std::mem::take(&mut kept.cost);
            self.tell_once(0, "details", MAX_DETAILS, "bytes");
        }
    }

    fn tell_once(&mut self, which: usize, what: &str, most: usize, of: &str) {
        self.given_up[which] += 1;
        if self.given_up[which] == 1 {
            let text = format!(
                "Limit of {most} {of} reached: the {what} of the sessions that ended first are given up."
            );
            self.log(LogLine {
                time: None,
                is_warning: true,
                text: text.into(),
            });
        }
    }

    /// Shows only the sessions that satisfy the query, or all.
    pub(crate) fn filter(&mut self, number: u64, query: Option<Query>, now: Option<Timestamp>) {
        self.filter.number = number;
        self.filter.query = query;
        self.date_filter(now.unwrap_or_default());
    }

    fn date_filter(&mut self, now: Timestamp) {
        let filter = &mut self.filter;
        filter.as_of = now;
        filter.dated = filter.query.as_ref().map(|query| query.at(now));
        filter.left = self.sessions.numbered().map(|(id, _)| id).collect();
        filter.left.reverse();
    }

    /// Time has come to `now`: a filter that counts from it is applied again, once a second.
    pub(crate) fn advance(&mut self, now: Timestamp) {
        let filter = &self.filter;
        let relative = filter.query.as_ref().is_some_and(Query::is_relative);
        if relative && filter.left.is_empty() && now.since(filter.as_of) >= REFILTER {
            self.date_filter(now);
        }
    }

    /// The filter was not applied to all sessions yet.
    pub(crate) fn is_filtering(&self) -> bool {
        !self.filter.left.is_empty()
    }

    /// Applies the filter to some more sessions.
    pub(crate) fn filter_some(&mut self, most: usize) {
        for _ in 0..most {
            let Some(id) = self.filter.left.pop() else {
                return;
            };
            if self.judge(id) {
                self.changed(id);
            }
        }
    }

    /// Whether the filter now says something else of a session.
    fn judge(&mut self, id: SessionId) -> bool {
        let Some(kept) = self.sessions.get_mut(id) else {
            return false;
        };
        let shown = match &self.filter.dated {
            None => true,
            Some(query) => query.matches(&Told(kept)),
        };
        if kept.row.shown == shown {
            return false;
        }
        Arc::make_mut(&mut kept.row).shown = shown;
        true
    }

    /// Wants the dossiers of these sessions, now and whenever they change.
    pub(crate) fn want(&mut self, sessions: Vec<SessionId>) {
        self.news.dossiers.clone_from(&sessions);
        self.wanted = sessions;
    }

    /// Wants the sessions that are looked at and run again, because what they are doing changes
    /// without an event. Not those that are so long that this would cost more than it tells.
    pub(crate) fn want_running(&mut self) {
        for id in &self.wanted {
            let runs = self
                .sessions
                .get(*id)
                .is_some_and(|kept| kept.row.state.is_none() && kept.events.len() < MOST_LOOKED_AT);
            if runs && !self.news.dossiers.contains(id) {
                self.news.dossiers.push(*id);
            }
        }
    }

    /// There is something to tell.
    pub(crate) fn has_news(&self) -> bool {
        let news = &self.news;
        !(news.sessions.is_empty()
            && news.dossiers.is_empty()
            && news.channels.is_empty()
            && news.problems.is_empty()
            && news.log.is_empty())
    }

    /// A session was asked for that has not been sent.
    pub(crate) fn is_urgent(&self) -> bool {
        !self.news.dossiers.is_empty()
    }

    /// All that changed since this was asked last.
    pub(crate) fn delta(&mut self, capture: CaptureState, summary: Summary) -> Delta {
        let news = std::mem::take(&mut self.news);
        let mut dossiers = news.dossiers;
        let mut sessions = Vec::with_capacity(news.sessions.len());
        for id in news.sessions {
            self.judge(id);
            let Some(kept) = self.sessions.get_mut(id) else {
                continue;
            };
            kept.is_changed = false;
            sessions.push(Arc::clone(&kept.row));
            if self.wanted.contains(&id) && !dossiers.contains(&id) {
                dossiers.push(id);
            }
        }
        let dossiers = dossiers.into_iter().filter_map(|id| self.dossier(id));
        let dossiers = dossiers.map(Arc::new).collect();
        self.generation += 1;
        Delta {
            generation: self.generation,
            sessions,
            dossiers,
            given_up: GivenUp {
                sessions: news.given_up,
                channels: self.channels.saturating_sub(MAX_CHANNELS as u32),
                problems: self.problems.saturating_sub(MAX_PROBLEMS as u32),
            },
            channels: news.channels,
            problems: news.problems,
            log: news.log,
            capture,
            stats: Arc::new(self.tally.stats(summary)),
            filtering: Filtering {
                number: self.filter.number,
                left: u32::try_from(self.filter.left.len()).unwrap_or(u32::MAX),
            },
        }
    }

    /// What is known of some sessions.
    pub(crate) fn dossiers(&self, sessions: &[SessionId]) -> Vec<Dossier> {
        sessions.iter().filter_map(|id| self.dossier(*id)).collect()
    }

    fn dossier(&self, id: SessionId) -> Option<Dossier> {
        let kept = self.sessions.get(id)?;
        Some(Dossier {
            row: Arc::clone(&kept.row),
            events: kept.events.clone(),
            under_way: Vec::new(),
            given_up: kept.given_up,
        })
    }
}

/// A session as a filter is asked about it: what was told, and how it fares as long as it runs.
struct Told<'a>(&'a Kept);

impl Subject for Told<'_> {
    fn tell(
        &self,
        wants: Wants,
        hear: &mut dyn FnMut(Fact<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let row = &self.0.row;
        let mut story = Story::default();
        for event in &self.0.events {
            story.tell(event, wants, hear)?;
        }
        if self.0.given_up {
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
