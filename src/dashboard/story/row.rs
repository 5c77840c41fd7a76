//! One event of a story.

use std::time::Duration;

use crate::capture::Moment;
use crate::tcp::Side;

/// One event of a story: what happened when, and which of the story's events tells of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// When, and in which packet.
    pub(crate) at: Moment,
    /// Index of the event that tells of it.
    pub(crate) event: u32,
    /// What.
    pub(crate) what: What,
}

/// What happened in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// The control connection was opened, or that was tried.
    Connect,
    /// A command.
    Command,
    /// A reply: the nth to its command, or the only one where it answers none.
    Reply(u16),
    /// From here on the control connection is encrypted.
    Tls,
    /// The row above announced a data channel.
    Announced,
    /// Attempts to open a data connection that came to nothing.
    Attempt,
    /// A data connection was opened.
    DataOpen,
    /// The bytes of a data connection, at the first of them.
    DataBytes,
    /// A data connection was closed or reset.
    DataClose,
    /// What else is to be said of a data channel, where there is no packet to show.
    DataNote,
    /// Something on the control connection that is not as it should be.
    Anomaly,
    /// Nothing happened for this long. Where a data connection was open meanwhile the event is its
    /// channel, else that of the row before.
    Silence {
        /// How long.
        span: Duration,
        /// A data connection was open.
        open: bool,
    },
    /// A side of the control connection (`Initiator` is the client) ended it, by RST if so said.
    End(Side, bool),
    /// Bytes of the control connection were sent again.
    Again,
    /// The capture ends and the control connection is still open.
    StillOpen,
    /// A finding that no other row proves.
    Finding,
}

impl What {
    /// It is part of the row above it and has no time of its own.
    pub(crate) fn is_aside(self) -> bool {
        matches!(
            self,
            Self::Announced | Self::DataNote | Self::Tls | Self::Again | Self::Silence { .. }
        )
    }

    /// It tells of a data channel.
    pub(crate) fn is_channel(self) -> bool {
        matches!(
            self,
            Self::Announced
                | Self::Attempt
                | Self::DataOpen
                | Self::DataBytes
                | Self::DataClose
                | Self::DataNote
        )
    }
}

impl Row {
    /// The same event in another telling of the same story, which may have grown.
    pub(crate) fn is_again(&self, other: &Self) -> bool {
        let same_kind = std::mem::discriminant(&self.what) == std::mem::discriminant(&other.what);
        self == other || (self.at.frame == other.at.frame && same_kind)
    }
}
