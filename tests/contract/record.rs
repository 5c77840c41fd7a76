//! The records as they are declared here, once more.

use std::collections::BTreeMap;
use std::net::IpAddr;

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
        pub struct $name { $($field: $type,)* })*
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
pub enum Record {
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
