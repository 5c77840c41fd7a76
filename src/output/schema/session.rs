//! The records `session`, `command` and `reply`.

use super::tls;
use super::{FILE, FRAME, Field, Kind, SESSION_ID, TIME, field, maybe};
use crate::ftp::{AnomalyKind, Directions, Login, State, Vantage};
use crate::output::words::Word;

/// One control connection.
pub(super) const SESSION: &[Field] = &[
    SESSION_ID,
    field("client", Kind::Endpoint, "Who connects."),
    field("server", Kind::Endpoint, "Who serves."),
    maybe(
        "server_name",
        Kind::Text,
        "The server's name, from HOST, TLS or DNS.",
    ),
    field("started", Kind::Time, "Its first packet."),
    field("ended", Kind::Time, "Its last packet."),
    field("first_frame", Kind::Whole, "Its first packet."),
    maybe(
        "first_file",
        Kind::Text,
        "The input of the first packet, when there are several.",
    ),
    field("last_frame", Kind::Whole, "Its last packet."),
    maybe(
        "last_file",
        Kind::Text,
        "The input of the last packet, when there are several.",
    ),
    field(
        "state",
        Kind::Words(State::WORDS),
        "The control connection at the end of the capture.",
    ),
    field(
        "midstream",
        Kind::Flag,
        "The handshake is not in the capture.",
    ),
    field(
        "directions",
        Kind::Words(Directions::WORDS),
        "Whose packets are in the capture.",
    ),
    field(
        "vantage",
        Kind::Words(Vantage::WORDS),
        "Where the capture was taken.",
    ),
    maybe("user", Kind::Text, "The latest user name."),
    maybe(
        "password",
        Kind::Text,
        "The latest password; null unless asked for.",
    ),
    field(
        "login",
        Kind::Words(Login::WORDS),
        "The outcome of the login.",
    ),
    maybe(
        "software",
        Kind::Text,
        "The server's software as its greeting names it.",
    ),
    maybe(
        "tls",
        Kind::Object(tls::CONTROL),
        "TLS of the control connection.",
    ),
    maybe(
        "mechanism",
        Kind::Text,
        "What AUTH agreed on where that is not TLS: GSSAPI as a rule.",
    ),
    field("commands", Kind::Whole, "Commands seen."),
    field("replies", Kind::Whole, "Complete replies seen."),
    field("data_channels", Kind::Whole, "Data channels."),
    field(
        "failed_data_channels",
        Kind::Whole,
        "Data channels that failed.",
    ),
    field(
        "bytes_downloaded",
        Kind::Whole,
        "Payload bytes to the client, each once.",
    ),
    field(
        "bytes_uploaded",
        Kind::Whole,
        "Payload bytes to the server, each once.",
    ),
    field(
        "anomalies",
        Kind::List(ANOMALY),
        "What was wrong on the control connection.",
    ),
];

const ANOMALY: &[Field] = &[
    field("kind", Kind::Words(AnomalyKind::WORDS), "What was wrong."),
    field("count", Kind::Whole, "How often."),
    maybe(
        "bytes",
        Kind::Whole,
        "The bytes that the first one concerns.",
    ),
    FRAME,
    FILE,
];

/// One command and the replies to it.
pub(super) const COMMAND: &[Field] = &[
    SESSION_ID,
    TIME,
    FRAME,
    FILE,
    field("command", Kind::Text, "The verb, in upper case."),
    field("protected", Kind::Flag, "It was sent inside TLS."),
    maybe(
        "argument",
        Kind::Text,
        "Its argument; null for passwords unless asked for.",
    ),
    maybe(
        "path",
        Kind::Text,
        "The path it names, absolute where the directory is known.",
    ),
    field(
        "replies",
        Kind::List(ONE_REPLY),
        "Preliminary replies, then the final one.",
    ),
    maybe(
        "latency",
        Kind::Seconds,
        "From the command to its first reply.",
    ),
];

/// A reply within another record.
pub(super) const ONE_REPLY: &[Field] = &[CODE, REPLY_TEXT, TIME, FRAME, FILE];

/// A reply that answers no command.
pub(super) const REPLY: &[Field] = &[SESSION_ID, TIME, FRAME, FILE, CODE, REPLY_TEXT];

const CODE: Field = field("code", Kind::Whole, "The three digits.");

const REPLY_TEXT: Field = field("text", Kind::Text, "Its lines, joined by line feeds.");
