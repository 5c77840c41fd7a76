//! Every way to end, and not to begin.

use std::fs;
use std::io::{PipeReader, PipeWriter, Write};

use nix::fcntl::{FcntlArg, OFlag, fcntl};

use crate::folder::Folder;
use crate::sniffer::{Sniffer, eventually};
use crate::{objects, sessions, talk, types};

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
fn what_is_no_capture_is_told() {
    let mut sniffer = Sniffer::start(&["-"]);
    sniffer.feed(b"hello, I am no capture, though I am long enough to be one");
    sniffer.close();
    let end = sniffer.end();
    assert_eq!(end.code, Some(2));
    assert!(end.err.contains("-: "), "{}", end.err);
}
