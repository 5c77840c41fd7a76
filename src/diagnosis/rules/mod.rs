//! The rules, one file a cause or family.

mod active_blocked;
mod announced;
mod attempt;
mod bounce;
mod control;
mod fallback;
mod family;
mod general;
mod never_attempted;
mod no_announcement;
mod refused;
mod rejected;
mod repaired;
mod reply_lost;
mod third_party;
mod tls_failed;
mod tls_required;
mod unanswered;
mod unreachable;

use super::catalogue::*;
use super::{Case, Cause, Finding};

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
    /// It explains a data channel that failed, was refused, or was announced in vain: the first
    /// rule that fits is the only one.
    Channel,
    /// Anything else: it stands beside other findings.
    Anything,
}

/// All rules; those about channels from the specific to the general.
pub const ALL: &[Rule] = &[
    // Channels that could not be set up.
    about_channel(&[&TLS_REQUIRED], tls_required::channel),
    about_channel(
        &[&TLS_SESSION_NOT_REUSED, &TLS_HANDSHAKE_FAILED],
        tls_failed::channel,
    ),
    about_channel(&[&BOUNCE_REFUSED, &BOUNCE_ALLOWED], bounce::unsuccessful),
    about_channel(&[&ADDRESS_FAMILY_MISMATCH], family::check),
    about_channel(&[&REPLY_LOST], reply_lost::unacknowledged),
    about_channel(
        &[&PRIVATE_ADDRESS_ANNOUNCED, &WRONG_ADDRESS_ANNOUNCED],
        announced::check,
    ),
    about_channel(&[&THIRD_PARTY_CONNECTION], third_party::unsuccessful),
    about_channel(&[&EPSV_FALLBACK], fallback::check),
    about_channel(&[&NO_PASSIVE_PORT], rejected::no_passive_port),
    about_channel(&[&ANNOUNCEMENT_REJECTED], rejected::announcement_rejected),
    about_channel(&[&ACTIVE_BLOCKED], active_blocked::check),
    about_channel(&[&CONNECTION_REFUSED], refused::check),
    about_channel(&[&CONNECTION_UNREACHABLE], unreachable::check),
    about_channel(&[&CONNECTION_UNANSWERED], unanswered::check),
    about_channel(&[&NEVER_ATTEMPTED], never_attempted::check),
    about_anything(&[&BOUNCE_ALLOWED], bounce::successful),
    about_anything(&[&THIRD_PARTY_CONNECTION], third_party::successful),
    about_anything(&[&THIRD_PARTY_CONNECTION], third_party::told),
    about_anything(&[&REPLY_LOST], reply_lost::unheard),
    about_anything(&[&TLS_REQUIRED], tls_required::command),
    about_anything(&[&TLS_HANDSHAKE_FAILED], tls_failed::control),
    about_anything(&[&TLS_SESSION_NOT_REUSED], tls_failed::not_reused),
    about_anything(&[&NO_ANNOUNCEMENT], no_announcement::check),
    about_anything(&[&NAT_ADDRESS_IGNORED], repaired::address_ignored),
    about_anything(&[&NAT_HELPER_REWROTE], repaired::helper_rewrote),
    about_anything(&[&SYN_LOST_THEN_OK], repaired::syn_lost),
    about_anything(
        &[&CONTROL_UNANSWERED, &CONTROL_REFUSED, &CONTROL_UNREACHABLE],
        control::check,
    ),
    // What is left, at the very end.
    about_channel(&[&TRANSFER_FAILED], general::check),
];

type Check = fn(&Case<'_>) -> Option<Finding>;

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
