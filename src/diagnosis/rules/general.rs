//! A failed channel that no other rule explains.

use crate::diagnosis::{Case, Confidence, Finding, catalogue, phrase};
use crate::ftp::Outcome;

pub(super) fn check(case: &Case<'_>) -> Option<Finding> {
    let channel = case.unsuccessful()?;
    if channel.outcome != Outcome::Failed {
        return None;
    }
    let reply = channel
        .transfer
        .as_ref()
        .and_then(|transfer| transfer.reply.as_ref());
    let what = match (&channel.connection, &channel.transfer) {
        (Some(connection), _) if connection.established => {
            format!("The connection to {} was set up", connection.to)
        }
        (Some(connection), _) => format!("The connection to {} was not set up", connection.to),
        (None, _) => "No data connection was seen".to_owned(),
    };
    let said = match reply {
        Some(reply) => format!("and the server said \"{}\"", phrase::reply(reply)),
        None => "and the server never confirmed the transfer".to_owned(),
    };
    let finding = Finding::new(
        &catalogue::TRANSFER_FAILED,
        case.severity(channel),
        Confidence::Possible,
        format!("{what} {said}; the capture does not show why."),
    );
    let finding = super::attempt::evidence(case.with_course(finding, channel), channel)
        .because(channel.at, format!("{} begins", phrase::method(channel)));
    Some(finding.advise(
        "Look at the log of the server for this moment; a capture at the other end may show more.",
    ))
}
