//! The record `data_channel`.

use super::session::ONE_REPLY;
use super::tls;
use super::{FILE, FRAME, Field, Kind, SESSION_ID, TIME, field, maybe};
use crate::ftp::{ClosedBy, Direction, Method, Mode, Outcome, Representation};
use crate::output::words::Word;

/// One data channel.
pub(super) const DATA_CHANNEL: &[Field] = &[
    SESSION_ID,
    field(
        "channel",
        Kind::Whole,
        "Its number within the session, from 1.",
    ),
    field(
        "mode",
        Kind::Words(Mode::WORDS),
        "Passive: the client connects.",
    ),
    field(
        "method",
        Kind::Words(Method::WORDS),
        "How it was announced.",
    ),
    TIME,
    FRAME,
    FILE,
    maybe("announced", Kind::Endpoint, "The endpoint to connect to."),
    maybe("announced_frame", Kind::Whole, "The announcement."),
    maybe(
        "announced_file",
        Kind::Text,
        "The input of the announcement.",
    ),
    maybe(
        "reply",
        Kind::Object(ONE_REPLY),
        "The reply to the announcement.",
    ),
    maybe(
        "connection",
        Kind::Object(CONNECTION),
        "Its connection; null when none was seen.",
    ),
    maybe("transfer", Kind::Object(TRANSFER), "What it was used for."),
    maybe("tls", Kind::Object(tls::DATA), "The TLS of its connection."),
    maybe(
        "inferred",
        Kind::Object(INFERRED),
        "What is told of a channel of an encrypted session that nobody could read the announcement \
         of: never certain.",
    ),
    field("outcome", Kind::Words(Outcome::WORDS), "What became of it."),
    maybe(
        "cause",
        Kind::Text,
        "The cause of the finding that explains it.",
    ),
];

const CONNECTION: &[Field] = &[
    field("from", Kind::Endpoint, "Who connects."),
    field("to", Kind::Endpoint, "Who listens."),
    field("first_frame", Kind::Whole, "Its first packet."),
    maybe("first_file", Kind::Text, "The input of the first packet."),
    field("last_frame", Kind::Whole, "Its last packet."),
    maybe("last_file", Kind::Text, "The input of the last packet."),
    field("started", Kind::Time, "Its first packet."),
    field("ended", Kind::Time, "Its last packet."),
    field("syns", Kind::Whole, "Attempts to connect, in packets."),
    field("established", Kind::Flag, "It came about."),
    maybe(
        "closed_by",
        Kind::Words(ClosedBy::WORDS),
        "Who ended it, and how.",
    ),
];

const INFERRED: &[Field] = &[
    field(
        "reasons",
        Kind::Texts,
        "What speaks for it beside its hosts and its time: announcement-length, tls-session, \
         reply-at-begin, reply-at-end.",
    ),
    maybe(
        "direction",
        Kind::Words(Direction::WORDS),
        "Which way the data go; a listing cannot be told from another download.",
    ),
    maybe(
        "approximate_bytes",
        Kind::Whole,
        "About how many bytes it carries, without what TLS adds.",
    ),
];

const TRANSFER: &[Field] = &[
    field("command", Kind::Text, "The command that began it."),
    TIME,
    FRAME,
    FILE,
    maybe("path", Kind::Text, "What is transferred."),
    field(
        "direction",
        Kind::Words(Direction::WORDS),
        "Which way the bytes go.",
    ),
    field(
        "representation",
        Kind::Words(Representation::WORDS),
        "The representation type.",
    ),
    field("restart_offset", Kind::Whole, "Where REST made it begin."),
    field("bytes", Kind::Whole, "Payload bytes, each once."),
    maybe("duration", Kind::Seconds, "From the command to its end."),
    field(
        "retransmitted_bytes",
        Kind::Whole,
        "Payload bytes sent again.",
    ),
    field(
        "missing_bytes",
        Kind::Whole,
        "Payload bytes that the capture lacks.",
    ),
    field(
        "unacknowledged_bytes",
        Kind::Whole,
        "Payload bytes never acknowledged.",
    ),
    maybe("final_code", Kind::Whole, "The code of the final reply."),
    maybe("final_frame", Kind::Whole, "The final reply."),
    maybe("final_file", Kind::Text, "The input of the final reply."),
];
