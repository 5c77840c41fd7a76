//! Which sessions are shown: by number, user, host, or because something failed in them.
//!
//! A session can match late: its user is known after USER, a failure perhaps at its end. Until
//! then its events are held back, and let go or forgotten together. What is held is bounded: when
//! there is too much, the held events of the session that brings more are forgotten, and should it
//! match after all it is shown from there on.

mod host;
mod over;
mod pattern;

pub use host::HostRange;
pub use pattern::Pattern;

use std::collections::VecDeque;

use hashbrown::HashMap;

use super::verdict;
use crate::analyzer::Event;
use crate::diagnosis::Severity;
use crate::ftp::{Login, Opened, SessionEvent, SessionId};
use over::{Over, Wanted};

/// Events held back over all sessions.
const MOST_HELD: usize = 200_000;

/// Sessions that are over and held back because their refused login may count as a failure.
const MOST_LATE: usize = 1024;

/// What a session must be like to be shown: all that is given must hold.
#[derive(Clone, Debug, Default)]
pub struct Criteria {
    /// One of these sessions; any when empty.
    pub sessions: Vec<SessionId>,
    /// A user like one of these; any when empty.
    pub users: Vec<Pattern>,
    /// A client or server in one of these; any when empty.
    pub hosts: Vec<HostRange>,
    /// Something failed in it.
    pub failed: bool,
}

/// Lets the events of the matching sessions through.
#[derive(Debug)]
pub struct Filter {
    criteria: Criteria,
    sessions: HashMap<SessionId, Candidate>,
    over: Over,
    /// Sessions that are over and may yet turn out to have failed, oldest first.
    late: VecDeque<SessionId>,
    held: usize,
}

/// A session that is under way.
#[derive(Debug)]
struct Candidate {
    user_matches: bool,
    failed: bool,
    /// Its last login was refused.
    rejected: bool,
    verdict: Verdict,
    held: Vec<Event>,
}

/// What is known of whether a session matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Open,
    Match,
    Mismatch,
}

impl Criteria {
    /// Every session matches.
    pub fn is_empty(&self) -> bool {
        self.sessions.is_empty() && self.users.is_empty() && self.hosts.is_empty() && !self.failed
    }

    /// What the first event of a session decides.
    fn admits(&self, opened: &Opened) -> bool {
        let hosts = [opened.client.ip(), opened.server.ip()];
        (self.sessions.is_empty() || self.sessions.contains(&opened.session))
            && (self.hosts.is_empty()
                || self
                    .hosts
                    .iter()
                    .any(|range| hosts.iter().any(|host| range.contains(*host))))
    }

    fn user_matches(&self, user: &[u8]) -> bool {
        self.users.iter().any(|pattern| pattern.matches(user))
    }
}

impl Filter {
    /// A filter for `criteria`.
    pub fn new(criteria: Criteria) -> Self {
        Self {
            criteria,
            sessions: HashMap::new(),
            over: Over::default(),
            late: VecDeque::new(),
            held: 0,
        }
    }

    /// Takes from `events` what must not be shown, or not yet, and puts in what may be shown now.
    pub fn apply(&mut self, events: &mut Vec<Event>) {
        if self.criteria.is_empty() || events.is_empty() {
            return;
        }
        let batch = std::mem::take(events);
        let mut batch = batch.into_iter().peekable();
        while let Some(event) = batch.next() {
            let ends = session_ended(&event);
            self.take(event, events);
            // The findings about the end of a session stand right behind it.
            if let Some(session) = ends {
                while let Some(finding) = batch.next_if(|next| is_finding_of(next, session)) {
                    self.take(finding, events);
                }
                self.end(session);
            }
        }
    }

