//! The record `data_channel`.

use super::tls::fill_data;
use super::{Fixed, Object, Style, Wire, word};
use crate::ftp::{Channel, DataConnection, Transfer};
use crate::output::words::Word;

/// One data channel.
pub(super) fn fill(record: &mut Object<'_>, channel: &Channel, style: Style<'_>) {
    record.set("type", Fixed("data_channel"));
    record.set("session", channel.session);
    record.set("channel", channel.number);
    record.set("mode", word(channel.mode));
    record.set("method", word(channel.method));
    style.moment(record, channel.at);
    record.set("announced", channel.announced);
    let announcement = channel.announcement.map(|at| at.frame);
    record.set("announced_frame", announcement.map(|frame| frame.number()));
    record.set(
        "announced_file",
        announcement.and_then(|frame| style.file(frame)),
    );
    record.optional("reply", channel.reply.as_ref(), |object, reply| {
        style.reply(object, reply)
    });
    record.optional(
        "connection",
        channel.connection.as_ref(),
        |object, connection| {
            fill_connection(object, connection, style);
        },
    );
    record.optional("transfer", channel.transfer.as_ref(), |object, transfer| {
        fill_transfer(object, transfer, style);
    });
    record.optional("tls", channel.tls.as_deref(), |object, facts| {
        fill_data(object, facts, channel, style);
    });
    record.optional("inferred", channel.inferred.as_ref(), |object, inferred| {
        let reasons: Vec<&str> = inferred.clues.iter().map(|clue| clue.word()).collect();
        object.set("reasons", reasons.as_slice());
        let (direction, bytes) = inferred.carried.unzip();
        object.set("direction", direction.map(word));
        object.set("approximate_bytes", bytes);
    });
    record.set("outcome", word(channel.outcome));
    record.set("cause", channel.cause.map(Fixed));
}

fn fill_connection(object: &mut Object<'_>, connection: &DataConnection, style: Style<'_>) {
    object.set("from", connection.from);
    object.set("to", connection.to);
    object.set("first_frame", connection.first.frame.number());
    object.set("first_file", style.file(connection.first.frame));
    object.set("last_frame", connection.last.frame.number());
    object.set("last_file", style.file(connection.last.frame));
    object.set("started", style.time(connection.first.time));
    object.set("ended", style.time(connection.last.time));
    object.set("syns", connection.syns);
    object.set("established", connection.established);
    object.set("closed_by", connection.closed_by.map(word));
}

fn fill_transfer(object: &mut Object<'_>, transfer: &Transfer, style: Style<'_>) {
    object.set("command", transfer.verb.as_str());
    style.moment(object, transfer.at);
    object.set("path", transfer.path.as_deref().map(Wire));
    object.set("direction", word(transfer.direction));
    object.set("representation", word(transfer.representation));
    object.set("restart_offset", transfer.restart_offset);
    object.set("bytes", transfer.bytes);
    object.set(
        "duration",
        transfer.duration.map(|span| style.seconds(span)),
    );
    object.set("retransmitted_bytes", transfer.retransmitted_bytes);
    object.set("missing_bytes", transfer.missing_bytes);
    object.set("unacknowledged_bytes", transfer.unacknowledged_bytes);
    let last = transfer.reply.as_ref();
    object.set("final_code", last.map(|reply| reply.code));
    object.set("final_frame", last.map(|reply| reply.at.frame.number()));
    object.set(
        "final_file",
        last.and_then(|reply| style.file(reply.at.frame)),
    );
}
