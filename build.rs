//! Tells the program which commit it is built from.

use std::path::Path;
use std::process::Command;

/// What a change of says that the program may be of another commit.
const SOURCES: [&str; 4] = ["src", "build.rs", "Cargo.toml", "Cargo.lock"];

fn main() {
    // A build for development would begin anew after each commit, for one line that nobody reads.
    let is_release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let commit = if is_release { commit() } else { None };
    let commit = commit.as_deref().unwrap_or("unknown");
    println!("cargo::rustc-env=FTPSCOPE_COMMIT={commit}");
    println!("cargo::rerun-if-changed=build.rs");
}

/// The commit of the working tree, and whether something was changed since. None without one, as
/// in a source archive, which may lie in the repository of somebody else.
fn commit() -> Option<String> {
    if !Path::new(".git").exists() {
        return None;
    }
    let hash = git(&["rev-parse", "--short=12", "HEAD"])?;
    let changes = git(&[&["status", "--porcelain", "--"], &SOURCES[..]].concat())?;
    watch();
    match changes.is_empty() {
        true => Some(hash),
        false => Some(format!("{hash}, modified")),
    }
}

/// Asks to be run again when a source or the commit changes. What git does not have (a log of
/// `HEAD` may be switched off) must not be named: it would count as changed always.
fn watch() {
    let log = git(&["rev-parse", "--git-path", "logs/HEAD"]);
    let head = git(&["rev-parse", "--git-path", "HEAD"]);
    let watched = SOURCES
        .map(str::to_owned)
        .into_iter()
        .chain(log)
        .chain(head);
    for path in watched.filter(|path| Path::new(path).exists()) {
        println!("cargo::rerun-if-changed={path}");
    }
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
