//! What the two sides agree on: handshake messages and alerts → [`Facts`].

use std::collections::VecDeque;

use super::certificate;
use super::facts::{Access, Alert, Choice, Facts, Identity, MAX_ALERTS, MAX_ISSUED, Version};
use super::handshake::message;
use super::hello::{self, ClientHello, ServerHello};
use super::keychain::Keychain;
use super::schedule;
use super::secrets::{MASTER, Random, Secret, Secrets};
use super::suite::Algorithms;
use crate::capture::Moment;
use crate::tcp::Side;

/// The alert at the regular end of a connection (RFC 8446 §6.1).
const CLOSE_NOTIFY: u8 = 0;

/// The handshake of a connection, or the latest of several.
#[derive(Debug, Default)]
pub(super) struct Dialogue {
    pub(super) facts: Facts,
    hello: Option<ClientHello>,
    server: Option<ServerHello>,
    pub(super) algorithms: Option<Algorithms>,
    /// ServerHelloDone was sent: no session is resumed.
    full: bool,
}

impl Dialogue {
    /// The TLS client.
    pub(super) fn client(&self) -> Option<Side> {
        self.facts.offer.as_ref().map(|offer| offer.from)
    }

    /// TLS 1.3 was chosen.
    pub(super) fn is_13(&self) -> bool {
        self.facts
            .version()
            .is_some_and(|version| version >= Version::TLS13)
    }

    /// The client may have sent encrypted data before any choice.
    pub(super) fn is_early(&self) -> bool {
        let early = self.facts.offer.as_ref().is_some_and(|it| it.early_data);
        self.server.is_none() && early
    }

    /// ChangeCipherSpec begins encryption. Since TLS 1.3 it only pleases middleboxes (RFC 8446
    /// appendix D.4), and is sent before the choice where that is retried or data come early.
    pub(super) fn is_sealed_by_change(&self) -> bool {
        let retried = self.server.is_none() && self.facts.retried.is_some();
        !self.is_13() && !self.is_early() && !retried
    }

    /// Takes in a handshake message.
    pub(super) fn message(
        &mut self,
        (kind, body): (u8, &[u8]),
        sealed: bool,
        side: Side,
        at: Moment,
    ) {
        let from_server = self.client() == Some(side.peer());
        match kind {
            message::CLIENT_HELLO => self.client_hello(body, sealed, side, at),
            message::SERVER_HELLO if from_server => self.server_hello(body, at),
            message::NEW_SESSION_TICKET if from_server => self.ticket(body),
            message::ENCRYPTED_EXTENSIONS if from_server => {
                if let Some(choice) = &mut self.facts.choice {
                    choice.alpn = hello::encrypted_alpn(body);
                }
            }
            message::CERTIFICATE if from_server => {
                let read = certificate::read(body, self.is_13(), at);
                self.facts.certificate = read.map(Box::new).or(self.facts.certificate.take());
                self.facts.resumed = Some(false);
            }
            message::SERVER_HELLO_DONE if from_server => {
                self.full = true;
                self.facts.resumed = Some(false);
            }
            message::FINISHED if self.is_13() && !from_server => self.complete(at),
            _ => {}
        }
    }

    fn client_hello(&mut self, body: &[u8], sealed: bool, side: Side, at: Moment) {
        let Some(hello) = ClientHello::parse(body, side, at) else {
            return;
        };
        if sealed {
            self.renegotiate(at);
        } else {
            (self.server, self.algorithms) = (None, None);
            self.facts.choice = None;
        }
        self.full = false;
        self.facts.offer = Some(Box::new(hello.offer.clone()));
        self.hello = Some(hello);
    }

    fn server_hello(&mut self, body: &[u8], at: Moment) {
        let Some(server) = ServerHello::parse(body) else {
            return;
        };
        if server.retry {
            self.facts.retried.get_or_insert(at);
            return;
        }
        self.facts.choice = Some(Choice {
            at,
            version: server.version,
            cipher: server.cipher,
            alpn: server.alpn.clone(),
        });
        self.algorithms = Algorithms::of(server.cipher, server.version, server.encrypt_then_mac);
        self.facts.resumed = self.is_13().then_some(server.psk);
        if !self.is_13() && !server.session_id.is_empty() {
            self.issue(hello::identity(&server.session_id));
        }
        self.server = Some(server);
    }

