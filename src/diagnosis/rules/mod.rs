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
mod kinds;
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
pub use kinds::Kinds;

/// Names one cause where it is to be seen.
#[derive(Debug)]
pub struct Rule {
    /// What it names; some rules choose between close relatives.
    pub causes: &'static [&'static Cause],
    /// What it is about.
    pub subject: Subject,
    /// The facts that may show it; of any other it says nothing.
    pub looks_at: Kinds,
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
    about_channel(&[&TLS_REQUIRED], Kinds::UNSUCCESSFUL, tls_required::channel),
    about_channel(
        &[&DATA_PROTECTION_MISMATCH],
        Kinds::CHANNEL,
        tls_data::mismatch,
    ),
    about_channel(
        &[&TLS_HANDSHAKE_FAILED],
        Kinds::CHANNEL,
        tls_data::handshake,
    ),
    about_channel(
        &[&TLS_SESSION_NOT_REUSED, &TLS_HANDSHAKE_FAILED],
        Kinds::UNSUCCESSFUL,
        tls_failed::channel,
    ),
    about_channel(
        &[&BOUNCE_REFUSED, &BOUNCE_ALLOWED],
        Kinds::UNSUCCESSFUL,
        bounce::unsuccessful,
    ),
    about_channel(&[&ADDRESS_FAMILY_MISMATCH], Kinds::IN_VAIN, family::check),
    about_channel(
        &[&REPLY_LOST],
        Kinds::UNUSED.or(Kinds::INCOMPLETE).or(Kinds::FAILED),
        reply_lost::unacknowledged,
    ),
    about_channel(
        &[&PRIVATE_ADDRESS_ANNOUNCED, &WRONG_ADDRESS_ANNOUNCED],
        Kinds::IN_VAIN,
        announced::check,
    ),
    about_channel(
        &[&THIRD_PARTY_CONNECTION],
        Kinds::UNSUCCESSFUL,
        third_party::unsuccessful,
    ),
    about_channel(&[&EPSV_FALLBACK], Kinds::IN_VAIN, fallback::check),
    about_channel(
        &[&NO_PASSIVE_PORT],
        Kinds::REFUSED,
        rejected::no_passive_port,
    ),
    about_channel(
        &[&ANNOUNCEMENT_REJECTED],
        Kinds::REFUSED,
        rejected::announcement_rejected,
    ),
    about_channel(
        &[&NO_ANNOUNCEMENT],
        Kinds::UNSUCCESSFUL,
        no_announcement::default_ports,
    ),
    about_channel(&[&ACTIVE_BLOCKED], Kinds::FAILED, active_blocked::check),
    about_channel(&[&CONNECTION_REFUSED], Kinds::UNSUCCESSFUL, refused::check),
    about_channel(
        &[&CONNECTION_UNREACHABLE],
        Kinds::UNSUCCESSFUL,
        unreachable::check,
    ),
    about_channel(
        &[&CONNECTION_UNANSWERED],
        Kinds::UNSUCCESSFUL,
        unanswered::check,
    ),
    about_channel(&[&NEVER_ATTEMPTED], Kinds::IN_VAIN, never_attempted::check),
    about_anything(&[&BOUNCE_ALLOWED], Kinds::SPARED, bounce::successful),
    about_anything(
        &[&THIRD_PARTY_CONNECTION],
        Kinds::SPARED,
        third_party::successful,
    ),
    about_anything(
        &[&THIRD_PARTY_CONNECTION],
        Kinds::COMPLAINT,
        third_party::told,
    ),
    about_anything(&[&REPLY_LOST], Kinds::UNANSWERED, reply_lost::unheard),
    about_anything(&[&TLS_REQUIRED], Kinds::DENIED, tls_required::command),
    about_anything(&[&TLS_HANDSHAKE_FAILED], Kinds::ENDED, tls_failed::control),
    about_anything(&[&TLS_HANDSHAKE_FAILED], Kinds::ENDED, tls_failed::left),
    about_anything(
        &[&DATA_PROTECTION_MISMATCH],
        Kinds::ENDED,
        tls_data::refused,
    ),
    about_anything(
        &[&TLS_SESSION_NOT_REUSED, &TLS_REQUIRED],
        Kinds::ENDED,
        tls_lengths::check,
    ),
    about_anything(&[&NO_ANNOUNCEMENT], Kinds::DENIED, no_announcement::told),
    about_anything(
        &[&NAT_ADDRESS_IGNORED],
        Kinds::SPARED,
        repaired::address_ignored,
    ),
    about_anything(
        &[&NAT_HELPER_REWROTE],
        Kinds::SPARED,
        repaired::helper_rewrote,
    ),
    about_anything(&[&SYN_LOST_THEN_OK], Kinds::SPARED, repaired::syn_lost),
    about_anything(
        &[&CONTROL_UNANSWERED, &CONTROL_REFUSED, &CONTROL_UNREACHABLE],
        Kinds::ENDED,
        control::check,
    ),
    // Channels that broke: the standstill before the end tells more than the end.
    about_channel(
        &[&STORAGE_EXCEEDED],
        Kinds::UNSUCCESSFUL.or(Kinds::REJECTED),
        broke_off::storage,
    ),
    about_channel(
        &[
            &PEER_VANISHED,
            &STALLED_PATH,
            &STALLED_MTU,
            &STALLED_RECEIVER,
            &STALLED_SENDER,
        ],
        Kinds::UNSUCCESSFUL,
        stalled::check,
    ),
    about_channel(
        &[&UNANSWERED_COMMAND],
        Kinds::UNSUCCESSFUL,
        no_reply::of_transfer,
    ),
    about_channel(
        &[&CLOSED_EARLY],
        Kinds::UNSUCCESSFUL,
        broke_off::local_error,
    ),
    about_channel(&[&SERVER_DIED], Kinds::UNSUCCESSFUL, broke_off::server_died),
    about_channel(
        &[&RESET_DURING_TRANSFER],
        Kinds::UNSUCCESSFUL,
        broke_off::reset,
    ),
    about_channel(
        &[&CLOSED_EARLY],
        Kinds::UNSUCCESSFUL,
        broke_off::closed_early,
    ),
    about_anything(
        &[&STORAGE_EXCEEDED],
        Kinds::DENIED,
        broke_off::storage_refused,
    ),
    about_anything(&[&SIZE_MISMATCH], Kinds::COMPLETED, size::check),
    about_anything(&[&CONTROL_LOST], Kinds::INCOMPLETE, control_lost::during),
    about_anything(&[&CONTROL_LOST], Kinds::ENDED, control_lost::after),
    about_anything(&[&ABORTED], Kinds::CHANNEL, aborted::check),
    // Sessions.
    about_anything(&[&NO_GREETING], Kinds::ENDED, session_end::no_greeting),
    about_anything(&[&NO_GREETING], Kinds::GREETING, session_end::late_greeting),
    about_anything(
        &[&TOO_MANY_CONNECTIONS],
        Kinds::DENIED.or(Kinds::COMPLAINT),
        session_end::crowded,
    ),
    about_anything(&[&IDLE_TIMEOUT], Kinds::COMPLAINT, session_end::idle),
    about_anything(FILES, Kinds::DENIED, refusals::of_file),
    about_anything(FILES, Kinds::REJECTED, refusals::of_begun),
    about_anything(FILES, Kinds::ENDED, refusals::of_probe),
    about_anything(
        &[&COMMAND_UNSUPPORTED, &SYNTAX_ERROR, &BAD_SEQUENCE],
        Kinds::DENIED,
        refusals::of_command,
    ),
    about_anything(&[&COMMAND_UNSUPPORTED], Kinds::ENDED, refusals::of_tls),
    about_anything(&[&BAD_SEQUENCE], Kinds::ENDED, refusals::of_order),
    about_anything(
        &[&UNANSWERED_COMMAND, &SERVER_DIED],
        Kinds::COMMAND,
        no_reply::check,
    ),
    about_anything(&[&CLEARTEXT_PASSWORD], Kinds::PASSWORD, privacy::password),
    about_anything(&[&CONTROL_ENCRYPTED], Kinds::ENDED, privacy::encrypted),
    about_anything(
        &[&TLS_RENEGOTIATED],
        Kinds::CHANNEL.or(Kinds::ENDED),
        tls_renegotiated::check,
    ),
    // Quality.
    about_anything(&[&ASCII_MODE_CORRUPTION], Kinds::COMPLETED, ascii::check),
    about_anything(&[&SLOW_TRANSFER], Kinds::COMPLETED, slow::check),
    // The capture.
    about_anything(&[&CAPTURE_GAP], Kinds::ENDED, capture::gap),
    about_anything(&[&ONE_DIRECTION_ONLY], Kinds::ENDED, capture::one_direction),
    about_anything(&[&DATA_NOT_CAPTURED], Kinds::ENDED, capture::no_data),
    about_anything(&[&MIDSTREAM_START], Kinds::ENDED, capture::midstream),
    about_anything(&[&CAPTURE_ENDED], Kinds::INCOMPLETE, capture::ended),
    // What is left, at the very end.
    about_channel(&[&TRANSFER_FAILED], Kinds::FAILED, general::check),
];

/// What a refusal about a file may mean.
const FILES: &[&Cause] = &[&FILE_UNAVAILABLE, &PERMISSION_DENIED];

const fn about_channel(causes: &'static [&'static Cause], looks_at: Kinds, check: Check) -> Rule {
    Rule {
        causes,
        subject: Subject::Channel,
        looks_at,
        check,
    }
}

const fn about_anything(causes: &'static [&'static Cause], looks_at: Kinds, check: Check) -> Rule {
    Rule {
        causes,
        subject: Subject::Anything,
        looks_at,
        check,
    }
}
