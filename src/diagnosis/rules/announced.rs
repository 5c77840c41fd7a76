//! The announced address is not one to which the other side can connect.

use std::net::{IpAddr, SocketAddr};

use crate::diagnosis::address::{local_kind, plain, same_ipv6_network};
use crate::diagnosis::{Case, Cause, Confidence, Finding, advice, catalogue, phrase};
use crate::ftp::{Channel, Method, Mode, Outcome, Vantage};

/// What is wrong with an announced address.
struct Fault {
    cause: &'static Cause,
    confidence: Confidence,
    summary: String,
}

pub(super) fn check(case: &Case<'_>) -> Option<Finding> {
    let channel = case.unsuccessful().or(case.abandoned())?;
    let announced = channel.announced?;
    let is_open = channel.connection.as_ref().is_some_and(|it| it.established);
    if is_open || channel.relayed || !names_address(case, channel, announced) {
        return None;
    }
    let fault = match channel.mode {
        Mode::Passive => passive(case, channel, announced)?,
        Mode::Active => active(case, channel, announced)?,
    };
    let severity = case.severity(channel);
    let finding = Finding::new(fault.cause, severity, fault.confidence, fault.summary);
    let finding = with_attempt(case.with_course(finding, channel), channel);
    Some(finding.advise_all(remedies(case, channel, announced)))
}

/// EPSV names no address, as a rule: the client takes that of the control connection.
fn names_address(case: &Case<'_>, channel: &Channel, announced: SocketAddr) -> bool {
    let server = plain(case.scene.server().ip());
    channel.method != Method::Epsv || plain(announced.ip()) != server
}

fn passive(case: &Case<'_>, channel: &Channel, announced: SocketAddr) -> Option<Fault> {
    let (server, client) = (case.scene.server().ip(), case.scene.client().ip());
    let kind = local_kind(announced.ip());
    if plain(announced.ip()) == plain(server) {
        return seen_inside(case, channel, (announced, kind?), client);
    }
    // Seen behind the translation, the public address is another one than the server's own.
    let inside = kind.is_none() && local_kind(server).is_some();
    if to_control_peer(channel, server) || inside && channel.connection.is_none() {
        return None;
    }
    let cause = cause(kind);
    let summary = format!(
        "The server announced {announced} ({}) while the client reaches it at {server}{}.",
        kind.map_or_else(
            || "another host".to_owned(),
            |kind| format!("{kind} address")
        ),
        outcome(channel),
    );
    let confidence = if channel.connection.is_some() {
        Confidence::Certain
    } else {
        Confidence::Likely
    };
    Some(Fault {
        cause,
        confidence,
        summary,
    })
}

/// The capture is from behind the translation: the server's own address is private, the client's is
/// not, and nothing came to the address that it was told.
fn seen_inside(
    case: &Case<'_>,
    channel: &Channel,
    (announced, kind): (SocketAddr, &str),
    client: IpAddr,
) -> Option<Fault> {
    let outside = local_kind(client).is_none();
    let far = case.scene.vantage() != Vantage::Client;
    if !outside || !far || channel.connection.is_some() {
        return None;
    }
    Some(Fault {
        cause: &catalogue::PRIVATE_ADDRESS_ANNOUNCED,
        confidence: Confidence::Likely,
        summary: format!(
            "The server announced {announced}, its own {kind} address, to {client}, which cannot \
             reach it there; no connection came."
        ),
    })
}

fn active(case: &Case<'_>, channel: &Channel, announced: SocketAddr) -> Option<Fault> {
    let (server, client) = (case.scene.server().ip(), case.scene.client().ip());
    let kind = local_kind(announced.ip());
    let own = plain(announced.ip()) == plain(client);
    if is_unrelated_refusal(channel) || !own && kind.is_none() && !is_neighbour(announced, client) {
        return None;
    }
    if own && (kind.is_none() || local_kind(server).is_some() || was_reached(channel, announced)) {
        return None;
    }
    let whose = if own {
        format!("its own {} address", kind.unwrap_or_default())
    } else {
        match kind {
            Some(kind) => format!("a {kind} address"),
            None => "another address".to_owned(),
        }
    };
    let seen = if own {
        format!("to the server {server}, which cannot reach it there")
    } else {
        format!("while the server sees it as {client}")
    };
    let summary = format!(
        "The client announced {announced} by {}, {whose}, {seen}{}.",
        phrase::method(channel),
        outcome(channel),
    );
    let confidence = if own {
        Confidence::Likely
    } else {
        Confidence::Certain
    };
    Some(Fault {
        cause: cause(kind),
        confidence,
        summary,
    })
}

fn cause(kind: Option<&str>) -> &'static Cause {
    match kind {
        Some(_) => &catalogue::PRIVATE_ADDRESS_ANNOUNCED,
        None => &catalogue::WRONG_ADDRESS_ANNOUNCED,
    }
}

/// A host of the client's own IPv6 network is the client under another of its addresses.
fn is_neighbour(announced: SocketAddr, client: IpAddr) -> bool {
    same_ipv6_network(announced.ip(), client)
}

/// The server's SYN came to the client's own address, so translation is not what is wrong.
fn was_reached(channel: &Channel, announced: SocketAddr) -> bool {
    let connection = channel.connection.as_ref();
    connection.is_some_and(|it| it.to == announced)
}

/// The client did not believe the announcement and went to the control connection's peer.
fn to_control_peer(channel: &Channel, server: IpAddr) -> bool {
    let connection = channel.connection.as_ref();
    connection.is_some_and(|it| plain(it.to.ip()) == plain(server))
}

/// The command is not known, not allowed, or asks for a login: the address is not at fault.
fn is_unrelated_refusal(channel: &Channel) -> bool {
    let reply = channel.reply.as_ref();
    channel.outcome == Outcome::Refused
        && reply.is_some_and(|reply| matches!(reply.code, 502 | 503 | 522 | 530..=537 | 550..=553))
}

fn outcome(channel: &Channel) -> String {
    match (&channel.connection, channel.outcome) {
        (_, Outcome::Refused) => "; the server refused it".to_owned(),
        (Some(connection), _) => format!(
            "; {} to {} did not connect",
            phrase::syns(connection.syns),
            connection.to
        ),
        (None, _) => "; no connection was seen".to_owned(),
    }
}

fn with_attempt(finding: Finding, channel: &Channel) -> Finding {
    super::attempt::evidence(finding, channel)
}

fn remedies(case: &Case<'_>, channel: &Channel, announced: SocketAddr) -> Vec<String> {
    match channel.mode {
        Mode::Passive => {
            let server = case.scene.server().ip();
            let inside = plain(announced.ip()) == plain(server);
            advice::public_address(case.scene.software(), (!inside).then_some(server))
        }
        Mode::Active => advice::active_behind_nat(),
    }
}
