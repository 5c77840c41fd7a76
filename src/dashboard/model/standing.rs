//! The state word of sessions and data channels on the screen: its sign and its colour.

use crate::dashboard::theme::Token;
use crate::ftp::Outcome;
pub(crate) use crate::output::Standing;

impl Standing {
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
            Outcome::Failed | Outcome::Rejected | Outcome::Refused => Self::Fail,
            Outcome::Aborted => Self::Abort,
            Outcome::Unseen => Self::Part,
            Outcome::Incomplete => Self::Open,
        }
    }
}
