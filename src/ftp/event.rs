//! What the tracker tells: the facts of sessions, each once it is final.
//!
//! Text from the wire is kept as the bytes that were sent; escaping is the output's work.

use std::net::SocketAddr;
use std::time::Duration;

use super::{Login, Verb};
use crate::capture::Moment;
use crate::tcp::{Connection, Side};

/// Names one session: 1, 2, … in the order in which sessions begin in the capture.
pub type SessionId = u32;

/// One fact about a session.
#[derive(Clone, Debug)]
pub enum SessionEvent {
    /// A control connection was found.
    Opened(Opened),
    /// The outcome of a login is known.
    Login(LoginAttempt),
    /// A command and its replies, once its final reply is known or never will be.
    Exchange(Exchange),
    /// A reply that answers no command: a greeting, a 421 out of the blue, a stray.
    Reply {
        /// The session it belongs to.
        session: SessionId,
        /// The reply.
        reply: Reply,
    },
    /// A data channel and its transfer, once their outcome is known.
    Channel(Box<Channel>),
    /// Something on the control connection that is not as it should be.
    Anomaly(Anomaly),
    /// The session is over, or the capture is.
    Ended(Box<SessionRecord>),
}

impl SessionEvent {
    /// The session that it is about.
    pub fn session(&self) -> SessionId {
        match self {
            Self::Opened(opened) => opened.session,
            Self::Login(login) => login.session,
            Self::Exchange(exchange) => exchange.session,
            Self::Reply { session, .. } => *session,
            Self::Channel(channel) => channel.session,
            Self::Anomaly(anomaly) => anomaly.session,
            Self::Ended(record) => record.id,
        }
    }
}

/// A control connection was found.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The new session.
    pub session: SessionId,
    /// Who connects.
    pub client: SocketAddr,
    /// Who serves.
    pub server: SocketAddr,
    /// Its first packet.
    pub at: Moment,
    /// Its handshake is not in the capture.
    pub midstream: bool,
}

/// The outcome of one login.
#[derive(Clone, Debug)]
pub struct LoginAttempt {
    /// The session.
    pub session: SessionId,
    /// The reply that decided.
    pub at: Moment,
    /// The user name, where it is known.
    pub user: Option<Vec<u8>>,
    /// What the server said.
    pub login: Login,
}

/// One complete reply of the server (RFC 959 §4.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The three digits.
    pub code: u16,
    /// The text of all lines, without the code and its separator, joined by line feeds.
    pub text: Vec<u8>,
    /// The packet that completed it.
    pub at: Moment,
}

/// A command with the replies to it.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The session.
    pub session: SessionId,
    /// The packet that completed the command line.
    pub at: Moment,
    /// The command.
    pub verb: Verb,
    /// Its argument; may be a password: see [`Verb::is_secret`].
    pub argument: Vec<u8>,
    /// The file or directory that it names, resolved against the working directory where that is
    /// known; `None` for commands that name none.
    pub path: Option<Vec<u8>>,
    /// Preliminary replies, then the final one; empty when it was never answered.
    pub replies: Vec<Reply>,
    /// A data channel had been announced for it: false for a transfer that nobody prepared, and for
    /// commands that need no channel.
    pub prepared: bool,
}

/// How a data channel was announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// 227 (RFC 959 §4.1.2).
    Pasv,
    /// 229 (RFC 2428 §3).
    Epsv,
    /// PORT (RFC 959 §4.1.2).
    Port,
    /// EPRT (RFC 2428 §2).
    Eprt,
    /// 228 (RFC 1639).
    Lpsv,
    /// LPRT (RFC 1639).
    Lprt,
    /// 227 in answer to SPSV (RFC 1579's single-port proposal as some servers have it).
    Spsv,
    /// Nobody announced anything: the default ports of RFC 959 §3.2.
    Default,
    /// The announcement is encrypted or not in the capture.
    Inferred,
}

/// Who opens a data connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// The client connects to the server.
    Passive,
    /// The server connects to the client.
    Active,
}

/// What became of a data channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// The connection opened and the server confirmed the transfer.
    Completed,
    /// The channel could not be set up, or broke before the transfer was complete.
    Failed,
    /// The client ended it on purpose.
    Aborted,
    /// The server refused the command that would have used it.
    Rejected,
    /// The server refused the announcement itself.
    Refused,
    /// Announced and then left, with no transfer command and no failed attempt to connect.
    Unused,
    /// The control connection says that it worked, but its packets are not in the capture.
    Unseen,
    /// The capture ends before the outcome is known.
    Incomplete,
}

/// One data channel: announcement, connection, transfer and how it ended.
#[derive(Clone, Debug)]
pub struct Channel {
    /// The session that announced it.
    pub session: SessionId,
    /// 1, 2, … within the session.
    pub number: u32,
    /// Who connects to whom.
    pub mode: Mode,
    /// How it was announced.
    pub method: Method,
    /// When it was announced, or first seen where nobody announced it.
    pub at: Moment,
    /// The endpoint to connect to; `None` when it was refused or unreadable.
    pub announced: Option<SocketAddr>,
    /// The packet of the announcement; `None` where nobody announced it.
    pub announcement: Option<Moment>,
    /// The reply that refused or granted the announcement, where there was one.
    pub reply: Option<Reply>,
    /// The connection; `None` when no packet of it is in the capture.
    pub connection: Option<DataConnection>,
    /// The transfer it was used for.
    pub transfer: Option<Transfer>,
    /// When the client sent ABOR while the transfer ran.
    pub aborted: Option<Moment>,
    /// The first command that the client sent after the announcement, and when.
    pub next_command: Option<(Verb, Moment)>,
    /// Its endpoint was announced in another session too: the data run between two servers.
    pub relayed: bool,
    /// What became of it.
    pub outcome: Outcome,
    /// The cause that explains a failed or refused channel, once the diagnosis has named it.
    pub cause: Option<&'static str>,
}

