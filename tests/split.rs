//! A capture that is split into two files at any frame gives the same result as one.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use ftpscope::analyzer::{Analyzer, Options};
use ftpscope::capture::{Source, open};
use ftpscope::output::{Context, Json, Sink};
use serde_json::{Map, Value};
use support::analysis::read;
use support::generator::{Kind, generate_in_memory};
use support::random::Random;
use support::recorded::{self, Recording};

/// Places at which each capture is split.
const PLACES: u64 = 3;

/// The first block of a pcapng, and the one that describes an interface.
const SECTION: u32 = 0x0a0d_0d0a;
const INTERFACE: u32 = 1;

#[test]
fn recordings_can_be_split_anywhere() {
    let mut places = 0;
    for recording in recorded::all() {
        let whole = recording.capture();
        let pieces = Pieces::read(&fs::read(&whole).unwrap());
        let keys = fs::read(recording.folder.join("keys.log")).unwrap_or_default();
        let options = options(&recording);
        let expected = told(std::slice::from_ref(&whole), &options, &keys, 0);
        let mut random = Random::new(recording.name.len() as u64);
        for _ in 0..PLACES {
            let at = random.within(0..pieces.packets.len() as u64 + 1) as usize;
            if pieces.is_in_order_around(at) {
                let files = pieces.split(at, &recording.name);
                let again = told(&files, &options, &keys, at);
                are_same(&again, &expected, &format!("{} at {at}", recording.name));
                places += 1;
            }
        }
    }
    assert!(places > 700, "{places}");
}

#[test]
fn generated_captures_can_be_split_anywhere() {
    for (kind, name) in [
        (Kind::Chatty, "chatty"),
        (Kind::Lossy, "lossy"),
        (Kind::Mixed, "mixed"),
    ] {
        let (file, _) = generate_in_memory(kind, 300_000).unwrap();
        let pieces = Pieces::read(&file);
        let whole = place(name, "whole");
        fs::write(&whole, &file).unwrap();
        let options = Options::default();
        let expected = told(std::slice::from_ref(&whole), &options, b"", 0);
        let mut random = Random::new(1);
        for _ in 0..10 * PLACES {
            let at = random.within(0..pieces.packets.len() as u64 + 1) as usize;
            let files = pieces.split(at, name);
            let again = told(&files, &options, b"", at);
            are_same(&again, &expected, &format!("{name} at {at}"));
        }
    }
}

/// Tables are hashed with a seed of their own in each run; nothing of that is to be seen.
#[test]
fn the_same_capture_gives_the_same_order() {
    let (file, _) = generate_in_memory(Kind::Chatty, 3_000_000).unwrap();
    let path = place("again", "whole");
    fs::write(&path, &file).unwrap();
    let once = told(std::slice::from_ref(&path), &Options::default(), b"", 0);
    for _ in 0..2 {
        let again = told(std::slice::from_ref(&path), &Options::default(), b"", 0);
        are_same(&again, &once, "again");
    }
}

fn are_same(told: &[Value], expected: &[Value], what: &str) {
    for (one, other) in told.iter().zip(expected) {
        assert_eq!(one, other, "{what}");
    }
    assert_eq!(told.len(), expected.len(), "{what}");
}

fn options(recording: &Recording) -> Options {
    let port = recording.facts.get("port").and_then(Value::as_u64);
    Options {
        ports: port.map(|port| port as u16).into_iter().collect(),
        ..Options::default()
    }
}

/// A capture file, in pieces.
struct Pieces {
    /// What every part of it needs at its beginning.
    head: Vec<u8>,
    /// Each packet with what stands before it, and its time in ticks of the file.
    packets: Vec<(u64, Vec<u8>)>,
    /// What stands behind the last packet.
    tail: Vec<u8>,
}

impl Pieces {
    fn read(file: &[u8]) -> Self {
        match word(file, 0) {
            SECTION => Self::of_blocks(file),
            _ => Self::of_records(file),
        }
    }

    fn of_records(file: &[u8]) -> Self {
        let (head, mut rest) = file.split_at(24);
        let mut packets = Vec::new();
        while !rest.is_empty() {
            let (record, next) = rest.split_at(16 + word(rest, 8) as usize);
            let time = u64::from(word(record, 0)) << 32 | u64::from(word(record, 4));
            packets.push((time, record.to_vec()));
            rest = next;
        }
        Self {
            head: head.to_vec(),
            packets,
            tail: Vec::new(),
        }
    }

