//! `ftpscope explain` from the outside.

#![allow(clippy::unwrap_used, reason = "a test that cannot do its work fails")]

use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn explain(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ftpscope"));
    command.arg("explain").args(arguments).stdin(Stdio::null());
    for variable in ["NO_COLOR", "COLUMNS", "TERM", "LC_ALL", "LC_CTYPE", "LANG"] {
        command.env_remove(variable);
    }
    command.output().unwrap()
}

fn text(arguments: &[&str]) -> String {
    let output = explain(arguments);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}");
    assert!(output.stderr.is_empty(), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&text(&[&["--format", "json"], arguments].concat())).unwrap()
}

#[test]
fn a_code_says_what_it_means_and_where_to_look() {
    let told = text(&["425"]);
    assert!(told.starts_with("425  Cannot open the data connection\n"));
    for word in ["refusal that may pass", "RFC 959", "connection-unanswered"] {
        assert!(told.contains(word), "{word}");
    }
    assert!(!told.contains('\x1b'), "no colour in a pipe");
    assert!(text(&["--color", "always", "425"]).contains('\x1b'));
}

#[test]
fn a_code_without_a_meaning_of_its_own_is_told_by_its_class() {
    assert!(text(&["459"]).contains("may succeed later"));
    let told = json(&["459"]);
    assert_eq!(told["code"], 459);
    assert_eq!(told["meaning"], Value::Null);
}

#[test]
fn a_cause_says_what_it_is_and_how_to_mend_it() {
    let told = text(&["private-address-announced"]);
    for word in [
        "what it is",
        "on the wire",
        "to confirm",
        "to mend",
        "pasv_address",
        "227",
    ] {
        assert!(told.contains(word), "{word}");
    }
}

#[test]
fn the_width_is_honoured() {
    for width in ["50", "80", "120"] {
        let columns: usize = width.parse().unwrap();
        for topic in [&[][..], &["421"], &["tls-session-not-reused"]] {
            let told = text(&[&["--width", width], topic].concat());
            let widest = told.lines().map(|line| line.chars().count()).max();
            assert!(widest <= Some(columns), "{topic:?} at {width}");
        }
    }
}

#[test]
fn without_a_word_all_are_listed_and_each_can_be_explained() {
    let list = text(&["--width", "1000"]);
    let topics = json(&[]);
    let topics = topics.as_array().unwrap();
    assert!(topics.len() > 110);
    for topic in topics.iter().step_by(7) {
        let word = match topic["type"].as_str().unwrap() {
            "code" => topic["code"].to_string(),
            _ => topic["cause"].as_str().unwrap().to_owned(),
        };
        assert!(list.contains(&word), "{word}");
        assert_eq!(&json(&[&word]), topic);
    }
}

#[test]
fn an_unknown_word_ends_with_two_and_what_is_near() {
    for (word, near) in [
        ("conection-refused", "connection-refused"),
        ("private-address", "private-address-announced"),
        ("1000", "lists all"),
        ("\x1b[31m", "lists all"),
        ("", "lists all"),
    ] {
        let output = explain(&[word]);
        assert_eq!(output.status.code(), Some(2), "{word:?}");
        assert!(output.stdout.is_empty(), "{word:?}");
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert!(complaint.contains(near), "{complaint}");
        assert!(!complaint.contains('\x1b'), "{complaint}");
    }
}