    /// NewSessionTicket (RFC 5077 §3.3; RFC 8446 §4.6.1 puts an age and a nonce before the ticket).
    fn ticket(&mut self, body: &[u8]) {
        let ticket = || {
            let mut rest = body.get(4..)?;
            if self.is_13() {
                let nonce = usize::from(*rest.get(4)?);
                rest = rest.get(5 + nonce..)?;
            }
            let (length, rest) = rest.split_first_chunk()?;
            rest.get(..usize::from(u16::from_be_bytes(*length)))
        };
        if let Some(ticket) = ticket().filter(|ticket| !ticket.is_empty()) {
            self.issue(hello::identity(ticket));
        }
    }

    fn issue(&mut self, identity: Identity) {
        let issued = &mut self.facts.issued;
        if !issued.contains(&identity) && issued.len() < MAX_ISSUED {
            issued.push(identity);
        }
    }

    /// Up to TLS 1.2: what this side sends from here on is encrypted with new keys. A server that
    /// says so before its ServerHelloDone resumes a session.
    pub(super) fn changed_cipher(&mut self, side: Side) {
        let from_server = self.client() == Some(side.peer());
        if from_server && self.server.is_some() && !self.full {
            self.facts.resumed.get_or_insert(true);
        }
    }

    /// The client sends a handshake inside TLS.
    pub(super) fn renegotiate(&mut self, at: Moment) {
        // Behind clear text TLS may begin anew, and then its first handshake is no second one.
        if self.facts.left.is_none() {
            self.facts.renegotiated.get_or_insert(at);
        }
    }

    /// Both sides have finished.
    pub(super) fn complete(&mut self, at: Moment) {
        self.facts.completed.get_or_insert(at);
    }

    /// An alert; what is encrypted has no description. The one that only says goodbye is left out.
    pub(super) fn alert(&mut self, side: Side, alert: Option<[u8; 2]>, at: Moment) {
        let closes = alert.is_some_and(|[_, description]| description == CLOSE_NOTIFY);
        if !closes && self.facts.alerts.len() < MAX_ALERTS {
            self.facts.alerts.push(Alert {
                from: side,
                fatal: alert.is_none_or(|[level, _]| level == 2),
                description: alert.map(|[_, description]| description),
                at,
            });
        }
    }

    /// The keys with which a side encrypts; `None` as long as they are not known.
    pub(super) fn keys(&mut self, side: Side, secrets: &mut Secrets) -> Option<Keychain> {
        let hello = self.hello.as_ref()?;
        let server = self.server.as_ref()?;
        let who = usize::from(hello.offer.from != side);
        let Some(algorithms) = self.algorithms else {
            if secrets.of(&hello.random).is_some() {
                self.facts.access = Access::Unsupported;
            }
            return None;
        };
        if algorithms.is_13() {
            let known = secrets.of(&hello.random)?;
            let early = known
                .early
                .clone()
                .filter(|_| who == 0 && hello.offer.early_data);
            let handshake = known.handshake.get(who).cloned().flatten();
            // The last one to be logged: before it the others would have to be looked for again.
            let application = known.application.get(who).cloned().flatten()?;
            let before = [early, handshake].into_iter().flatten();
            let secrets: VecDeque<Secret> = before.chain([application]).collect();
            return Some(Keychain::of_secrets(algorithms, secrets));
        }
        let master = self.master(&hello.random, server, secrets)?;
        for identity in &self.facts.issued {
            secrets.remember(identity.0, master);
        }
        let [client, server] =
            schedule::expand(&algorithms, &master, &hello.random, &server.random);
        let keys = if who == 0 { client } else { server };
        Keychain::of_keys(algorithms, keys)
    }

    /// The master secret: that of the key log, or that of the session that is resumed.
    fn master(
        &self,
        random: &Random,
        server: &ServerHello,
        secrets: &Secrets,
    ) -> Option<[u8; MASTER]> {
        let logged = secrets.of(random).and_then(|known| known.master);
        let resumed = || {
            let ticket = self.hello.as_ref().and_then(|hello| hello.offer.resumes);
            let id = hello::identity(&server.session_id);
            let known = secrets.resumable(id.0);
            let known = known.or_else(|| secrets.resumable(ticket?.0));
            known.filter(|_| self.facts.resumed == Some(true))
        };
        logged.or_else(resumed)
    }
}
