//! Data channels that worked in spite of a fault.

use std::time::Duration;

use crate::diagnosis::address::{local_kind, plain};
use crate::diagnosis::{Case, Confidence, Finding, Severity, advice, catalogue, phrase};
use crate::ftp::{Channel, DataConnection, Mode, Outcome};

/// Copies of a packet made by the capture come sooner.
const SHORTEST_RETRY: Duration = Duration::from_millis(200);

/// 227 names an address that is not the server's, and the client took the server's.
pub(super) fn address_ignored(case: &Case<'_>) -> Option<Finding> {
    let (channel, connection) = working(case)?;
    let announced = channel.announced?;
    let used = connection.to.ip();
    let server = case.scene.server().ip();
    // Servers that cannot name an IPv6 address in 227 write zeros.
    let dummy = announced.ip().is_unspecified() && plain(server).is_ipv6();
    // Seen behind the translation, the public address is another one than the server's own.
    let inside = local_kind(server).is_some() && local_kind(announced.ip()).is_none();
    if channel.mode != Mode::Passive
        || dummy
        || inside
        || plain(announced.ip()) == plain(used)
        || plain(used) != plain(server)
    {
        return None;
    }
    let kind = local_kind(announced.ip()).map_or("another", |kind| kind);
    let finding = Finding::new(
        &catalogue::NAT_ADDRESS_IGNORED,
        Severity::Warning,
        Confidence::Certain,
        format!(
            "The server announced {announced} ({kind} address); the client connected to {} instead, \
             and that worked. Other clients may not.",
            connection.to
        ),
    )
    .because_of(channel.announcement, format!("announces {announced}"))
    .because(connection.first, format!("SYN to {}", connection.to));
    Some(finding.advise_all(advice::public_address(case.scene.software(), Some(server))))
}

/// PORT names the client's private address, and a server on the Internet connected nevertheless.
pub(super) fn helper_rewrote(case: &Case<'_>) -> Option<Finding> {
    let (channel, connection) = working(case)?;
    let announced = channel.announced?;
    let (client, server) = (case.scene.client().ip(), case.scene.server().ip());
    if channel.mode != Mode::Active
        || plain(announced.ip()) != plain(client)
        || connection.to.ip() != announced.ip()
        || local_kind(announced.ip()).is_none()
        || local_kind(server).is_some()
    {
        return None;
    }
    let finding = Finding::new(
        &catalogue::NAT_HELPER_REWROTE,
        Severity::Notice,
        Confidence::Likely,
        format!(
            "The client announced {announced}, and {server} connected there although it cannot \
             reach that address: a device on the way rewrote the command.",
        ),
    )
    .because_of(channel.announcement, format!("announces {announced}"))
    .because(connection.first, format!("SYN of {}", connection.from));
    Some(finding.advise(
        "It works as long as the device reads the control connection: TLS or another port \
                 than 21 ends it. Passive mode does not need it.",
    ))
}

/// The first SYN of a data connection was lost.
pub(super) fn syn_lost(case: &Case<'_>) -> Option<Finding> {
    let (_, connection) = working(case)?;
    let facts = &connection.facts;
    let (first, last) = (facts.syn?, facts.last_syn()?);
    let delay = last.time.since(first.time);
    if facts.syns < 2 || delay < SHORTEST_RETRY {
        return None;
    }
    let finding = Finding::new(
        &catalogue::SYN_LOST_THEN_OK,
        Severity::Warning,
        Confidence::Certain,
        format!(
            "The connection to {} needed {} and {}: one was lost, or its answer.",
            connection.to,
            phrase::syns(facts.syns),
            phrase::seconds(delay),
        ),
    )
    .because(first, format!("SYN to {}", connection.to))
    .because(last, "the SYN that was answered")
    .because_of(facts.syn_ack, "SYN/ACK");
    Some(finding.advise(
        "If it happens often, look for packet loss on the way, a full connection table of a \
         firewall, or a full listen queue of the server.",
    ))
}

/// A channel that did not fail and whose connection came about.
fn working<'a>(case: &Case<'a>) -> Option<(&'a Channel, &'a DataConnection)> {
    let channel = case.channel()?;
    let connection = channel.connection.as_ref()?;
    let failed = matches!(channel.outcome, Outcome::Failed | Outcome::Refused);
    (connection.established && !failed).then_some((channel, connection))
}
