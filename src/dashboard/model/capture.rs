//! The capture itself: where it comes from and how it fares.

use std::time::Duration;

use crate::capture::Drops;
use crate::time::Timestamp;

/// Where packets come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Capture files, or standard input: what is shown as their name.
    File(String),
    /// An interface.
    #[cfg_attr(
        not(feature = "live"),
        allow(dead_code, reason = "nothing else opens interfaces")
    )]
    Interface(String),
}

/// How the capture fares.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Progress {
    /// Packets are read or captured.
    Running {
        /// The share that was read, 0.0 to 1.0, where the total is known.
        fraction: Option<f64>,
        /// Time left at the present rate, where it can be told.
        left: Option<Duration>,
    },
    /// Everything was read.
    Done,
    /// It was stopped on request; what was read is there.
    Stopped {
        /// The share that was read.
        fraction: Option<f64>,
    },
    /// It cannot go on; what was read is there.
    Failed(String),
}

/// The capture as the header shows it.
#[derive(Clone, Debug)]
pub(crate) struct CaptureState {
    /// Where packets come from.
    pub(crate) origin: Origin,
    /// How it fares.
    pub(crate) progress: Progress,
    /// Why no packets come at the moment, as the end of a sentence that begins with the interface.
    pub(crate) trouble: Option<&'static str>,
    /// Packets so far.
    pub(crate) packets: u64,
    /// Their bytes on the wire.
    pub(crate) bytes: u64,
    /// What was lost.
    pub(crate) drops: Drops,
    /// Time of the first packet.
    pub(crate) first: Option<Timestamp>,
    /// The latest time of any packet.
    pub(crate) last: Option<Timestamp>,
}

impl CaptureState {
    /// A capture that has not begun.
    pub(crate) fn new(origin: Origin) -> Self {
        Self {
            origin,
            progress: Progress::Running {
                fraction: None,
                left: None,
            },
            trouble: None,
            packets: 0,
            bytes: 0,
            drops: Drops::default(),
            first: None,
            last: None,
        }
    }

    /// Packets come from an interface.
    pub(crate) fn is_live(&self) -> bool {
        matches!(self.origin, Origin::Interface(_))
    }

    /// Packets may still come.
    pub(crate) fn is_running(&self) -> bool {
        matches!(self.progress, Progress::Running { .. })
    }
}
