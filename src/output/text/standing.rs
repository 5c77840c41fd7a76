//! How the word of a session's standing is shown.

use super::line::Ink;
use crate::output::Standing;

impl Standing {
    /// Its mark.
    pub(super) fn glyph(self) -> &'static str {
        match self {
            Self::Fail => "✗",
            Self::Auth => "!",
            Self::Abort => "/",
            Self::Tls => "#",
            Self::Part => "~",
            Self::Open => "◌",
            Self::Ok => "✓",
        }
    }

    /// Its colour.
    pub(super) fn ink(self) -> Ink {
        match self {
            Self::Fail => Ink::Fail,
            Self::Auth => Ink::Auth,
            Self::Abort => Ink::Abort,
            Self::Tls => Ink::Tls,
            Self::Part => Ink::Part,
            Self::Open => Ink::Open,
            Self::Ok => Ink::Ok,
        }
    }
}
