//! Shows every fact to every rule.

use super::finding::MAX_EVIDENCE;
use super::repeats::Repeats;
use super::rules::{self, Subject};
use super::{Case, Finding};
use crate::ftp::{Channel, Scene, SessionEvent};

/// Names the causes of what the sessions tell.
#[derive(Debug, Default)]
pub struct Diagnoser {
    repeats: Repeats,
}

impl Diagnoser {
    /// Judges one fact: names the cause in a channel, and gives what was found.
    pub fn judge(&mut self, event: &mut SessionEvent, scene: &Scene<'_>) -> Vec<Finding> {
        let mut findings = Vec::new();
        let case = Case { event, scene };
        if case.channel().is_some() {
            let explained = of(Subject::Channel).find_map(|rule| (rule.check)(&case));
            findings.extend(explained.map(|finding| completed(finding, &case, case.channel())));
        }
        for rule in of(Subject::Anything) {
            let found = (rule.check)(&case);
            findings.extend(found.map(|finding| completed(finding, &case, case.channel())));
        }
        if let SessionEvent::Ended(record) = &*event {
            let sums = self.repeats.sums(record.id);
            findings.extend(sums.into_iter().map(|sum| completed(sum, &case, None)));
        }
        if let SessionEvent::Channel(channel) = event {
            name_cause(channel, &findings);
        }
        self.repeats.sift(findings)
    }
}

fn of(subject: Subject) -> impl Iterator<Item = &'static rules::Rule> {
    rules::ALL
        .iter()
        .filter(move |rule| rule.subject == subject)
}

/// The first finding about a failed or refused channel is the one that explains it.
fn name_cause(channel: &mut Channel, findings: &[Finding]) {
    use crate::ftp::Outcome::{Failed, Refused};
    if matches!(channel.outcome, Failed | Refused) {
        channel.cause = findings.first().map(|finding| finding.cause);
    }
}

/// Adds what every finding has, and takes off the certainty that the capture does not support.
fn completed(mut finding: Finding, case: &Case<'_>, channel: Option<&Channel>) -> Finding {
    finding.session = Some(case.scene.id());
    finding.channel = finding.channel.or(channel.map(|channel| channel.number));
    finding.time = case.scene.now().time;
    finding.confidence = finding.confidence.min(case.cap());
    finding.evidence.sort_by_key(|evidence| evidence.frame);
    finding.evidence.dedup();
    finding.evidence.truncate(MAX_EVIDENCE);
    finding
}
