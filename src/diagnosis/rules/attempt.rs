//! What is common to the rules about connections that did not come about.

use crate::capture::Moment;
use crate::diagnosis::{Case, Finding, phrase};
use crate::ftp::{Channel, DataConnection};
use crate::tcp::{Connection, Side};

/// Adds the SYNs of a connection and what came back.
pub(super) fn evidence(finding: Finding, channel: &Channel) -> Finding {
    match &channel.connection {
        Some(connection) => of_connection(finding, &connection.facts),
        None => finding,
    }
}

/// Adds the handshake of a connection as far as it went.
pub(super) fn of_connection(finding: Finding, facts: &Connection) -> Finding {
    let to = facts.responder();
    let repeated = facts.last_syn().filter(|_| facts.syns > 1);
    let mut finding = finding
        .because_of(facts.syn, format!("SYN to {to}"))
        .because_of(
            repeated,
            format!("the last of {}", phrase::syns(facts.syns)),
        )
        .because_of(facts.syn_ack, format!("SYN/ACK of {to}"))
        .because_of(facts.half(Side::Responder).rst(), format!("RST of {to}"));
    if let Some(error) = &facts.icmp {
        let at = Moment {
            frame: error.frame,
            time: error.time,
        };
        let note = format!("{} from {}", phrase::icmp(error), error.reporter);
        finding = finding.because(at, note);
    }
    finding
}

/// What was seen to work in the session, for comparison: `; port 50001 worked before`.
pub(super) fn comparison(case: &Case<'_>, channel: &Channel) -> String {
    let history = &case.scene.history().channels;
    let mut worked: Vec<u16> = history
        .iter()
        .filter(|past| past.established && past.mode == channel.mode)
        .filter_map(|past| past.port)
        .collect();
    worked.sort_unstable();
    worked.dedup();
    match (worked.first(), worked.last()) {
        (Some(one), Some(other)) if one == other => format!("; port {one} works"),
        (Some(lowest), Some(highest)) => {
            format!("; ports from {lowest} to {highest} work in the same session")
        }
        _ => String::new(),
    }
}

/// The server gave up before the attempt was made.
pub(super) fn came_late(channel: &Channel, connection: &DataConnection) -> bool {
    channel
        .transfer
        .as_ref()
        .and_then(|transfer| transfer.reply.as_ref())
        .is_some_and(|reply| {
            matches!(reply.code, 421 | 425) && reply.at.time < connection.first.time
        })
}
