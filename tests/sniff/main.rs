//! `ftpscope sniff` from the outside, on a pipe: events while it is open, signals, rotation, and
//! every way to end. What needs an interface is tested elsewhere; the output is the same.

#![cfg(all(unix, feature = "live"))]
#![allow(clippy::unwrap_used, reason = "a test that cannot do its work fails")]

#[path = "../support/captures.rs"]
#[allow(dead_code, unreachable_pub)]
mod captures;
#[path = "../support/folder.rs"]
#[allow(dead_code, unreachable_pub)]
mod folder;
#[path = "../support/sniffer.rs"]
#[allow(dead_code, unreachable_pub)]
mod sniffer;
#[path = "../support/talk.rs"]
#[allow(dead_code, unreachable_pub)]
mod talk;

mod ending;
mod files;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;

use folder::Folder;
use serde_json::Value;
use sniffer::{Sniffer, eventually};
use talk::{Talk, Who};

/// Many sessions one after the other, each with a login that is accepted.
fn sessions(count: u16) -> Vec<u8> {
    let mut talk = Talk::new();
    for number in 0..count {
        let mut control = talk.connect(20_000 + number, 21);
        talk.say(&mut control, Who::Server, b"220 ready\r\n");
        talk.say(&mut control, Who::Client, b"USER anna\r\n");
        talk.say(&mut control, Who::Server, b"331 password\r\n");
        talk.say(&mut control, Who::Client, b"PASS secret\r\n");
        talk.say(&mut control, Who::Server, b"230 welcome\r\n");
        talk.close(&mut control, Who::Client);
    }
    talk.into_bytes()
}

/// The lines of a file, each a whole JSON object.
fn objects(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    assert!(
        text.is_empty() || text.ends_with('\n'),
        "{path:?} ends in a torn line"
    );
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

fn types(objects: &[Value]) -> Vec<&str> {
    objects
        .iter()
        .map(|object| object["type"].as_str().unwrap())
        .collect()
}

#[test]
fn events_are_told_while_the_pipe_is_open() {
    let mut sniffer = Sniffer::start(&["-"]);
    let bytes = talk::session(false);
    // All but the end of the session.
    sniffer.feed(&bytes[..bytes.len() - 500]);
    sniffer.wait_for_line("✓ login anna");
    sniffer.wait_for_line("✓ data  data 1, RETR");
    sniffer.feed(&bytes[bytes.len() - 500..]);
    sniffer.wait_for_line("✓ close closed, user anna");
    sniffer.signal("TERM");
    let end = sniffer.end();
    assert_eq!(end.code, Some(0));
    assert!(end.err.contains("1 session, "), "{}", end.err);
}

#[test]
fn a_failure_is_told_within_two_seconds_though_nothing_follows() {
    let mut talk = Talk::new();
    let mut control = talk.connect(40_000, 21);
    for (who, line) in [
        (Who::Server, &b"220 ready\r\n"[..]),
        (Who::Client, b"PASV\r\n"),
        (
            Who::Server,
            b"227 Entering Passive Mode (10,0,0,2,195,81).\r\n",
        ),
        (Who::Client, b"LIST\r\n"),
    ] {
        talk.say(&mut control, who, line);
    }
    for pause in [1000, 2000, 4000] {
        talk.knock(40_002, 50_001);
        talk.wait(pause);
    }
    talk.say(
        &mut control,
        Who::Server,
        b"425 Failed to establish connection.\r\n",
    );
    let mut sniffer = Sniffer::start(&["-"]);
    sniffer.feed(&talk.into_bytes());
    let fed = sniffer::now();
    sniffer.wait_for_line("✗ FAIL  ");
    let waited = fed.elapsed();
    assert!(waited.as_millis() < 2000, "{waited:?}");
    sniffer.signal("INT");
    assert_eq!(sniffer.end().code, Some(0));
}

#[test]
fn a_pipe_gives_what_the_file_gives() {
    for name in [
        "upload-vsftpd",
        "pasv-private-address-nat-client-side",
        "capture-pcapng",
    ] {
        let path = captures::capture(name);
        let command = |arguments: &[&str]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_ftpscope"));
            let out = command
                .args(arguments)
                .stdin(fs::File::open(&path).unwrap())
                .output();
            let out = String::from_utf8(out.unwrap().stdout).unwrap();
            assert!(!out.is_empty());
            out
        };
        let live = command(&["sniff", "--format", "json", "-"]);
        let file = command(&["analyze", "--format", "json", "-"]);
        assert_eq!(live, file, "{name}");
    }
}

