//! The record `summary`.

use super::{Fixed, Object, Style, word};
use crate::analyzer::Summary;
use crate::capture::{Drops, Input};
use crate::ftp::Outcome;
use crate::output::words::Word;

/// The totals of one analysis.
pub(super) fn fill(record: &mut Object<'_>, summary: &Summary, style: Style<'_>) {
    record.set("type", Fixed("summary"));
    record.list("files", style.context.inputs, fill_file);
    record.set("frames", summary.frames);
    record.set("bytes", summary.bytes);
    record.set(
        "first_time",
        summary.first_time.map(|time| style.time(time)),
    );
    record.set("last_time", summary.last_time.map(|time| style.time(time)));
    record.set("connections", summary.connections);
    record.set("sessions", summary.sessions);
    record.set("commands", summary.commands);
    record.set("replies", summary.replies);
    record.object("data_channels", |object| fill_channels(object, summary));
    record.object("findings", |object| {
        summary
            .findings
            .iter()
            .for_each(|(cause, count)| object.set(cause, *count));
    });
    record.set("bytes_downloaded", summary.bytes_downloaded);
    record.set("bytes_uploaded", summary.bytes_uploaded);
    record.set("damaged_frames", summary.damaged_frames);
    record.set("truncated_frames", summary.truncated_frames);
    record.set("copied_frames", summary.copied_frames);
    record.set("incomplete_datagrams", summary.incomplete_datagrams);
    record.object("unknown_links", |object| {
        summary
            .unknown_links
            .iter()
            .for_each(|(link, count)| object.set(&link.to_string(), *count));
    });
    record.object("limits_hit", |object| {
        summary
            .limits_hit
            .iter()
            .for_each(|(limit, times)| object.set(limit, *times));
    });
    match summary.dropped {
        Some(drops) => record.object("dropped", |object| fill_drops(object, &drops)),
        None => record.set("dropped", None::<u64>),
    }
    record.set("complete", style.context.is_complete());
}

fn fill_file(object: &mut Object<'_>, input: &Input) {
    object.set("name", input.name.as_str());
    object.set("frames", input.frames);
    object.set("bytes", input.bytes_read);
    object.set("fault", input.fault.as_ref().map(word));
    object.set(
        "reason",
        input.fault.as_ref().map(ToString::to_string).as_deref(),
    );
}

fn fill_drops(object: &mut Object<'_>, drops: &Drops) {
    object.set("kernel", drops.kernel);
    object.set("interface", drops.interface);
    object.set("hand_over", drops.hand_over);
}

fn fill_channels(object: &mut Object<'_>, summary: &Summary) {
    for outcome in Outcome::ALL {
        object.set(
            outcome.word(),
            summary.channels.get(&outcome).copied().unwrap_or(0),
        );
    }
}
