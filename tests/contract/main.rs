//! The JSON contract, declared once more: a field that appears, goes or changes its type fails.
//!
//! The records checked are those of `captures/*/events.jsonl`, and what the program prints for
//! every capture there and for one that this test writes itself.

#![allow(clippy::unwrap_used, reason = "a test that cannot do its work fails")]
#![allow(unreachable_pub, reason = "a program of several modules")]

#[path = "../support/folder.rs"]
#[allow(dead_code)]
mod folder;
#[path = "../support/talk.rs"]
#[allow(dead_code)]
mod talk;

mod record;
mod schema;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use folder::Folder;
use record::Record;
use schema::check;
use serde_json::Value;

fn program(arguments: &[&Path]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_ftpscope"))
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn analyze(files: &[PathBuf]) -> String {
    let mut arguments = ["analyze", "--format", "json", "--show-passwords"]
        .map(Path::new)
        .to_vec();
    arguments.extend(files.iter().map(PathBuf::as_path));
    program(&arguments)
}

/// The files of all scenarios whose name passes.
fn scenario_files(passes: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("captures");
    let Ok(scenarios) = fs::read_dir(root) else {
        return Vec::new();
    };
    let folders = scenarios
        .flatten()
        .filter_map(|scenario| fs::read_dir(scenario.path()).ok());
    let files = folders.flat_map(|folder| folder.flatten().map(|entry| entry.path()));
    files
        .filter(|path| {
            path.file_name()
                .and_then(|name| name.to_str())
                .is_some_and(&passes)
        })
        .collect()
}

/// Every line that there is to check.
fn lines() -> &'static [String] {
    static LINES: OnceLock<Vec<String>> = OnceLock::new();
    LINES.get_or_init(printed)
}

fn printed() -> Vec<String> {
    let folder = Folder::new("printed");
    let whole = talk::session(false);
    let own = [
        folder.write("a.pcap", &talk::session(true)).into(),
        folder.write("b.pcap", &whole[..whole.len() - 5]).into(),
        folder.file("missing.pcap"),
    ];
    let mut text = analyze(&own[..1]);
    text += &analyze(&own);
    for path in scenario_files(|name| name.starts_with("capture.pcap")) {
        text += &analyze(&[path]);
    }
    for path in scenario_files(|name| name == "events.jsonl") {
        text += &fs::read_to_string(path).unwrap();
    }
    text.lines().map(str::to_owned).collect()
}

#[test]
fn every_record_is_as_declared() {
    for line in lines() {
        assert!(line.starts_with("{\"type\":\""), "{line}");
        if let Err(error) = serde_json::from_str::<Record>(line) {
            panic!("{error}: {line}");
        }
    }
}

#[test]
fn an_unknown_and_an_absent_field_are_noticed() {
    let lines = lines();
    let reply = lines
        .iter()
        .find(|line| line.contains("\"type\":\"reply\""))
        .unwrap();
    assert!(serde_json::from_str::<Record>(&reply.replace("\"code\"", "\"kode\"")).is_err());
    let more = reply.replace("\"code\"", "\"more\":1,\"code\"");
    assert!(serde_json::from_str::<Record>(&more).is_err());
    assert!(serde_json::from_str::<Record>(&reply.replace("\"file\":null,", "")).is_err());
}

#[test]
fn every_record_is_as_the_schema_says() {
    let schema: Value = serde_json::from_str(&program(&[Path::new("schema")])).unwrap();
    let lines = lines();
    assert!(
        lines
            .iter()
            .any(|line| line.contains("\"outcome\":\"failed\""))
    );
    for line in lines {
        let record: Value = serde_json::from_str(line).unwrap();
        if let Err(reason) = check(
            &record,
            &schema["$defs"][record["type"].as_str().unwrap()],
            &schema,
        ) {
            panic!("{reason}: {line}");
        }
    }
}

#[test]
fn every_field_of_the_schema_is_required() {
    fn visit(schema: &Value) {
        if let Some(properties) = schema["properties"].as_object() {
            let required: Vec<&str> = schema["required"]
                .as_array()
                .unwrap()
                .iter()
                .filter_map(Value::as_str)
                .collect();
            assert_eq!(required.len(), properties.len(), "{schema}");
            assert!(required.iter().all(|name| properties.contains_key(*name)));
            assert_eq!(schema["additionalProperties"], false);
        }
        match schema {
            Value::Object(fields) => fields.values().for_each(visit),
            Value::Array(items) => items.iter().for_each(visit),
            _ => {}
        }
    }
    visit(&serde_json::from_str(&program(&[Path::new("schema")])).unwrap());
}
