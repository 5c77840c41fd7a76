//! The rules, one file a cause or family.

mod broke_off;
mod refused;
mod size;
mod stalled;

use super::{Case, Cause, Finding, catalogue};

/// Names one cause where it is to be seen.
#[derive(Debug)]
pub struct Rule {
    /// What it names; some rules choose between close relatives.
    pub causes: &'static [&'static Cause],
    /// What it is about.
    pub subject: Subject,
    /// Gives the finding, when the case shows the cause.
    pub check: Check,
}

/// Looks at a case.
type Check = fn(&Case<'_>) -> Option<Finding>;

/// What a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// It explains a failed or refused data channel: the first rule that fits is the only one.
    Channel,
    /// Anything else: it stands beside other findings.
    Anything,
}

/// All rules; those about channels from the specific to the general.
pub const ALL: &[Rule] = &[
    Rule {
        causes: &[&catalogue::CONNECTION_REFUSED],
        subject: Subject::Channel,
        check: refused::check,
    },
    // Channels that broke: the standstill before the end tells more than the end.
    about_channel(&[&catalogue::STORAGE_EXCEEDED], broke_off::storage),
    about_channel(
        &[
            &catalogue::PEER_VANISHED,
            &catalogue::STALLED_PATH,
            &catalogue::STALLED_MTU,
            &catalogue::STALLED_RECEIVER,
            &catalogue::STALLED_SENDER,
        ],
        stalled::check,
    ),
    about_channel(&[&catalogue::CLOSED_EARLY], broke_off::local_error),
    about_channel(&[&catalogue::SERVER_DIED], broke_off::server_died),
    about_channel(&[&catalogue::RESET_DURING_TRANSFER], broke_off::reset),
    about_channel(&[&catalogue::CLOSED_EARLY], broke_off::closed_early),
    about_anything(&[&catalogue::STORAGE_EXCEEDED], broke_off::storage_refused),
    about_anything(&[&catalogue::CLOSED_EARLY], broke_off::short),
    about_anything(&[&catalogue::SIZE_MISMATCH], size::check),
];

const fn about_channel(causes: &'static [&'static Cause], check: Check) -> Rule {
    Rule {
        causes,
        subject: Subject::Channel,
        check,
    }
}

const fn about_anything(causes: &'static [&'static Cause], check: Check) -> Rule {
    Rule {
        causes,
        subject: Subject::Anything,
        check,
    }
}
