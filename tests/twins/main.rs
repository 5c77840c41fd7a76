//! Conversations that look alike and have different causes, or none.
//!
//! What the recorded scenarios cannot hold in every variant: the same fault seen from the other
//! side of an address translation, a fallback, a capture with only the control connection.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../support/mod.rs"]
mod support;

mod addresses;
mod attempts;
mod replies;

use ftpscope::analyzer::Event;
use ftpscope::diagnosis::{Finding, Severity};

use support::analysis::analyzed;
use support::conversation::{Channel, Conversation};
use support::planned::{Planned, SECOND};

const PUBLIC_CLIENT: &str = "198.51.100.10:40000";
const PRIVATE_CLIENT: &str = "192.168.1.10:40000";
const PUBLIC_SERVER: &str = "203.0.113.5:21";
const PRIVATE_SERVER: &str = "10.0.0.5:21";

/// A session with a login that is accepted.
fn session(client: &str, server: &str) -> Conversation {
    let mut ftp = Conversation::between(client, server);
    ftp.login("alice", "secret");
    ftp
}

/// The same, both at public addresses.
fn outside() -> Conversation {
    session(PUBLIC_CLIENT, PUBLIC_SERVER)
}

/// Ends it: what is named of it then.
fn quit(mut ftp: Conversation) -> Vec<(&'static str, Severity)> {
    ftp.quit();
    named(&ftp.finish())
}

/// All that is found in these packets.
fn findings(packets: &[Planned]) -> Vec<Finding> {
    let (_, events) = analyzed(packets);
    let findings = events.into_iter().filter_map(|event| match event {
        Event::Finding(finding) => Some(finding),
        Event::Session(_) => None,
    });
    findings.collect()
}

/// Causes and severities of what is named, the clear password left out.
fn named(packets: &[Planned]) -> Vec<(&'static str, Severity)> {
    findings(packets)
        .iter()
        .map(|finding| (finding.cause, finding.severity))
        .filter(|(cause, _)| *cause != "cleartext-password")
        .collect()
}

fn channel(from: &str, to: &str) -> Channel {
    Channel {
        from: from.parse().unwrap(),
        to: to.parse().unwrap(),
    }
}

/// `227 (…)` that names any address.
fn announce(ftp: &mut Conversation, address: &str, port: u16) {
    let host = address.replace('.', ",");
    let [high, low] = port.to_be_bytes();
    ftp.exchange(
        "PASV",
        &format!("227 Entering Passive Mode ({host},{high},{low})."),
    );
}

/// A connection that nobody answers, and the time that it takes.
fn unanswered(ftp: &mut Conversation, channel: Channel) {
    channel.connection().unanswered(&mut ftp.plan, 3);
    ftp.plan.wait(7 * SECOND);
}