#[test]
fn a_summary_comes_when_it_is_asked_for() {
    let mut sniffer = Sniffer::start(&["-", "--format", "json"]);
    sniffer.feed(&sessions(3));
    sniffer.wait_for_line("\"login\":\"accepted\"");
    sniffer.signal("USR1");
    sniffer.wait_for_word("3 sessions, 6 commands");
    sniffer.signal("TERM");
    let end = sniffer.end();
    assert_eq!(end.code, Some(0));
    assert_eq!(
        end.err.matches("3 sessions, ").count(),
        2,
        "asked for, and at the end"
    );
}

#[test]
fn status_lines_come_as_often_as_asked_for() {
    let mut sniffer = Sniffer::start(&["-", "--status", "1"]);
    sniffer.feed(&sessions(3));
    sniffer.wait_for_word("packets/s | sessions 3 (");
    sniffer.close();
    assert_eq!(sniffer.end().code, Some(0));
}

#[test]
fn metrics_are_served_while_it_runs() {
    let mut sniffer = Sniffer::start(&["-", "--metrics", "0"]);
    let line = sniffer.wait_for_word("metrics at http://127.0.0.1:");
    let address = line
        .split("http://")
        .nth(1)
        .unwrap()
        .split('/')
        .next()
        .unwrap()
        .to_owned();
    sniffer.feed(&talk::session(true));
    let page = eventually("the session in the metrics", || {
        let mut stream = TcpStream::connect(&address).unwrap();
        stream
            .write_all(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
            .unwrap();
        let mut page = String::new();
        stream.read_to_string(&mut page).unwrap();
        page.contains("ftpscope_data_channels_total{outcome=\"failed\"} 1")
            .then_some(page)
    });
    for line in [
        "ftpscope_sessions_total 1",
        "ftpscope_logins_total{result=\"accepted\"} 1",
        "ftpscope_data_channels_total{outcome=\"completed\"} 1",
        "ftpscope_replies_total{class=\"4xx\"} 1",
        "ftpscope_data_bytes_total{direction=\"download\"} 12",
    ] {
        assert!(page.lines().any(|other| other == line), "{line}\n{page}");
    }
    assert!(page.contains("process_resident_memory_bytes "));
    sniffer.signal("TERM");
    assert_eq!(sniffer.end().code, Some(0));
}

#[test]
fn a_key_log_that_comes_later_is_read_in_the_sandbox() {
    /// Bytes of the capture up to the answer to the greeting, before TLS begins.
    const GREETING: usize = 24 + 7 * 16 + 74 + 74 + 66 + 86 + 66 + 76 + 66;
    let folder = Folder::new("key-log");
    let keys = folder.path("keys.log");
    let capture = captures::capture("ftps-keys-beside-vsftpd");
    let mut sniffer = Sniffer::start(&["-", "--keylog", &keys]);
    sniffer.wait_for_word("keys.log: is not there yet");
    fs::copy(capture.with_file_name("keys.log"), &keys).unwrap();
    let bytes = fs::read(capture).unwrap();
    let (greeting, rest) = bytes.split_at(GREETING);
    sniffer.feed(greeting);
    sniffer.wait_for_line("· open");
    sniffer.feed(rest);
    sniffer.wait_for_line("✓ data  data 1, ");
    sniffer.close();
    let end = sniffer.end();
    assert_eq!(end.code, Some(0), "{}", end.err);
    assert!(!end.err.contains("control-encrypted"), "{}", end.err);
}
