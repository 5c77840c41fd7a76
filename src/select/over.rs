//! The sessions that are over: a finding may come behind the end of its session.

use std::collections::VecDeque;

use hashbrown::HashMap;

use super::story::Story;
use super::trial::Trial;
use crate::ftp::SessionId;

/// Sessions remembered; findings that wait to see what other sessions do are told within seconds.
const MOST_REMEMBERED: usize = 65_536;

/// Sessions that are over and of which something may still be shown.
#[derive(Debug, Default)]
pub(super) struct Over {
    sessions: HashMap<SessionId, Past>,
    order: VecDeque<SessionId>,
}

/// A session that is over.
#[derive(Clone, Copy, Debug)]
pub(super) enum Past {
    /// It is meant.
    Meant,
    /// It is not meant as far as is known.
    NotMeant(Trial, Story),
}

impl Over {
    /// A session is over.
    pub(super) fn add(&mut self, session: SessionId, past: Past) {
        if self.order.len() == MOST_REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.sessions.remove(&oldest);
        }
        self.sessions.insert(session, past);
        self.order.push_back(session);
    }

    /// What is remembered of a session.
    pub(super) fn get(&mut self, session: SessionId) -> Option<&mut Past> {
        self.sessions.get_mut(&session)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_are_remembered() {
        let mut over = Over::default();
        for session in 1..=MOST_REMEMBERED as SessionId + 1 {
            over.add(session, Past::Meant);
        }
        assert!(over.get(1).is_none());
        assert!(over.get(2).is_some());
        assert_eq!(over.sessions.len(), MOST_REMEMBERED);
    }
}
