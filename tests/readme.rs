//! README.md shows what the program really prints.
//!
//! Each `console` block holds command lines after `$ ` and their output, byte for byte.
//! The table of causes is that of the catalogue.
//! `UPDATE_GOLDEN=1 cargo test --test readme` (or `make golden`) writes the outputs anew.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::path::Path;
use std::process::Command;

use ftpscope::diagnosis::catalogue;

#[test]
fn the_readme_shows_real_output() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let (fresh, commands) = rerun(&readme);
    let fresh = with_causes(&fresh);
    assert!(commands > 0, "no `console` block in README.md");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, fresh).unwrap();
        return;
    }
    for (number, (shown, real)) in (1..).zip(readme.lines().zip(fresh.lines())) {
        assert_eq!(
            shown, real,
            "README.md:{number} (make golden writes it anew)"
        );
    }
    assert_eq!(readme, fresh, "README.md (make golden writes it anew)");
}

/// The text with the outputs in its `console` blocks replaced by fresh ones, and how many.
fn rerun(readme: &str) -> (String, usize) {
    let (mut fresh, mut commands, mut in_block) = (String::new(), 0, false);
    for line in readme.lines() {
        match (in_block, line.strip_prefix("$ ")) {
            (true, Some(command)) => {
                commands += 1;
                fresh += &format!("{line}\n{}", output(command));
            }
            (true, None) if line != "```" => {}
            _ => {
                in_block = line == "```console";
                fresh += &format!("{line}\n");
            }
        }
    }
    (fresh, commands)
}

/// The text with the rows of its table of causes replaced by those of the catalogue.
fn with_causes(readme: &str) -> String {
    let begin = "| What | Causes |\n|---|---|\n";
    let (before, rest) = readme.split_once(begin).unwrap();
    let after = rest.split_once("\n\n").unwrap().1;
    let rows: Vec<String> = catalogue::families()
        .into_iter()
        .map(|(family, causes)| {
            let names: Vec<_> = causes
                .iter()
                .map(|cause| format!("`{}`", cause.id))
                .collect();
            format!("| {family} | {} |", names.join(", "))
        })
        .collect();
    format!("{before}{begin}{}\n\n{after}", rows.join("\n"))
}

/// What a command line prints where no terminal says otherwise.
fn output(command: &str) -> String {
    let arguments = command.strip_prefix("ftpscope ");
    let arguments = arguments.unwrap_or_else(|| panic!("not ftpscope: {command}"));
    let output = Command::new(env!("CARGO_BIN_EXE_ftpscope"))
        .args(arguments.split_whitespace())
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_remove("COLUMNS")
        .env("LC_ALL", "C.UTF-8")
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.is_empty(), "{command}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}
