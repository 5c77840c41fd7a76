//! From session facts to findings: what went wrong, the frames that prove it, what mends it.

use crate::capture::Frame;
use crate::ftp::SessionId;
use crate::time::Timestamp;

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
#[derive(Clone, Debug)]
pub struct Evidence {
    /// The packet.
    pub frame: Frame,
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
