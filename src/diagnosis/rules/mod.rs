//! The rules, one file a cause or family.

mod refused;

use super::{Case, Cause, Finding, catalogue};

/// Names one cause where it is to be seen.
#[derive(Debug)]
pub struct Rule {
    /// What it names; some rules choose between close relatives.
    pub causes: &'static [&'static Cause],
    /// What it is about.
    pub subject: Subject,
    /// Gives the finding, when the case shows the cause.
    pub check: fn(&Case<'_>) -> Option<Finding>,
}

/// What a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// It explains a failed or refused data channel: the first rule that fits is the only one.
    Channel,
    /// Anything else: it stands beside other findings.
    Anything,
}

/// All rules; those about channels from the specific to the general.
pub const ALL: &[Rule] = &[Rule {
    causes: &[&catalogue::CONNECTION_REFUSED],
    subject: Subject::Channel,
    check: refused::check,
}];
