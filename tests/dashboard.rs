//! The dashboard in a real terminal: the program in a pty, its output read by a terminal model.
//!
//! Nothing here waits for time to pass: every step waits for what it expects on the screen.

#![cfg(all(target_os = "linux", feature = "dashboard"))]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]
#![allow(clippy::disallowed_methods, reason = "a screen is waited for")]

#[path = "support/screen.rs"]
mod screen;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, native_pty_system};

use screen::{PATIENCE, Screen, size};

const CAPTURE: &str = "captures/pasv-private-address-nat-client-side/capture.pcap";

fn capture(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    root.join(path).to_str().unwrap().to_owned()
}

fn loaded(arguments: &[&str]) -> Screen {
    let screen = Screen::open(arguments);
    screen.wait_for("100%");
    screen
}

fn scratch(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_file(&path);
    path
}

#[test]
fn open_look_around_and_quit() {
    let mut screen = loaded(&[&capture(CAPTURE)]);
    screen.wait_for("FAIL");
    screen.press("\r");
    screen.wait_for("Ladder|Transcript|Data|Raw");
    screen.press("\x1b");
    screen.wait_for("Sessions  1");
    for (key, text) in [
        ("2", "1 channel"),
        ("3", "by cause"),
        ("4", "Capture health"),
        ("5", "Log  "),
    ] {
        screen.press(key);
        screen.wait_for(text);
    }
    screen.press("?");
    screen.wait_for("help: Log");
    screen.press("\x1b");
    // Pressed at once, the next key would be read as one with Alt.
    screen.wait("no help", |screen| !screen.contents().contains("help: Log"));
    screen.press("q");
    assert_eq!(screen.end(), 0);
    screen.assert_whole();
}

#[test]
fn a_filter_may_be_in_force_from_the_start() {
    let files = [CAPTURE, "captures/passive-download-vsftpd/capture.pcap"].map(capture);
    let mut screen = loaded(&["--where", "state:fail", &files[0], &files[1]]);
    screen.wait_for("1 shown [state:fail]");
    screen.press("u");
    screen.wait_for("Sessions  2");
    screen.wait("no filter", |screen| !screen.contents().contains("shown ["));
    screen.press("q");
    assert_eq!(screen.end(), 0);
}

#[test]
fn filter_save_and_read_again() {
    let files = [CAPTURE, "captures/passive-download-vsftpd/capture.pcap"].map(capture);
    let saved = scratch("saved.pcapng");
    let mut screen = loaded(&[&files[0], &files[1]]);
    screen.wait_for("Sessions  2");
    screen.press("/state:fail\r");
    screen.wait_for("1 shown [state:fail]");
    screen.press("*s");
    screen.wait_for("the marked sessions");
    screen.press("\t\t\x15");
    screen.press(saved.to_str().unwrap());
    screen.press("\r");
    screen.wait_for("packets of 1 session");
    // It is not overwritten unasked.
    screen.press("s\t\t\r");
    screen.wait_for("is there already");
    screen.press("\r");
    screen.wait_for("packets of 1 session");
    screen.press("q");
    assert_eq!(screen.end(), 0);
    let again = analyze(&[saved.to_str().unwrap()]);
    let before = analyze(&[&files[0]]);
    assert_eq!(findings(&again), findings(&before));
    assert!(!findings(&again).is_empty());
}

