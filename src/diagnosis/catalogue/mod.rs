//! The catalogue of causes: what each is, how it looks on the wire, how it is confirmed and mended.

mod broken;
mod capture;
mod quality;
mod session;
mod setup;

pub use broken::*;
pub use capture::*;
pub use quality::*;
pub use session::*;
pub use setup::*;

/// A cause of failure, or a fact worth knowing, that the diagnosis can name.
#[derive(Debug, PartialEq, Eq)]
pub struct Cause {
    /// Its name in every output; never changes.
    pub id: &'static str,
    /// What it means, in one sentence without its full stop.
    pub title: &'static str,
    /// What it is, and why it happens.
    pub what: &'static str,
    /// How it looks in a capture.
    pub on_the_wire: &'static str,
    /// How to make sure.
    pub confirm: &'static str,
    /// How to mend it, the most likely remedy first.
    pub mend: &'static str,
}

/// The families of causes, each with what they have in common.
pub fn families() -> [(&'static str, &'static [&'static Cause]); 5] {
    [
        ("The data channel could not be set up", setup::ALL),
        ("The data channel broke", broken::ALL),
        ("The session", session::ALL),
        ("Integrity and quality", quality::ALL),
        ("The capture itself", capture::ALL),
    ]
}

/// All causes, family by family.
pub fn all() -> impl Iterator<Item = &'static Cause> + Clone {
    families()
        .into_iter()
        .flat_map(|(_, causes)| causes.iter().copied())
}

/// Whether a cause is about the capture itself: what the capture lacks is then the evidence.
pub(super) fn is_about_capture(id: &str) -> bool {
    capture::ALL.iter().any(|cause| cause.id == id)
}

/// Whether a cause is inferred from a packet that did not come: one that the capture lost looks the
/// same.
pub(super) fn rests_on_absence(id: &str) -> bool {
    [
        &REPLY_LOST,
        &ACTIVE_BLOCKED,
        &CONNECTION_UNANSWERED,
        &NEVER_ATTEMPTED,
        &NO_ANNOUNCEMENT,
        &PRIVATE_ADDRESS_ANNOUNCED,
        &WRONG_ADDRESS_ANNOUNCED,
        &CONTROL_UNANSWERED,
        &NO_GREETING,
        &UNANSWERED_COMMAND,
        &CONTROL_LOST,
        &PEER_VANISHED,
        &SERVER_DIED,
        &STALLED_PATH,
        &STALLED_MTU,
        &STALLED_RECEIVER,
        &STALLED_SENDER,
        &CLOSED_EARLY,
        &SIZE_MISMATCH,
        &TRANSFER_FAILED,
    ]
    .iter()
    .any(|cause| cause.id == id)
}

/// Whether a cause is about setting up data channels: it then holds for one channel after the other,
/// and is told once a session.
pub(super) fn is_about_setup(id: &str) -> bool {
    let repaired = [
        &NAT_ADDRESS_IGNORED,
        &NAT_HELPER_REWROTE,
        &EPSV_FALLBACK,
        &SYN_LOST_THEN_OK,
    ];
    setup::ALL
        .iter()
        .chain(&repaired)
        .any(|cause| cause.id == id)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::diagnosis::rules;

    #[test]
    fn every_cause_says_everything() {
        for cause in all() {
            for text in [
                cause.title,
                cause.what,
                cause.on_the_wire,
                cause.confirm,
                cause.mend,
            ] {
                assert!(!text.is_empty(), "{}", cause.id);
                assert_eq!(text, text.trim(), "{}", cause.id);
                assert!(!text.contains("  "), "{}: two blanks", cause.id);
            }
            assert!(!cause.title.ends_with('.'), "{}", cause.id);
        }
    }

    #[test]
    fn names_are_unique_and_in_kebab_case() {
        let mut seen = BTreeSet::new();
        for cause in all() {
            assert!(seen.insert(cause.id), "{} is there twice", cause.id);
            let is_kebab = cause
                .id
                .split('-')
                .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase()));
            assert!(is_kebab, "{}", cause.id);
        }
    }

    #[test]
    fn every_rule_names_causes_of_the_catalogue() {
        for rule in rules::ALL {
            assert!(!rule.causes.is_empty());
            for cause in rule.causes {
                assert!(all().any(|known| known == *cause), "{}", cause.id);
            }
        }
    }

    /// `see NAME` in a text leads to a cause that is there.
    #[test]
    fn texts_refer_to_causes_that_exist() {
        for cause in all() {
            for text in [cause.what, cause.on_the_wire, cause.confirm, cause.mend] {
                let words = text.split(|c: char| !c.is_ascii_lowercase() && c != '-');
                let words: Vec<&str> = words.collect();
                for pair in words.windows(2) {
                    if pair[0] == "see" && pair[1].contains('-') {
                        assert!(all().any(|known| known.id == pair[1]), "{}", pair[1]);
                    }
                }
            }
        }
    }
}
