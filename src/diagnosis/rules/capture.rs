//! What the capture itself lacks.

use crate::diagnosis::breakage::Breakage;
use crate::diagnosis::{Case, Cause, Confidence, Finding, Severity, catalogue};
use crate::ftp::{AnomalyKind, Directions, Outcome};

/// So few packets of a session say nothing of how it was captured.
const LEAST_SEGMENTS: u64 = 3;

fn notice(cause: &'static Cause, summary: String) -> Finding {
    Finding::new(cause, Severity::Notice, Confidence::Certain, summary)
}

/// Bytes were acknowledged that are not in the capture.
pub(super) fn gap(case: &Case<'_>) -> Option<Finding> {
    let record = case.ended()?;
    if record.directions != Directions::Both {
        return None;
    }
    // A snapshot length leaves gaps too, but nothing missing.
    let is_gap = |kind: &AnomalyKind| matches!(kind, AnomalyKind::Gap { .. });
    let gap = record.anomalies.iter().find(|(kind, ..)| is_gap(kind));
    let at = gap.map_or(record.ended, |&(_, _, at)| at);
    let lacking = record.control.missing();
    let control = (lacking > 0).then_some((lacking, at, "control"));
    let data = case
        .scene
        .history()
        .rarities()
        .missing
        .map(|(bytes, at)| (bytes, at, "data"));
    let (bytes, at, which) = control.or(data)?;
    let summary = format!(
        "{bytes} bytes of a {which} connection were acknowledged and are not in the capture: the \
         capture lost them, not the network."
    );
    let finding = notice(&catalogue::CAPTURE_GAP, summary)
        .because(at, "shows that bytes are missing before it");
    Some(finding.advise(
        "Capture again with a larger buffer (tcpdump -B), a smaller snapshot length or a filter.",
    ))
}

/// Only one side's packets of a connection that did exist.
pub(super) fn one_direction(case: &Case<'_>) -> Option<Finding> {
    let record = case.ended()?;
    let (seen, other) = match record.directions {
        Directions::Both => return None,
        Directions::Client => ("client", "server"),
        Directions::Server => ("server", "client"),
    };
    let alive = record.control.halves.iter().any(|half| half.bytes > 0);
    let spoke = record.commands > 0 || record.replies > 0 || record.tls.is_some();
    let segments: u64 = record.control.halves.iter().map(|half| half.segments).sum();
    if !alive || !spoke || segments < LEAST_SEGMENTS {
        return None;
    }
    let summary = format!(
        "Only packets of the {seen} are in the capture; what the {other} said must be guessed."
    );
    let finding = notice(&catalogue::ONE_DIRECTION_ONLY, summary)
        .because(record.started, "the first packet")
        .because(record.ended, "the last packet");
    Some(finding.advise(
        "Capture where both directions pass: asymmetric routes and mirror ports often show one.",
    ))
}

/// The control connection tells of transfers that the capture does not show.
pub(super) fn no_data(case: &Case<'_>) -> Option<Finding> {
    let record = case.ended()?;
    let history = case.scene.history();
    let at = history
        .rarities()
        .unseen
        .filter(|_| history.connections == 0)?;
    if record.directions != Directions::Both {
        return None;
    }
    let summary = String::from(
        "The server confirms transfers whose data connections are not in the capture.",
    );
    let finding = notice(&catalogue::DATA_NOT_CAPTURED, summary)
        .because(at, "confirms a transfer that was not seen");
    Some(finding.advise("Capture without a filter on port 21: data connections use other ports."))
}

/// The session had begun before the capture did.
pub(super) fn midstream(case: &Case<'_>) -> Option<Finding> {
    let record = case.ended()?;
    if !record.midstream || record.directions != Directions::Both {
        return None;
    }
    let finding = notice(
        &catalogue::MIDSTREAM_START,
        String::from("The capture begins in the middle of the session."),
    );
    Some(finding.because(record.started, "the first packet of the session"))
}

/// The capture ends before the transfer does.
pub(super) fn ended(case: &Case<'_>) -> Option<Finding> {
    let channel = case.channel()?;
    let unfinished = channel.outcome == Outcome::Incomplete && !case.scene.closed_by_anyone();
    let broken = Breakage::about(case, channel).filter(|_| unfinished && case.scene.over())?;
    if broken.transfer.reply.is_some() || broken.facts().end().is_some() {
        return None;
    }
    let summary = format!(
        "The capture ends during {}, after {}.",
        broken.command(),
        broken.progress()
    );
    let finding = notice(&catalogue::CAPTURE_ENDED, summary)
        .because(broken.transfer.at, broken.transfer.verb.word())
        .because(
            broken.connection.last,
            "the last packet of the data connection",
        );
    Some(finding)
}
