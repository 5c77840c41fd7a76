//! The contract of the JSON output as a JSON Schema (2020-12).
//!
//! One table a record; a field that the table lacks is a failure of `tests/contract.rs`.

use serde_json::{Map, Value, json};

use super::words::Word;
use crate::capture::Fault;
use crate::diagnosis::{Confidence, Severity};
use crate::ftp::{
    AnomalyKind, ClosedBy, Direction, Directions, Login, Method, Mode, Outcome, Protection,
    Representation, State, TlsKind, Vantage,
};

/// One field of an object.
struct Field {
    name: &'static str,
    kind: Kind,
    nullable: bool,
    meaning: &'static str,
}

/// What a field holds.
#[derive(Clone, Copy)]
enum Kind {
    Whole,
    Seconds,
    Flag,
    Text,
    Time,
    Endpoint,
    Words(&'static [&'static str]),
    Texts,
    /// An object with any names, each with a count.
    Counts,
    Object(&'static [Field]),
    List(&'static [Field]),
}

const fn field(name: &'static str, kind: Kind, meaning: &'static str) -> Field {
    Field {
        name,
        kind,
        nullable: false,
        meaning,
    }
}

const fn maybe(name: &'static str, kind: Kind, meaning: &'static str) -> Field {
    Field {
        name,
        kind,
        nullable: true,
        meaning,
    }
}

/// The records by their `type`.
const RECORDS: [(&str, &str, &[Field]); 6] = [
    ("session", "One control connection.", SESSION),
    ("command", "One command and the replies to it.", COMMAND),
    ("reply", "A reply that answers no command.", REPLY),
    (
        "data_channel",
        "One data channel, from its announcement to its outcome.",
        DATA_CHANNEL,
    ),
    ("finding", "One diagnosed fact.", FINDING),
    ("summary", "The totals; the last line.", SUMMARY),
];

const FRAME: Field = field(
    "frame",
    Kind::Whole,
    "Frame number, from 1, as Wireshark shows it.",
);
const FILE: Field = maybe(
    "file",
    Kind::Text,
    "The input of the frame, when there are several.",
);
const SESSION_ID: Field = field("session", Kind::Whole, "Number of the session, from 1.");
const TIME: Field = field("time", Kind::Time, "When.");

const SESSION: &[Field] = &[
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
    maybe("tls", Kind::Object(TLS), "TLS of the control connection."),
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

const TLS: &[Field] = &[
    field("kind", Kind::Words(TlsKind::WORDS), "How it began."),
    maybe("version", Kind::Text, "The version agreed on."),
    maybe("cipher", Kind::Text, "The cipher suite agreed on."),
    maybe(
        "server_name",
        Kind::Text,
        "The name that the client asked for.",
    ),
    field(
        "data_protection",
        Kind::Words(Protection::WORDS),
        "What PROT said, as far as known.",
    ),
    field("decrypted", Kind::Flag, "The session was decrypted."),
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

const COMMAND: &[Field] = &[
    SESSION_ID,
    TIME,
    FRAME,
    FILE,
    field("command", Kind::Text, "The verb, in upper case."),
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

const ONE_REPLY: &[Field] = &[CODE, REPLY_TEXT, TIME, FRAME, FILE];
const REPLY: &[Field] = &[SESSION_ID, TIME, FRAME, FILE, CODE, REPLY_TEXT];
const CODE: Field = field("code", Kind::Whole, "The three digits.");
const REPLY_TEXT: Field = field("text", Kind::Text, "Its lines, joined by line feeds.");

const DATA_CHANNEL: &[Field] = &[
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

const FINDING: &[Field] = &[
    maybe(
        "session",
        Kind::Whole,
        "The session; null for a finding about hosts.",
    ),
    maybe(
        "channel",
        Kind::Whole,
        "The data channel within the session.",
    ),
    TIME,
    field("cause", Kind::Text, "Identifies the cause."),
    field("severity", Kind::Words(Severity::WORDS), "How bad it is."),
    field(
        "confidence",
        Kind::Words(Confidence::WORDS),
        "How sure it is.",
    ),
    field("summary", Kind::Text, "One sentence."),
    field(
        "evidence",
        Kind::List(EVIDENCE),
        "The packets that prove it.",
    ),
    field(
        "advice",
        Kind::Texts,
        "What to do, the most likely remedy first.",
    ),
];

const EVIDENCE: &[Field] = &[
    FRAME,
    FILE,
    field("note", Kind::Text, "What the packet shows."),
];

const SUMMARY: &[Field] = &[
    field("files", Kind::List(INPUT), "The inputs."),
    field("frames", Kind::Whole, "Packets."),
    field("bytes", Kind::Whole, "Their bytes on the wire."),
    maybe("first_time", Kind::Time, "The first packet."),
    maybe("last_time", Kind::Time, "The last packet."),
    field(
        "connections",
        Kind::Whole,
        "TCP connections, or parts of them.",
    ),
    field("sessions", Kind::Whole, "Sessions."),
    field("commands", Kind::Whole, "Commands."),
    field("replies", Kind::Whole, "Complete replies."),
    field("data_channels", Kind::Counts, "Data channels by outcome."),
    field("findings", Kind::Counts, "Findings by cause."),
    field("bytes_downloaded", Kind::Whole, "Payload bytes to clients."),
    field("bytes_uploaded", Kind::Whole, "Payload bytes to servers."),
    field(
        "damaged_frames",
        Kind::Whole,
        "Packets whose headers contradict themselves.",
    ),
    field(
        "truncated_frames",
        Kind::Whole,
        "Packets cut by a snapshot length.",
    ),
    field(
        "copied_frames",
        Kind::Whole,
        "Packets recognised as copies of another.",
    ),
    field(
        "incomplete_datagrams",
        Kind::Whole,
        "IP datagrams of which fragments are missing.",
    ),
    field(
        "unknown_links",
        Kind::Counts,
        "Packets not decoded, by link type number.",
    ),
    maybe(
        "dropped",
        Kind::Object(DROPPED),
        "Packets that a live capture lost; null for files.",
    ),
    field("complete", Kind::Flag, "Every input was read to its end."),
];

const DROPPED: &[Field] = &[
    field("kernel", Kind::Whole, "Lost by the kernel."),
    field("interface", Kind::Whole, "Lost by the interface."),
];

const INPUT: &[Field] = &[
    field("name", Kind::Text, "Its name."),
    field("frames", Kind::Whole, "Packets read."),
    field("bytes", Kind::Whole, "Bytes read of the file as stored."),
    maybe(
        "fault",
        Kind::Words(<&Fault as Word>::WORDS),
        "Why reading stopped early.",
    ),
    maybe("reason", Kind::Text, "The same in a sentence."),
];

/// The schema of one line of the JSON output.
pub fn schema() -> Value {
    let definitions = RECORDS
        .iter()
        .map(|record| (record.0.to_owned(), record_schema(record)));
    let mut definitions: Map<String, Value> = definitions.collect();
    definitions.insert("endpoint".to_owned(), endpoint_schema());
    let refs: Vec<Value> = RECORDS.iter().map(|(name, ..)| reference(name)).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "ftpscope output",
        "description": "One line of `ftpscope analyze --format json`.",
        "oneOf": refs,
        "$defs": definitions,
    })
}

fn record_schema((name, meaning, fields): &(&str, &str, &'static [Field])) -> Value {
    let mut schema = object_schema(fields);
    schema["description"] = json!(meaning);
    if let Some(required) = schema["required"].as_array_mut() {
        required.insert(0, json!("type"));
    }
    if let Some(properties) = schema["properties"].as_object_mut() {
        properties.insert("type".to_owned(), json!({ "const": name }));
    }
    schema
}

fn object_schema(fields: &'static [Field]) -> Value {
    let required: Vec<&str> = fields.iter().map(|field| field.name).collect();
    let properties = fields
        .iter()
        .map(|field| (field.name.to_owned(), field.schema()));
    json!({
        "type": "object",
        "properties": properties.collect::<Map<String, Value>>(),
        "required": required,
        "additionalProperties": false,
    })
}

fn endpoint_schema() -> Value {
    object_schema(
        const {
            &[
                field("ip", Kind::Text, "An IPv4 or IPv6 address."),
                field("port", Kind::Whole, "A TCP port."),
            ]
        },
    )
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

impl Field {
    fn schema(&self) -> Value {
        let mut schema = self.kind.schema();
        if self.nullable {
            schema = json!({ "anyOf": [schema, { "type": "null" }] });
        }
        schema["description"] = json!(self.meaning);
        schema
    }
}

impl Kind {
    fn schema(self) -> Value {
        match self {
            Self::Whole => json!({ "type": "integer", "minimum": 0 }),
            Self::Seconds => json!({ "type": "number", "minimum": 0 }),
            Self::Flag => json!({ "type": "boolean" }),
            Self::Text => json!({ "type": "string" }),
            Self::Time => json!({ "type": "string", "format": "date-time" }),
            Self::Endpoint => reference("endpoint"),
            Self::Words(words) => json!({ "enum": words }),
            Self::Texts => json!({ "type": "array", "items": { "type": "string" } }),
            Self::Counts => {
                json!({ "type": "object", "additionalProperties": Self::Whole.schema() })
            }
            Self::Object(fields) => object_schema(fields),
            Self::List(fields) => json!({ "type": "array", "items": object_schema(fields) }),
        }
    }
}
