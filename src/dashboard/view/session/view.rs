//! How a session is shown: in which view, in whose colours.

/// How a session is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum View {
    /// A picture: arrows between hosts.
    #[default]
    Ladder,
    /// What was said, line by line.
    Transcript,
    /// The data channels.
    Data,
    /// The bytes.
    Raw,
}

impl View {
    /// All of them, in the order in which they follow each other.
    pub(super) const ALL: [Self; 4] = [Self::Ladder, Self::Transcript, Self::Data, Self::Raw];

    /// Its name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ladder => "Ladder",
            Self::Transcript => "Transcript",
            Self::Data => "Data",
            Self::Raw => "Raw",
        }
    }

    /// The one after it; the first after the last.
    pub(super) fn next(self) -> Self {
        match self {
            Self::Ladder => Self::Transcript,
            Self::Transcript => Self::Data,
            Self::Data => Self::Raw,
            Self::Raw => Self::Ladder,
        }
    }
}

/// What colours tell apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Colouring {
    /// Client, server, data.
    #[default]
    Role,
    /// One colour a session.
    Session,
    /// One colour a data channel.
    Channel,
}

impl Colouring {
    /// The one after it; the first after the last.
    pub(super) fn next(self) -> Self {
        match self {
            Self::Role => Self::Session,
            Self::Session => Self::Channel,
            Self::Channel => Self::Role,
        }
    }
}
