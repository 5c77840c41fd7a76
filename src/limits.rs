//! The limits that a capture can reach, and what is lost then.
//!
//! All that grows has a limit. Most of them cost nothing that a reader of the report would miss;
//! those that do are listed here, counted, and told in the `Summary` of the analyzer.

use crate::{decode, diagnosis, ftp, tcp, tls};

/// One limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Its name in the JSON output.
    pub name: &'static str,
    /// How much there may be.
    pub most: u64,
    /// What there may be so much of.
    pub of: &'static str,
    /// What happens to that which is too much.
    pub then: &'static str,
}

/// TCP connections followed at once.
pub const FLOWS: Limit = limit(
    "flows",
    tcp::MAX_FLOWS,
    "connections at once",
    "those worth least were forgotten early",
);

/// Bytes that wait for earlier ones.
pub const HELD_BYTES: Limit = limit(
    "held-bytes",
    tcp::MAX_HELD_BYTES,
    "bytes out of order",
    "connections went on without the bytes that they waited for",
);

/// Datagrams of which fragments are missing.
pub const DATAGRAMS: Limit = limit(
    "datagrams",
    decode::MAX_DATAGRAMS,
    "incomplete datagrams at once",
    "the oldest were given up",
);

/// Connections whose protocol is in question.
pub const PROBES: Limit = limit(
    "probes",
    ftp::MAX_PROBES,
    "connections in question at once",
    "others were not looked into for FTP on an unusual port",
);

/// Announced endpoints.
pub const EXPECTATIONS: Limit = limit(
    "expectations",
    ftp::MAX_EXPECTATIONS,
    "announced endpoints at once",
    "for the oldest no data connection was looked for any longer",
);

/// Reviews of data channels.
pub const REVIEWS: Limit = limit(
    "reviews",
    ftp::MAX_REVIEWS,
    "data channels under review at once",
    "others were judged when their connection or session ended",
);

/// Unfinished data channels of one session.
pub const CHANNELS: Limit = limit(
    "channels",
    ftp::MAX_OPEN_CHANNELS,
    "unfinished data channels of one session",
    "the oldest was judged as it was",
);

/// Unanswered commands of one session.
pub const PENDING: Limit = limit(
    "pending",
    ftp::MAX_PENDING,
    "unanswered commands of one session",
    "the oldest was taken for unanswered",
);

/// Length of a line.
pub const LINE: Limit = limit(
    "line",
    ftp::MAX_LINE,
    "bytes of one line",
    "what follows in the line was dropped",
);

/// Connections with keys of TLS.
pub const SECRETS: Limit = limit(
    "tls-secrets",
    tls::MAX_SECRETS,
    "connections with keys of TLS",
    "those of others were not kept",
);

/// Data connections inside TLS.
pub const STREAMS: Limit = limit(
    "tls-streams",
    ftp::MAX_STREAMS,
    "data connections inside TLS at once",
    "of others the handshake was not read",
);

/// What TLS connections hold.
pub const TLS_BYTES: Limit = limit(
    "tls-bytes",
    tls::MAX_TLS_BYTES,
    "bytes of TLS held",
    "connections were not decrypted further",
);

/// Length of a handshake message.
pub const HANDSHAKE: Limit = limit(
    "tls-message",
    tls::MAX_MESSAGE,
    "bytes of one handshake message of TLS",
    "it was not read",
);

/// Hosts that try FTP ports.
pub const KNOCKERS: Limit = limit(
    "knockers",
    ftp::MAX_KNOCKERS,
    "hosts that tried FTP ports in vain",
    "those quiet for longest were forgotten",
);

/// Pairs of hosts with refused logins.
pub const LOGINS: Limit = limit(
    "logins",
    diagnosis::MAX_LOGIN_PAIRS,
    "pairs of hosts with refused logins",
    "those quiet for longest were forgotten",
);

/// Memory of the whole engine, unless said otherwise, where a capture has no end.
pub const DEFAULT_MEMORY: usize = 256 << 20;

/// Memory of the whole engine.
pub const MEMORY: Limit = limit(
    "memory",
    DEFAULT_MEMORY,
    "bytes of memory",
    "what nobody follows was forgotten early",
);

/// Sessions that were ended because memory was short.
pub const MEMORY_SESSIONS: Limit = limit(
    "memory-sessions",
    DEFAULT_MEMORY,
    "bytes of memory",
    "idle sessions were told as they were, before their end",
);

/// Every limit that is told.
pub const ALL: [Limit; 17] = [
    FLOWS,
    HELD_BYTES,
    DATAGRAMS,
    PROBES,
    EXPECTATIONS,
    REVIEWS,
    CHANNELS,
    PENDING,
    LINE,
    SECRETS,
    STREAMS,
    TLS_BYTES,
    HANDSHAKE,
    KNOCKERS,
    LOGINS,
    MEMORY,
    MEMORY_SESSIONS,
];

/// The limit of this name.
pub fn named(name: &str) -> Option<Limit> {
    ALL.into_iter().find(|limit| limit.name == name)
}

const fn limit(name: &'static str, most: usize, of: &'static str, then: &'static str) -> Limit {
    Limit {
        name,
        most: most as u64,
        of,
        then,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_has_a_name_of_its_own() {
        for limit in ALL {
            assert_eq!(named(limit.name), Some(limit));
        }
    }

    #[test]
    fn the_documentation_names_every_limit_and_its_size() {
        let text = include_str!("../docs/limits.md");
        for limit in ALL {
            let row = format!("| `{}` | {} |", limit.name, grouped(limit.most));
            assert!(text.contains(&row), "{row}");
        }
    }

    fn grouped(number: u64) -> String {
        let digits = number.to_string();
        let groups = digits.as_bytes().rchunks(3).rev();
        let groups = groups.map(|group| String::from_utf8_lossy(group).into_owned());
        groups.collect::<Vec<_>>().join(",")
    }
}
