//! The record `finding`.

use super::{Fixed, Object, Style, word};
use crate::diagnosis::Finding;
use crate::output::wireshark;

/// One diagnosed fact.
pub(super) fn fill(record: &mut Object<'_>, finding: &Finding, style: Style<'_>) {
    record.set("type", Fixed("finding"));
    record.set("session", finding.session);
    record.set("channel", finding.channel);
    record.set("time", style.time(finding.time));
    record.set("cause", Fixed(finding.cause));
    record.set("severity", word(finding.severity));
    record.set("confidence", word(finding.confidence));
    record.set("summary", finding.summary.as_str());
    record.list("evidence", &finding.evidence, |object, evidence| {
        style.frame(object, evidence.frame);
        object.set("note", &*evidence.note);
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
