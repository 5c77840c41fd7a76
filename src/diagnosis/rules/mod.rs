//! The rules, one file a cause or family.

mod aborted;
mod active_blocked;
mod announced;
mod ascii;
mod attempt;
mod bounce;
mod broke_off;
mod capture;
mod control;
mod control_lost;
mod fallback;
mod family;
mod general;
mod never_attempted;
mod no_announcement;
mod no_reply;
mod privacy;
mod refusals;
mod refused;
mod rejected;
mod repaired;
mod reply_lost;
mod session_end;
mod size;
mod slow;
mod stalled;
mod third_party;
mod tls_alert;
mod tls_data;
mod tls_failed;
mod tls_lengths;
mod tls_renegotiated;
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
    pub check: Check,
}

/// Looks at a case.
type Check = fn(&Case<'_>) -> Option<Finding>;

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
    about_channel(&[&DATA_PROTECTION_MISMATCH], tls_data::mismatch),
    about_channel(&[&TLS_HANDSHAKE_FAILED], tls_data::handshake),
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
    about_channel(&[&NO_ANNOUNCEMENT], no_announcement::default_ports),
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
    about_anything(&[&TLS_HANDSHAKE_FAILED], tls_failed::left),
    about_anything(&[&DATA_PROTECTION_MISMATCH], tls_data::refused),
    about_anything(
        &[&TLS_SESSION_NOT_REUSED, &TLS_REQUIRED],
        tls_lengths::check,
    ),
    about_anything(&[&NO_ANNOUNCEMENT], no_announcement::told),
    about_anything(&[&NAT_ADDRESS_IGNORED], repaired::address_ignored),
    about_anything(&[&NAT_HELPER_REWROTE], repaired::helper_rewrote),
    about_anything(&[&SYN_LOST_THEN_OK], repaired::syn_lost),
    about_anything(
        &[&CONTROL_UNANSWERED, &CONTROL_REFUSED, &CONTROL_UNREACHABLE],
        control::check,
    ),
    // Channels that broke: the standstill before the end tells more than the end.
    about_channel(&[&STORAGE_EXCEEDED], broke_off::storage),
    about_channel(
        &[
            &PEER_VANISHED,
            &STALLED_PATH,
            &STALLED_MTU,
            &STALLED_RECEIVER,
            &STALLED_SENDER,
        ],
        stalled::check,
    ),
    about_channel(&[&UNANSWERED_COMMAND], no_reply::of_transfer),
    about_channel(&[&CLOSED_EARLY], broke_off::local_error),
    about_channel(&[&SERVER_DIED], broke_off::server_died),
    about_channel(&[&RESET_DURING_TRANSFER], broke_off::reset),
    about_channel(&[&CLOSED_EARLY], broke_off::closed_early),
    about_anything(&[&STORAGE_EXCEEDED], broke_off::storage_refused),
    about_anything(&[&SIZE_MISMATCH], size::check),
    about_anything(&[&CONTROL_LOST], control_lost::during),
    about_anything(&[&CONTROL_LOST], control_lost::after),
    about_anything(&[&ABORTED], aborted::check),
    // Sessions.
    about_anything(&[&NO_GREETING], session_end::no_greeting),
    about_anything(&[&NO_GREETING], session_end::late_greeting),
    about_anything(&[&TOO_MANY_CONNECTIONS], session_end::crowded),
    about_anything(&[&IDLE_TIMEOUT], session_end::idle),
    about_anything(FILES, refusals::of_file),
    about_anything(FILES, refusals::of_begun),
    about_anything(FILES, refusals::of_probe),
    about_anything(
        &[&COMMAND_UNSUPPORTED, &SYNTAX_ERROR, &BAD_SEQUENCE],
        refusals::of_command,
    ),
    about_anything(&[&COMMAND_UNSUPPORTED], refusals::of_tls),
    about_anything(&[&BAD_SEQUENCE], refusals::of_order),
    about_anything(&[&UNANSWERED_COMMAND, &SERVER_DIED], no_reply::check),
    about_anything(&[&CLEARTEXT_PASSWORD], privacy::password),
    about_anything(&[&CONTROL_ENCRYPTED], privacy::encrypted),
    about_anything(&[&TLS_RENEGOTIATED], tls_renegotiated::check),
    // Quality.
    about_anything(&[&ASCII_MODE_CORRUPTION], ascii::check),
    about_anything(&[&SLOW_TRANSFER], slow::check),
    // The capture.
    about_anything(&[&CAPTURE_GAP], capture::gap),
    about_anything(&[&ONE_DIRECTION_ONLY], capture::one_direction),
    about_anything(&[&DATA_NOT_CAPTURED], capture::no_data),
    about_anything(&[&MIDSTREAM_START], capture::midstream),
    about_anything(&[&CAPTURE_ENDED], capture::ended),
    // What is left, at the very end.
    about_channel(&[&TRANSFER_FAILED], general::check),
];

/// What a refusal about a file may mean.
const FILES: &[&Cause] = &[&FILE_UNAVAILABLE, &PERMISSION_DENIED];

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
