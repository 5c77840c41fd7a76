//! Which events of a story belong together: the command and its data channel, the session and its
//! end.

use std::collections::HashMap;
use std::sync::Arc;

use crate::analyzer::Event;
use crate::capture::Frame;
use crate::ftp::{Channel, Exchange, Mode, SessionEvent, SessionId, Verb};

/// Links between events, by their indexes.
#[derive(Debug, Default)]
pub(super) struct Links {
    /// The data channel of a command: announced, refused or used by it.
    channels: HashMap<u32, u32>,
    /// The end of a session.
    ends: HashMap<SessionId, u32>,
}

/// Commands by the packets in which they and their replies are.
type Places = HashMap<(SessionId, Frame), Vec<u32>>;

impl Links {
    /// The links of these events.
    pub(super) fn of(events: &[Arc<Event>]) -> Self {
        let mut links = Self::default();
        let mut places = Places::new();
        for (index, event) in (0..).zip(events) {
            match &**event {
                Event::Session(SessionEvent::Ended(record)) => {
                    links.ends.insert(record.id, index);
                }
                Event::Session(SessionEvent::Exchange(exchange)) => {
                    let replies = exchange.replies.iter().map(|reply| reply.at.frame);
                    for frame in std::iter::once(exchange.at.frame).chain(replies) {
                        let place = places.entry((exchange.session, frame)).or_default();
                        place.push(index);
                    }
                }
                _ => {}
            }
        }
        for (index, event) in (0..).zip(events) {
            if let Event::Session(SessionEvent::Channel(channel)) = &**event {
                links.link(index, channel, &places, events);
            }
        }
        links
    }

    /// The channel of a command.
    pub(super) fn channel(&self, exchange: u32) -> Option<u32> {
        self.channels.get(&exchange).copied()
    }

    /// The end of a session.
    pub(super) fn end(&self, session: SessionId) -> Option<u32> {
        self.ends.get(&session).copied()
    }

    fn link(&mut self, index: u32, channel: &Channel, places: &Places, events: &[Arc<Event>]) {
        let at = |frame: Frame| places.get(&(channel.session, frame)).into_iter().flatten();
        let exchange = |index: u32| match &**events.get(index as usize)? {
            Event::Session(SessionEvent::Exchange(exchange)) => Some(exchange),
            _ => None,
        };
        if let Some(transfer) = &channel.transfer {
            let used = at(transfer.at.frame)
                .copied()
                .find(|&one| exchange(one).is_some_and(|one| one.verb == transfer.verb));
            self.channels.extend(used.map(|used| (used, index)));
        }
        let announced = channel.announcement.unwrap_or(channel.at).frame;
        let announcer = at(announced)
            .copied()
            .find(|&one| exchange(one).is_some_and(|one| announces(one, channel.mode)));
        self.channels.extend(announcer.map(|one| (one, index)));
    }
}

fn announces(exchange: &Exchange, mode: Mode) -> bool {
    match mode {
        Mode::Active => matches!(exchange.verb, Verb::Port | Verb::Eprt | Verb::Lprt),
        Mode::Passive => {
            matches!(
                exchange.verb,
                Verb::Pasv | Verb::Epsv | Verb::Lpsv | Verb::Spsv
            ) || exchange
                .replies
                .iter()
                .any(|reply| matches!(reply.code, 227..=229))
        }
    }
}
