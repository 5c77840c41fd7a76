//! What a session is doing: the facts that are not final yet, as far as they are known.

use super::event::{Exchange, SessionEvent, SessionId};
use super::pairing::Pending;
use super::session::Session;
use super::tracker::Tracker;
use super::transfer::Outcome;
use crate::tcp::Flows;

impl Tracker {
    /// Commands that wait for their final reply, and data channels whose outcome is not known, as
    /// [`Outcome::Incomplete`]. The same are told as facts when they are final.
    pub fn under_way(&self, session: SessionId, flows: &Flows) -> Vec<SessionEvent> {
        let session = self.sessions.numbered(session);
        session.map_or_else(Vec::new, |session| session.under_way(flows))
    }
}

impl Session {
    fn under_way(&self, flows: &Flows) -> Vec<SessionEvent> {
        let exchanges = self.queue.iter().map(|pending| self.waiting(pending));
        let held = self.channels.held.iter().flat_map(|held| held.iter());
        let held = held.map(|(_, channel)| SessionEvent::Channel(channel.clone()));
        let open = self.channels.open.iter().filter_map(|channel| {
            let (number, bytes) = (channel.number?, channel.bytes(flows));
            let (channel, outcome) = (channel.clone(), Outcome::Incomplete);
            let told = channel.told((self.id, number), outcome, bytes, flows);
            Some(SessionEvent::Channel(Box::new(told)))
        });
        exchanges.chain(held).chain(open).collect()
    }

    fn waiting(&self, pending: &Pending) -> SessionEvent {
        SessionEvent::Exchange(Exchange {
            session: self.id,
            at: pending.at,
            verb: pending.verb.clone(),
            argument: pending.argument.clone(),
            path: pending.path.clone(),
            replies: pending.replies.clone(),
            prepared: false,
            protected: pending.protected,
        })
    }
}
