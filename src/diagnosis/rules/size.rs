//! Bytes of a confirmed download against the size that the server told.

use crate::capture::Moment;
use crate::diagnosis::breakage::Breakage;
use crate::diagnosis::{Case, Confidence, Finding, Severity, catalogue};
use crate::ftp::{Direction, Outcome, Protection, Representation};

/// A download whose size can be checked.
pub(super) struct Compared<'a> {
    pub(super) broken: Breakage<'a>,
    /// Bytes on the wire.
    pub(super) bytes: u64,
    /// Bytes that should have been there.
    pub(super) expected: u64,
    /// The reply that told the size.
    pub(super) announced: Moment,
}

/// A confirmed binary download in clear, all of it in the capture, of a known size that differs.
///
/// ASCII, TLS and REST make wire and file differ (a part that REST asks for is compared with what
/// is left, and servers announce either); so does a client that has enough and leaves.
pub(super) fn compared<'a>(case: &'a Case<'a>) -> Option<Compared<'a>> {
    let channel = case.channel()?;
    let broken = Breakage::about(case, channel)?;
    let transfer = broken.transfer;
    let announced = transfer.announced?;
    let facts = broken.facts();
    let clear = case
        .scene
        .protection()
        .is_none_or(|protection| protection == Protection::Clear);
    let whole = !facts.midstream
        && facts.missing() == 0
        && broken.sent().never_arrived() == 0
        && broken.sent().unacknowledged() == 0
        && facts
            .end()
            .is_some_and(|end| end.side == broken.sender() && !end.reset);
    let checkable = channel.outcome == Outcome::Completed
        && transfer.direction == Direction::Download
        && transfer.representation == Representation::Binary
        && clear
        && whole
        // REST or MODE may have been lost.
        && !case.scene.has_gaps()
        && !case.scene.midstream()
        && !case.scene.history().odd_mode;
    let rest = announced.bytes.saturating_sub(transfer.restart_offset);
    let fits = [announced.bytes, rest].contains(&transfer.bytes);
    (checkable && !fits).then_some(Compared {
        broken,
        bytes: transfer.bytes,
        expected: rest,
        announced: announced.at,
    })
}

/// Fewer or more bytes than the server had told, and it confirms them.
pub(super) fn check(case: &Case<'_>) -> Option<Finding> {
    let size = compared(case)?;
    let short = size.bytes < size.expected;
    let (severity, how) = if short {
        (Severity::Error, "only ")
    } else {
        (Severity::Warning, "")
    };
    let summary = format!(
        "{} brought {how}{} bytes where the server had announced {}, and the server confirmed it \
         as complete.",
        size.broken.command(),
        size.bytes,
        size.expected
    );
    let finding = Finding::new(
        &catalogue::SIZE_MISMATCH,
        severity,
        size.broken.cap(Confidence::Likely),
        summary,
    )
    .because(size.announced, "announces the size")
    .because_of(size.broken.sent().fin, "the end of the data");
    Some(
        size.broken.story(finding).advise(
            "The file was changed or cut while it was read: transfer it again and compare.",
        ),
    )
}
