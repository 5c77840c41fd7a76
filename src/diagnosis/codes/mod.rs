//! The catalogue of reply codes: what each means, what usually causes it, what to look at next.

mod class;
mod final_refusal;
mod intermediate;
mod passing;
mod preliminary;
mod protected;
mod success;

pub use class::{Class, subject};

use super::Cause;

/// A reply code that has a meaning of its own.
#[derive(Debug, PartialEq, Eq)]
pub struct ReplyCode {
    /// The three digits.
    pub code: u16,
    /// What it says, without a full stop.
    pub meaning: &'static str,
    /// Where it is specified.
    pub source: &'static str,
    /// When servers say it.
    pub usually: &'static str,
    /// What to look at next.
    pub next: &'static str,
    /// Causes that come with it, the most frequent first.
    pub see: &'static [&'static Cause],
}

impl ReplyCode {
    /// What a client may do after it.
    pub fn class(&self) -> Class {
        Class::of(self.code).unwrap_or(Class::FinalRefusal)
    }
}

/// All codes of the catalogue, in order.
pub fn all() -> impl Iterator<Item = &'static ReplyCode> + Clone {
    [
        preliminary::ALL,
        success::ALL,
        intermediate::ALL,
        passing::ALL,
        final_refusal::ALL,
        protected::ALL,
    ]
    .into_iter()
    .flatten()
}

/// The code with this number; `None` when it is not in the catalogue.
pub fn find(code: u16) -> Option<&'static ReplyCode> {
    all().find(|known| known.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_in_order_and_say_something() {
        let codes: Vec<u16> = all().map(|known| known.code).collect();
        assert!(codes.is_sorted_by(|one, next| one < next));
        for known in all() {
            for text in [known.meaning, known.source, known.usually, known.next] {
                assert!(!text.is_empty(), "{}", known.code);
                assert_eq!(text, text.trim(), "{}", known.code);
            }
            assert!(Class::of(known.code).is_some(), "{}", known.code);
        }
    }

    #[test]
    fn the_codes_of_the_specifications_are_there() {
        let ranges = [
            110..=110,
            120..=120,
            125..=125,
            150..=150,
            200..=200,
            202..=202,
        ];
        let more = [
            211..=215,
            220..=221,
            225..=232,
            234..=235,
            250..=250,
            257..=257,
        ];
        let refusals = [
            331..=332,
            334..=336,
            350..=350,
            421..=421,
            425..=426,
            430..=431,
        ];
        let rest = [
            434..=434,
            450..=452,
            500..=504,
            506..=506,
            521..=522,
            530..=537,
        ];
        let last = [550..=555, 631..=633];
        let wanted = ranges
            .into_iter()
            .chain(more)
            .chain(refusals)
            .chain(rest)
            .chain(last);
        for code in wanted.flatten() {
            assert!(find(code).is_some(), "{code}");
        }
    }
}
