//! What is printed of a capture.

use std::path::Path;
use std::process::Output;

use crate::folder::Folder;
use crate::{code, command, err, out, run, talk};

#[test]
fn a_capture_gives_a_report() {
    let folder = Folder::new("report");
    let file = folder.write("a.pcap", &talk::session(true));
    let output = run(&["analyze", &file]);
    assert_eq!((code(&output), err(&output).as_str()), (0, ""));
    let report = out(&output);
    assert!(
        !report.contains('\x1b'),
        "no colour and nothing raw from the wire:\n{report}"
    );
    for part in [
        "1 session",
        "FAIL",
        "10.0.0.2:50001",
        "3 SYN",
        "425 Failed",
        "PASS ****",
        "Bient\\xf4t",
    ] {
        assert!(report.contains(part), "{part} is missing in\n{report}");
    }
    assert!(
        report.lines().all(|line| line.chars().count() <= 100),
        "{report}"
    );
    assert!(!report.contains("hunter2"));
}

#[test]
fn passwords_are_shown_only_on_demand() {
    let folder = Folder::new("passwords");
    let file = folder.write("a.pcap", &talk::session(false));
    for format in ["text", "json"] {
        let hidden = run(&["analyze", "--format", format, &file]);
        assert!(!out(&hidden).contains("hunter2"), "{format}");
        let shown = run(&["analyze", "--format", format, "--show-passwords", &file]);
        assert!(out(&shown).contains("hunter2"), "{format}");
    }
}

#[test]
fn key_logs_are_named_or_taken_from_the_environment() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("captures/ftps-keys-beside-vsftpd");
    let path = |name| folder.join(name).to_str().unwrap().to_owned();
    let (capture, keys) = (path("capture.pcap"), path("keys.log"));
    let decrypted = |output: &Output| {
        assert_eq!(code(output), 0, "{}", err(output));
        let text = out(output);
        assert!(!text.contains("PASS demo"), "passwords stay hidden: {text}");
        text.contains("C RETR a.bin")
    };
    let bare = command(&["analyze", &capture])
        .env_remove("SSLKEYLOGFILE")
        .output();
    assert!(!decrypted(&bare.unwrap()));
    assert!(decrypted(&run(&["analyze", "--keylog", &keys, &capture])));
    let named = |file: &str| {
        let mut command = command(&["analyze", &capture]);
        command.env("SSLKEYLOGFILE", file).output().unwrap()
    };
    assert!(decrypted(&named(&keys)));
    assert!(
        !decrypted(&named("/nowhere/keys.log")),
        "it is meant for other programs"
    );
    let missing = run(&["analyze", "--keylog", "/nowhere/keys.log", &capture]);
    assert_eq!(code(&missing), 2);
    let problem = err(&missing);
    assert!(
        problem.contains("/nowhere/keys.log: the key log cannot be read"),
        "{problem}"
    );
}

#[test]
fn the_report_fits_its_surroundings() {
    let folder = Folder::new("surroundings");
    let file = folder.write("a.pcap", &talk::session(true));
    let narrow = command(&["analyze", &file])
        .env("COLUMNS", "60")
        .output()
        .unwrap();
    assert!(out(&narrow).lines().all(|line| line.chars().count() <= 60));
    let ascii = command(&["analyze", &file])
        .env("LANG", "C")
        .output()
        .unwrap();
    assert!(out(&ascii).is_ascii());
    assert!(out(&run(&["analyze", "--ascii", &file])).is_ascii());
    let colour = run(&["analyze", "--color", "always", &file]);
    assert!(out(&colour).contains("\x1b[1;31m"));
    let top = out(&run(&["analyze", "--summary", &file]));
    assert!(top.contains("FAIL") && !top.contains("USER anna"));
}

#[test]
fn every_format_tells_of_the_transfer() {
    let folder = Folder::new("formats");
    let file = folder.write("a.pcap", &talk::session(false));
    let log = out(&run(&["analyze", "--format", "log", &file]));
    let columns: Vec<&str> = log.trim_end().split('\t').collect();
    assert_eq!(columns.len(), 9, "{log}");
    assert_eq!(columns[1..6], ["FTP", "10.0.0.2", "21", "anna", "-"]);
    assert_eq!(columns[7..], ["RETR", "226"]);
    let csv = out(&run(&["analyze", "--format", "csv", &file]));
    let lines: Vec<&str> = csv.split("\r\n").collect();
    assert!(lines[0].starts_with("time,protocol,host,port,user,local_path,remote_path"));
    assert!(
        lines[1].contains(",RETR,226,12,") && lines[1].ends_with(",completed"),
        "{csv}"
    );
    let json = out(&run(&["analyze", "--format", "json", &file]));
    assert!(
        json.lines()
            .last()
            .unwrap()
            .starts_with("{\"type\":\"summary\"")
    );
}

#[test]
fn filters_choose_sessions_in_every_format() {
    let folder = Folder::new("filters");
    let file = folder.write("a.pcap", &talk::session(false));
    let shows = |filter: &[&str], format: &str| {
        let mut arguments = vec!["analyze", "--format", format, &file];
        arguments.extend(filter);
        let mark = if format == "json" {
            "\"type\":\"session\""
        } else {
            "notes.txt"
        };
        out(&run(&arguments)).contains(mark)
    };
    for format in ["text", "json", "log", "csv"] {
        for filter in [
            &[][..],
            &["--session", "1"],
            &["--user", "an*"],
            &["--host", "10.0.0.0/24"],
            &["--user", "anna", "--host", "10.0.0.2"],
        ] {
            assert!(shows(filter, format), "{format} {filter:?}");
        }
        for filter in [
            &["--session", "2"][..],
            &["--user", "bert"],
            &["--host", "10.1.0.0/16"],
            &["--failed"],
        ] {
            assert!(!shows(filter, format), "{format} {filter:?}");
        }
    }
}

#[test]
fn fail_on_ends_with_one() {
    let folder = Folder::new("fail-on");
    let (good, bad) = (talk::session(false), talk::session(true));
    let (good, bad) = (
        folder.write("good.pcap", &good),
        folder.write("bad.pcap", &bad),
    );
    assert_eq!(code(&run(&["analyze", "--fail-on", "error", &bad])), 1);
    assert_eq!(code(&run(&["analyze", "--fail-on", "warning", &good])), 0);
    assert_eq!(
        code(&run(&[
            "analyze",
            "--fail-on",
            "error",
            "--session",
            "7",
            &bad
        ])),
        0
    );
    assert_eq!(
        code(&run(&[
            "analyze",
            "--separate",
            "--fail-on",
            "error",
            &bad,
            &good
        ])),
        1
    );
}