    /// Of pcapng, section header and interfaces; the time is that of an Enhanced Packet Block.
    fn of_blocks(file: &[u8]) -> Self {
        let (mut head, mut packets, mut waiting) = (Vec::new(), Vec::new(), Vec::new());
        let mut rest = file;
        while !rest.is_empty() {
            let (block, next) = rest.split_at(word(rest, 4) as usize);
            rest = next;
            match word(block, 0) {
                SECTION | INTERFACE => head.extend(block),
                6 => {
                    let time = u64::from(word(block, 12)) << 32 | u64::from(word(block, 16));
                    waiting.extend(block);
                    packets.push((time, std::mem::take(&mut waiting)));
                }
                _ => waiting.extend(block),
            }
        }
        Self {
            head,
            packets,
            tail: waiting,
        }
    }

    /// Files become one in time order: where the clock of the capture steps back over the place of
    /// the split, two files are another capture than one.
    fn is_in_order_around(&self, at: usize) -> bool {
        let (before, behind) = self.packets.split_at(at);
        let last = before.iter().map(|(time, _)| time).max();
        let first = behind.iter().map(|(time, _)| time).min();
        last.zip(first).is_none_or(|(last, first)| last <= first)
    }

    fn split(&self, at: usize, name: &str) -> [PathBuf; 2] {
        let (before, behind) = self.packets.split_at(at);
        let file = |packets: &[(u64, Vec<u8>)], tail: &[u8], part| {
            let mut file = self.head.clone();
            packets.iter().for_each(|(_, piece)| file.extend(piece));
            file.extend(tail);
            let path = place(name, part);
            fs::write(&path, file).unwrap();
            path
        };
        [
            file(before, &[], "first"),
            file(behind, &self.tail, "second"),
        ]
    }
}

fn place(name: &str, part: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("split-{name}-{part}"))
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
}

/// The JSON of these files as one capture; the packets of the second file are numbered on from the
/// first, in which there are `at`.
fn told(files: &[PathBuf], options: &Options, keys: &[u8], at: usize) -> Vec<Value> {
    let mut source = open(files).unwrap();
    let mut analyzer = Analyzer::new(options);
    let mut events = Vec::new();
    if !keys.is_empty() {
        analyzer.secrets(keys, &mut events);
    }
    events.extend(read(&mut analyzer, &mut source));
    let context = Context {
        inputs: source.inputs(),
        precision: source.precision(),
    };
    let mut out = Vec::new();
    let mut json = Json::new(&mut out, true);
    json.events(&mut events, context).unwrap();
    json.finish(&analyzer.summary(), context).unwrap();
    let lines = std::str::from_utf8(&out).unwrap().lines();
    let mut told: Vec<Value> = lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let summary = told.last_mut().and_then(Value::as_object_mut);
    summary
        .unwrap()
        .remove("files")
        .expect("a summary names the files");
    told.iter_mut()
        .for_each(|record| renumber(record, at as u64));
    told
}

fn renumber(value: &mut Value, before: u64) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(|value| renumber(value, before)),
        Value::Object(fields) => {
            // Display filters are for one file each.
            fields.remove("wireshark");
            let names = fields.keys().filter_map(|name| name.strip_suffix("file"));
            let prefixes: Vec<_> = names.map(str::to_owned).collect();
            for prefix in prefixes {
                rename(fields, &prefix, before);
            }
            fields
                .values_mut()
                .for_each(|value| renumber(value, before));
        }
        _ => {}
    }
}

fn rename(fields: &mut Map<String, Value>, prefix: &str, before: u64) {
    let name = format!("{prefix}file");
    let file = fields.insert(name, Value::Null).unwrap();
    let is_second = file.as_str().is_some_and(|name| name.ends_with("second"));
    let Some(frame) = fields.get_mut(&format!("{prefix}frame")) else {
        return;
    };
    if let Some(number) = frame.as_u64().filter(|_| is_second) {
        *frame = (number + before).into();
    }
}
