//! The contract of the JSON output as a JSON Schema (2020-12).
//!
//! One table a record; a field that the table lacks is a failure of `tests/contract/`.

mod channel;
mod session;
mod tls;
mod totals;

use serde_json::{Map, Value, json};

use channel::DATA_CHANNEL;
use session::{COMMAND, REPLY, SESSION};
use totals::{FINDING, SUMMARY};

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
