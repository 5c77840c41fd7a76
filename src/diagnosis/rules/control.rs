//! The control connection does not come about.

use std::time::Duration;

use super::attempt;
use crate::diagnosis::{Case, Confidence, Finding, Severity, catalogue, phrase};
use crate::ftp::{SessionEvent, SessionRecord, State};

/// A single SYN at the end of a capture may yet be answered.
const PATIENCE: Duration = Duration::from_secs(1);

pub(super) fn check(case: &Case<'_>) -> Option<Finding> {
    let SessionEvent::Ended(record) = case.event else {
        return None;
    };
    let (cause, confidence, summary, advice) = match record.state {
        State::Refused => (
            &catalogue::CONTROL_REFUSED,
            Confidence::Certain,
            format!("{} answered the connection with a reset.", record.server),
            format!(
                "Check that the FTP server runs and listens on port {}, and that no firewall \
                 rejects it.",
                record.server.port()
            ),
        ),
        State::Unreachable => unreachable(record)?,
        State::Unanswered => unanswered(case, record)?,
        State::Open | State::Closed | State::Reset => return None,
    };
    let finding = Finding::new(cause, Severity::Error, confidence, summary);
    Some(attempt::of_connection(finding, &record.control).advise(advice))
}

type Verdict = (&'static crate::diagnosis::Cause, Confidence, String, String);

fn unreachable(record: &SessionRecord) -> Option<Verdict> {
    let error = record.control.icmp.as_ref()?;
    Some((
        &catalogue::CONTROL_UNREACHABLE,
        Confidence::Certain,
        format!(
            "The connection to {} was answered with {} by {}.",
            record.server,
            phrase::icmp(error),
            error.reporter
        ),
        super::unreachable::remedy(error, record.server),
    ))
}

fn unanswered(case: &Case<'_>, record: &SessionRecord) -> Option<Verdict> {
    let control = &record.control;
    let first = control.syn?;
    let waited = case.scene.now().time.since(first.time);
    if control.syns < 2 && waited < PATIENCE {
        return None;
    }
    let confidence = if control.syns > 1 {
        Confidence::Certain
    } else {
        Confidence::Likely
    };
    let summary = if control.syn_ack.is_some() {
        format!(
            "{} answered the connection, but its SYN/ACK never reached {}.",
            record.server,
            record.client.ip()
        )
    } else {
        format!(
            "Nobody answered {} to {}.",
            phrase::syns(control.syns),
            record.server
        )
    };
    Some((
        &catalogue::CONTROL_UNANSWERED,
        confidence,
        summary,
        format!(
            "Check that {} is the right host and is up, and that every firewall on the way allows \
             port {}.",
            record.server.ip(),
            record.server.port()
        ),
    ))
}
