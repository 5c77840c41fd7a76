//! The part of JSON Schema that the schema uses.

use serde_json::{Map, Value};

/// Whether a value is as a schema says; the reason where it is not. `root` has the definitions.
pub fn check(value: &Value, schema: &Value, root: &Value) -> Result<(), String> {
    let fail = |what: &str| Err(format!("{value} is not {what}"));
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.trim_start_matches("#/$defs/");
        return check(value, &root["$defs"][name], root);
    }
    if let Some(choices) = schema["anyOf"].as_array() {
        let reasons = choices.iter().map(|choice| check(value, choice, root));
        let reasons: Vec<_> = reasons.collect();
        return match reasons.iter().any(Result::is_ok) {
            true => Ok(()),
            false => reasons.into_iter().next().unwrap(),
        };
    }
    if let Some(words) = schema["enum"].as_array() {
        return if words.contains(value) {
            Ok(())
        } else {
            fail("one of the words")
        };
    }
    if let Some(constant) = schema.get("const") {
        return if value == constant {
            Ok(())
        } else {
            fail("the constant")
        };
    }
    match (schema["type"].as_str().unwrap(), value) {
        ("integer", Value::Number(number)) if number.is_u64() => Ok(()),
        ("number", Value::Number(_)) | ("string", Value::String(_)) => Ok(()),
        ("boolean", Value::Bool(_)) | ("null", Value::Null) => Ok(()),
        ("array", Value::Array(items)) => items
            .iter()
            .try_for_each(|item| check(item, &schema["items"], root)),
        ("object", Value::Object(fields)) => check_object(fields, schema, root),
        (kind, _) => fail(kind),
    }
}

fn check_object(fields: &Map<String, Value>, schema: &Value, root: &Value) -> Result<(), String> {
    let required = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    for name in required {
        fields
            .get(name)
            .ok_or_else(|| format!("{name} is missing"))?;
    }
    for (name, value) in fields {
        let field = match schema["properties"].get(name) {
            Some(field) => field,
            None if schema["additionalProperties"].is_object() => &schema["additionalProperties"],
            None => return Err(format!("{name} is not in the schema")),
        };
        check(value, field, root).map_err(|reason| format!("{name}: {reason}"))?;
    }
    Ok(())
}
