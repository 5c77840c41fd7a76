//! Pieces of sentences that several rules use.

use std::borrow::Cow;
use std::time::Duration;

use super::Case;
use crate::decode::IcmpError;
use crate::escape;
use crate::ftp::{Channel, Method, Mode, Reply, Vantage};

/// `PASV`, as the announcement is called.
pub(super) fn method(channel: &Channel) -> &'static str {
    match channel.method {
        Method::Pasv => "PASV",
        Method::Epsv => "EPSV",
        Method::Port => "PORT",
        Method::Eprt => "EPRT",
        Method::Lpsv => "LPSV",
        Method::Lprt => "LPRT",
        Method::Spsv => "SPSV",
        Method::Default => "default port",
        Method::Inferred => "unseen announcement",
    }
}

/// The first line of a reply's text, escaped.
pub(super) fn first_line(reply: &Reply) -> Cow<'_, str> {
    let line = reply.text.split(|&byte| byte == b'\n').next();
    escape::line(line.unwrap_or_default())
}

/// `425 Failed to establish connection`, on one line, not too long, without its full stop.
pub(super) fn reply(reply: &Reply) -> String {
    let line: String = first_line(reply).chars().take(120).collect();
    let line = line.trim().trim_end_matches('.');
    format!("{} {line}", reply.code).trim_end().to_owned()
}

/// `21.3 s`.
pub(super) fn seconds(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 1.0 {
        format!("{:.0} ms", seconds * 1000.0)
    } else {
        format!("{seconds:.1} s")
    }
}

/// `1 SYN`, `6 SYNs`.
pub(super) fn syns(count: u32) -> String {
    match count {
        1 => "1 SYN".to_owned(),
        _ => format!("{count} SYNs"),
    }
}

/// What silence means for a packet that was sent by whom the capture was taken near, or by the
/// other end.
pub(super) fn dropped_where(case: &Case<'_>, sent_by: Mode) -> &'static str {
    match (case.scene.vantage(), sent_by) {
        (Vantage::Client, Mode::Passive) => {
            "; captured near the client, so it was dropped further on or at the server"
        }
        (Vantage::Server, Mode::Passive) => {
            "; captured near the server, so it got this far and the server's host dropped it"
        }
        (Vantage::Server, Mode::Active) => {
            "; captured near the server, so it was dropped further on or at the client"
        }
        (Vantage::Client, Mode::Active) => {
            "; captured near the client, so it got this far and the client's host dropped it"
        }
        (Vantage::Between | Vantage::Unknown, _) => "",
    }
}

/// What an ICMP error says, by name (RFC 792, RFC 1812 §5.2.7, RFC 4443 §3).
pub(crate) fn icmp(error: &IcmpError) -> String {
    let name = match (error.v6, error.kind, error.code) {
        (false, 3, 0) => "network unreachable",
        (false, 3, 1) => "host unreachable",
        (false, 3, 2) => "protocol unreachable",
        (false, 3, 3) => "port unreachable",
        (false, 3, 5) => "source route failed",
        (false, 3, 6) => "destination network unknown",
        (false, 3, 7) => "destination host unknown",
        (false, 3, 9) => "network administratively prohibited",
        (false, 3, 10) => "host administratively prohibited",
        (false, 3, 13) => "communication administratively prohibited",
        (false, 3, _) => "destination unreachable",
        (false, 11, 0) | (true, 3, 0) => "hop limit exceeded in transit",
        (false, 11, _) | (true, 3, _) => "time exceeded",
        (true, 1, 0) => "no route to destination",
        (true, 1, 1) => "communication administratively prohibited",
        (true, 1, 2) => "beyond scope of source address",
        (true, 1, 3) => "address unreachable",
        (true, 1, 4) => "port unreachable",
        (true, 1, 5) => "source address failed policy",
        (true, 1, 6) => "reject route to destination",
        (true, 1, _) => "destination unreachable",
        _ => "error",
    };
    let protocol = if error.v6 { "ICMPv6" } else { "ICMP" };
    format!("{protocol} {name} ({}/{})", error.kind, error.code)
}
