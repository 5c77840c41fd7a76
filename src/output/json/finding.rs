//! The record `finding`.

use super::{Object, Style};
use crate::diagnosis::Finding;
use crate::output::wireshark;
use crate::output::words::Word;

/// One diagnosed fact.
pub(super) fn fill(record: &mut Object<'_>, finding: &Finding, style: Style<'_>) {
    record.set("type", "finding");
    record.set("session", finding.session);
    record.set("channel", finding.channel);
    record.set("time", style.time(finding.time));
    record.set("cause", finding.cause);
    record.set("severity", finding.severity.word());
    record.set("confidence", finding.confidence.word());
    record.set("summary", finding.summary.as_str());
    record.list("evidence", &finding.evidence, |object, evidence| {
        style.frame(object, evidence.frame);
        object.set("note", evidence.note.as_str());
    });
    record.set("advice", finding.advice.as_slice());
    record.list(
        "wireshark",
        wireshark::filters(finding),
        |object, filter| {
            object.set("file", style.file(filter.frame));
            object.set("filter", filter.text.as_str());
        },
    );
}
