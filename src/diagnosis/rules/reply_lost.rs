//! The reply that announces the data channel never reaches the client.

use crate::diagnosis::{Case, Confidence, Finding, Severity, catalogue, phrase};
use crate::ftp::{Channel, Mode, Outcome, Vantage, Verb};
use crate::tcp::{Connection, Side};

/// Seen by the server: 227 or 229 is sent again and again and never acknowledged.
pub(super) fn unacknowledged(case: &Case<'_>) -> Option<Finding> {
    let channel = case.channel()?;
    if !waits(channel) {
        return None;
    }
    let reply = channel.reply.as_ref()?;
    let control = case.scene.control()?;
    let server = control.half(Side::Responder);
    let length = reply.text.len() as u64;
    if server.unacknowledged() < length || server.retransmitted() < length {
        return None;
    }
    let client = control.half(Side::Initiator);
    let alive = client.retransmitted() > 0
        || client.fin.is_some_and(|fin| fin.time > reply.at.time)
        || client.rst().is_some_and(|rst| rst.time > reply.at.time);
    let confidence = if alive {
        Confidence::Certain
    } else {
        // Nothing else arrives either: the whole path may be dead.
        Confidence::Possible
    };
    let summary = format!(
        "The reply to {} was sent again and again and the client never acknowledged it{}.",
        phrase::method(channel),
        if alive {
            ", although its other packets arrive"
        } else {
            ""
        }
    );
    let finding = Finding::new(&catalogue::REPLY_LOST, Severity::Error, confidence, summary)
        .because(reply.at, phrase::reply(reply))
        .because_of(server.last_data, "the reply, never acknowledged")
        .because_of(client.fin, "the client gives up")
        .because(control.last, "no acknowledgement up to here");
    Some(advised(finding))
}

fn waits(channel: &Channel) -> bool {
    channel.mode == Mode::Passive
        && channel.connection.is_none()
        && channel.transfer.is_none()
        && channel.announced.is_some()
        && matches!(
            channel.outcome,
            Outcome::Unused | Outcome::Incomplete | Outcome::Failed
        )
}

/// Seen by the client: PASV is acknowledged, its answer never comes, and the server's sequence
/// numbers show that it was sent.
pub(super) fn unheard(case: &Case<'_>) -> Option<Finding> {
    let exchange = case.exchange()?;
    let asks = matches!(
        exchange.verb,
        Verb::Pasv | Verb::Epsv | Verb::Lpsv | Verb::Spsv
    );
    if !asks || !exchange.replies.is_empty() {
        return None;
    }
    let control = case.scene.control()?;
    let ahead = sent_unseen(control).filter(|at| at.time >= exchange.at.time)?;
    let place = match case.scene.vantage() {
        Vantage::Client => "; captured near the client, so it was dropped on the way here",
        _ => "",
    };
    let verb = exchange.verb.word();
    let finding = Finding::new(
        &catalogue::REPLY_LOST,
        Severity::Error,
        Confidence::Certain,
        format!("The server answered {verb}, but its answer never arrived{place}."),
    )
    .because(exchange.at, verb)
    .because(ahead, "the server's numbers show that it has sent more")
    .because(control.last, "the answer did not come up to here");
    Some(advised(finding))
}

/// The server sent bytes that neither the capture nor, by its acknowledgements, the client has.
fn sent_unseen(control: &Connection) -> Option<crate::capture::Moment> {
    let server = control.half(Side::Responder);
    server.ahead().filter(|_| server.missing() == 0)
}

fn advised(finding: Finding) -> Finding {
    finding
        .advise(
            "Look for a device on the way that reads FTP (firewall with an FTP helper or inspection, \
             application layer gateway, NAT router) and drops 227 or 229; switch that function off \
             or update the device.",
        )
        .advise(
            "To make sure, move the server to another port or use TLS: what a helper cannot read \
             it lets pass.",
        )
}
