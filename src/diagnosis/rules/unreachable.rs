//! An ICMP error answers the SYN of a data connection.

use super::attempt;
use crate::diagnosis::{Case, Confidence, Finding, catalogue, phrase};
use crate::ftp::Mode;

pub(super) fn check(case: &Case<'_>) -> Option<Finding> {
    let (channel, connection) = case.failed_attempt()?;
    let error = connection.facts.icmp.as_ref()?;
    if channel.mode == Mode::Active {
        return None;
    }
    let summary = format!(
        "The connection to {} was answered with {} by {}{}.",
        connection.to,
        phrase::icmp(error),
        error.reporter,
        attempt::comparison(case, channel)
    );
    let finding = Finding::new(
        &catalogue::CONNECTION_UNREACHABLE,
        case.severity(channel),
        Confidence::Certain,
        summary,
    );
    let finding = attempt::evidence(case.with_course(finding, channel), channel);
    Some(finding.advise(remedy(error, connection.to)))
}

/// The sender of the message is the device to look at; what to look for depends on the message.
pub(super) fn remedy(error: &crate::decode::IcmpError, to: std::net::SocketAddr) -> String {
    let reporter = error.reporter;
    let prohibited = matches!(
        (error.v6, error.kind, error.code),
        (false, 3, 9 | 10 | 13) | (true, 1, 1 | 5 | 6)
    );
    let port = matches!(
        (error.v6, error.kind, error.code),
        (false, 3, 3) | (true, 1, 4)
    );
    if prohibited || port {
        format!("Look at the filter rules of {reporter}: allow connections to {to}.")
    } else if error.kind == 11 || (error.v6 && error.kind == 3) {
        format!(
            "Look for a routing loop on the way to {}, at {reporter}.",
            to.ip()
        )
    } else {
        format!(
            "Look at {reporter}: it has no route to {}, or the host does not answer there.",
            to.ip()
        )
    }
}
