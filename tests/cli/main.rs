//! The program from the outside: what it prints, where, and how it ends.

#![allow(clippy::unwrap_used, reason = "a test that cannot do its work fails")]

#[path = "support/folder.rs"]
#[allow(dead_code, unreachable_pub)]
mod folder;
#[path = "support/talk.rs"]
#[allow(dead_code, unreachable_pub)]
mod talk;

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use folder::Folder;

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ftpscope"));
    command.args(arguments).stdin(Stdio::null());
    for variable in ["NO_COLOR", "COLUMNS", "TERM", "LC_ALL", "LC_CTYPE", "LANG"] {
        command.env_remove(variable);
    }
    command
}

fn run(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn help_tells_what_there_is() {
    let help = run(&["--help"]);
    assert_eq!(code(&help), 0);
    assert!(out(&help).contains("analyze") && out(&help).contains("Examples:"));
    let help = run(&["analyze", "--help"]);
    for word in [
        "--format",
        "--port",
        "--failed",
        "--fail-on",
        "Exit codes:",
        "jq",
    ] {
        assert!(out(&help).contains(word), "{word}");
    }
}

#[test]
fn the_version_is_told_in_short_and_with_all_that_a_report_needs() {
    let name = concat!("ftpscope ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(out(&run(&["-V"])), name);
    let long = out(&run(&["--version"]));
    let rest: Vec<&str> = long.strip_prefix(name).unwrap().lines().collect();
    assert!(matches!(rest[..], [_, _]), "{long}");
    assert!(rest[0].starts_with("commit "), "{long}");
    let libpcap = match cfg!(feature = "live") {
        true => "libpcap version ",
        false => "without libpcap",
    };
    assert!(rest[1].starts_with(libpcap), "{long}");
}

#[test]
#[cfg(feature = "live")]
fn interfaces_are_listed_without_rights() {
    let list = run(&["interfaces"]);
    assert_eq!(code(&list), 0);
    assert!(out(&list).starts_with("NAME "), "{}", out(&list));
    let objects = out(&run(&["interfaces", "--format", "json"]));
    assert_eq!(objects.lines().count() + 1, out(&list).lines().count());
    assert!(objects.contains("\"loopback\":true"), "{objects}");
}

#[test]
fn wrong_arguments_end_with_two() {
    for arguments in [
        &["analyze", "--format", "xml", "a.pcap"][..],
        &["analyze", "--port", "0", "a.pcap"],
        &["analyze", "--host", "ftp.example.org", "a.pcap"],
        &["analyze", "--summary", "--all", "a.pcap"],
        &["analyze", "-", "-"],
        &["frobnicate"],
        &[],
    ] {
        let output = run(arguments);
        assert_eq!(code(&output), 2, "{arguments:?}");
        assert!(
            output.stdout.is_empty() && !output.stderr.is_empty(),
            "{arguments:?}"
        );
    }
}

#[test]
fn the_schema_is_json() {
    let output = run(&["schema"]);
    assert_eq!(code(&output), 0);
    let schema: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        schema["$schema"],
        "https://json-schema.org/draft/2020-12/schema"
    );
}

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
fn standard_input_is_read() {
    let bytes = talk::session(false);
    for arguments in [&["analyze", "-"][..], &["analyze"]] {
        let mut child = command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(&bytes).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(code(&output), 0);
        assert!(out(&output).contains("standard input"));
    }
}

#[test]
fn unreadable_inputs_are_named_and_the_others_analysed() {
    let folder = Folder::new("unreadable");
    let good = folder.write("good.pcap", &talk::session(false));
    let empty = folder.write("empty.pcap", b"");
    let noise = folder.write("noise.pcap", b"this is no capture at all, only some text");
    let missing = folder.file("missing.pcap");
    let missing = missing.to_str().unwrap();
    let directory = folder.root().to_str().unwrap();
    for bad in [&empty, &noise, missing, directory] {
        let output = run(&["analyze", "--format", "json", bad, &good]);
        assert_eq!(code(&output), 2, "{bad}");
        assert!(err(&output).contains(bad), "{}", err(&output));
        let json = out(&output);
        assert!(json.contains("\"type\":\"session\""), "{bad}");
        assert!(
            json.lines()
                .last()
                .unwrap()
                .ends_with("\"complete\":false}")
        );
    }
}

#[test]
fn a_capture_that_is_cut_off_is_analysed_up_to_there() {
    let folder = Folder::new("cut");
    let bytes = talk::session(false);
    let file = folder.write("cut.pcap", &bytes[..bytes.len() - 10]);
    let output = run(&["analyze", &file]);
    assert_eq!(code(&output), 0);
    assert!(out(&output).contains("middle of a record"));
    assert_eq!(code(&run(&["analyze", "--fail-on", "warning", &file])), 1);
    assert_eq!(code(&run(&["analyze", "--fail-on", "error", &file])), 0);
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
fn separate_captures_are_separate_reports() {
    let folder = Folder::new("separate");
    let a = folder.write("a.pcap", &talk::session(false));
    let b = folder.write("b.pcap", &talk::session(true));
    let json = out(&run(&["analyze", "--separate", "--format", "json", &a, &b]));
    assert_eq!(json.matches("\"type\":\"summary\"").count(), 2);
    let csv = out(&run(&["analyze", "--separate", "--format", "csv", &a, &b]));
    assert_eq!(csv.matches("time,protocol").count(), 1);
    let text = out(&run(&["analyze", "--separate", "--summary", &a, &b]));
    assert!(text.contains("a.pcap") && text.contains("b.pcap"));
}

#[test]
fn the_output_can_be_a_file_but_not_a_capture() {
    let folder = Folder::new("output");
    let bytes = talk::session(false);
    let file = folder.write("a.pcap", &bytes);
    let target = folder.file("report.txt");
    let output = run(&["analyze", "--output", target.to_str().unwrap(), &file]);
    assert_eq!((code(&output), output.stdout.len()), (0, 0));
    assert!(fs::read_to_string(&target).unwrap().contains("1 session"));
    assert_eq!(code(&run(&["analyze", "--output", &file, &file])), 2);
    assert_eq!(fs::read(&file).unwrap(), bytes);
    let nowhere = folder.file("no/such/folder.txt");
    assert_eq!(
        code(&run(&[
            "analyze",
            "--output",
            nowhere.to_str().unwrap(),
            &file
        ])),
        2
    );
}

#[test]
fn a_reader_that_stops_early_is_no_error() {
    let folder = Folder::new("pipe");
    let file = folder.write("a.pcap", &talk::session(true));
    let files = vec![file.as_str(); 200];
    let mut child = command(&["analyze", "--format", "json", "--separate"])
        .args(files)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut byte = [0];
    child.stdout.take().unwrap().read_exact(&mut byte).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((code(&output), err(&output).as_str()), (0, ""));
}