    fn take(&mut self, event: Event, shown: &mut Vec<Event>) {
        let Some(session) = session_of(&event) else {
            return shown.extend(self.admits_general(&event).then_some(event));
        };
        if matches!(event, Event::Finding(_)) && !self.sessions.contains_key(&session) {
            return shown.extend(self.admits_late(session, &event).then_some(event));
        }
        let candidate = self
            .sessions
            .entry(session)
            .or_insert_with(|| Candidate::new(&self.criteria));
        candidate.learn(&event, &self.criteria);
        match candidate.verdict {
            Verdict::Mismatch => {}
            Verdict::Match => {
                self.held -= candidate.held.len();
                shown.append(&mut candidate.held);
                shown.push(event);
            }
            Verdict::Open if self.held >= MOST_HELD => {
                self.held -= candidate.held.len();
                candidate.held = Vec::new();
            }
            Verdict::Open => {
                candidate.held.push(event);
                self.held += 1;
            }
        }
    }

    /// A finding about hosts belongs to no session: it is shown where only failures are asked for.
    fn admits_general(&self, event: &Event) -> bool {
        let Criteria {
            sessions,
            users,
            hosts,
            ..
        } = &self.criteria;
        sessions.is_empty()
            && users.is_empty()
            && hosts.is_empty()
            && verdict::severity(event) == Some(Severity::Error)
    }

    /// A finding that comes behind the end of its session.
    fn admits_late(&self, session: SessionId, finding: &Event) -> bool {
        match self.over.wanted(session) {
            Some(Wanted::All) => true,
            Some(Wanted::Failures) => verdict::severity(finding) == Some(Severity::Error),
            None => false,
        }
    }

    /// A session is over. A refused login is a failure only when no better one follows, which is
    /// told later.
    fn end(&mut self, session: SessionId) {
        let waits = |candidate: &Candidate| {
            candidate.verdict == Verdict::Open && candidate.user_matches && candidate.rejected
        };
        if !self.sessions.get(&session).is_some_and(waits) {
            return self.forget(session);
        }
        self.late.push_back(session);
        if self.late.len() > MOST_LATE
            && let Some(oldest) = self.late.pop_front()
        {
            self.forget(oldest);
        }
    }

    fn forget(&mut self, session: SessionId) {
        if let Some(candidate) = self.sessions.remove(&session) {
            self.held -= candidate.held.len();
            let wanted = match candidate.verdict {
                Verdict::Match => Wanted::All,
                Verdict::Open if candidate.user_matches => Wanted::Failures,
                Verdict::Open | Verdict::Mismatch => return,
            };
            self.over.add(session, wanted);
        }
    }
}

impl Candidate {
    fn new(criteria: &Criteria) -> Self {
        Self {
            user_matches: criteria.users.is_empty(),
            failed: !criteria.failed,
            rejected: false,
            verdict: Verdict::Open,
            held: Vec::new(),
        }
    }

    fn learn(&mut self, event: &Event, criteria: &Criteria) {
        if self.verdict != Verdict::Open {
            return;
        }
        if let Event::Session(SessionEvent::Opened(opened)) = event
            && !criteria.admits(opened)
        {
            self.verdict = Verdict::Mismatch;
            return;
        }
        self.user_matches |= user_of(event).is_some_and(|user| criteria.user_matches(user));
        self.failed |= verdict::severity(event) == Some(Severity::Error);
        if let Event::Session(SessionEvent::Ended(record)) = event {
            self.rejected = record.login == Login::Rejected;
        }
        if self.user_matches && self.failed {
            self.verdict = Verdict::Match;
        }
    }
}

/// The session that an event is about.
fn session_of(event: &Event) -> Option<SessionId> {
    match event {
        Event::Finding(finding) => finding.session,
        Event::Session(event) => Some(event.session()),
    }
}

fn session_ended(event: &Event) -> Option<SessionId> {
    match event {
        Event::Session(SessionEvent::Ended(record)) => Some(record.id),
        _ => None,
    }
}

fn is_finding_of(event: &Event, session: SessionId) -> bool {
    matches!(event, Event::Finding(finding) if finding.session == Some(session))
}

