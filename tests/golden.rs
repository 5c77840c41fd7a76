//! Every capture of `captures/` gives the output that stands beside it.
//!
//! `UPDATE_GOLDEN=1 cargo test --test golden` writes the expected output anew; read the difference
//! before you commit it.

#![allow(clippy::expect_used, reason = "a test may panic")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The outputs that are kept of each capture: file name and arguments.
const KEPT: [(&str, &[&str]); 2] = [
    ("events.jsonl", &["--format", "json"]),
    ("report.txt", &["--format", "text"]),
];

#[test]
fn every_capture_gives_its_expected_output() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut differences = Vec::new();
    let scenarios = scenarios();
    assert!(scenarios.len() >= 25, "captures are missing");
    for (folder, capture) in scenarios {
        for (name, arguments) in KEPT {
            let output = analyzed(&folder, &capture, arguments);
            let path = folder.join(name);
            if update {
                fs::write(&path, &output).expect("golden file can be written");
            } else if let Some(difference) = difference(&path, &output) {
                differences.push(difference);
            }
        }
    }
    assert!(
        differences.is_empty(),
        "{} outputs differ; UPDATE_GOLDEN=1 writes them anew\n{}",
        differences.len(),
        differences.join("\n")
    );
}

#[test]
fn every_scenario_tells_what_it_is() {
    for (folder, _) in scenarios() {
        for name in ["README.md", "facts.json"] {
            assert!(
                folder.join(name).is_file(),
                "{} lacks {name}",
                folder.display()
            );
        }
    }
}

/// The folders of `captures/` that hold a capture, and its name in there.
fn scenarios() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("captures");
    let mut found: Vec<_> = fs::read_dir(root)
        .expect("captures/ can be read")
        .map(|entry| entry.expect("an entry").path())
        .filter_map(|folder| Some((capture_in(&folder)?, folder)))
        .map(|(capture, folder)| (folder, capture))
        .collect();
    found.sort();
    found
}

fn capture_in(folder: &Path) -> Option<String> {
    ["capture.pcap", "capture.pcapng"]
        .into_iter()
        .find(|name| folder.join(name).is_file())
        .map(str::to_owned)
}

/// What the program prints, run where the capture is, so that no path of this machine is in it.
fn analyzed(folder: &Path, capture: &str, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_ftpscope"))
        .current_dir(folder)
        .env_clear()
        .envs([("COLUMNS", "100"), ("LANG", "C.UTF-8")])
        .arg("analyze")
        .args(arguments)
        .arg(capture)
        .output()
        .expect("the program can be run");
    assert!(
        output.status.success(),
        "{}: {}",
        folder.display(),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("output is UTF-8")
}

/// The first line in which a file is not what was expected.
fn difference(path: &Path, output: &str) -> Option<String> {
    let expected = fs::read_to_string(path).unwrap_or_default();
    if expected == output {
        return None;
    }
    let lines = expected.lines().zip(output.lines());
    let same = lines.take_while(|(expected, got)| expected == got).count();
    Some(format!(
        "{}, line {}:\n  expected {}\n  got      {}",
        path.display(),
        same + 1,
        expected.lines().nth(same).unwrap_or("(no more lines)"),
        output.lines().nth(same).unwrap_or("(no more lines)"),
    ))
}
