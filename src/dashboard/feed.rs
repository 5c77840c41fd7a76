//! Where the engine thread has its packets from.

#[cfg(feature = "live")]
use crate::capture::live::{End, Live, State};
use crate::capture::{Drops, Files, Input, Next, Piped, Source};
use crate::time::Precision;

/// A source of packets that never blocks for long.
pub(crate) enum Feed {
    /// Capture files.
    Files(Box<Files>),
    /// A pipe.
    Piped(Box<Piped>),
    /// An interface.
    #[cfg(feature = "live")]
    Live(Box<Live>),
    /// Whatever a test needs.
    #[cfg(test)]
    Test(Box<dyn Source>),
}

impl Feed {
    /// Why a live capture ended, unless it was stopped; as the end of a sentence that begins with
    /// the name of the interface.
    pub(crate) fn failure(&self) -> Option<String> {
        match self {
            Self::Files(_) | Self::Piped(_) => None,
            #[cfg(test)]
            Self::Test(_) => None,
            #[cfg(feature = "live")]
            Self::Live(live) => match live.state() {
                State::Ended(End::Stopped) | State::Capturing | State::Away { .. } => None,
                State::Ended(end) => Some(end.to_string()),
            },
        }
    }

    fn source(&self) -> &dyn Source {
        match self {
            Self::Files(files) => &**files,
            Self::Piped(piped) => &**piped,
            #[cfg(feature = "live")]
            Self::Live(live) => &**live,
            #[cfg(test)]
            Self::Test(source) => &**source,
        }
    }
}

impl Source for Feed {
    #[inline]
    fn next(&mut self) -> Next<'_> {
        match self {
            Self::Files(files) => files.next(),
            Self::Piped(piped) => piped.next(),
            #[cfg(feature = "live")]
            Self::Live(live) => live.next(),
            #[cfg(test)]
            Self::Test(source) => source.next(),
        }
    }

    fn inputs(&self) -> &[Input] {
        self.source().inputs()
    }

    fn precision(&self) -> Precision {
        self.source().precision()
    }

    fn take_secrets(&mut self) -> Option<Vec<u8>> {
        match self {
            Self::Files(files) => files.take_secrets(),
            Self::Piped(piped) => piped.take_secrets(),
            #[cfg(feature = "live")]
            Self::Live(live) => live.take_secrets(),
            #[cfg(test)]
            Self::Test(source) => source.take_secrets(),
        }
    }

    fn drops(&self) -> Option<Drops> {
        self.source().drops()
    }

    fn trouble(&self) -> Option<&'static str> {
        self.source().trouble()
    }
}