/// The user name that an event tells.
fn user_of(event: &Event) -> Option<&[u8]> {
    match event {
        Event::Session(SessionEvent::Login(login)) => login.user.as_deref(),
        Event::Session(SessionEvent::Exchange(exchange)) if exchange.verb.as_str() == "USER" => {
            Some(&exchange.argument)
        }
        Event::Session(SessionEvent::Ended(record)) => record.user.as_deref(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::fixture;

    /// The sessions of which something is let through, and how many events.
    fn shown(criteria: Criteria) -> (Vec<SessionId>, usize) {
        let mut filter = Filter::new(criteria);
        let (mut shown, mut count) = (Vec::new(), 0);
        for event in fixture::events(true) {
            let mut batch = vec![event];
            filter.apply(&mut batch);
            count += batch.len();
            shown.extend(batch.iter().filter_map(session_of));
        }
        assert_eq!(filter.held, 0);
        assert!(filter.sessions.is_empty());
        shown.dedup();
        (shown, count)
    }

    #[test]
    fn without_criteria_everything_is_shown() {
        let (sessions, count) = shown(Criteria::default());
        assert_eq!(
            (sessions, count),
            (vec![1, 2, 3, 4], fixture::events(true).len())
        );
    }

    #[test]
    fn a_session_that_fails_late_is_shown_whole() {
        let criteria = Criteria {
            failed: true,
            ..Criteria::default()
        };
        assert_eq!(shown(criteria), (vec![2], 7));
    }

    #[test]
    fn a_finding_that_comes_late_is_shown_with_its_session_alone() {
        let criteria = Criteria {
            sessions: vec![2],
            ..Criteria::default()
        };
        let mut filter = Filter::new(criteria);
        filter.apply(&mut fixture::events(true));
        let finding = fixture::events(true)
            .into_iter()
            .find(|event| matches!(event, Event::Finding(_)));
        for (session, comes) in [(2, true), (1, false)] {
            let mut late = finding.clone().unwrap();
            if let Event::Finding(finding) = &mut late {
                finding.session = Some(session);
            }
            let mut batch = vec![late];
            filter.apply(&mut batch);
            assert_eq!(!batch.is_empty(), comes);
            assert!(filter.sessions.is_empty());
        }
    }

    #[test]
    fn a_refused_login_that_proves_a_failure_late_brings_its_session() {
        let mut filter = Filter::new(Criteria {
            failed: true,
            ..Criteria::default()
        });
        let mut record = fixture::record(1, "192.0.2.9:40000");
        record.login = Login::Rejected;
        let mut batch = vec![
            fixture::opened(1, "192.0.2.9:40000", 0, 1),
            fixture::ended(record),
        ];
        filter.apply(&mut batch);
        assert!(batch.is_empty());
        let finding = fixture::events(true)
            .into_iter()
            .find(|event| matches!(event, Event::Finding(one) if one.severity == Severity::Error));
        let Some(Event::Finding(mut finding)) = finding else {
            panic!("the fixture holds such a finding");
        };
        finding.session = Some(1);
        let mut batch = vec![Event::Finding(finding)];
        filter.apply(&mut batch);
        assert_eq!((batch.len(), filter.held), (3, 0));
    }

    #[test]
    fn users_and_hosts_are_compared() {
        let users = vec!["an*".parse().unwrap()];
        assert_eq!(
            shown(Criteria {
                users,
                ..Criteria::default()
            })
            .0,
            [1, 2, 4]
        );
        let hosts = vec!["2001:db8::/32".parse().unwrap()];
        assert_eq!(
            shown(Criteria {
                hosts,
                ..Criteria::default()
            })
            .0,
            [3]
        );
        let sessions = vec![4, 1];
        assert_eq!(
            shown(Criteria {
                sessions,
                ..Criteria::default()
            })
            .0,
            [1, 4]
        );
    }
}
