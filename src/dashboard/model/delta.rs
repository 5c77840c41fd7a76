//! What changed since the screen was last told.

use std::sync::Arc;

use super::{CaptureState, ChannelRow, Dossier, Problem, SessionRow, Stats};
use crate::ftp::SessionId;
use crate::time::Timestamp;

/// A line of the log: what the capture or the engine has to say of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LogLine {
    /// Packet time, where it has one.
    pub(crate) time: Option<Timestamp>,
    /// Something is missing or went wrong; else a note.
    pub(crate) is_warning: bool,
    /// What, escaped.
    pub(crate) text: Box<str>,
}

/// How far a filter has been applied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filtering {
    /// Which filter: as the order that gave it was numbered.
    pub(crate) number: u64,
    /// Sessions still to look at.
    pub(crate) left: u32,
}

/// What was given up to keep memory bounded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct GivenUp {
    /// These sessions.
    pub(crate) sessions: Vec<SessionId>,
    /// Data channels below this number.
    pub(crate) channels: u32,
    /// Findings below this number.
    pub(crate) problems: u32,
}

/// What changed since the last one. Rows replace those of the same identity.
#[derive(Clone, Debug)]
pub(crate) struct Delta {
    /// 1, 2, ….
    pub(crate) generation: u64,
    /// Sessions that are new or changed.
    pub(crate) sessions: Vec<Arc<SessionRow>>,
    /// Rows that were given up.
    pub(crate) given_up: GivenUp,
    /// What is known of the sessions that were asked for, where that changed.
    pub(crate) dossiers: Vec<Arc<Dossier>>,
    /// Data channels that are new.
    pub(crate) channels: Vec<Arc<ChannelRow>>,
    /// Findings that are new.
    pub(crate) problems: Vec<Arc<Problem>>,
    /// Lines of the log that are new.
    pub(crate) log: Vec<LogLine>,
    /// The capture.
    pub(crate) capture: CaptureState,
    /// The totals.
    pub(crate) stats: Arc<Stats>,
    /// The filter.
    pub(crate) filtering: Filtering,
}
