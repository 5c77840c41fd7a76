//! What the diagnosis tells.

use super::Cause;
use crate::capture::{Frame, Moment};
use crate::ftp::SessionId;
use crate::time::Timestamp;

/// Pieces of evidence kept of one finding.
pub(super) const MAX_EVIDENCE: usize = 32;

/// One diagnosed fact.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The session; `None` for a finding about hosts.
    pub session: Option<SessionId>,
    /// The data channel within the session.
    pub channel: Option<u32>,
    /// When it could be said.
    pub time: Timestamp,
    /// The cause: an identifier such as `connection-refused`.
    pub cause: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// One sentence with the real addresses, ports and codes.
    pub summary: String,
    /// The packets that prove it, in time order; never empty.
    pub evidence: Vec<Evidence>,
    /// What to do, the most likely remedy first.
    pub advice: Vec<String>,
}

/// A packet that proves a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The packet.
    pub frame: Frame,
    /// When it was captured.
    pub time: Timestamp,
    /// What it shows.
    pub note: String,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Notice,
    /// Worked in spite of a fault, or may fail next time.
    Warning,
    /// Something failed.
    Error,
}

/// How sure a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// One of several explanations.
    Possible,
    /// The best explanation of what the capture shows.
    Likely,
    /// The capture proves it.
    Certain,
}

impl Confidence {
    /// The next lower one.
    pub(super) fn lowered(self) -> Self {
        match self {
            Self::Certain => Self::Likely,
            Self::Likely | Self::Possible => Self::Possible,
        }
    }
}

impl Finding {
    /// A finding without evidence or advice yet; session, channel and time are filled in by the
    /// diagnoser.
    pub fn new(cause: &Cause, severity: Severity, confidence: Confidence, summary: String) -> Self {
        Self::of(cause.id, severity, confidence, summary)
    }

    /// The same, for a cause that is known by its identifier.
    pub(super) fn of(
        cause: &'static str,
        severity: Severity,
        confidence: Confidence,
        summary: String,
    ) -> Self {
        Self {
            session: None,
            channel: None,
            time: Timestamp::default(),
            cause,
            severity,
            confidence,
            summary,
            evidence: Vec::new(),
            advice: Vec::new(),
        }
    }

    /// Adds a packet that proves it.
    pub fn because(mut self, at: Moment, note: impl Into<String>) -> Self {
        self.evidence.push(Evidence {
            frame: at.frame,
            time: at.time,
            note: note.into(),
        });
        self
    }

    /// Adds a packet that proves it, where there is one.
    pub fn because_of(self, at: Option<Moment>, note: impl Into<String>) -> Self {
        match at {
            Some(at) => self.because(at, note),
            None => self,
        }
    }

    /// Puts the evidence in time order, each piece once; several files do not follow each other.
    pub(super) fn sort_evidence(&mut self) {
        self.evidence
            .sort_by_key(|evidence| (evidence.time, evidence.frame));
        self.evidence.dedup();
    }

    /// Adds a remedy, after those that it has.
    pub fn advise(mut self, advice: impl Into<String>) -> Self {
        self.advice.push(advice.into());
        self
    }

    /// Adds remedies.
    pub fn advise_all(mut self, advice: impl IntoIterator<Item = String>) -> Self {
        self.advice.extend(advice);
        self
    }
}
