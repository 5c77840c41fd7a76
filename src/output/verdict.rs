//! How bad an event is: what `--failed` and `--fail-on` go by.

use crate::analyzer::Event;
use crate::diagnosis::Severity;
use crate::ftp::{Channel, Login, Outcome, SessionEvent, SessionRecord, State};

/// How bad an event is; `None` when it tells of nothing bad.
///
/// An error is a data channel that failed, a control connection that did not come about, or a
/// finding that says so. A warning is a refused or rejected data channel, a rejected login, or a
/// finding that says so.
pub fn severity(event: &Event) -> Option<Severity> {
    match event {
        Event::Finding(finding) => Some(finding.severity),
        Event::Session(SessionEvent::Channel(channel)) => of_channel(channel),
        Event::Session(SessionEvent::Ended(record)) => of_session(record),
        Event::Session(_) => None,
    }
}

fn of_channel(channel: &Channel) -> Option<Severity> {
    match channel.outcome {
        Outcome::Failed => Some(Severity::Error),
        Outcome::Refused | Outcome::Rejected => Some(Severity::Warning),
        _ => None,
    }
}

fn of_session(record: &SessionRecord) -> Option<Severity> {
    match record.state {
        State::Refused | State::Unanswered | State::Unreachable => Some(Severity::Error),
        _ if record.login == Login::Rejected => Some(Severity::Warning),
        _ => None,
    }
}
