//! Codes and causes as JSON.

use serde_json::{Value, json};

use crate::diagnosis::codes::{self, Class, ReplyCode};
use crate::diagnosis::{Cause, Topic, catalogue};

/// One topic as an object.
pub fn topic(topic: Topic) -> Value {
    match topic {
        Topic::Code(known) => code(known),
        Topic::Unlisted(code, class) => unlisted(code, class),
        Topic::Cause(known) => cause(known),
    }
}

/// All topics as an array.
pub fn list() -> Value {
    let codes = codes::all().map(code);
    codes.chain(catalogue::all().map(cause)).collect()
}

fn code(code: &ReplyCode) -> Value {
    let see: Vec<&str> = code.see.iter().map(|cause| cause.id).collect();
    json!({
        "type": "code",
        "code": code.code,
        "meaning": code.meaning,
        "class": code.class().name(),
        "source": code.source,
        "usually": code.usually,
        "next": code.next,
        "causes": see,
    })
}

fn unlisted(code: u16, class: Class) -> Value {
    json!({
        "type": "code",
        "code": code,
        "meaning": null,
        "class": class.name(),
        "source": null,
        "usually": null,
        "next": null,
        "causes": [],
    })
}

fn cause(cause: &Cause) -> Value {
    let lines = |text: &'static str| text.lines().collect::<Vec<&str>>();
    json!({
        "type": "cause",
        "cause": cause.id,
        "title": cause.title,
        "what": cause.what,
        "on_the_wire": cause.on_the_wire,
        "confirm": lines(cause.confirm),
        "mend": lines(cause.mend),
    })
}
