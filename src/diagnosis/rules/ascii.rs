//! A binary file went over the wire as text.

use crate::diagnosis::breakage::Breakage;
use crate::diagnosis::{Case, Confidence, Finding, Severity, catalogue};
use crate::ftp::{Content, Direction, Outcome, Protection, Representation};

pub(super) fn check(case: &Case<'_>) -> Option<Finding> {
    let channel = case.channel()?;
    let broken = Breakage::about(case, channel)?;
    let transfer = broken.transfer;
    let clear = case
        .scene
        .protection()
        .is_none_or(|protection| protection == Protection::Clear);
    let fits = channel.outcome == Outcome::Completed
        && transfer.direction != Direction::Listing
        && transfer.representation == Representation::Ascii
        && transfer.content == Content::Binary
        && clear
        && !case.scene.history().odd_mode;
    if !fits {
        return None;
    }
    let grown = transfer
        .announced
        .filter(|_| broken.facts().missing() == 0)
        .filter(|_| transfer.direction == Direction::Download && transfer.restart_offset == 0)
        .map(|size| (size, transfer.bytes));
    let (confidence, severity, rest) = match grown {
        // The server was asked for ASCII and did not convert.
        Some((size, bytes)) if size.bytes == bytes => (
            Confidence::Possible,
            Severity::Notice,
            String::from("; the server did not change it, but the client may have"),
        ),
        Some((size, bytes)) => (
            Confidence::Certain,
            Severity::Error,
            format!("; its {} bytes became {bytes} on the wire", size.bytes),
        ),
        None => (Confidence::Likely, Severity::Error, String::new()),
    };
    let summary = format!(
        "{} was a binary file in ASCII mode (TYPE A): line ends were changed and the copy is \
         damaged{rest}.",
        broken.command()
    );
    let finding = Finding::new(
        &catalogue::ASCII_MODE_CORRUPTION,
        severity,
        broken.cap(confidence),
        summary,
    )
    .because_of(transfer.announced.map(|size| size.at), "tells the size")
    .because_of(broken.sent().first_data, "the data is not text");
    Some(
        broken
            .story(finding)
            .advise("Switch the client to binary mode (TYPE I) and transfer the file again."),
    )
}
