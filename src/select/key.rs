//! The keys of the language: the one table behind parser, completion, help and documentation.

use crate::diagnosis::catalogue;

/// What a value of a key looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One of a few words.
    Words(&'static [&'static str]),
    /// Part of the name of a cause.
    Cause,
    /// A text in which `*` stands for any text; upper and lower case are the same.
    Name,
    /// The same, several with commas between.
    Names,
    /// An address, a range of addresses, or a name.
    Host,
    /// A whole number.
    Number,
    /// A number of bytes: `10k`, `1.5M`.
    Bytes,
    /// A span of time: `300ms`, `5s`, `2h`.
    Span,
    /// A reply code or a class of them: `425`, `4xx`, `none`.
    Code,
    /// A point in time: `-5m`, `12:30`, `2024-05-01T12:30:00`.
    Time,
}

/// A key: what stands before the colon.
#[derive(Debug, PartialEq, Eq)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// Other names that are understood.
    pub also: &'static [&'static str],
    /// What its values look like.
    pub kind: Kind,
    /// What it asks, as the end of "sessions …".
    pub what: &'static str,
    /// Values, each of which is understood.
    pub examples: &'static [&'static str],
}

pub(super) const SESSION: Key = Key {
    name: "session",
    also: &["id"],
    kind: Kind::Number,
    what: "with this number",
    examples: &["7", "3,5", "10..20"],
};

pub(super) const STATE: Key = Key {
    name: "state",
    also: &["st"],
    kind: Kind::Words(&["fail", "auth", "tls", "abrt", "part", "open", "ok"]),
    what: "that fared so; `fail` is what --failed shows",
    examples: &["fail", "open,part"],
};

pub(super) const USER: Key = Key {
    name: "user",
    also: &[],
    kind: Kind::Name,
    what: "of this user",
    examples: &["anna", "anon*", "\"a b\""],
};

pub(super) const LOGIN: Key = Key {
    name: "login",
    also: &[],
    kind: Kind::Words(&["accepted", "rejected", "none", "unknown"]),
    what: "whose login ended so",
    examples: &["rejected"],
};

pub(super) const HOST: Key = Key {
    name: "host",
    also: &["ip"],
    kind: Kind::Host,
    what: "with this client or server",
    examples: &["10.0.4.7", "10.0.4.0/24", "2001:db8::/32", "*.example.org"],
};

pub(super) const CLIENT: Key = Key {
    name: "client",
    also: &["src"],
    kind: Kind::Host,
    what: "with this client",
    examples: &["10.0.4.0/24"],
};

pub(super) const SERVER: Key = Key {
    name: "server",
    also: &["dst"],
    kind: Kind::Host,
    what: "with this server",
    examples: &["192.0.2.10", "ftp.example.org"],
};

pub(super) const PORT: Key = Key {
    name: "port",
    also: &[],
    kind: Kind::Number,
    what: "whose control connection has this port at either end",
    examples: &["2121", "21,990"],
};

pub(super) const DATA_HOST: Key = Key {
    name: "data-host",
    also: &[],
    kind: Kind::Host,
    what: "with a data channel to or from this host, announced or used",
    examples: &["10.0.0.5", "10.0.0.0/8"],
};

pub(super) const DATA_PORT: Key = Key {
    name: "data-port",
    also: &[],
    kind: Kind::Number,
    what: "with a data channel to or from this port, announced or used",
    examples: &["20", "50000..51000"],
};

pub(super) const COMMAND: Key = Key {
    name: "cmd",
    also: &["command"],
    kind: Kind::Names,
    what: "with this command",
    examples: &["RETR", "STOR,APPE", "X*"],
};

pub(super) const REPLY: Key = Key {
    name: "reply",
    also: &["code"],
    kind: Kind::Code,
    what: "with this reply code; `none` is a command without a reply",
    examples: &["425", "4xx", "42x,5xx", "none"],
};

