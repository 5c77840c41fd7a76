//! The same fault again and again in one session: told once, then summed up.

use hashbrown::HashMap;

use super::finding::MAX_EVIDENCE;
use super::{Confidence, Evidence, Finding, Severity, catalogue};
use crate::ftp::SessionId;

/// Channels named in a sum.
const MAX_NAMED: usize = 12;

/// What a piece of evidence takes, in bytes.
const EVIDENCE: usize = 160;

/// What was told of each session that is not over.
#[derive(Debug, Default)]
pub(super) struct Repeats {
    told: HashMap<SessionId, Vec<Told>>,
    /// Memory that it takes.
    size: usize,
}

/// One fault of one session.
#[derive(Debug)]
struct Told {
    cause: &'static str,
    severity: Severity,
    channel: Option<u32>,
    again: u64,
    channels: Vec<u32>,
    evidence: Vec<Evidence>,
}

impl Repeats {
    /// Whether a finding is to be told by itself; remembers it where it is not.
    pub(super) fn is_new(&mut self, finding: &Finding) -> bool {
        let Some(session) = finding.session else {
            return true;
        };
        if !catalogue::is_about_setup(finding.cause) {
            return true;
        }
        let told = self.told.entry(session).or_default();
        let same =
            |told: &&mut Told| told.cause == finding.cause && told.severity == finding.severity;
        match told.iter_mut().find(same) {
            Some(told) => {
                let before = told.size();
                told.add(finding);
                self.size = self.size + told.size() - before;
                false
            }
            None => {
                let new = Told::new(finding);
                self.size += new.size();
                told.push(new);
                true
            }
        }
    }

    /// Memory that it takes, in bytes.
    pub(super) fn memory(&self) -> usize {
        self.told.len() * 2 * size_of::<(SessionId, Vec<Told>)>() + self.size
    }

    /// The session is over: what was held back, in sum.
    pub(super) fn sums(&mut self, session: SessionId) -> Vec<Finding> {
        let Some(told) = self.told.remove(&session) else {
            return Vec::new();
        };
        self.size -= told.iter().map(Told::size).sum::<usize>();
        let repeated = told.into_iter().filter(|told| told.again > 0);
        repeated.map(Told::sum).collect()
    }
}

impl Told {
    fn new(finding: &Finding) -> Self {
        Self {
            cause: finding.cause,
            severity: finding.severity,
            channel: finding.channel,
            again: 0,
            channels: Vec::new(),
            evidence: Vec::new(),
        }
    }

    /// Memory that it takes, in bytes.
    fn size(&self) -> usize {
        size_of::<Self>()
            + self.channels.capacity() * size_of::<u32>()
            + self.evidence.len() * EVIDENCE
    }

    /// Another channel; the same one seen from another side is nothing new.
    fn add(&mut self, finding: &Finding) {
        if self.channel.is_none() {
            self.channel = finding.channel;
        }
        let Some(channel) = finding.channel.filter(|_| finding.channel != self.channel) else {
            return;
        };
        self.again += 1;
        if self.channels.len() < MAX_NAMED {
            self.channels.push(channel);
        }
        let room = MAX_EVIDENCE.saturating_sub(self.evidence.len());
        self.evidence
            .extend(finding.evidence.iter().take(room.min(4)).cloned());
    }

    fn sum(self) -> Finding {
        let names: Vec<String> = self.channels.iter().map(u32::to_string).collect();
        let more = self.again - self.channels.len() as u64;
        let rest = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        let (times, word) = match self.again {
            1 => ("once".to_owned(), "channel"),
            again => (format!("{again} times"), "channels"),
        };
        Finding {
            evidence: self.evidence,
            ..Finding::of(
                self.cause,
                self.severity,
                Confidence::Certain,
                format!(
                    "The same {times} more in this session: data {word} {}{rest}.",
                    names.join(", ")
                ),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::Moment;

    fn finding(channel: u32) -> Finding {
        let mut finding = Finding::new(
            &catalogue::CONNECTION_UNANSWERED,
            Severity::Error,
            Confidence::Certain,
            String::new(),
        )
        .because(Moment::default(), "SYN");
        (finding.session, finding.channel) = (Some(1), Some(channel));
        finding
    }

    #[test]
    fn a_fault_is_told_once_and_summed_up_at_the_end() {
        let mut repeats = Repeats::default();
        let new = [1, 1, 2, 3].map(|channel| repeats.is_new(&finding(channel)));
        assert_eq!(new, [true, false, false, false]);
        let sums = repeats.sums(1);
        assert_eq!(sums.len(), 1);
        assert!(
            sums[0]
                .summary
                .ends_with("2 times more in this session: data channels 2, 3."),
            "{}",
            sums[0].summary
        );
        assert!(!sums[0].evidence.is_empty());
        assert!(repeats.sums(1).is_empty());
    }

    #[test]
    fn a_sum_names_the_first_channels_and_has_the_first_evidence() {
        let mut repeats = Repeats::default();
        for channel in 1..=100 {
            let again = (0..9).fold(finding(channel), |finding, _| {
                finding.because(Moment::default(), "SYN")
            });
            repeats.is_new(&again);
        }
        let [sum] = &repeats.sums(1)[..] else {
            panic!("one sum");
        };
        assert!(
            sum.summary
                .ends_with("channels 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 and 87 more."),
            "{}",
            sum.summary
        );
        assert_eq!(sum.evidence.len(), MAX_EVIDENCE);
        assert_eq!(repeats.size, 0);
    }
}
