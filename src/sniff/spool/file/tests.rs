//! Rotation and torn lines on real files.

use std::path::PathBuf;
use std::time::Duration;

use super::*;

/// A folder of its own for one test, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let name = format!("ftpscope-spool-{test}-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn path(&self) -> PathBuf {
        self.0.join("out")
    }

    /// The contents of FILE, FILE.1, … as far as there are some.
    fn files(&self) -> Vec<String> {
        let old = (1..).map(|number| self.0.join(format!("out.{number}")));
        let all = std::iter::once(self.path()).chain(old);
        all.map_while(|path| fs::read_to_string(path).ok())
            .collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[allow(clippy::disallowed_methods, reason = "a test of what depends on time")]
fn now() -> Instant {
    Instant::now()
}

fn by_size(size: u64, keep: u32) -> Rotation {
    Rotation {
        size: Some(size),
        every: None,
        keep,
    }
}

fn open(folder: &Folder, rotation: Rotation, header: &'static [u8]) -> io::Result<Rotating> {
    Rotating::open(&folder.path(), rotation, header, now())
}

#[test]
fn a_file_rotates_between_lines_before_it_is_too_long() {
    let folder = Folder::new("by-size");
    let mut file = open(&folder, by_size(10, 2), b"").unwrap();
    file.write(b"one\ntwo\n").unwrap();
    file.write(b"three\nfour\nfive\nsix\n").unwrap();
    assert_eq!(folder.files(), ["six\n", "four\nfive\n", "three\n"]);
}

#[test]
fn a_line_longer_than_a_file_gets_one_of_its_own() {
    let folder = Folder::new("long-line");
    let mut file = open(&folder, by_size(4, 9), b"").unwrap();
    file.write(b"a\nlonger\nb\n").unwrap();
    assert_eq!(folder.files(), ["b\n", "longer\n", "a\n"]);
}

#[test]
fn every_file_begins_with_the_header() {
    let folder = Folder::new("header");
    let mut file = open(&folder, by_size(6, 9), b"h\n").unwrap();
    file.write(b"one\ntwo\n").unwrap();
    assert_eq!(folder.files(), ["h\ntwo\n", "h\none\n"]);
}

#[test]
fn a_file_rotates_when_its_time_is_over_and_it_holds_something() {
    let folder = Folder::new("by-time");
    let rotation = Rotation {
        every: Some(Duration::from_secs(60)),
        ..Rotation::default()
    };
    let mut file = open(&folder, rotation, b"").unwrap();
    let begin = file.begun;
    file.tick(begin + Duration::from_secs(61));
    assert_eq!(folder.files(), [""]);
    file.write(b"one\n").unwrap();
    file.tick(begin + Duration::from_secs(120));
    assert_eq!(folder.files(), ["one\n"]);
    file.tick(begin + Duration::from_secs(122));
    assert_eq!(folder.files(), ["", "one\n"]);
}

#[test]
fn what_was_moved_away_is_not_written_any_longer() {
    let folder = Folder::new("reopen");
    let mut file = open(&folder, Rotation::default(), b"").unwrap();
    file.write(b"one\n").unwrap();
    fs::rename(folder.path(), folder.0.join("out.1")).unwrap();
    file.write(b"two\n").unwrap();
    file.reopen().unwrap();
    file.write(b"three\n").unwrap();
    assert_eq!(folder.files(), ["three\n", "one\ntwo\n"]);
}

#[test]
fn a_torn_line_is_removed_when_the_file_is_opened_again() {
    let folder = Folder::new("torn");
    fs::write(folder.path(), "whole\nto").unwrap();
    let mut file = open(&folder, Rotation::default(), b"").unwrap();
    file.write(b"new\n").unwrap();
    assert_eq!(folder.files(), ["whole\nnew\n"]);
    fs::write(folder.path(), "no line").unwrap();
    let error = open(&folder, Rotation::default(), b"").unwrap_err();
    let error = error.to_string();
    assert!(error.contains("does not consist of lines"), "{error}");
    assert_eq!(folder.files(), ["no line"]);
}

#[test]
fn the_output_goes_on_when_a_rotation_fails() {
    let folder = Folder::new("stuck");
    let mut file = open(&folder, by_size(4, 1), b"").unwrap();
    file.write(b"one\n").unwrap();
    // A folder cannot be replaced by a file.
    fs::create_dir_all(folder.0.join("out.1")).unwrap();
    file.write(b"two\n").unwrap();
    let trouble = file.trouble.take().unwrap().to_string();
    assert!(trouble.contains("out: "), "{trouble}");
    assert_eq!(fs::read_to_string(folder.path()).unwrap(), "one\ntwo\n");
    fs::remove_dir_all(folder.0.join("out.1")).unwrap();
    file.write(b"three\n").unwrap();
    assert_eq!(folder.files(), ["three\n", "one\ntwo\n"]);
}

#[test]
fn only_a_regular_file_rotates() {
    let error = Rotating::open(Path::new("/dev/null"), by_size(4, 1), b"", now()).unwrap_err();
    assert!(error.to_string().contains("no regular file"), "{error}");
}
