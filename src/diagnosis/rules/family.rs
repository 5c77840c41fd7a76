//! The data channel is announced in another address family than that of the control connection.

use crate::diagnosis::address::plain;
use crate::diagnosis::{Case, Confidence, Finding, catalogue, phrase};
use crate::ftp::{Channel, Method, Outcome};

pub(super) fn check(case: &Case<'_>) -> Option<Finding> {
    let channel = case.unsuccessful().or(case.abandoned())?;
    if channel.connection.as_ref().is_some_and(|it| it.established) {
        return None;
    }
    let server = plain(case.scene.server().ip());
    let announced = channel.announced.map(|endpoint| plain(endpoint.ip()));
    let other_family = announced.is_some_and(|ip| ip.is_ipv4() != server.is_ipv4());
    // PASV and PORT carry IPv4 addresses only.
    let cannot_say = server.is_ipv6()
        && channel.outcome == Outcome::Refused
        && matches!(channel.method, Method::Pasv | Method::Port);
    if !other_family && !cannot_say && !is_522(channel) {
        return None;
    }
    let family = |v4: bool| if v4 { "IPv4" } else { "IPv6" };
    let spoken = match announced {
        Some(ip) => format!(
            "{} announced an {} address",
            phrase::method(channel),
            family(ip.is_ipv4())
        ),
        None => format!("{} was refused", phrase::method(channel)),
    };
    let finding = Finding::new(
        &catalogue::ADDRESS_FAMILY_MISMATCH,
        case.severity(channel),
        if other_family || is_522(channel) {
            Confidence::Certain
        } else {
            Confidence::Likely
        },
        format!(
            "{spoken} while the control connection runs over {}.",
            family(server.is_ipv4())
        ),
    );
    let advice = if server.is_ipv6() {
        "Use EPSV (or EPRT): PASV and PORT cannot carry an IPv6 address (RFC 2428)."
    } else {
        "Use the family of the control connection: PASV, or EPRT |1|…| and EPSV 1 (RFC 2428)."
    };
    let finding = super::attempt::evidence(case.with_course(finding, channel), channel);
    Some(finding.advise(advice))
}

/// RFC 2428 §2: network protocol not supported. Some servers use the code for TLS demands.
fn is_522(channel: &Channel) -> bool {
    let reply = channel.reply.as_ref();
    channel.outcome == Outcome::Refused
        && reply.is_some_and(|reply| reply.code == 522 && !super::tls_required::is_demand(reply))
}
