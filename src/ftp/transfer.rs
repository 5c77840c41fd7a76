//! A data channel and its transfer, once their outcome is known.

use std::net::SocketAddr;
use std::time::Duration;

use super::Verb;
use super::event::{Reply, SessionId};
use super::text::Text;
use crate::capture::Moment;
use crate::tcp::Connection;
use crate::tls::Facts;

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

impl Outcome {
    /// All outcomes, in the order of the variants.
    pub const ALL: [Self; 8] = [
        Self::Completed,
        Self::Failed,
        Self::Aborted,
        Self::Rejected,
        Self::Refused,
        Self::Unused,
        Self::Unseen,
        Self::Incomplete,
    ];
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
    /// The TLS of its connection, if it has any and that could be followed.
    pub tls: Option<Box<Facts>>,
    /// What is told of it where nobody was seen to announce it.
    pub inferred: Option<Inferred>,
    /// What became of it.
    pub outcome: Outcome,
    /// The cause that explains a failed or refused channel, once the diagnosis has named it.
    pub cause: Option<&'static str>,
}

/// What is told of a data channel that nobody was seen to announce: never certain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inferred {
    /// What speaks for it beside its hosts and its time, each once.
    pub clues: Vec<Clue>,
    /// Which way the data go, and about how many bytes of them there are without what TLS adds.
    pub carried: Option<(Direction, u64)>,
}

/// What speaks for an inferred data channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Clue {
    /// An encrypted line before it is as long as the announcement of its endpoint.
    Announcement,
    /// It asks for the TLS session of the control connection to be resumed; in TLS 1.3, where that
    /// cannot be told, for any earlier one.
    Resumption,
    /// An encrypted reply came when it was open, as 150 does.
    Begun,
    /// An encrypted reply came when it was over, as 226 does.
    Ended,
}

impl Inferred {
    pub(super) fn add(&mut self, clue: Clue) {
        if !self.clues.contains(&clue) {
            self.clues.push(clue);
        }
    }

    /// Whether it speaks for the channel.
    pub fn has(&self, clue: Clue) -> bool {
        self.clues.contains(&clue)
    }
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
    pub path: Option<Text>,
    /// Which way the bytes go.
    pub direction: Direction,
    /// The representation type in force.
    pub representation: Representation,
    /// Where REST (RFC 3659 §5) made it begin; 0 otherwise.
    pub restart_offset: u64,
    /// Payload bytes of the data connection in the capture, each once; those inside TLS where it was
    /// decrypted.
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
