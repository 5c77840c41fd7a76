//! The state of a session or a data channel in one word.

use crate::dashboard::theme::Token;
use crate::ftp::Outcome;

/// How a session or a data channel fares, the worst last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Standing {
    /// Completed, or nothing is wrong.
    Ok,
    /// Under way.
    #[default]
    Open,
    /// Start or packets missing, so no verdict.
    Part,
    /// Encrypted: facts end here.
    Tls,
    /// Ended on purpose by one side.
    Abort,
    /// The login was refused.
    Auth,
    /// Something failed.
    Fail,
}

impl Standing {
    /// All of them.
    pub(crate) const ALL: [Self; 7] = [
        Self::Ok,
        Self::Open,
        Self::Part,
        Self::Tls,
        Self::Abort,
        Self::Auth,
        Self::Fail,
    ];

    /// The word in a row, at most four letters.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Open => "OPEN",
            Self::Part => "PART",
            Self::Tls => "TLS",
            Self::Abort => "ABRT",
            Self::Auth => "AUTH",
            Self::Fail => "FAIL",
        }
    }

    /// The sign beside the word.
    pub(crate) fn sign(self) -> &'static str {
        match self {
            Self::Ok => "✓",
            Self::Open => "◌",
            Self::Part => "~",
            Self::Tls => "#",
            Self::Abort => "/",
            Self::Auth => "!",
            Self::Fail => "✗",
        }
    }

    /// How it is coloured.
    pub(crate) fn token(self) -> Token {
        match self {
            Self::Ok => Token::Ok,
            Self::Open => Token::Open,
            Self::Part => Token::Part,
            Self::Tls => Token::Tls,
            Self::Abort => Token::Abort,
            Self::Auth => Token::Auth,
            Self::Fail => Token::Fail,
        }
    }
}

impl From<Outcome> for Standing {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Completed | Outcome::Unused => Self::Ok,
            Outcome::Failed => Self::Fail,
            Outcome::Aborted => Self::Abort,
            Outcome::Rejected | Outcome::Refused => Self::Auth,
            Outcome::Unseen => Self::Part,
            Outcome::Incomplete => Self::Open,
        }
    }
}
