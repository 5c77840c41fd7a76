//! Shows every fact to every rule.

use std::time::Duration;

use super::finding::MAX_EVIDENCE;
use super::hosts::{Hosts, truncated};
use super::losses::Losses;
use super::repeats::Repeats;
use super::rules::{Kinds, Subject};
use super::{Case, Finding, catalogue};
use crate::capture::{Drops, Moment};
use crate::ftp::{Channel, Knocks, Scene, SessionEvent};
use crate::time::Timestamp;

/// Names the causes of what the sessions tell.
#[derive(Debug, Default)]
pub struct Diagnoser {
    repeats: Repeats,
    hosts: Hosts,
    losses: Losses,
    /// When time was last looked at, and when it is worth another look.
    advanced: Timestamp,
    advances: Timestamp,
}

/// Time must pass by this much before what waits is looked at again.
const ADVANCE_STEP: Duration = Duration::from_millis(500);

impl Diagnoser {
    /// Judges one fact: names the cause in a channel, and gives what was found.
    pub fn judge(&mut self, event: &mut SessionEvent, scene: &Scene<'_>) -> Vec<Finding> {
        let case = Case { event, scene };
        let findings = self.ask(&case);
        if findings.is_empty() && !Hosts::are_told_by(event) {
            return findings;
        }
        let cause = findings.first().map(|finding| finding.cause);
        let mut told = in_order(self.hosts.learn(&case, findings));
        told.retain(|finding| self.repeats.is_new(finding));
        if let SessionEvent::Ended(record) = &*event {
            let sums = self.repeats.sums(record.id);
            told.extend(sums.into_iter().map(|sum| self.completed(sum, &case, None)));
        }
        if let SessionEvent::Channel(channel) = event {
            name_cause(channel, cause);
        }
        told
    }

    /// What the rules find that look at such a fact.
    fn ask(&self, case: &Case<'_>) -> Vec<Finding> {
        let kind = Kinds::of(case.event);
        debug_assert_eq!(kind.missed(case), None, "{kind:?}");
        let mut findings = Vec::new();
        let mut explaining = kind.rules(Subject::Channel).iter();
        if let Some(finding) = explaining.find_map(|rule| (rule.check)(case)) {
            findings.push(self.completed(finding, case, case.channel()));
        }
        for rule in kind.rules(Subject::Anything) {
            if let Some(finding) = (rule.check)(case) {
                findings.push(self.completed(finding, case, case.channel()));
            }
        }
        findings
    }

    /// Whether `advance` has something to do. After a time stamp that was far off the clock goes
    /// back.
    #[inline]
    pub fn is_due(&self, now: Timestamp) -> bool {
        !(self.advanced..self.advances).contains(&now)
    }

    /// Time has passed: tells what waited to see whether more of its kind would come.
    #[inline]
    pub fn advance(&mut self, now: Timestamp, knocks: &Knocks) -> Vec<Finding> {
        if !self.is_due(now) {
            return Vec::new();
        }
        (self.advanced, self.advances) = (now, now + ADVANCE_STEP);
        in_order(self.hosts.advance(now, knocks))
    }

    /// Memory that all tables take, in bytes.
    pub fn memory(&self) -> usize {
        self.repeats.memory() + self.hosts.memory()
    }

    /// What of that is remembered of hosts.
    pub fn memory_of_hosts(&self) -> usize {
        self.hosts.memory()
    }

    /// Forgets what is remembered of hosts, after telling what waits and summing up.
    pub fn forget(&mut self, knocks: &Knocks) -> Vec<Finding> {
        in_order(self.hosts.clear(knocks))
    }

    /// Refused logins that were not counted, because too many pairs of hosts had some.
    pub fn unnoticed_logins(&self) -> u64 {
        self.hosts.unnoticed_logins()
    }

    /// The capture has lost `drops` packets so far, and `packet` is the latest that it did not.
    pub fn dropped(
        &mut self,
        drops: &Drops,
        now: Timestamp,
        packet: Option<Moment>,
    ) -> Option<Finding> {
        self.losses.look(drops, now, packet)
    }

    /// There is no more to come: tells what is about hosts and about the capture.
    pub fn finish(
        &mut self,
        knocks: &Knocks,
        cut: Option<(Moment, u64)>,
        last: Option<Moment>,
    ) -> Vec<Finding> {
        let mut told = self.hosts.finish(knocks);
        told.extend(self.losses.finish(last));
        told.extend(cut.map(|(first, frames)| truncated(first, frames)));
        in_order(told)
    }

    /// Adds what every finding has, and takes off the certainty that the capture does not support.
    fn completed(&self, finding: Finding, case: &Case<'_>, channel: Option<&Channel>) -> Finding {
        let mut finding = finding.about(case.scene);
        finding.channel = finding.channel.or(channel.map(|channel| channel.number));
        finding.time = case.scene.now().time;
        if !catalogue::is_about_capture(finding.cause) {
            finding.confidence = finding.confidence.min(case.cap());
        }
        finding.sort_evidence();
        finding.evidence.truncate(MAX_EVIDENCE);
        if catalogue::rests_on_absence(finding.cause) {
            self.doubt(&mut finding);
        }
        finding
    }

    /// What did not come may have come and been lost by the capture.
    fn doubt(&self, finding: &mut Finding) {
        let since = finding
            .evidence
            .first()
            .map_or(finding.time, |first| first.time);
        if self.losses.touch(since, finding.time) {
            finding.confidence = finding.confidence.lowered();
            finding.summary += " The capture was losing packets at that time.";
        }
    }
}

/// What is about hosts was gathered from sessions that are not told in time order.
fn in_order(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.iter_mut().for_each(Finding::sort_evidence);
    findings
}

/// The first finding about a failed or refused channel is the one that explains it.
fn name_cause(channel: &mut Channel, cause: Option<&'static str>) {
    use crate::ftp::Outcome::{Failed, Refused};
    if matches!(channel.outcome, Failed | Refused) {
        channel.cause = cause;
    }
}
