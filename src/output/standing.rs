//! The one word that says how a session fared.

use crate::ftp::{Directions, Login, SessionRecord, State};

/// How a session fared, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// A data channel failed, the control connection did not come about, or a finding says so.
    Fail,
    /// The login was refused.
    Auth,
    /// It is encrypted: what is known ends there.
    Tls,
    /// The control connection was reset.
    Abort,
    /// Part of it is not in the capture.
    Part,
    /// It is not over.
    Open,
    /// It worked.
    Ok,
}

impl Standing {
    /// The standing of a session; `failed` where something in it did.
    pub fn of(record: &SessionRecord, failed: bool) -> Self {
        match record.state {
            _ if failed => Self::Fail,
            State::Refused | State::Unanswered | State::Unreachable => Self::Fail,
            _ if record.login == Login::Rejected => Self::Auth,
            _ if record.tls.is_some() => Self::Tls,
            State::Reset => Self::Abort,
            _ if record.midstream || record.directions != Directions::Both => Self::Part,
            State::Open => Self::Open,
            State::Closed => Self::Ok,
        }
    }

    /// Its word; at most four letters.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fail => "FAIL",
            Self::Auth => "AUTH",
            Self::Abort => "ABRT",
            Self::Tls => "TLS",
            Self::Part => "PART",
            Self::Open => "OPEN",
            Self::Ok => "OK",
        }
    }
}
