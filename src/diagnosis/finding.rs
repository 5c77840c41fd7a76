//! What the diagnosis tells.

use std::borrow::Cow;
use std::net::SocketAddr;

use super::Cause;
use crate::capture::{Frame, Moment};
use crate::ftp::{Scene, SessionId, SessionRecord, Text};
use crate::time::Timestamp;

/// Pieces of evidence kept of one finding.
pub(super) const MAX_EVIDENCE: usize = 32;

/// One diagnosed fact.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The session; `None` for a finding about hosts.
    pub session: Option<SessionId>,
    /// Who is in the session; `None` for a finding about hosts.
    pub who: Option<Box<Who>>,
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
    pub advice: Vec<Cow<'static, str>>,
}

/// Who is in a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// Who connects.
    pub client: SocketAddr,
    /// Who serves.
    pub server: SocketAddr,
    /// The latest user name.
    pub user: Option<Text>,
}

impl Who {
    /// Who was in a session that is over.
    pub fn of(record: &SessionRecord) -> Self {
        Self {
            client: record.client,
            server: record.server,
            user: record.user.clone(),
        }
    }
}

/// A packet that proves a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The packet.
    pub frame: Frame,
    /// When it was captured.
    pub time: Timestamp,
    /// What it shows.
    pub note: Cow<'static, str>,
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
            who: None,
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
    pub fn because(mut self, at: Moment, note: impl Into<Cow<'static, str>>) -> Self {
        self.evidence.push(Evidence {
            frame: at.frame,
            time: at.time,
            note: note.into(),
        });
        self
    }

    /// Adds a packet that proves it, where there is one.
    pub fn because_of(self, at: Option<Moment>, note: impl Into<Cow<'static, str>>) -> Self {
        match at {
            Some(at) => self.because(at, note),
            None => self,
        }
    }

    /// Adds which session it is about, and who is in it.
    pub(super) fn about(mut self, scene: &Scene<'_>) -> Self {
        self.session = Some(scene.id());
        self.who = Some(Box::new(Who {
            client: scene.client(),
            server: scene.server(),
            user: scene.user().cloned(),
        }));
        self
    }

    /// Puts the evidence in time order, each piece once; several files do not follow each other.
    pub(super) fn sort_evidence(&mut self) {
        self.evidence
            .sort_by_key(|evidence| (evidence.time, evidence.frame));
        self.evidence.dedup();
    }

    /// Adds a remedy, after those that it has.
    pub fn advise(mut self, advice: impl Into<Cow<'static, str>>) -> Self {
        self.advice.push(advice.into());
        self
    }

    /// Adds remedies.
    pub fn advise_all(mut self, advice: impl IntoIterator<Item = String>) -> Self {
        self.advice.extend(advice.into_iter().map(Cow::Owned));
        self
    }
}
