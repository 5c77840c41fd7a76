//! What a session can be asked for.

use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::time::Duration;

use crate::diagnosis::Severity;
use crate::ftp::{Login, Method, Mode, Outcome, SessionId, TlsKind};
use crate::output::Standing;
use crate::time::Timestamp;

/// One fact about a session. Some can be told again as they change; then the latest counts:
/// [`Fact::Login`], [`Fact::Tls`], [`Fact::Channels`], [`Fact::Bytes`], [`Fact::Lasted`] and
/// [`Fact::State`]. Of the others each counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fact<'a> {
    /// The session as such.
    Opened {
        /// Its number.
        session: SessionId,
        /// Who connects.
        client: SocketAddr,
        /// Who serves.
        server: SocketAddr,
        /// Its first packet.
        began: Timestamp,
    },
    /// What the client calls the server.
    Name(&'a [u8]),
    /// A user name.
    User(&'a [u8]),
    /// The outcome of the login.
    Login(Login),
    /// A command.
    Command(&'a str),
    /// The file or directory that a command names.
    File(&'a [u8]),
    /// The code of a reply.
    Reply(u16),
    /// A command was never answered.
    NoReply,
    /// How a data channel was announced, and who connects.
    Announced(Method, Mode),
    /// An end of a data channel, announced or used.
    End(SocketAddr),
    /// What became of a data channel.
    Outcome(Outcome),
    /// How many data channels there are.
    Channels(u64),
    /// Its TLS; `None` where it has none.
    Tls(Option<TlsKind>),
    /// The cause of a finding.
    Cause(&'a str),
    /// How bad something is that was found.
    Severity(Severity),
    /// Payload bytes of all data connections.
    Bytes(u64),
    /// How long it lasted, or has lasted.
    Lasted(Duration),
    /// How it fared.
    State(Standing),
    /// Something that is shown of it: a line of its transcript, an address, a sentence. Passwords
    /// are never among them.
    Text(&'a [u8]),
}

/// Which facts a query can tell apart: the others need not be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wants {
    /// [`Fact::Text`], the ones that cost most to tell.
    pub text: bool,
}

/// Something that a query can be asked about.
pub trait Subject {
    /// Tells `hear` all facts that are wanted, until it has heard enough; [`Fact::Opened`] first.
    fn tell(
        &self,
        wants: Wants,
        hear: &mut dyn FnMut(Fact<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()>;
}
