//! The sessions that are over: a finding may come behind the end of its session.

use std::collections::VecDeque;

use hashbrown::HashMap;

use crate::ftp::SessionId;

/// Sessions remembered; findings that wait to see what other sessions do are told within seconds.
const MOST_REMEMBERED: usize = 65_536;

/// Sessions that are over and of which something may still be shown.
#[derive(Debug, Default)]
pub(super) struct Over {
    sessions: HashMap<SessionId, Wanted>,
    order: VecDeque<SessionId>,
}

/// What is shown of a session that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// It matched.
    All,
    /// It lacked nothing but a failure.
    Failures,
}

impl Over {
    /// A session is over.
    pub(super) fn add(&mut self, session: SessionId, wanted: Wanted) {
        if self.order.len() == MOST_REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.sessions.remove(&oldest);
        }
        self.sessions.insert(session, wanted);
        self.order.push_back(session);
    }

    /// What is still shown of a session.
    pub(super) fn wanted(&self, session: SessionId) -> Option<Wanted> {
        self.sessions.get(&session).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_are_remembered() {
        let mut over = Over::default();
        for session in 1..=MOST_REMEMBERED as SessionId + 1 {
            over.add(session, Wanted::All);
        }
        assert_eq!(over.wanted(1), None);
        assert_eq!(over.wanted(2), Some(Wanted::All));
        assert_eq!(over.sessions.len(), MOST_REMEMBERED);
    }
}