pub(super) const FILE: Key = Key {
    name: "file",
    also: &["path"],
    kind: Kind::Name,
    what: "with a command for this file or directory; without a `/` the last part of its path counts",
    examples: &["*.iso", "/pub/*"],
};

pub(super) const DATA: Key = Key {
    name: "data",
    also: &["channel"],
    kind: Kind::Words(&[
        "completed",
        "failed",
        "aborted",
        "rejected",
        "refused",
        "unused",
        "unseen",
        "incomplete",
        "none",
    ]),
    what: "with a data channel that ended so; `none` is without any",
    examples: &["failed", "refused,rejected"],
};

pub(super) const MODE: Key = Key {
    name: "mode",
    also: &[],
    kind: Kind::Words(&[
        "passive", "active", "pasv", "epsv", "port", "eprt", "lpsv", "lprt", "spsv", "default",
        "inferred",
    ]),
    what: "with a data channel that was announced so",
    examples: &["pasv", "active"],
};

pub(super) const TLS: Key = Key {
    name: "tls",
    also: &[],
    kind: Kind::Words(&["yes", "no", "explicit", "implicit"]),
    what: "with or without TLS",
    examples: &["yes", "implicit"],
};

pub(super) const CAUSE: Key = Key {
    name: "cause",
    also: &["diag"],
    kind: Kind::Cause,
    what: "with a finding whose cause has this in its name (see `ftpscope explain`)",
    examples: &["nat", "connection-refused"],
};

pub(super) const SEVERITY: Key = Key {
    name: "severity",
    also: &[],
    kind: Kind::Words(&["notice", "warning", "error"]),
    what: "in which something at least this bad was found",
    examples: &["warning"],
};

pub(super) const BYTES: Key = Key {
    name: "bytes",
    also: &["size"],
    kind: Kind::Bytes,
    what: "whose data connections carried so much in all",
    examples: &[">1M", "0", "10k..2GiB"],
};

pub(super) const DURATION: Key = Key {
    name: "dur",
    also: &["duration"],
    kind: Kind::Span,
    what: "that lasted so long",
    examples: &[">5s", "<300ms", "1m..2h"],
};

pub(super) const SINCE: Key = Key {
    name: "since",
    also: &["after"],
    kind: Kind::Time,
    what: "that began then or later, in UTC; `-1m` counts back from the end of the capture",
    examples: &["-1m", "12:30", "2024-05-01T12:30:00"],
};

pub(super) const UNTIL: Key = Key {
    name: "until",
    also: &["before"],
    kind: Kind::Time,
    what: "that began then or earlier",
    examples: &["12:45:10", "2024-05-01"],
};

const ALL: [&Key; 22] = [
    &STATE, &USER, &LOGIN, &HOST, &CLIENT, &SERVER, &PORT, &COMMAND, &REPLY, &FILE, &DATA, &MODE,
    &DATA_HOST, &DATA_PORT, &TLS, &CAUSE, &SEVERITY, &BYTES, &DURATION, &SINCE, &UNTIL, &SESSION,
];

/// All keys, in the order in which they are shown.
pub fn keys() -> impl Iterator<Item = &'static Key> + Clone {
    ALL.into_iter()
}

impl Key {
    /// The key that has this name, in whatever case.
    pub fn find(name: &str) -> Option<&'static Self> {
        let is = |known: &&str| known.eq_ignore_ascii_case(name);
        keys().find(|key| is(&key.name) || key.also.iter().any(is))
    }

    /// The values that it can have, where there are only a few.
    pub fn values(&self) -> Vec<&'static str> {
        match self.kind {
            Kind::Words(words) => words.to_vec(),
            Kind::Cause => catalogue::all().map(|cause| cause.id).collect(),
            _ => Vec::new(),
        }
    }

    /// Commas stand between alternatives.
    pub(super) fn is_list(&self) -> bool {
        !matches!(self.kind, Kind::Name | Kind::Time)
    }
}
