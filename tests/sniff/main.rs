//! `ftpscope sniff` from the outside, on a pipe: events while it is open, signals, rotation, and
//! every way to end. What needs an interface is tested elsewhere; the output is the same.

#![cfg(all(unix, feature = "live"))]
#![allow(clippy::unwrap_used, reason = "a test that cannot do its work fails")]

#[path = "support/folder.rs"]
#[allow(dead_code, unreachable_pub)]
mod folder;
#[path = "support/sniffer.rs"]
#[allow(dead_code, unreachable_pub)]
mod sniffer;
#[path = "support/talk.rs"]
#[allow(dead_code, unreachable_pub)]
mod talk;

use std::fs;
use std::io::{PipeReader, PipeWriter, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;

use folder::Folder;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
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
fn an_open_session_is_finished_by_a_signal() {
    let folder = Folder::new("open-session");
    let out = folder.path("out.json");
    let mut sniffer = Sniffer::start(&["-", "--format", "json", "-o", &out]);
    let bytes = talk::session(false);
    sniffer.feed(&bytes[..bytes.len() - 500]);
    eventually("a command in the file", || {
        fs::read_to_string(&out).is_ok_and(|text| text.contains("\"PASV\""))
    });
    sniffer.signal("INT");
    assert_eq!(sniffer.end().code, Some(0));
    let objects = objects(out.as_ref());
    let types = types(&objects);
    assert_eq!(types.iter().filter(|one| **one == "summary").count(), 1);
    assert_eq!(types.last(), Some(&"summary"));
    let session = objects
        .iter()
        .find(|object| object["type"] == "session")
        .unwrap();
    assert_eq!(session["state"], "open");
}

#[test]
fn a_pipe_gives_what_the_file_gives() {
    for name in [
        "upload-vsftpd",
        "pasv-private-address-nat-client-side",
        "capture-pcapng",
    ] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("captures")
            .join(name);
        let path = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path());
        let path = path
            .into_iter()
            .find(|path| path.file_stem().unwrap() == "capture")
            .unwrap();
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
fn a_hang_up_opens_the_output_anew() {
    let folder = Folder::new("hang-up");
    let (out, old) = (folder.path("out.json"), folder.path("old.json"));
    let mut sniffer = Sniffer::start(&["-", "--format", "json", "-o", &out]);
    let bytes = sessions(40);
    let (first, second) = bytes.split_at(bytes.len() / 2);
    sniffer.feed(first);
    eventually("output", || {
        fs::metadata(&out).is_ok_and(|file| file.len() > 1000)
    });
    fs::rename(&out, &old).unwrap();
    sniffer.signal("HUP");
    eventually("a new file", || Path::new(&out).exists());
    sniffer.feed(second);
    eventually("output in the new file", || {
        fs::metadata(&out).unwrap().len() > 1000
    });
    // Its end is that of the pipe: a signal would leave unread what it has not taken yet.
    sniffer.close();
    assert_eq!(sniffer.end().code, Some(0));
    let (old, new) = (objects(old.as_ref()), objects(out.as_ref()));
    let all = [types(&old), types(&new)].concat();
    assert_eq!(all.iter().filter(|one| **one == "session").count(), 40);
    assert!(!types(&old).contains(&"summary"));
}

#[test]
fn without_a_file_a_hang_up_is_the_end() {
    let mut sniffer = Sniffer::start(&["-"]);
    sniffer.feed(&talk::session(false));
    sniffer.wait_for_line("close");
    sniffer.signal("HUP");
    assert_eq!(sniffer.end().code, Some(0));
}

#[test]
fn files_rotate_by_size_and_hold_whole_lines() {
    for format in ["json", "text", "csv"] {
        let folder = Folder::new("rotate");
        let out = folder.path("out");
        let rotation = ["--rotate-size", "20k", "--rotate-keep", "3"];
        let mut sniffer =
            Sniffer::start(&[&["-", "--format", format, "-o", &out], &rotation[..]].concat());
        let mut bytes = sessions(400);
        bytes.extend_from_slice(&talk::session(true)[24..]);
        sniffer.feed(&bytes);
        sniffer.close();
        assert_eq!(sniffer.end().code, Some(0));
        let mut names: Vec<_> = fs::read_dir(folder.root())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        if format == "csv" {
            assert_eq!(names, ["out"], "two transfers do not fill a file");
            let text = fs::read_to_string(&out).unwrap();
            assert_eq!(text.matches("time,protocol").count(), 1, "{text}");
            continue;
        }
        assert_eq!(names, ["out", "out.1", "out.2", "out.3"], "{format}");
        for name in names {
            let path = folder.root().join(&name);
            let length = fs::metadata(&path).unwrap().len();
            assert!(length <= 20 * 1024, "{format} {name:?} has {length} bytes");
            assert!(fs::read_to_string(&path).unwrap().ends_with('\n'));
            if format == "json" {
                assert!(!objects(&path).is_empty());
            }
        }
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

/// A pipe that takes nothing more.
fn full_pipe() -> (PipeReader, PipeWriter) {
    let (reader, mut writer) = std::io::pipe().unwrap();
    fcntl(&writer, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).unwrap();
    while writer.write(b" ").is_ok() {}
    fcntl(&writer, FcntlArg::F_SETFL(OFlag::empty())).unwrap();
    (reader, writer)
}

#[test]
fn the_second_interrupt_ends_at_once() {
    // Nobody reads its output, and it is full before the first byte: the program waits in the
    // middle of a write, if not of an event then of the summary, wherever the first signal finds it.
    let (_reader, writer) = full_pipe();
    let arguments = ["-", "--format", "json", "--metrics", "0"];
    let mut sniffer = Sniffer::start_into(&arguments, writer.into());
    // It listens to signals.
    sniffer.wait_for_word("metrics at ");
    // It has begun: before that the first signal would be the end.
    sniffer.signal("USR1");
    sniffer.wait_for_word("0 frames");
    sniffer.feed(&sessions(1));
    sniffer.signal("INT");
    let code = eventually("the end", || {
        sniffer.signal("INT");
        sniffer.code()
    });
    assert_eq!(code, 130);
}

#[test]
fn two_interrupts_at_once_are_one() {
    let mut sniffer = Sniffer::start(&["-"]);
    let bytes = talk::session(false);
    sniffer.feed(&bytes[..bytes.len() - 500]);
    sniffer.wait_for_line("✓ login anna");
    sniffer.signal_twice("INT");
    let end = sniffer.end();
    assert_eq!(end.code, Some(0));
    assert!(end.err.contains("1 session, "), "{}", end.err);
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let mut sniffer = Sniffer::start(&["-", "--format", "json"]);
    sniffer.stop_reading();
    sniffer.feed(&sessions(10));
    let end = sniffer.end();
    assert_eq!(end.code, Some(0), "{}", end.err);
    assert!(!end.err.contains("written"), "{}", end.err);
}

#[test]
fn an_output_that_takes_nothing_is_named() {
    let mut sniffer = Sniffer::start(&["-", "-o", "/dev/full"]);
    sniffer.feed(&sessions(10));
    let end = sniffer.end();
    assert_eq!(end.code, Some(2));
    for word in ["/dev/full: ", "No space left", "1 session, "] {
        assert!(end.err.contains(word), "{word}: {}", end.err);
    }
}

#[test]
fn after_a_kill_every_line_is_whole_and_the_next_run_goes_on() {
    let folder = Folder::new("kill");
    let out = folder.path("out.json");
    let mut sniffer = Sniffer::start(&["-", "--format", "json", "-o", &out]);
    let bytes = sessions(8000);
    sniffer.feed_in_background(bytes);
    eventually("output", || {
        fs::metadata(&out).is_ok_and(|file| file.len() > 100_000)
    });
    sniffer.signal("KILL");
    assert_eq!(sniffer.end().code, None);
    let text = fs::read_to_string(&out).unwrap();
    let whole = text.rfind('\n').unwrap();
    for line in text[..whole].lines() {
        serde_json::from_str::<Value>(line).expect(line);
    }
    // As if the system had cut off the last line.
    fs::write(&out, format!("{}{{\"type\":\"sess", &text[..=whole])).unwrap();
    let mut sniffer = Sniffer::start(&["-", "--format", "json", "-o", &out]);
    sniffer.feed(&sessions(1));
    sniffer.close();
    assert_eq!(sniffer.end().code, Some(0));
    assert_eq!(types(&objects(out.as_ref())).last(), Some(&"summary"));
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
fn what_is_wrong_is_said_before_anything_else() {
    for (arguments, words) in [
        (
            &["-i", "nosuch0"][..],
            &["there is no interface nosuch0"][..],
        ),
        (&[], &["no interface is given", "ftpscope interfaces"]),
        (
            &["-", "-o", "/nosuch/folder/out"],
            &["/nosuch/folder/out: "],
        ),
        (
            &["-", "-o", "/dev/null", "--rotate-size", "1M"],
            &["/dev/null: ", "rotated"],
        ),
        (&["-", "--rotate-size", "1M"], &["--output"]),
        (&["-", "--metrics", "x"], &["expected a port"]),
        (
            &["-", "--metrics", "192.0.2.1:1"],
            &["--metrics 192.0.2.1:1: "],
        ),
        (&["-", "--promiscuous"], &["FILE"]),
        (
            &["nosuch.pcap"],
            &["nosuch.pcap: there is no such file or pipe"],
        ),
        (&["-", "--write", "/"], &["/: is a folder"]),
        (
            &["-", "--keylog", "/nosuch/folder/keys"],
            &["/nosuch/folder/keys: the key log cannot be read: No such file"],
        ),
    ] {
        let mut sniffer = Sniffer::start(arguments);
        sniffer.close();
        let end = sniffer.end();
        assert_eq!(end.code, Some(2), "{arguments:?} {}", end.err);
        for word in words {
            assert!(end.err.contains(word), "{arguments:?} {}", end.err);
        }
    }
}

#[test]
fn a_key_log_that_comes_later_is_read_in_the_sandbox() {
    /// Bytes of the capture up to the answer to the greeting, before TLS begins.
    const GREETING: usize = 24 + 7 * 16 + 74 + 74 + 66 + 86 + 66 + 76 + 66;
    let folder = Folder::new("key-log");
    let keys = folder.path("keys.log");
    let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("captures/ftps-keys-beside-vsftpd");
    let mut sniffer = Sniffer::start(&["-", "--keylog", &keys]);
    sniffer.wait_for_word("keys.log: is not there yet");
    fs::copy(recorded.join("keys.log"), &keys).unwrap();
    let capture = ["capture.pcap", "capture.pcapng"].map(|name| recorded.join(name));
    let capture = capture.iter().find(|path| path.exists()).unwrap();
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

#[test]
fn what_is_no_capture_is_told() {
    let mut sniffer = Sniffer::start(&["-"]);
    sniffer.feed(b"hello, I am no capture, though I am long enough to be one");
    sniffer.close();
    let end = sniffer.end();
    assert_eq!(end.code, Some(2));
    assert!(end.err.contains("-: "), "{}", end.err);
}
