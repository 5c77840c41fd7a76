//! The client sends the server to a third host, or to a port where services listen.

use std::net::SocketAddr;

use crate::diagnosis::address::{local_kind, plain, same_ipv6_network};
use crate::diagnosis::{Case, Confidence, Finding, Severity, advice, catalogue, phrase};
use crate::ftp::{Channel, Mode, Outcome};

/// Ports below are those of services (RFC 2577 §3).
const SERVICE_PORTS: u16 = 1024;

/// The server refused, or failed in the attempt.
pub(super) fn unsuccessful(case: &Case<'_>) -> Option<Finding> {
    let channel = case.unsuccessful()?;
    let target = bounced(case, channel)?;
    match channel.outcome {
        Outcome::Refused => Some(refused(case, channel, target)),
        _ if plain(target.ip()) == plain(case.scene.client().ip()) => None,
        _ => Some(allowed(case, channel, target)),
    }
}

/// The server connected.
pub(super) fn successful(case: &Case<'_>) -> Option<Finding> {
    let channel = case.channel()?;
    let target = bounced(case, channel)?;
    let connected = channel.connection.is_some()
        || matches!(channel.outcome, Outcome::Completed | Outcome::Unseen);
    let judged = matches!(channel.outcome, Outcome::Failed | Outcome::Refused);
    // Unusual, but its own affair.
    let own = plain(target.ip()) == plain(case.scene.client().ip());
    (connected && !judged && !own).then(|| allowed(case, channel, target))
}

/// The endpoint to which the client sent the server, when it is neither the client nor the other
/// server of a transfer between two.
fn bounced(case: &Case<'_>, channel: &Channel) -> Option<SocketAddr> {
    let target = channel.announced?;
    let relays = channel.relayed && channel.outcome != Outcome::Refused;
    if channel.mode != Mode::Active || relays || is_unrelated_refusal(channel) {
        return None;
    }
    let client = case.scene.client().ip();
    let third = plain(target.ip()) != plain(client) && !same_ipv6_network(target.ip(), client);
    // A client behind address translation announces its own private address, or, seen from inside,
    // its public one.
    let translated = local_kind(target.ip()).is_some() != local_kind(client).is_some();
    let service = target.port() < SERVICE_PORTS;
    let elsewhere = plain(target.ip()).is_ipv4() != plain(client).is_ipv4();
    (service || third && !translated && !elsewhere).then_some(target)
}

/// The command is not known, or the server wants a login first, whatever the address.
fn is_unrelated_refusal(channel: &Channel) -> bool {
    let reply = channel.reply.as_ref();
    channel.outcome == Outcome::Refused
        && reply.is_some_and(|reply| matches!(reply.code, 502 | 503 | 522 | 530..=537))
}

fn refused(case: &Case<'_>, channel: &Channel, target: SocketAddr) -> Finding {
    let finding = Finding::new(
        &catalogue::BOUNCE_REFUSED,
        Severity::Warning,
        confidence(case, target),
        format!(
            "{} asked the server to connect to {target}, which is {}; the server refused{}.",
            case.scene.client().ip(),
            if channel.relayed {
                "the data port of another server (FXP)"
            } else {
                what(case, target)
            },
            channel
                .reply
                .as_ref()
                .map_or_else(String::new, |reply| format!(
                    ": \"{}\"",
                    phrase::reply(reply)
                ))
        ),
    );
    case.with_course(finding, channel)
        .advise("Nothing to mend on the server: it protects others. Look at the client.")
        .advise(
            "If a transfer between two servers (FXP) is wanted, the server must be told to allow \
             it; if the client is behind address translation, it announces a wrong address.",
        )
}

fn allowed(case: &Case<'_>, channel: &Channel, target: SocketAddr) -> Finding {
    let seen = if channel.connection.is_some() {
        "connected there"
    } else {
        "did not refuse"
    };
    let finding = Finding::new(
        &catalogue::BOUNCE_ALLOWED,
        Severity::Error,
        confidence(case, target),
        format!(
            "{} asked the server to connect to {target}, which is {}, and the server {seen}.",
            case.scene.client().ip(),
            what(case, target),
        ),
    );
    let finding = super::attempt::evidence(case.with_course(finding, channel), channel);
    let finding = match channel.transfer.as_ref().and_then(|it| it.reply.as_ref()) {
        Some(reply) if reply.code < 400 => finding.because(reply.at, phrase::reply(reply)),
        _ => finding,
    };
    finding.advise_all(advice::forbid_bounce(case.scene.software()))
}

fn what(case: &Case<'_>, target: SocketAddr) -> &'static str {
    let own = plain(target.ip()) == plain(case.scene.client().ip());
    if own {
        "a port of a service"
    } else {
        "another host than the client"
    }
}

/// A port of a service leaves no doubt; the rest may be a transfer between two servers whose other
/// half is not in the capture.
fn confidence(case: &Case<'_>, target: SocketAddr) -> Confidence {
    if target.port() < SERVICE_PORTS {
        Confidence::Certain
    } else if case.scene.midstream() {
        Confidence::Possible
    } else {
        Confidence::Likely
    }
}
