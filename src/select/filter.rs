//! Lets the events of the sessions through that a query means.
//!
//! A session can be decided late: its user is known after USER, a failure perhaps at its end.
//! Until then its events are held back, and let go or forgotten together. What a session's first
//! packet decides (`host:`, `port:`, `session:`, `since:`) is never held. What is held is bounded:
//! when there is too much, the held events of the session that brings more are forgotten, and
//! should it be meant after all it is shown from there on.

use std::collections::VecDeque;
use std::ops::ControlFlow;

use hashbrown::HashMap;

use super::fact::Fact;
use super::over::{Over, Past};
use super::query::Query;
use super::story::Story;
use super::trial::Trial;
use crate::analyzer::Event;
use crate::ftp::{SessionEvent, SessionId};

/// Events held back over all sessions.
const MOST_HELD: usize = 200_000;

/// Sessions that are over and held back because their refused login may count as a failure.
const MOST_LATE: usize = 1024;

/// Lets the events of the sessions through that are meant.
#[derive(Debug)]
pub struct Filter {
    query: Query,
    sessions: HashMap<SessionId, Candidate>,
    over: Over,
    /// Sessions that are over and may yet turn out to have failed, oldest first.
    late: VecDeque<SessionId>,
    held: usize,
}

/// A session that is under way, or late.
#[derive(Debug, Default)]
struct Candidate {
    trial: Trial,
    story: Story,
    is_over: bool,
    verdict: Option<bool>,
    held: Vec<Event>,
}

impl Filter {
    /// A filter for `query`; one with relative times must be told what they are relative to: see
    /// [`Query::at`].
    pub fn new(query: Query) -> Self {
        Self {
            query,
            sessions: HashMap::new(),
            over: Over::default(),
            late: VecDeque::new(),
            held: 0,
        }
    }

    /// Takes from `events` what must not be shown, or not yet, and puts in what may be shown now.
    pub fn apply(&mut self, events: &mut Vec<Event>) {
        if self.query.is_empty() || events.is_empty() {
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
                self.end(session, events);
            }
        }
    }

    fn take(&mut self, event: Event, shown: &mut Vec<Event>) {
        let Some(session) = session_of(&event) else {
            // A finding about hosts is judged as if it were all there is of a session.
            let is_meant = self.query.matches(std::slice::from_ref(&event));
            return shown.extend(is_meant.then_some(event));
        };
        if matches!(event, Event::Finding(_)) && !self.sessions.contains_key(&session) {
            return shown.extend(self.is_meant_late(session, &event).then_some(event));
        }
        let candidate = self.sessions.entry(session).or_default();
        candidate.learn(&event, &self.query);
        match candidate.verdict {
            Some(false) => {}
            Some(true) => {
                self.held -= candidate.held.len();
                shown.append(&mut candidate.held);
                shown.push(event);
            }
            None if self.held >= MOST_HELD => {
                self.held -= candidate.held.len();
                candidate.held = Vec::new();
            }
            None => {
                candidate.held.push(event);
                self.held += 1;
            }
        }
    }

    /// A finding that comes behind the end of its session is shown with it, or shows that it is
    /// meant after all.
    fn is_meant_late(&mut self, session: SessionId, finding: &Event) -> bool {
        let Some(past) = self.over.get(session) else {
            return false;
        };
        if let Past::NotMeant(trial, story) = past {
            hear(&self.query, trial, story, finding);
            if trial.verdict(&self.query, true) == Some(true) {
                *past = Past::Meant;
            }
        }
        matches!(past, Past::Meant)
    }

    /// A session is over. One that is not meant and whose login was refused waits: that it is a
    /// failure, because no better one follows, is told later.
    fn end(&mut self, session: SessionId, shown: &mut Vec<Event>) {
        let Some(candidate) = self.sessions.get_mut(&session) else {
            return;
        };
        candidate.end(&self.query);
        if candidate.verdict == Some(true) {
            self.held -= candidate.held.len();
            shown.append(&mut candidate.held);
            return self.forget(session);
        }
        if candidate.verdict == Some(false) || !candidate.story.is_rejected() {
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
            self.over.add(session, candidate.past());
        }
    }
}

impl Candidate {
    fn learn(&mut self, event: &Event, query: &Query) {
        if self.verdict.is_none() && hear(query, &mut self.trial, &mut self.story, event) {
            self.verdict = self.trial.verdict(query, false);
            // Of a late session only what makes it meant counts.
            if self.is_over && self.trial.verdict(query, true) == Some(true) {
                self.verdict = Some(true);
            }
        }
    }

    fn end(&mut self, query: &Query) {
        self.is_over = true;
        if self.verdict.is_none() && self.trial.verdict(query, true) == Some(true) {
            self.verdict = Some(true);
        }
    }

    fn past(&self) -> Past {
        match self.verdict {
            Some(true) => Past::Meant,
            _ => Past::NotMeant(self.trial, self.story),
        }
    }
}

