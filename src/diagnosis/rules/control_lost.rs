//! The control connection was lost while, or after, data went over the other one.

use crate::diagnosis::breakage::{Breakage, span};
use crate::diagnosis::{Case, Confidence, Finding, Severity, catalogue};
use crate::ftp::{Directions, Outcome, SessionRecord};
use crate::tcp::{Connection, Half, Side};

/// So often must a segment be repeated in vain.
const REPEATED: u32 = 3;

/// The data is complete and no final reply came.
pub(super) fn during(case: &Case<'_>) -> Option<Finding> {
    let channel = case.channel()?;
    if channel.outcome != Outcome::Incomplete || !case.scene.over() {
        return None;
    }
    let broken = Breakage::about(case, channel)?;
    let sent = broken.sent();
    let fin = sent.fin.filter(|_| sent.unacknowledged() == 0)?;
    let control = case.scene.control()?;
    let unseen = case.scene.directions() != Directions::Both || case.scene.has_gaps();
    if broken.transfer.reply.is_some() || case.scene.is_opaque() || unseen {
        return None;
    }
    let how = how_lost(case, control)?;
    let silent = control.last_data();
    let summary = format!(
        "{} brought {} and was closed by its sender, but the final reply never came: {how}.",
        broken.command(),
        broken.progress()
    );
    let finding = Finding::new(
        &catalogue::CONTROL_LOST,
        Severity::Error,
        broken.cap(Confidence::Likely),
        summary,
    )
    .because(fin, "the data is complete")
    .because(silent, "the last that came over the control connection")
    .because_of(
        control.end().map(|end| end.at),
        "the control connection ends",
    );
    Some(advised(broken.story(finding)))
}

fn how_lost(case: &Case<'_>, control: &Connection) -> Option<String> {
    let client = client_side(case, control);
    let end = control.end()?;
    if end.reset && control.is_reset_foreign(end.side) {
        return Some(String::from(
            "a device on the way reset the control connection",
        ));
    }
    if end.reset {
        return Some(String::from("the control connection was reset"));
    }
    if end.side == client && !control.half(client).fin_acknowledged() {
        return Some(format!(
            "nothing came over the control connection for {}, and the server no longer answers on it",
            span(end.at.time.since(end.quiet_since.time))
        ));
    }
    (end.side == client && end.at.time.since(end.quiet_since.time).as_secs() >= 2).then(|| {
        format!(
            "nothing came over the control connection for {} until the client gave up",
            span(end.at.time.since(end.quiet_since.time))
        )
    })
}

fn client_side(case: &Case<'_>, control: &Connection) -> Side {
    if case.scene.client() == control.initiator() {
        Side::Initiator
    } else {
        Side::Responder
    }
}

/// At the end of the session, somebody's last words on the control connection are repeated and
/// never acknowledged.
pub(super) fn after(case: &Case<'_>) -> Option<Finding> {
    let record = case.ended()?;
    let history = case.scene.history();
    let failed = history
        .channels
        .iter()
        .any(|past| past.outcome == Outcome::Failed);
    if failed || !is_whole(record) {
        return None;
    }
    let control = &record.control;
    let stuck = |half: &Half| half.stuck().filter(|stuck| stuck.times >= REPEATED);
    let client = client_side(case, control);
    let (who, stuck) = match (
        stuck(control.half(client.peer())),
        stuck(control.half(client)),
    ) {
        (Some(stuck), _) => ("server", stuck),
        (None, Some(stuck)) => ("client", stuck),
        (None, None) => return None,
    };
    let what = match history.last_reply() {
        Some((code, _)) if who == "server" => {
            if (227..=229).contains(&code) {
                return None;
            }
            format!(
                "the server's reply {code} is sent {} more times",
                stuck.times
            )
        }
        _ => format!("the {who}'s last line is sent {} more times", stuck.times),
    };
    let quiet = control.last_data();
    let summary = format!(
        "The control connection was lost: {what} over {} and never acknowledged.",
        span(stuck.span())
    );
    let finding = Finding::new(
        &catalogue::CONTROL_LOST,
        Severity::Error,
        Confidence::Certain,
        summary,
    )
    .because_of(
        history.last_reply().map(|(_, at)| at),
        "the last reply of the server",
    )
    .because(quiet, "the last new line")
    .because(stuck.since, "the same again")
    .because(stuck.last, "and again");
    Some(advised(finding))
}

fn is_whole(record: &SessionRecord) -> bool {
    record.directions == Directions::Both && record.control.established
}

fn advised(finding: Finding) -> Finding {
    finding
        .advise(
            "A firewall or NAT that forgets idle connections is the usual culprit: raise its \
             TCP idle time-out above the longest transfer.",
        )
        .advise("Or let the client keep the control connection alive (TCP keep-alive, NOOP during transfers).")
}