fn analyze(files: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_ftpscope"))
        .args(["analyze", "--format", "json"])
        .args(files)
        .output()
        .unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

/// The summaries of all findings.
fn findings(json: &str) -> Vec<String> {
    let records = json
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let findings = records.filter(|record| record["type"] == "finding");
    findings
        .map(|finding| finding["summary"].to_string())
        .collect()
}

#[test]
fn any_size_is_drawn_and_the_last_one_stays() {
    let mut screen = loaded(&[&capture(CAPTURE)]);
    for (rows, columns) in [(1, 1), (5, 300), (100, 20), (24, 80), (9, 39), (60, 200)] {
        screen.resize(rows, columns);
    }
    screen.resize(9, 39);
    screen.wait_for("need 40×10, have 39×9");
    screen.resize(24, 80);
    screen.wait("screen of 80 columns", |screen| {
        screen.contents().contains("1 Sess 2 Data")
    });
    screen.press("q");
    assert_eq!(screen.end(), 0);
    screen.assert_whole();
}

#[test]
fn signals_end_it_with_a_whole_terminal() {
    for signal in ["TERM", "HUP", "INT"] {
        let mut screen = loaded(&[&capture(CAPTURE)]);
        screen.signal(signal);
        assert_eq!(screen.end(), 0, "{signal}");
        screen.assert_whole();
    }
}

#[test]
fn a_panic_gives_the_terminal_back_before_it_is_told() {
    let mut screen = loaded(&[&capture(CAPTURE)]);
    screen.press("\x1b[24;7~");
    assert_eq!(screen.end(), 101);
    screen.assert_whole();
    screen.wait_for("this is a fault of the program, at src/dashboard/run.rs");
}

#[test]
fn the_end_of_the_keyboard_ends_it() {
    let mut screen = loaded(&[&capture(CAPTURE)]);
    // All handles of the terminal's other end go: here, and in the thread that reads from it, which
    // wakes for what the key makes the program draw.
    screen.output.0.lock().unwrap().let_go = true;
    screen.press("2");
    screen.keys = None;
    screen.pair = native_pty_system().openpty(size(1, 1)).unwrap();
    screen.end();
}

#[test]
fn suspended_and_back() {
    let mut screen = loaded(&[&capture(CAPTURE)]);
    screen.press("\x1a");
    screen.wait_state('T');
    screen.assert_whole();
    screen.signal("CONT");
    screen.wait("screen anew", |screen| {
        screen.alternate_screen() && screen.contents().contains("100%")
    });
    screen.press("2");
    screen.wait_for("1 channel");
    screen.press("q");
    assert_eq!(screen.end(), 0);
    screen.assert_whole();
}

#[test]
fn without_colour_the_selection_is_still_seen() {
    let variables = [("TERM", "xterm-256color"), ("NO_COLOR", "1")];
    let screen = Screen::with(&[&capture(CAPTURE)], &variables);
    screen.wait_for("100%");
    screen.wait("selected row", |screen| {
        let selected = (0..36).find(|row| {
            screen
                .cell(*row, 0)
                .is_some_and(|cell| cell.contents() == "▌")
        });
        selected.is_some_and(|row| screen.cell(row, 5).unwrap().inverse())
    });
    let output = screen.output.0.lock().unwrap();
    let drawn = output.terminal.screen();
    for row in 0..36 {
        for column in 0..120 {
            let cell = drawn.cell(row, column).unwrap();
            let colours = (cell.fgcolor(), cell.bgcolor());
            assert_eq!(
                colours,
                (vt100::Color::Default, vt100::Color::Default),
                "{row},{column}"
            );
        }
    }
}

#[test]
fn standard_input_is_a_capture_and_the_terminal_still_has_the_keys() {
    let mut command = CommandBuilder::new("sh");
    let program = env!("CARGO_BIN_EXE_ftpscope");
    command.args([
        "-c",
        &format!("cat {} | {program} watch -; echo LEFT $?", capture(CAPTURE)),
    ]);
    let mut screen = Screen::run(command, &[("TERM", "xterm"), ("PATH", "/usr/bin:/bin")]);
    screen.wait_for("standard input");
    screen.wait_for("FAIL");
    screen.press("2");
    screen.wait_for("1 channel");
    screen.press("q");
    screen.wait_for("LEFT 0");
    screen.assert_whole();
}

#[test]
fn an_idle_file_writes_nothing() {
    let screen = loaded(&[&capture(CAPTURE)]);
    screen.wait_for("195,82");
    let cpu = || {
        let path = format!("/proc/{}/stat", screen.child.process_id().unwrap());
        let stat = fs::read_to_string(path).unwrap();
        let fields: Vec<&str> = stat.rsplit(") ").next().unwrap().split(' ').collect();
        fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
    };
    // The rest of the last frame may still come.
    let deadline = Instant::now() + PATIENCE;
    while !screen.is_quiet_for(Duration::from_millis(500)) {
        assert!(Instant::now() < deadline, "it never comes to rest");
    }
    let before = cpu();
    assert!(
        screen.is_quiet_for(Duration::from_secs(3)),
        "it writes while it is idle"
    );
    assert!(cpu() <= before + 1, "it works while it is idle");
}

#[test]
fn without_a_terminal_there_is_a_report_and_no_escape_sequence() {
    let output = Command::new(env!("CARGO_BIN_EXE_ftpscope"))
        .args(["watch", &capture(CAPTURE)])
        .output()
        .unwrap();
    assert!(output.status.success());
    assert!(!output.stdout.contains(&0x1b));
    let report = Command::new(env!("CARGO_BIN_EXE_ftpscope"))
        .args(["analyze", &capture(CAPTURE)])
        .output()
        .unwrap();
    assert_eq!(output.stdout, report.stdout);
    let mut dumb = Screen::with(&[&capture(CAPTURE)], &[("TERM", "dumb")]);
    assert_eq!(dumb.end(), 0);
    dumb.wait_for("session 1");
    assert!(!dumb.output.0.lock().unwrap().bytes.contains(&0x1b));
}

#[test]
fn what_is_wrong_is_told_before_the_screen_is_taken() {
    for (arguments, words) in [
        (&["/no/such/file"][..], "cannot be read"),
        (&["/"][..], "is a folder"),
        (
            &["--config", "/no/such/config", CAPTURE][..],
            "cannot be read",
        ),
        (&["-"][..], "that is a terminal"),
    ] {
        let mut screen = Screen::open(arguments);
        assert_eq!(screen.end(), 2, "{arguments:?}");
        screen.wait_output(words, |output| {
            String::from_utf8_lossy(&output.bytes).contains(words)
        });
        assert!(!screen.output.0.lock().unwrap().bytes.contains(&0x1b));
    }
}
