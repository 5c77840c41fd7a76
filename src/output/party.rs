//! Who is in each session that is under way.

use std::net::SocketAddr;

use hashbrown::HashMap;

use crate::ftp::{Exchange, Opened, SessionEvent, SessionId, Text, Verb};

/// The port of FTP over TLS from the first byte.
const FTPS_PORT: u16 = 990;

/// The two ends of one session, and what became known of them.
#[derive(Clone, Debug)]
pub(super) struct Party {
    /// Who connects.
    pub(super) client: SocketAddr,
    /// Who serves.
    pub(super) server: SocketAddr,
    /// The latest user name.
    pub(super) user: Option<Text>,
    /// The name that the client gave the server with HOST (RFC 7151).
    pub(super) host: Option<Text>,
    /// The control connection is under TLS.
    pub(super) protected: bool,
}

/// The parties of all sessions under way: as many as the engine follows at a time.
#[derive(Debug, Default)]
pub(super) struct Parties(HashMap<SessionId, Party>);

impl Parties {
    /// Learns from an event; what an `Ended` says is forgotten by [`Parties::leave`].
    pub(super) fn learn(&mut self, event: &SessionEvent) {
        match event {
            SessionEvent::Opened(opened) => {
                self.0.insert(opened.session, Party::new(opened));
            }
            SessionEvent::Login(login) => {
                if let (Some(party), Some(user)) = (self.0.get_mut(&login.session), &login.user) {
                    party.user = Some(user.clone());
                }
            }
            SessionEvent::Exchange(exchange) if tells(exchange) => {
                if let Some(party) = self.0.get_mut(&exchange.session) {
                    party.learn(exchange);
                }
            }
            _ => {}
        }
    }

    /// The party of a session; `None` when it is over.
    pub(super) fn get(&self, session: SessionId) -> Option<&Party> {
        self.0.get(&session)
    }

    /// Whether no session is under way.
    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Forgets a session that is over.
    pub(super) fn leave(&mut self, session: SessionId) {
        self.0.remove(&session);
    }
}

/// A command that says something of who is in the session: as a rule only if it was accepted.
fn tells(exchange: &Exchange) -> bool {
    let accepted = || {
        let reply = exchange.replies.last();
        reply.is_some_and(|reply| reply.code < 400)
    };
    match exchange.verb {
        Verb::User => true,
        Verb::Host | Verb::Auth | Verb::Ccc => accepted(),
        _ => false,
    }
}

impl Party {
    fn new(opened: &Opened) -> Self {
        Self {
            client: opened.client,
            server: opened.server,
            user: None,
            host: None,
            protected: opened.server.port() == FTPS_PORT,
        }
    }

    fn learn(&mut self, exchange: &Exchange) {
        match exchange.verb {
            Verb::User => self.user = Some(exchange.argument.clone()),
            Verb::Host => self.host = Some(exchange.argument.clone()),
            Verb::Auth => self.protected = true,
            Verb::Ccc => self.protected = false,
            _ => {}
        }
    }
}
