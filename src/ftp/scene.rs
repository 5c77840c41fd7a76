//! A session as a judge sees it at the moment of a fact.

use std::net::SocketAddr;

use super::encryption::TlsRecords;
use super::event::{AnomalyKind, SessionId};
use super::history::History;
use super::login::Login;
use super::record;
use super::session::Session;
use super::summary::{Directions, Protection, TlsKind, Vantage};
use super::text::Text;
use crate::capture::Moment;
use crate::tcp::{Connection, Flows};
use crate::tls::Facts;

/// A session and its control connection, to be read.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    session: &'a Session,
    control: Option<&'a Connection>,
    now: Moment,
}

impl<'a> Scene<'a> {
    pub(super) fn new(session: &'a Session, flows: &'a Flows, now: Moment) -> Self {
        let control = session.control(flows);
        Self {
            session,
            control,
            now,
        }
    }

    /// The packet that is being taken in.
    pub fn now(&self) -> Moment {
        self.now
    }

    /// The session's number.
    pub fn id(&self) -> SessionId {
        self.session.id
    }

    /// The client's end of the control connection.
    pub fn client(&self) -> SocketAddr {
        self.session.client.address()
    }

    /// The server's end of the control connection.
    pub fn server(&self) -> SocketAddr {
        self.session.server.address()
    }

    /// The facts of the control connection.
    pub fn control(&self) -> Option<&'a Connection> {
        self.control
    }

    /// What became of earlier channels, and what else the session remembers.
    pub fn history(&self) -> &'a History {
        &self.session.history
    }

    /// The server's software, where greeting or SYST name it.
    pub fn software(&self) -> Option<&'a str> {
        self.session.state.software.as_deref()
    }

    /// The latest user name.
    pub fn user(&self) -> Option<&'a Text> {
        self.session.state.user.as_ref()
    }

    /// The outcome of the login so far.
    pub fn login(&self) -> Login {
        self.session.state.login
    }

    /// The latest line of either end that is complete.
    pub fn last_words(&self) -> Option<Moment> {
        self.session.history.last_words
    }

    /// Commands seen so far.
    pub fn commands(&self) -> u64 {
        self.session.commands.into()
    }

    /// The server told the size of this file.
    pub fn knows_size(&self, path: &[u8]) -> bool {
        let sizes = self.session.state.sizes();
        sizes.is_some_and(|sizes| sizes.has(path))
    }

    /// Somebody ended the control connection.
    pub fn closed_by_anyone(&self) -> bool {
        self.control.is_some_and(|control| control.end().is_some())
    }

    /// What is said on the control connection cannot be read, from some point on.
    pub fn is_opaque(&self) -> bool {
        let encryption = self.session.encryption.as_ref();
        encryption.is_some_and(|encryption| encryption.is_opaque())
    }

    /// What the TLS of the control connection tells.
    pub fn tls_facts(&self) -> Option<&'a Facts> {
        let encryption = self.session.encryption.as_ref()?;
        Some(encryption.stream.facts())
    }

    /// TLS began on the control connection.
    pub fn is_encrypted(&self) -> bool {
        self.session.encryption.is_some()
    }

    /// How TLS began on the control connection, if it did.
    pub fn tls_kind(&self) -> Option<TlsKind> {
        let encryption = self.session.encryption.as_ref()?;
        Some(encryption.kind)
    }

    /// What PROT said of the data connections of an encrypted session.
    pub fn protection(&self) -> Option<Protection> {
        self.is_encrypted().then_some(self.session.state.protection)
    }

    /// What the records of the encrypted control connection tell.
    pub fn tls_records(&self) -> Option<&'a TlsRecords> {
        self.session
            .encryption
            .as_ref()
            .map(|encryption| &encryption.records)
    }

    /// The control connection's handshake is not in the capture.
    pub fn midstream(&self) -> bool {
        self.session.midstream
    }

    /// The control connection is over, or the capture is.
    pub fn over(&self) -> bool {
        self.session.ending.is_some()
    }

    /// Where the capture was taken.
    pub fn vantage(&self) -> Vantage {
        self.control.map_or(Vantage::Unknown, record::vantage)
    }

    /// Whose packets of the control connection are in the capture.
    pub fn directions(&self) -> Directions {
        self.control.map_or(Directions::Both, |control| {
            record::directions(self.session, control)
        })
    }

    /// Bytes of the control connection are missing in the capture.
    pub fn has_gaps(&self) -> bool {
        let is_gap =
            |(kind, ..): &(AnomalyKind, u64, Moment)| matches!(kind, AnomalyKind::Gap { .. });
        self.session
            .anomalies
            .iter()
            .flat_map(|all| all.iter())
            .any(is_gap)
    }
}
