//! The rules, one file a cause or family.

mod aborted;
mod ascii;
mod broke_off;
mod capture;
mod control_lost;
mod privacy;
mod refusals;
mod refused;
mod session_end;
mod size;
mod slow;
mod stalled;
mod unanswered;

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
    about_anything(&[&catalogue::SIZE_MISMATCH], size::check),
    about_anything(&[&catalogue::CONTROL_LOST], control_lost::during),
    about_anything(&[&catalogue::CONTROL_LOST], control_lost::after),
    about_anything(&[&catalogue::ABORTED], aborted::check),
    // Sessions.
    about_anything(&[&catalogue::NO_GREETING], session_end::no_greeting),
    about_anything(&[&catalogue::NO_GREETING], session_end::late_greeting),
    about_anything(&[&catalogue::TOO_MANY_CONNECTIONS], session_end::crowded),
    about_anything(&[&catalogue::IDLE_TIMEOUT], session_end::idle),
    about_anything(FILES, refusals::of_file),
    about_anything(FILES, refusals::of_probe),
    about_anything(
        &[
            &catalogue::COMMAND_UNSUPPORTED,
            &catalogue::SYNTAX_ERROR,
            &catalogue::BAD_SEQUENCE,
        ],
        refusals::of_command,
    ),
    about_anything(&[&catalogue::COMMAND_UNSUPPORTED], refusals::of_tls),
    about_anything(&[&catalogue::UNANSWERED_COMMAND], unanswered::check),
    about_anything(&[&catalogue::CLEARTEXT_PASSWORD], privacy::password),
    about_anything(&[&catalogue::CONTROL_ENCRYPTED], privacy::encrypted),
    // Quality.
    about_anything(&[&catalogue::ASCII_MODE_CORRUPTION], ascii::check),
    about_anything(&[&catalogue::SLOW_TRANSFER], slow::check),
    // The capture.
    about_anything(&[&catalogue::CAPTURE_GAP], capture::gap),
    about_anything(&[&catalogue::ONE_DIRECTION_ONLY], capture::one_direction),
    about_anything(&[&catalogue::DATA_NOT_CAPTURED], capture::no_data),
    about_anything(&[&catalogue::MIDSTREAM_START], capture::midstream),
    about_anything(&[&catalogue::CAPTURE_ENDED], capture::ended),
];

/// What a refusal about a file may mean.
const FILES: &[&Cause] = &[&catalogue::FILE_UNAVAILABLE, &catalogue::PERMISSION_DENIED];

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
