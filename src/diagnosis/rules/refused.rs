//! A RST answers the SYN of a data connection.

use super::attempt;
use crate::diagnosis::{Case, Confidence, Finding, advice, catalogue};
use crate::ftp::Mode;
use crate::tcp::Side;

pub(super) fn check(case: &Case<'_>) -> Option<Finding> {
    let (channel, connection) = case.failed_attempt()?;
    connection.facts.half(Side::Responder).rst?;
    if channel.mode == Mode::Active {
        return None;
    }
    let late = attempt::came_late(channel, connection);
    let why = if late {
        "; the server had given up before the client connected"
    } else {
        ""
    };
    let summary = format!(
        "The connection to {} was answered with a reset{why}{}.",
        connection.to,
        attempt::comparison(case, channel)
    );
    let finding = Finding::new(
        &catalogue::CONNECTION_REFUSED,
        case.severity(channel),
        Confidence::Certain,
        summary,
    );
    let finding = attempt::evidence(case.with_course(finding, channel), channel);
    if late {
        let software = case.scene.software();
        return Some(finding.advise_all(advice::slow_to_connect(software)));
    }
    Some(
        finding
            .advise(format!(
                "Check on the server that it listens on port {} when the client connects, and that \
                 no other program took the port.",
                connection.to.port()
            ))
            .advise(format!(
                "A firewall may send the reset in the server's name: look for a rule that rejects {}.",
                connection.to
            )),
    )
}