/// Shows an event to a trial; whether that changes what is known.
fn hear(query: &Query, trial: &mut Trial, story: &mut Story, event: &Event) -> bool {
    let mut changed = false;
    let _ = story.tell(event, query.wants(), &mut |fact: Fact<'_>| {
        changed |= trial.hear(query, fact);
        ControlFlow::Continue(())
    });
    changed
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::Severity;
    use crate::ftp::Login;
    use crate::output::fixture;

    fn filter(query: &str) -> Filter {
        Filter::new(Query::parse(query).unwrap())
    }

    /// The sessions of which something is let through, and how many events.
    fn shown(query: &str) -> (Vec<SessionId>, usize) {
        let mut filter = filter(query);
        let (mut shown, mut count) = (Vec::new(), 0);
        for event in fixture::events(true) {
            let mut batch = vec![event];
            filter.apply(&mut batch);
            count += batch.len();
            shown.extend(batch.iter().filter_map(session_of));
        }
        assert_eq!(filter.held, 0);
        assert!(filter.sessions.is_empty());
        shown.sort_unstable();
        shown.dedup();
        (shown, count)
    }

    /// A finding of the fixture that says that something failed.
    fn finding(session: SessionId) -> Event {
        let is_error =
            |event: &Event| matches!(event, Event::Finding(one) if one.severity == Severity::Error);
        let finding = fixture::events(true).into_iter().find(is_error);
        let Some(Event::Finding(mut finding)) = finding else {
            panic!("the fixture holds such a finding");
        };
        finding.session = Some(session);
        Event::Finding(finding)
    }

    #[test]
    fn without_a_query_everything_is_shown() {
        let all = fixture::events(true).len();
        assert_eq!(shown(""), (vec![1, 2, 3, 4], all));
    }

    #[test]
    fn a_session_that_fails_late_is_shown_whole() {
        assert_eq!(shown("state:fail"), (vec![2], 7));
    }

    #[test]
    fn what_the_first_packet_decides_is_not_held() {
        for (query, held) in [("session:9", 0), ("host:192.0.2.0/30", 0), ("user:x", 1)] {
            let mut filter = filter(query);
            let mut batch = vec![fixture::opened(1, "192.0.2.9:40000", 0, 1)];
            filter.apply(&mut batch);
            assert_eq!((batch.len(), filter.held), (0, held), "{query}");
        }
        let mut filter = filter("client:192.0.2.9");
        let mut batch = vec![fixture::opened(1, "192.0.2.9:40000", 0, 1)];
        filter.apply(&mut batch);
        assert_eq!(batch.len(), 1);
    }

    #[test]
    fn what_is_held_is_bounded() {
        let mut filter = filter("user:x");
        for _ in 0..MOST_HELD + 10 {
            filter.apply(&mut vec![fixture::opened(1, "192.0.2.9:40000", 0, 1)]);
        }
        assert!(filter.held <= MOST_HELD);
    }

    #[test]
    fn a_finding_that_comes_late_is_shown_with_its_session_alone() {
        let mut filter = filter("session:2");
        filter.apply(&mut fixture::events(true));
        for (session, comes) in [(2, true), (1, false)] {
            let mut batch = vec![finding(session)];
            filter.apply(&mut batch);
            assert_eq!(!batch.is_empty(), comes);
            assert!(filter.sessions.is_empty());
        }
    }

    #[test]
    fn a_failure_that_comes_late_is_shown_alone() {
        let mut filter = filter("state:fail user:an*");
        filter.apply(&mut fixture::events(true));
        for (session, comes) in [(1, true), (3, false)] {
            let mut batch = vec![finding(session)];
            filter.apply(&mut batch);
            assert_eq!(!batch.is_empty(), comes, "{session}");
        }
    }

    #[test]
    fn a_refused_login_that_proves_a_failure_late_brings_its_session() {
        let mut filter = filter("state:fail");
        let mut record = fixture::record(1, "192.0.2.9:40000");
        record.login = Login::Rejected;
        let mut batch = vec![
            fixture::opened(1, "192.0.2.9:40000", 0, 1),
            fixture::ended(record),
        ];
        filter.apply(&mut batch);
        assert!(batch.is_empty());
        let mut batch = vec![finding(1)];
        filter.apply(&mut batch);
        assert_eq!((batch.len(), filter.held), (3, 0));
    }

    #[test]
    fn a_finding_about_hosts_is_judged_alone() {
        let Event::Finding(mut scan) = finding(1) else {
            panic!("it is a finding");
        };
        scan.session = None;
        for (query, comes) in [
            ("state:fail", true),
            ("user:x", false),
            ("host:::/0", false),
        ] {
            let mut batch = vec![Event::Finding(scan.clone())];
            filter(query).apply(&mut batch);
            assert_eq!(!batch.is_empty(), comes, "{query}");
        }
    }

    #[test]
    fn users_hosts_and_numbers_are_compared() {
        assert_eq!(shown("user:an*").0, [1, 2, 4]);
        assert_eq!(shown("host:2001:db8::/32").0, [3]);
        assert_eq!(shown("session:4,1").0, [1, 4]);
        assert_eq!(shown("-user:an*").0, [3]);
    }

    #[test]
    fn of_many_refused_sessions_the_latest_wait_for_their_failure() {
        let mut filter = filter("state:fail");
        let last = MOST_LATE as SessionId + 1;
        for session in 1..=last {
            let mut record = fixture::record(session, "192.0.2.9:40000");
            record.login = Login::Rejected;
            let opened = fixture::opened(session, "192.0.2.9:40000", 0, 1);
            let mut batch = vec![opened, fixture::ended(record)];
            filter.apply(&mut batch);
            assert!(batch.is_empty());
        }
        assert_eq!(filter.late.len(), MOST_LATE);
        // The oldest has nothing left but what comes.
        for (session, events) in [(1, 1), (2, 3), (last, 3)] {
            let mut batch = vec![finding(session)];
            filter.apply(&mut batch);
            assert_eq!(batch.len(), events, "{session}");
        }
    }
}
