//! A RST answers the SYN of a data connection.

use std::time::Duration;

use super::attempt;
use crate::diagnosis::{Case, Confidence, Finding, advice, catalogue};
use crate::ftp::{DataConnection, Mode};
use crate::tcp::Side;

/// A shorter round trip does not tell who answered.
const TELLING_TRIP: Duration = Duration::from_millis(2);

pub(super) fn check(case: &Case<'_>) -> Option<Finding> {
    let (channel, connection) = case.failed_attempt()?;
    connection.facts.half(Side::Responder).rst()?;
    if channel.mode == Mode::Active {
        return None;
    }
    let late = attempt::came_late(channel, connection);
    let why = if late {
        "; the server had given up before the client connected"
    } else {
        ""
    };
    let near = is_near(case, connection);
    let place = if near {
        "; it came too soon, or over another number of hops, to come from the server: a device on \
         the way sent it"
    } else {
        ""
    };
    let summary = format!(
        "The connection to {} was answered with a reset{why}{place}{}.",
        connection.to,
        attempt::comparison(case, channel)
    );
    let finding = Finding::new(
        &catalogue::CONNECTION_REFUSED,
        case.severity(channel),
        proved(connection),
        summary,
    );
    let finding = attempt::evidence(case.with_course(finding, channel), channel);
    if late {
        let software = case.scene.software();
        return Some(finding.advise_all(advice::slow_to_connect(software)));
    }
    let mut remedies = vec![
        format!(
            "Check on the server that it listens on port {} when the client connects, and that no \
             other program took the port.",
            connection.to.port()
        ),
        format!(
            "A firewall may send the reset in the server's name: look for a rule that rejects {}.",
            connection.to
        ),
    ];
    if near {
        remedies.reverse();
    }
    Some(finding.advise_all(remedies))
}

/// Without its SYN in the capture, the reset may end a connection that had come about before.
fn proved(connection: &DataConnection) -> Confidence {
    match connection.facts.syn {
        Some(_) => Confidence::Certain,
        None => Confidence::Likely,
    }
}

/// The reset came in less than half the round trip to the server, or with another time to live than
/// the server's packets of the control connection.
fn is_near(case: &Case<'_>, connection: &DataConnection) -> bool {
    let Some(control) = case.scene.control() else {
        return false;
    };
    let facts = &connection.facts;
    let trip = control
        .last_syn()
        .zip(control.syn_ack)
        .map(|(syn, answer)| answer.time.since(syn.time));
    let answered = facts
        .last_syn()
        .zip(facts.half(Side::Responder).rst())
        .map(|(syn, rst)| rst.time.since(syn.time));
    let soon = match (trip, answered) {
        (Some(trip), Some(answered)) => trip >= TELLING_TRIP && answered * 2 < trip,
        _ => false,
    };
    let answer = facts.half(Side::Responder);
    let ttl = (
        control.half(Side::Responder).ttl,
        answer.rst_ttl().unwrap_or(answer.ttl),
    );
    let same_host = connection.to.ip() == control.responder().ip();
    // Stacks send resets with one of a few initial values; what is left of it tells the hops.
    let hops = |ttl: u8| {
        [64, 128, 255]
            .into_iter()
            .find(|start| ttl <= *start)
            .map(|start| start - ttl)
    };
    same_host && (soon || ttl.0 != 0 && ttl.1 != 0 && hops(ttl.0) != hops(ttl.1))
}
