//! Nothing answers the SYN of a data connection, or the answer never reaches who asked.

use std::time::Duration;

use super::attempt;
use crate::diagnosis::{Case, Confidence, Finding, advice, catalogue, phrase};
use crate::ftp::{Channel, DataConnection, Mode, Vantage};
use crate::tcp::Side;

/// One SYN may simply have been lost when it was not waited for longer than this.
const PATIENCE: Duration = Duration::from_secs(3);

pub(super) fn check(case: &Case<'_>) -> Option<Finding> {
    let (channel, connection) = case.failed_attempt().or_else(|| half_open(case))?;
    if channel.mode == Mode::Active {
        return None;
    }
    let summary = if connection.facts.syn_ack.is_some() {
        answer_lost(case, connection)
    } else {
        silence(case, channel, connection)
    };
    let waited = case.scene.now().time.since(connection.first.time);
    // Where the capture ends while the client still tries, the next SYN may be answered.
    let given_up = channel.next_command.is_some() || case.scene.closed_by_anyone();
    // A lone SYN/ACK may have been acknowledged by a packet that the capture lacks.
    let confidence = if connection.facts.syn_ack.is_some() && connection.syns == 1 {
        Confidence::Possible
    } else if (connection.syns > 1 && given_up) || waited >= PATIENCE {
        Confidence::Certain
    } else {
        Confidence::Likely
    };
    let finding = Finding::new(
        &catalogue::CONNECTION_UNANSWERED,
        case.severity(channel),
        confidence,
        summary,
    );
    let finding = attempt::evidence(case.with_course(finding, channel), channel);
    let ports = ports_tried(case, connection);
    Some(finding.advise_all(advice::open_passive_range(
        case.scene.software(),
        connection.to.ip(),
        ports,
    )))
}

/// The client answers the SYN/ACK, the server repeats it and then says that nobody connected: the
/// client's packets get lost.
fn half_open<'a>(case: &Case<'a>) -> Option<(&'a Channel, &'a DataConnection)> {
    let channel = case.unsuccessful()?;
    let connection = channel.connection.as_ref().filter(|it| it.established)?;
    let transfer = channel.transfer.as_ref()?;
    let reply = transfer.reply.as_ref()?;
    let unheard = connection.facts.syn_acks > 1
        && connection.facts.half(Side::Responder).bytes == 0
        && transfer.begun.is_none()
        && (matches!(reply.code, 421 | 425) || reply.blames_channel());
    unheard.then_some((channel, connection))
}

fn silence(case: &Case<'_>, channel: &Channel, connection: &DataConnection) -> String {
    let over = connection.last.time.since(connection.first.time);
    let during = if connection.syns > 1 {
        format!(" over {}", phrase::seconds(over))
    } else {
        String::new()
    };
    format!(
        "Nobody answered {} to {}{during}{}{}.",
        phrase::syns(connection.syns),
        connection.to,
        phrase::dropped_where(case, Mode::Passive),
        attempt::comparison(case, channel)
    )
}

fn answer_lost(case: &Case<'_>, connection: &DataConnection) -> String {
    let place = match case.scene.vantage() {
        Vantage::Server => "; captured near the server, so it was dropped on the way back",
        Vantage::Client => "; captured near the client, so the client's own host dropped it",
        Vantage::Between | Vantage::Unknown => "",
    };
    if connection.established {
        return format!(
            "{} sent its SYN/ACK {} times, although {} answers it: what {} sends does not arrive.",
            connection.to,
            connection.facts.syn_acks,
            connection.from.ip(),
            connection.from.ip()
        );
    }
    format!(
        "{} answered the connection, but its SYN/ACK never reached {}: {} were sent{place}.",
        connection.to,
        connection.from.ip(),
        phrase::syns(connection.syns)
    )
}

/// The lowest and highest port that was tried in vain in this session.
fn ports_tried(case: &Case<'_>, connection: &DataConnection) -> (u16, u16) {
    let port = connection.to.port();
    let failed = case
        .scene
        .history()
        .channels
        .iter()
        .filter(|past| !past.established && past.mode == Mode::Passive)
        .filter(|past| past.outcome == crate::ftp::Outcome::Failed)
        .filter_map(|past| past.port);
    failed.fold((port, port), |(low, high), port| {
        (low.min(port), high.max(port))
    })
}
