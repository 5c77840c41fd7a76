//! Between the tracker and whoever reads the events: facts are judged, counted and passed on.

use super::{Event, Summary};
use crate::diagnosis::{Diagnoser, Finding};
use crate::ftp::{AnomalyKind, Knocks, Observer, Scene, SessionEvent};
use crate::limits::{self, Limit};
use crate::time::Timestamp;

/// Counts facts and passes them on.
pub(super) struct Teller<'a> {
    pub(super) summary: &'a mut Summary,
    pub(super) diagnoser: &'a mut Diagnoser,
    pub(super) events: &'a mut Vec<Event>,
}

impl Observer for Teller<'_> {
    fn fact(&mut self, mut event: SessionEvent, scene: &Scene<'_>) {
        let findings = self.diagnoser.judge(&mut event, scene);
        let summary = &mut *self.summary;
        match &event {
            SessionEvent::Opened(_) => summary.sessions += 1,
            SessionEvent::Exchange(exchange) => {
                summary.commands += 1;
                summary.replies += exchange.replies.len() as u64;
            }
            SessionEvent::Reply { .. } => summary.replies += 1,
            SessionEvent::Channel(channel) => {
                *summary.channels.entry(channel.outcome).or_default() += 1;
            }
            SessionEvent::Ended(record) => {
                summary.bytes_downloaded += record.bytes_downloaded;
                summary.bytes_uploaded += record.bytes_uploaded;
            }
            SessionEvent::Anomaly(anomaly) => {
                if let Some(limit) = exceeded(&anomaly.kind) {
                    *summary.limits_hit.entry(limit.name).or_default() += 1;
                }
            }
            SessionEvent::Login(_) => {}
        }
        self.events.push(Event::Session(event));
        self.found(findings);
    }
}

impl Teller<'_> {
    /// Tells what shows only across sessions and is due.
    pub(super) fn judge_hosts(&mut self, now: Timestamp, knocks: &Knocks) {
        let findings = self.diagnoser.advance(now, knocks);
        self.found(findings);
    }

    /// Counts findings and tells them.
    pub(super) fn found(&mut self, findings: Vec<Finding>) {
        if findings.is_empty() {
            return;
        }
        for finding in &findings {
            *self.summary.findings.entry(finding.cause).or_default() += 1;
        }
        self.events.extend(findings.into_iter().map(Event::Finding));
    }
}

/// The limit that an anomaly tells of.
fn exceeded(kind: &AnomalyKind) -> Option<Limit> {
    match kind {
        AnomalyKind::LongLine { .. } => Some(limits::LINE),
        AnomalyKind::TooManyPending => Some(limits::PENDING),
        AnomalyKind::TooManyChannels => Some(limits::CHANNELS),
        AnomalyKind::Gap { .. } | AnomalyKind::NotAReply => None,
    }
}
