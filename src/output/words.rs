//! The words that the contract has for the facts of the engine.

use crate::capture::Fault;
use crate::diagnosis::{Confidence, Severity};
use crate::ftp::{
    AnomalyKind, ClosedBy, Clue, Direction, Directions, Login, Method, Mode, Outcome, Protection,
    Representation, State, TlsKind, Vantage,
};
use crate::tls::{Access, Resumption};

/// A fact that is one of a few words.
pub(crate) trait Word: Copy {
    /// All words, in the order of the variants.
    const WORDS: &'static [&'static str];

    /// The word of this one.
    fn word(self) -> &'static str;
}

macro_rules! words {
    ($($type:ident { $($pattern:pat => $word:literal,)* })*) => {
        $(impl Word for $type {
            const WORDS: &'static [&'static str] = &[$($word),*];

            fn word(self) -> &'static str {
                match self {
                    $($pattern => $word,)*
                }
            }
        })*
    };
}

words! {
    Method {
        Self::Pasv => "PASV",
        Self::Epsv => "EPSV",
        Self::Port => "PORT",
        Self::Eprt => "EPRT",
        Self::Lpsv => "LPSV",
        Self::Lprt => "LPRT",
        Self::Spsv => "SPSV",
        Self::Default => "default",
        Self::Inferred => "inferred",
    }
    Clue {
        Self::Announcement => "announcement-length",
        Self::Resumption => "tls-session",
        Self::Begun => "reply-at-begin",
        Self::Ended => "reply-at-end",
    }
    Mode {
        Self::Passive => "passive",
        Self::Active => "active",
    }
    Outcome {
        Self::Completed => "completed",
        Self::Failed => "failed",
        Self::Aborted => "aborted",
        Self::Rejected => "rejected",
        Self::Refused => "refused",
        Self::Unused => "unused",
        Self::Unseen => "unseen",
        Self::Incomplete => "incomplete",
    }
    ClosedBy {
        Self::Client => "client",
        Self::Server => "server",
        Self::ResetByClient => "reset-by-client",
        Self::ResetByServer => "reset-by-server",
    }
    Direction {
        Self::Download => "download",
        Self::Upload => "upload",
        Self::Listing => "listing",
    }
    Representation {
        Self::Ascii => "ascii",
        Self::Binary => "binary",
        Self::Unknown => "unknown",
    }
    State {
        Self::Refused => "refused",
        Self::Unanswered => "unanswered",
        Self::Unreachable => "unreachable",
        Self::Open => "open",
        Self::Closed => "closed",
        Self::Reset => "reset",
    }
    Directions {
        Self::Both => "both",
        Self::Client => "client",
        Self::Server => "server",
    }
    Vantage {
        Self::Client => "client",
        Self::Server => "server",
        Self::Between => "between",
        Self::Unknown => "unknown",
    }
    Login {
        Self::Accepted => "accepted",
        Self::Rejected => "rejected",
        Self::None => "none",
        Self::Unknown => "unknown",
    }
    Access {
        Self::None => "none",
        Self::Unfit => "unfit",
        Self::Unsupported => "unsupported",
        Self::Decrypted => "fit",
    }
    Resumption {
        Self::Id => "id",
        Self::Ticket => "ticket",
        Self::Psk => "psk",
    }
    TlsKind {
        Self::Explicit => "explicit",
        Self::Implicit => "implicit",
    }
    Protection {
        Self::Private => "private",
        Self::Clear => "clear",
        Self::Unknown => "unknown",
    }
    AnomalyKind {
        Self::Gap { .. } => "gap",
        Self::LongLine { .. } => "long-line",
        Self::NotAReply => "not-a-reply",
        Self::TooManyPending => "too-many-pending",
        Self::TooManyChannels => "too-many-channels",
    }
    Severity {
        Self::Notice => "notice",
        Self::Warning => "warning",
        Self::Error => "error",
    }
    Confidence {
        Self::Possible => "possible",
        Self::Likely => "likely",
        Self::Certain => "certain",
    }
}

impl Word for &Fault {
    const WORDS: &'static [&'static str] = &["cut", "damaged", "unreadable"];

    fn word(self) -> &'static str {
        match self {
            Fault::Cut => "cut",
            Fault::Damaged { .. } => "damaged",
            Fault::Unreadable(_) => "unreadable",
        }
    }
}
