//! A RST answers the SYN of a data connection.

use crate::diagnosis::{Case, Confidence, Finding, Severity, catalogue};
use crate::ftp::Mode;
use crate::tcp::Side;

pub(super) fn check(case: &Case<'_>) -> Option<Finding> {
    let (channel, connection) = case.failed_attempt()?;
    let rst = connection.facts.half(Side::Responder).rst?;
    if channel.mode == Mode::Active {
        return None;
    }
    let summary = format!(
        "{} answered the connection to {} with a reset.",
        connection.to.ip(),
        connection.to
    );
    let finding = Finding::new(
        &catalogue::CONNECTION_REFUSED,
        Severity::Error,
        Confidence::Certain,
        summary,
    );
    Some(
        finding
            .because_of(channel.announcement, format!("announces {}", connection.to))
            .because_of(connection.facts.syn, format!("SYN to {}", connection.to))
            .because(rst, "RST in answer")
            .advise("Check that the server still listens on this port."),
    )
}
