//! The JSON contract, declared once more: a field that appears, goes or changes its type fails.
//!
//! The records checked are those of `captures/*/events.jsonl`, and what the program prints for
//! every capture there and for one that this test writes itself.

#![allow(clippy::unwrap_used, reason = "a test that cannot do its work fails")]

#[path = "support/talk.rs"]
#[allow(dead_code, unreachable_pub)]
mod talk;

use std::collections::BTreeMap;
use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A field that may be null but is always there.
struct Nullable<T>(#[allow(dead_code)] Option<T>);

impl<'de, T: DeserializeOwned> Deserialize<'de> for Nullable<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Unlike `Option`, a `Value` refuses to be made of a field that is absent.
        let value = Value::deserialize(deserializer)?;
        serde_json::from_value(value)
            .map(Self)
            .map_err(D::Error::custom)
    }
}

/// RFC 3339 in UTC with six or nine digits of a second.
struct Time;

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let shape: String = text
            .chars()
            .map(|c| if c.is_ascii_digit() { '0' } else { c })
            .collect();
        match shape.as_str() {
            "0000-00-00T00:00:00.000000Z" | "0000-00-00T00:00:00.000000000Z" => Ok(Self),
            _ => Err(D::Error::custom(format!("{text} is no time"))),
        }
    }
}

macro_rules! objects {
    ($($name:ident { $($field:ident: $type:ty,)* })*) => {
        $(#[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        #[allow(dead_code)]
        struct $name { $($field: $type,)* })*
    };
}