/// The TCP connection of a data channel.
#[derive(Clone, Debug)]
pub struct DataConnection {
    /// Who connects.
    pub from: SocketAddr,
    /// Who listens.
    pub to: SocketAddr,
    /// Its first packet.
    pub first: Moment,
    /// Its latest packet.
    pub last: Moment,
    /// SYNs sent by who connects, over all attempts.
    pub syns: u32,
    /// It came about.
    pub established: bool,
    /// Who ended it, and how.
    pub closed_by: Option<ClosedBy>,
    /// All that the flow table knows of it; of several attempts, the one that tells most.
    pub facts: Box<Connection>,
    /// The other attempts, oldest first.
    pub others: Vec<Connection>,
}

/// Who ended a data connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClosedBy {
    /// FIN of the FTP client first.
    Client,
    /// FIN of the FTP server first.
    Server,
    /// RST by the FTP client.
    ResetByClient,
    /// RST by the FTP server.
    ResetByServer,
}

/// Which way the bytes of a transfer go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// A file to the client.
    Download,
    /// A file to the server.
    Upload,
    /// A directory listing to the client.
    Listing,
}

/// The representation type (RFC 959 §3.1.1) in force.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Representation {
    /// TYPE A (or E).
    Ascii,
    /// TYPE I (or L).
    Binary,
    /// No TYPE was seen and the session's start is not in the capture.
    #[default]
    Unknown,
}

/// What the first bytes of a data connection look like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Content {
    /// Nothing was looked at.
    #[default]
    Unknown,
    /// Text in some encoding.
    Text,
    /// Bytes that no text has.
    Binary,
}

/// The size of a file as the server told it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Announced {
    /// Bytes.
    pub bytes: u64,
    /// The reply that told it: 150, or 213 to SIZE.
    pub at: Moment,
    /// It was told when the transfer began; else by SIZE before it.
    pub by_transfer: bool,
}

/// One use of a data channel.
#[derive(Clone, Debug)]
pub struct Transfer {
    /// The command that began it.
    pub verb: Verb,
    /// The packet of that command.
    pub at: Moment,
    /// What is transferred, resolved against the working directory where that is known.
    pub path: Option<Vec<u8>>,
    /// Which way the bytes go.
    pub direction: Direction,
    /// The representation type in force.
    pub representation: Representation,
    /// Where REST (RFC 3659 §5) made it begin; 0 otherwise.
    pub restart_offset: u64,
    /// Payload bytes of the data connection in the capture, each once.
    pub bytes: u64,
    /// From the command to its final reply or the last byte, whichever is later.
    pub duration: Option<Duration>,
    /// Payload bytes sent more than once.
    pub retransmitted_bytes: u64,
    /// Payload bytes that the receiver acknowledged and the capture lacks.
    pub missing_bytes: u64,
    /// Payload bytes that the receiver never acknowledged.
    pub unacknowledged_bytes: u64,
    /// The preliminary reply.
    pub begun: Option<Reply>,
    /// The size of the file, where the server told it.
    pub announced: Option<Announced>,
    /// What the first bytes look like.
    pub content: Content,
    /// The final reply.
    pub reply: Option<Reply>,
}

/// Something on a control connection that is not as it should be.
#[derive(Clone, Copy, Debug)]
pub struct Anomaly {
    /// The session.
    pub session: SessionId,
    /// Where.
    pub at: Moment,
    /// What.
    pub kind: AnomalyKind,
}

/// What can be wrong on a control connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AnomalyKind {
    /// Bytes of the control connection are not in the capture.
    Gap {
        /// `Initiator` is the client.
        side: Side,
        /// How many.
        bytes: u64,
    },
    /// A line longer than the bound; only its head was kept.
    LongLine {
        /// Its length without the line end.
        bytes: u64,
    },
    /// A line from the server that is no part of a reply.
    NotAReply,
    /// More commands wait for replies than the bound; the oldest was given up.
    TooManyPending,
    /// More data channels are unfinished than the bound; the oldest was given up.
    TooManyChannels,
}

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
    /// What PROT said of the data connections, as far as it was in clear.
    pub data_protection: Protection,
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
    /// What the client calls the server: HOST (RFC 7151), or a DNS answer in the capture.
    pub server_name: Option<Vec<u8>>,
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
    pub user: Option<Vec<u8>>,
    /// The latest password.
    pub password: Option<Vec<u8>>,
    /// The outcome of the login.
    pub login: Login,
    /// The server's software as its greeting names it.
    pub software: Option<String>,
    /// Its TLS, if it has any.
    pub tls: Option<Tls>,
    /// Commands seen.
    pub commands: u64,
    /// Complete replies seen.
    pub replies: u64,
    /// Data channels.
    pub channels: u64,
    /// Data channels whose outcome is [`Outcome::Failed`].
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
