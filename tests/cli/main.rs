//! The program from the outside: what it prints, where, and how it ends.

#![allow(clippy::unwrap_used, reason = "a test that cannot do its work fails")]

#[path = "../support/folder.rs"]
#[allow(dead_code, unreachable_pub)]
mod folder;
#[path = "../support/talk.rs"]
#[allow(dead_code, unreachable_pub)]
mod talk;

mod files;
mod report;

use std::process::{Command, Output, Stdio};

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