macro_rules! words {
    ($($name:ident { $($variant:ident = $word:literal,)* })*) => {
        $(#[derive(Deserialize)]
        enum $name { $(#[serde(rename = $word)] $variant,)* })*
    };
}

/// One line.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[allow(dead_code)]
enum Record {
    Session(Box<Session>),
    Command(Box<CommandRecord>),
    Reply(Box<StrayReply>),
    DataChannel(Box<DataChannel>),
    Finding(Box<Finding>),
    Summary(Box<Summary>),
}

objects! {
    Session {
        session: u32, client: Endpoint, server: Endpoint, server_name: Nullable<String>,
        started: Time, ended: Time,
        first_frame: u64, first_file: Nullable<String>,
        last_frame: u64, last_file: Nullable<String>,
        state: State, midstream: bool, directions: Directions, vantage: Vantage,
        user: Nullable<String>, password: Nullable<String>, login: Login,
        software: Nullable<String>, tls: Nullable<Tls>, mechanism: Nullable<String>,
        commands: u64, replies: u64, data_channels: u64, failed_data_channels: u64,
        bytes_downloaded: u64, bytes_uploaded: u64, anomalies: Vec<Anomaly>,
    }
    Endpoint { ip: IpAddr, port: u16, }
    Tls {
        kind: TlsKind, version: Nullable<String>, cipher: Nullable<String>,
        server_name: Nullable<String>, data_protection: Protection, decrypted: bool,
        keys: Keys, offered_versions: Vec<String>, alpn: Nullable<String>,
        resumption: Nullable<Resumption>, resumed: Nullable<bool>,
        retried: bool, renegotiated: bool,
        certificate: Nullable<Certificate>, alerts: Vec<Alert>,
        ja3: Nullable<String>, ja4: Nullable<String>,
    }
    DataTls {
        version: Nullable<String>, cipher: Nullable<String>,
        server_name: Nullable<String>, decrypted: bool,
        keys: Keys, offered_versions: Vec<String>, alpn: Nullable<String>,
        resumption: Nullable<Resumption>, resumed: Nullable<bool>,
        retried: bool, renegotiated: bool,
        certificate: Nullable<Certificate>, alerts: Vec<Alert>,
        ja3: Nullable<String>, ja4: Nullable<String>,
    }
    Certificate {
        subject: String, issuer: String, names: Vec<String>,
        not_before: Time, not_after: Time, self_signed: bool, valid: bool,
    }
    Alert {
        from: End, fatal: bool, code: Nullable<u8>, name: Nullable<String>,
        time: Time, frame: u64, file: Nullable<String>,
    }
    Anomaly {
        kind: AnomalyKind, count: u64, bytes: Nullable<u64>, frame: u64, file: Nullable<String>,
    }
    CommandRecord {
        session: u32, time: Time, frame: u64, file: Nullable<String>,
        command: String, protected: bool, argument: Nullable<String>, path: Nullable<String>,
        replies: Vec<Reply>, latency: Nullable<f64>,
    }
    Reply { code: u16, text: String, time: Time, frame: u64, file: Nullable<String>, }
    StrayReply {
        session: u32, code: u16, text: String, time: Time, frame: u64, file: Nullable<String>,
    }
    DataChannel {
        session: u32, channel: u32, mode: Mode, method: Method,
        time: Time, frame: u64, file: Nullable<String>,
        announced: Nullable<Endpoint>,
        announced_frame: Nullable<u64>, announced_file: Nullable<String>,
        reply: Nullable<Reply>, connection: Nullable<Connection>, transfer: Nullable<Transfer>,
        tls: Nullable<DataTls>,
        inferred: Nullable<Inferred>, outcome: Outcome, cause: Nullable<String>,
    }
    Inferred {
        reasons: Vec<Clue>, direction: Nullable<Direction>, approximate_bytes: Nullable<u64>,
    }
    Connection {
        from: Endpoint, to: Endpoint,
        first_frame: u64, first_file: Nullable<String>,
        last_frame: u64, last_file: Nullable<String>,
        started: Time, ended: Time, syns: u32, established: bool, closed_by: Nullable<ClosedBy>,
    }
    Transfer {
        command: String, time: Time, frame: u64, file: Nullable<String>, path: Nullable<String>,
        direction: Direction, representation: Representation, restart_offset: u64, bytes: u64,
        duration: Nullable<f64>, retransmitted_bytes: u64, missing_bytes: u64,
        unacknowledged_bytes: u64, final_code: Nullable<u16>,
        final_frame: Nullable<u64>, final_file: Nullable<String>,
    }
    Finding {
        session: Nullable<u32>, channel: Nullable<u32>, time: Time, cause: String,
        severity: Severity, confidence: Confidence, summary: String,
        evidence: Vec<Evidence>, advice: Vec<String>, wireshark: Vec<DisplayFilter>,
    }
    DisplayFilter { file: Nullable<String>, filter: String, }
    Evidence { frame: u64, file: Nullable<String>, note: String, }
    Summary {
        files: Vec<Input>, frames: u64, bytes: u64,
        first_time: Nullable<Time>, last_time: Nullable<Time>,
        connections: u64, sessions: u64, commands: u64, replies: u64,
        data_channels: Channels, findings: BTreeMap<String, u64>,
        bytes_downloaded: u64, bytes_uploaded: u64,
        damaged_frames: u64, truncated_frames: u64, copied_frames: u64,
        incomplete_datagrams: u64, unknown_links: BTreeMap<u16, u64>,
        limits_hit: BTreeMap<String, u64>,
        dropped: Nullable<Dropped>, complete: bool,
    }
    Input {
        name: String, frames: u64, bytes: u64, fault: Nullable<Fault>, reason: Nullable<String>,
    }
    Channels {
        completed: u64, failed: u64, aborted: u64, rejected: u64, refused: u64, unused: u64,
        unseen: u64, incomplete: u64,
    }
    Dropped { kernel: u64, interface: u64, hand_over: u64, }
}

words! {
    Keys { None = "none", Unfit = "unfit", Unsupported = "unsupported", Fit = "fit", }
    Resumption { Id = "id", Ticket = "ticket", Psk = "psk", }
    End { Client = "client", Server = "server", }
    State {
        Refused = "refused", Unanswered = "unanswered", Unreachable = "unreachable",
        Open = "open", Closed = "closed", Reset = "reset",
    }
    Directions { Both = "both", Client = "client", Server = "server", }
    Vantage { Client = "client", Server = "server", Between = "between", Unknown = "unknown", }
    Login { Accepted = "accepted", Rejected = "rejected", None = "none", Unknown = "unknown", }
    TlsKind { Explicit = "explicit", Implicit = "implicit", }
    Protection { Private = "private", Clear = "clear", Unknown = "unknown", }
    AnomalyKind {
        Gap = "gap", LongLine = "long-line", NotAReply = "not-a-reply",
        TooManyPending = "too-many-pending", TooManyChannels = "too-many-channels",
    }
    Clue {
        Announcement = "announcement-length", Resumption = "tls-session",
        Begun = "reply-at-begin", Ended = "reply-at-end",
    }
    Mode { Passive = "passive", Active = "active", }
    Method {
        Pasv = "PASV", Epsv = "EPSV", Port = "PORT", Eprt = "EPRT", Lpsv = "LPSV", Lprt = "LPRT",
        Spsv = "SPSV", Default = "default", Inferred = "inferred",
    }
    Outcome {
        Completed = "completed", Failed = "failed", Aborted = "aborted", Rejected = "rejected",
        Refused = "refused", Unused = "unused", Unseen = "unseen", Incomplete = "incomplete",
    }
    ClosedBy {
        Client = "client", Server = "server",
        ResetByClient = "reset-by-client", ResetByServer = "reset-by-server",
    }
    Direction { Download = "download", Upload = "upload", Listing = "listing", }
    Representation { Ascii = "ascii", Binary = "binary", Unknown = "unknown", }
    Severity { Error = "error", Warning = "warning", Notice = "notice", }
    Confidence { Certain = "certain", Likely = "likely", Possible = "possible", }
    Fault { Cut = "cut", Damaged = "damaged", Unreadable = "unreadable", }
}

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
    let folder = std::env::temp_dir().join(format!("ftpscope-contract-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let own = [
        folder.join("a.pcap"),
        folder.join("b.pcap"),
        folder.join("missing.pcap"),
    ];
    fs::write(&own[0], talk::session(true)).unwrap();
    let whole = talk::session(false);
    fs::write(&own[1], &whole[..whole.len() - 5]).unwrap();
    let mut text = analyze(&own[..1]);
    text += &analyze(&own);
    let _ = fs::remove_dir_all(&folder);
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

/// The part of JSON Schema that the schema uses.
fn check(value: &Value, schema: &Value, root: &Value) -> Result<(), String> {
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

fn check_object(
    fields: &serde_json::Map<String, Value>,
    schema: &Value,
    root: &Value,
) -> Result<(), String> {
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
