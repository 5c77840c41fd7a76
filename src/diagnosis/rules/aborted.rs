//! The client ended a transfer on purpose.

use crate::diagnosis::breakage::told;
use crate::diagnosis::{Case, Confidence, Finding, Severity, catalogue};
use crate::ftp::Outcome;

pub(super) fn check(case: &Case<'_>) -> Option<Finding> {
    let channel = case.channel()?;
    let by_command = channel.aborted;
    if by_command.is_none() && channel.outcome != Outcome::Aborted {
        return None;
    }
    let transfer = channel.transfer.as_ref()?;
    let how = match by_command {
        Some(_) => "with ABOR",
        None => "by closing the data connection and going on",
    };
    let summary = format!(
        "The client ended {} {how} after {} bytes.",
        transfer.verb.as_str(),
        transfer.bytes
    );
    let finding = Finding::new(
        &catalogue::ABORTED,
        Severity::Notice,
        Confidence::Certain,
        summary,
    )
    .because(transfer.at, transfer.verb.word())
    .because_of(by_command, "ABOR");
    Some(match &transfer.reply {
        Some(reply) => finding.because(reply.at, told(reply)),
        None => finding,
    })
}
