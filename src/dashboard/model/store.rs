//! Everything that is known, on the side of the engine.
//!
//! Sessions that are over give up their details, the oldest first, when all details together take
//! more than [`MAX_DETAILS`]; beyond [`MAX_SESSIONS`] also their rows. Both are told in the log.

mod filter;
mod kept;

use std::collections::VecDeque;
use std::sync::Arc;

use self::filter::Filter;
use self::kept::Kept;
use super::tally::Tally;
use super::{
    CaptureState, ChannelRow, Delta, Dossier, GivenUp, LogLine, Problem, SessionRow, Slots,
};
use crate::analyzer::{Event, Summary};
use crate::capture::Packet;
use crate::diagnosis::Finding;
use crate::ftp::{SessionEvent, SessionId};

/// Estimated bytes of all events that are kept: 4 kB for each of 100,000 sessions.
const MAX_DETAILS: usize = 400_000_000;

/// Sessions of which rows are kept.
const MAX_SESSIONS: usize = 250_000;

/// Data channels of which rows are kept.
const MAX_CHANNELS: usize = 1_000_000;

/// Findings that are kept.
const MAX_PROBLEMS: usize = 100_000;

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
                let kept = Kept::new(SessionRow::new(opened));
                self.sessions.put(opened.session, kept);
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
        self.details += kept.learn(event);
        if is_end {
            self.with_details.push_back(id);
            self.over.push_back(id);
        }
        self.changed(id);
        self.bound();
    }

    fn found(&mut self, finding: &Finding) {
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
        if let Some(freed) = self.sessions.get_mut(id).and_then(Kept::give_up) {
            self.details -= freed;
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

    /// Wants the dossiers of these sessions, now and whenever they change.
    pub(crate) fn want(&mut self, sessions: Vec<SessionId>) {
        self.news.dossiers.clone_from(&sessions);
        self.wanted = sessions;
    }

    /// Wants the sessions that are looked at and run again, because what they are doing changes
    /// without an event. Not those that are so long that this would cost more than it tells.
    pub(crate) fn want_running(&mut self) {
        for id in &self.wanted {
            let kept = self.sessions.get(*id);
            let runs = kept.is_some_and(|kept| kept.runs(MOST_LOOKED_AT));
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
            filtering: self.filter.progress(),
        }
    }

    /// What is known of some sessions.
    pub(crate) fn dossiers(&self, sessions: &[SessionId]) -> Vec<Dossier> {
        sessions.iter().filter_map(|id| self.dossier(*id)).collect()
    }

    fn dossier(&self, id: SessionId) -> Option<Dossier> {
        self.sessions.get(id).map(Kept::dossier)
    }
}
