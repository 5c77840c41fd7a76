//! What the tracker tells: the facts of sessions, each once it is final.
//!
//! Text from the wire is kept as the bytes that were sent; escaping is the output's work.

use std::net::SocketAddr;

use smallvec::SmallVec;

use super::phrases::{Phrase, has_any, phrases};
use super::summary::SessionRecord;
use super::text::Text;
use super::transfer::Channel;
use super::{Login, Verb};
use crate::capture::Moment;
use crate::tcp::Side;

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
    pub user: Option<Text>,
    /// What the server said.
    pub login: Login,
}

/// One complete reply of the server (RFC 959 §4.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The three digits.
    pub code: u16,
    /// The text of all lines, without the code and its separator, joined by line feeds.
    pub text: Text,
    /// The packet that completed it.
    pub at: Moment,
}

impl Reply {
    /// The text says that the data channel did not come about, whatever the code says: IIS answers
    /// a transfer with 550 "Data channel timed out."
    pub fn blames_channel(&self) -> bool {
        const CHANNEL: &[Phrase] = &phrases([
            "data channel",
            "data connection",
            "data socket",
            "data port",
        ]);
        const FAULT: &[Phrase] = &phrases([
            "timed out",
            "timeout",
            "time out",
            "cannot open",
            "can't open",
            "could not open",
            "could not be opened",
            "unable to open",
            "failed to open",
            "cannot be established",
            "can't build",
            "failed to establish",
        ]);
        self.code >= 400 && has_any(&self.text, CHANNEL) && has_any(&self.text, FAULT)
    }
}

/// Replies to one command: one, or a few where a transfer or a slow server announces itself.
pub type Replies = SmallVec<[Reply; 1]>;

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
    pub argument: Text,
    /// The file or directory that it names, resolved against the working directory where that is
    /// known; `None` for commands that name none.
    pub path: Option<Text>,
    /// Preliminary replies, then the final one; empty when it was never answered.
    pub replies: Replies,
    /// It was sent inside TLS.
    pub protected: bool,
    /// A data channel had been announced for it: false for a transfer that nobody prepared, and for
    /// commands that need no channel.
    pub prepared: bool,
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
