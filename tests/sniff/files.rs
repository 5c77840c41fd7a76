//! Outputs in files: rotated, moved away, cut off, full.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::folder::Folder;
use crate::sniffer::{Sniffer, eventually};
use crate::{objects, sessions, talk, types};

#[test]
fn a_hang_up_opens_the_output_anew() {
    let folder = Folder::new("hang-up");
    let (out, old) = (folder.path("out.json"), folder.path("old.json"));
    let mut sniffer = Sniffer::start(&["-", "--format", "json", "-o", &out]);
    let bytes = sessions(40);
    let (first, second) = bytes.split_at(bytes.len() / 2);
    sniffer.feed(first);
    eventually("output", || {
        fs::metadata(&out).is_ok_and(|file| file.len() > 1000)
    });
    fs::rename(&out, &old).unwrap();
    sniffer.signal("HUP");
    eventually("a new file", || Path::new(&out).exists());
    sniffer.feed(second);
    eventually("output in the new file", || {
        fs::metadata(&out).unwrap().len() > 1000
    });
    // Its end is that of the pipe: a signal would leave unread what it has not taken yet.
    sniffer.close();
    assert_eq!(sniffer.end().code, Some(0));
    let (old, new) = (objects(old.as_ref()), objects(out.as_ref()));
    let all = [types(&old), types(&new)].concat();
    assert_eq!(all.iter().filter(|one| **one == "session").count(), 40);
    assert!(!types(&old).contains(&"summary"));
}

#[test]
fn without_a_file_a_hang_up_is_the_end() {
    let mut sniffer = Sniffer::start(&["-"]);
    sniffer.feed(&talk::session(false));
    sniffer.wait_for_line("close");
    sniffer.signal("HUP");
    assert_eq!(sniffer.end().code, Some(0));
}

#[test]
fn files_rotate_by_size_and_hold_whole_lines() {
    for format in ["json", "text", "csv"] {
        let folder = Folder::new("rotate");
        let out = folder.path("out");
        let rotation = ["--rotate-size", "20k", "--rotate-keep", "3"];
        let mut sniffer =
            Sniffer::start(&[&["-", "--format", format, "-o", &out], &rotation[..]].concat());
        let mut bytes = sessions(400);
        bytes.extend_from_slice(&talk::session(true)[24..]);
        sniffer.feed(&bytes);
        sniffer.close();
        assert_eq!(sniffer.end().code, Some(0));
        let mut names: Vec<_> = fs::read_dir(folder.root())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        if format == "csv" {
            assert_eq!(names, ["out"], "two transfers do not fill a file");
            let text = fs::read_to_string(&out).unwrap();
            assert_eq!(text.matches("time,protocol").count(), 1, "{text}");
            continue;
        }
        assert_eq!(names, ["out", "out.1", "out.2", "out.3"], "{format}");
        for name in names {
            let path = folder.root().join(&name);
            let length = fs::metadata(&path).unwrap().len();
            assert!(length <= 20 * 1024, "{format} {name:?} has {length} bytes");
            assert!(fs::read_to_string(&path).unwrap().ends_with('\n'));
            if format == "json" {
                assert!(!objects(&path).is_empty());
            }
        }
    }
}

#[test]
fn an_output_that_takes_nothing_is_named() {
    let mut sniffer = Sniffer::start(&["-", "-o", "/dev/full"]);
    sniffer.feed(&sessions(10));
    let end = sniffer.end();
    assert_eq!(end.code, Some(2));
    for word in ["/dev/full: ", "No space left", "1 session, "] {
        assert!(end.err.contains(word), "{word}: {}", end.err);
    }
}

#[test]
fn after_a_kill_every_line_is_whole_and_the_next_run_goes_on() {
    let folder = Folder::new("kill");
    let out = folder.path("out.json");
    let mut sniffer = Sniffer::start(&["-", "--format", "json", "-o", &out]);
    let bytes = sessions(8000);
    sniffer.feed_in_background(bytes);
    eventually("output", || {
        fs::metadata(&out).is_ok_and(|file| file.len() > 100_000)
    });
    sniffer.signal("KILL");
    assert_eq!(sniffer.end().code, None);
    let text = fs::read_to_string(&out).unwrap();
    let whole = text.rfind('\n').unwrap();
    for line in text[..whole].lines() {
        serde_json::from_str::<Value>(line).expect(line);
    }
    // As if the system had cut off the last line.
    fs::write(&out, format!("{}{{\"type\":\"sess", &text[..=whole])).unwrap();
    let mut sniffer = Sniffer::start(&["-", "--format", "json", "-o", &out]);
    sniffer.feed(&sessions(1));
    sniffer.close();
    assert_eq!(sniffer.end().code, Some(0));
    assert_eq!(types(&objects(out.as_ref())).last(), Some(&"summary"));
}
