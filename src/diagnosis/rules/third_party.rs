//! Someone other than the client connects to the passive port.

use crate::diagnosis::address::plain;
use crate::diagnosis::{Case, Confidence, Finding, Severity, advice, catalogue, phrase};
use crate::ftp::{Channel, Mode, Outcome, Reply, SessionEvent};
use crate::tcp::Connection;

/// Words with which servers refuse a connection from elsewhere.
const FOREIGN: [&str; 6] = [
    "port theft",
    "peer ip",
    "foreign address",
    "bad ip",
    "foreign ip",
    "ip address mismatch",
];

/// The channel failed because of it.
pub(super) fn unsuccessful(case: &Case<'_>) -> Option<Finding> {
    let channel = case.unsuccessful()?;
    let said = channel
        .transfer
        .as_ref()
        .and_then(|transfer| transfer.reply.as_ref());
    let stranger = stranger(case, channel);
    let complaint = said.is_some_and(is_complaint);
    // Once data flowed, what broke is another matter.
    let refused = said.is_some_and(|reply| matches!(reply.code, 421 | 425));
    let idle = connections(channel).all(|one| bytes(one) == 0);
    if !complaint && !(stranger.is_some() && (refused || idle)) {
        return None;
    }
    Some(found(case, channel, stranger, Severity::Error))
}

/// The channel worked for somebody.
pub(super) fn successful(case: &Case<'_>) -> Option<Finding> {
    let channel = case.channel()?;
    if matches!(channel.outcome, Outcome::Failed | Outcome::Refused) {
        return None;
    }
    let stranger = stranger(case, channel)?;
    let client = case.scene.client().ip();
    let own = connections(channel).find(|one| plain(one.initiator().ip()) == plain(client));
    // Alone it looks like the other server of a transfer between two.
    let own = own?;
    let severity = if bytes(own) == 0 && bytes(stranger) > 0 {
        Severity::Error
    } else {
        Severity::Warning
    };
    Some(found(case, channel, Some(stranger), severity))
}

/// The server tells of it in a reply that nobody asked for.
pub(super) fn told(case: &Case<'_>) -> Option<Finding> {
    let SessionEvent::Reply { reply, .. } = case.event else {
        return None;
    };
    if !matches!(reply.code, 421 | 425) || !is_complaint(reply) {
        return None;
    }
    let finding = Finding::new(
        &catalogue::THIRD_PARTY_CONNECTION,
        Severity::Warning,
        Confidence::Likely,
        format!(
            "The server refused a data connection from another host: \"{}\".",
            phrase::reply(reply)
        ),
    );
    let finding = finding.because(reply.at, phrase::reply(reply));
    Some(finding.advise_all(advice::third_party(case.scene.software())))
}

fn found(
    case: &Case<'_>,
    channel: &Channel,
    stranger: Option<&Connection>,
    severity: Severity,
) -> Finding {
    let endpoint = channel.announced.map_or_else(
        || "the data port".to_owned(),
        |endpoint| endpoint.to_string(),
    );
    let (who, confidence) = match stranger {
        Some(one) => (one.initiator().ip().to_string(), Confidence::Certain),
        None => ("another host".to_owned(), Confidence::Likely),
    };
    let effect = match severity {
        Severity::Error => "; the client did not get its data",
        _ => "; the client got its data nevertheless",
    };
    let summary = format!(
        "{who} connected to {endpoint}, which the server had announced to {}{effect}.",
        case.scene.client().ip()
    );
    let finding = Finding::new(
        &catalogue::THIRD_PARTY_CONNECTION,
        severity,
        confidence,
        summary,
    );
    let mut finding = case.with_course(finding, channel);
    for one in connections(channel) {
        let note = format!("SYN of {}", one.initiator());
        finding = finding.because_of(one.syn.or(Some(one.first)), note);
    }
    finding.advise_all(advice::third_party(case.scene.software()))
}

/// A connection of the channel that comes from another host than the client.
fn stranger<'a>(case: &Case<'_>, channel: &'a Channel) -> Option<&'a Connection> {
    if channel.mode != Mode::Passive || channel.relayed {
        return None;
    }
    let client = plain(case.scene.client().ip());
    connections(channel).find(|one| plain(one.initiator().ip()) != client && one.syn.is_some())
}

fn connections(channel: &Channel) -> impl Iterator<Item = &Connection> {
    channel
        .connection
        .iter()
        .flat_map(|connection| connection.others.iter().chain([&*connection.facts]))
}

fn bytes(connection: &Connection) -> u64 {
    connection.halves.iter().map(|half| half.bytes).sum()
}

fn is_complaint(reply: &Reply) -> bool {
    let text = String::from_utf8_lossy(&reply.text).to_ascii_lowercase();
    FOREIGN.iter().any(|words| text.contains(words))
}
