//! What kinds of facts there are for rules to look at, so that most facts meet few rules or none.

use super::{ALL, Case, Rule, Subject};
use crate::ftp::{Channel, Exchange, Outcome, Reply, SessionEvent, Verb};

/// Some kinds of facts; [`Kinds::of`] gives the one kind of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kinds(u32);

/// How many kinds there are.
const COUNT: usize = 15;

impl Kinds {
    /// What no rule looks at.
    pub const NONE: Self = Self(0);
    /// A channel that served its transfer.
    pub const COMPLETED: Self = Self::channel(Outcome::Completed);
    /// A channel that failed.
    pub const FAILED: Self = Self::channel(Outcome::Failed);
    /// A channel whose command was refused.
    pub const REJECTED: Self = Self::channel(Outcome::Rejected);
    /// A channel whose announcement was refused.
    pub const REFUSED: Self = Self::channel(Outcome::Refused);
    /// A channel that nobody used.
    pub const UNUSED: Self = Self::channel(Outcome::Unused);
    /// A channel that is not over.
    pub const INCOMPLETE: Self = Self::channel(Outcome::Incomplete);
    /// A channel, whatever became of it.
    pub const CHANNEL: Self = Self((1 << Outcome::ALL.len()) - 1);
    /// A channel that did not come about, or broke.
    pub const UNSUCCESSFUL: Self = Self::FAILED.or(Self::REFUSED);
    /// The same, or one that nobody used: perhaps it could not be.
    pub const IN_VAIN: Self = Self::UNSUCCESSFUL.or(Self::UNUSED);
    /// Any other channel.
    pub const SPARED: Self = Self(Self::CHANNEL.0 & !Self::UNSUCCESSFUL.0);
    /// A command without a reply.
    pub const UNANSWERED: Self = Self(1 << 8);
    /// A command whose latest reply is a refusal: 400 and above.
    pub const DENIED: Self = Self(1 << 9);
    /// PASS that was not refused.
    pub const PASSWORD: Self = Self(1 << 10);
    /// Any other command.
    pub const GRANTED: Self = Self(1 << 11);
    /// A command, whatever the server said.
    pub const COMMAND: Self = Self::UNANSWERED
        .or(Self::DENIED)
        .or(Self::PASSWORD)
        .or(Self::GRANTED);
    /// A reply that answers no command, of 400 and above.
    pub const COMPLAINT: Self = Self(1 << 12);
    /// Any other reply that answers no command.
    pub const GREETING: Self = Self(1 << 13);
    /// A session that is over.
    pub const ENDED: Self = Self(1 << 14);

    const fn channel(outcome: Outcome) -> Self {
        Self(1 << outcome as u32)
    }

    /// These kinds and those.
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether some kind is among both.
    pub const fn meet(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The kind of a fact.
    pub fn of(event: &SessionEvent) -> Self {
        match event {
            SessionEvent::Channel(channel) => Self::of_channel(channel),
            SessionEvent::Exchange(exchange) => Self::of_exchange(exchange),
            SessionEvent::Reply { reply, .. } if is_refusal(reply) => Self::COMPLAINT,
            SessionEvent::Reply { .. } => Self::GREETING,
            SessionEvent::Ended(_) => Self::ENDED,
            SessionEvent::Opened(_) | SessionEvent::Login(_) | SessionEvent::Anomaly(_) => {
                Self::NONE
            }
        }
    }

    fn of_channel(channel: &Channel) -> Self {
        Self::channel(channel.outcome)
    }

    fn of_exchange(exchange: &Exchange) -> Self {
        match exchange.replies.last() {
            None => Self::UNANSWERED,
            Some(reply) if is_refusal(reply) => Self::DENIED,
            Some(_) if exchange.verb == Verb::Pass => Self::PASSWORD,
            Some(_) => Self::GRANTED,
        }
    }

    /// The rules about `subject` that look at a fact of this one kind, in their order.
    pub(in crate::diagnosis) fn rules(self, subject: Subject) -> &'static [&'static Rule] {
        let asked = ASKED.get(self.0.trailing_zeros() as usize);
        asked.map_or(&[], |asked| asked[subject as usize].rules())
    }

    /// The cause that a rule would name which does not look at a fact of this one kind: there must
    /// be none.
    pub(in crate::diagnosis) fn missed(self, case: &Case<'_>) -> Option<&'static str> {
        let others = ALL.iter().filter(|rule| !rule.looks_at.meet(self));
        let mut found = others.filter_map(|rule| (rule.check)(case));
        Some(found.next()?.cause)
    }
}

fn is_refusal(reply: &Reply) -> bool {
    reply.code >= 400
}

/// The most rules about one subject that look at one kind.
const PLACES: usize = 24;

/// Some rules, in their order.
#[derive(Clone, Copy)]
struct Asked {
    places: [&'static Rule; PLACES],
    count: usize,
}

impl Asked {
    fn rules(&'static self) -> &'static [&'static Rule] {
        self.places.get(..self.count).unwrap_or_default()
    }
}

/// Which rules of [`ALL`] look at a fact, by its kind and their [`Subject`].
static ASKED: [[Asked; 2]; COUNT] = asked();

const fn asked() -> [[Asked; 2]; COUNT] {
    assert!(Outcome::ALL.len() == 8);
    let nobody = Asked {
        places: [&ALL[0]; PLACES],
        count: 0,
    };
    let mut asked = [[nobody; 2]; COUNT];
    let mut kind = 0;
    while kind < COUNT {
        let mut index = 0;
        while index < ALL.len() {
            let rule = &ALL[index];
            if rule.looks_at.meet(Kinds(1 << kind)) {
                let asked = &mut asked[kind][rule.subject as usize];
                asked.places[asked.count] = rule;
                asked.count += 1;
            }
            index += 1;
        }
        kind += 1;
    }
    asked
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::analyzer::testing::events_of;

    /// The diagnoser itself makes sure that there is no [`Kinds::missed`]: see `ask` there.
    #[test]
    fn no_capture_holds_a_fact_that_a_rule_misses() {
        let mut facts = 0;
        for path in captures() {
            facts += events_of(&path).len();
        }
        assert!(facts > 2000, "{facts}");
    }

    fn captures() -> Vec<PathBuf> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("captures");
        let folders = fs::read_dir(folder).unwrap();
        let files =
            folders.flat_map(|entry| fs::read_dir(entry.unwrap().path()).into_iter().flatten());
        let paths = files.map(|file| file.unwrap().path());
        let is_capture = |path: &PathBuf| path.file_stem().is_some_and(|stem| stem == "capture");
        paths.filter(is_capture).collect()
    }

    #[test]
    fn every_rule_looks_at_something() {
        for rule in ALL {
            assert!(rule.looks_at != Kinds::NONE, "{}", rule.causes[0].id);
            let channels = Kinds::CHANNEL.or(rule.looks_at) == Kinds::CHANNEL;
            assert!(rule.subject == Subject::Anything || channels);
        }
        let every = ALL
            .iter()
            .fold(Kinds::NONE, |all, rule| all.or(rule.looks_at));
        assert_eq!(every.0.count_ones() as usize, COUNT);
    }
}
