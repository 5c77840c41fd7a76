//! All that is known of a session when it is over.

use std::net::SocketAddr;
use std::sync::Arc;

use super::Login;
use super::event::{AnomalyKind, SessionId};
use super::text::Text;
use crate::capture::Moment;
use crate::tcp::Connection;
use crate::tls::Facts;

/// The state of a control connection at the end of the capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// A RST answered the SYN.
    Refused,
    /// Nothing answered the SYN.
    Unanswered,
    /// An ICMP error answered the SYN.
    Unreachable,
    /// Still open.
    Open,
    /// Ended by FIN.
    Closed,
    /// Ended by RST.
    Reset,
}

/// Whose packets of the control connection are in the capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Directions {
    /// Those of both ends.
    Both,
    /// Only the client's.
    Client,
    /// Only the server's.
    Server,
}

/// Where the capture was taken, from the split of the handshake's round trip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Vantage {
    /// Near the client: the server's answer takes nearly all of the round trip.
    Client,
    /// Near the server: the client's answer takes nearly all of the round trip.
    Server,
    /// In between.
    Between,
    /// The handshake does not tell.
    Unknown,
}

/// What is known of the TLS of a control connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// How it began.
    pub kind: TlsKind,
    /// What PROT said of the data connections, as far as it could be read.
    pub data_protection: Protection,
    /// What the handshake told, and whether what followed it was decrypted.
    pub facts: Facts,
}

/// How TLS began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TlsKind {
    /// By AUTH (RFC 4217).
    Explicit,
    /// From the first byte.
    Implicit,
}

/// Protection of data connections (RFC 4217 §9).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Protection {
    /// PROT P (or S, E).
    Private,
    /// PROT C.
    Clear,
    /// Not seen.
    #[default]
    Unknown,
}

/// All that is known of one session when it is over.
#[derive(Clone, Debug)]
pub struct SessionRecord {
    /// The session.
    pub id: SessionId,
    /// Who connects.
    pub client: SocketAddr,
    /// Who serves.
    pub server: SocketAddr,
    /// What the client calls the server: HOST (RFC 7151), the name that it asks for in TLS, or a DNS
    /// answer in the capture.
    pub server_name: Option<Text>,
    /// Its first packet.
    pub started: Moment,
    /// Its last packet.
    pub ended: Moment,
    /// The state of the control connection.
    pub state: State,
    /// The handshake is not in the capture.
    pub midstream: bool,
    /// Whose packets are in the capture.
    pub directions: Directions,
    /// Where the capture was taken.
    pub vantage: Vantage,
    /// The latest user name.
    pub user: Option<Text>,
    /// The latest password.
    pub password: Option<Text>,
    /// The outcome of the login.
    pub login: Login,
    /// The server's software as its greeting names it.
    pub software: Option<Arc<str>>,
    /// Its TLS, if it has any.
    pub tls: Option<Box<Tls>>,
    /// What AUTH agreed on where that is not TLS (RFC 2228), in upper case: GSSAPI as a rule. What it
    /// protects stays unread.
    pub mechanism: Option<Text>,
    /// Commands seen.
    pub commands: u64,
    /// Complete replies seen.
    pub replies: u64,
    /// Data channels.
    pub channels: u64,
    /// Data channels whose outcome is [`Failed`](super::Outcome::Failed).
    pub failed_channels: u64,
    /// Payload bytes of data connections to the client.
    pub bytes_downloaded: u64,
    /// Payload bytes of data connections to the server.
    pub bytes_uploaded: u64,
    /// What was wrong on the control connection: kind, how often, where first. One entry a kind.
    pub anomalies: Vec<(AnomalyKind, u64, Moment)>,
    /// All that the flow table knows of the control connection.
    pub control: Box<Connection>,
}
