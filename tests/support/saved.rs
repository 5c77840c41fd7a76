//! Comparing a capture with what was saved of it.

use std::path::{Path, PathBuf};
use std::process::Command;

use ftpscope::capture::{self, Frame, LinkType, Next, Source};
use serde_json::Value;

/// All of a packet that a copy must have too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    pub time: u64,
    pub link: LinkType,
    pub wire_len: u32,
    pub data: Vec<u8>,
}

/// The packets of some files as one capture, which must be sound.
pub fn packets(files: &[&Path]) -> Vec<(Frame, Copied)> {
    let files: Vec<PathBuf> = files.iter().map(|file| file.to_path_buf()).collect();
    let mut source = capture::open(&files).unwrap();
    let mut packets = Vec::new();
    while let Next::Packet(packet) = source.next() {
        let copied = Copied {
            time: packet.time.as_nanos(),
            link: packet.link,
            wire_len: packet.wire_len,
            data: packet.data.to_vec(),
        };
        packets.push((packet.frame, copied));
    }
    packets
}

/// For each packet of `saved` the packet of `original` that it is a copy of, in order. `saved` must
/// be a part of `original`.
pub fn origins(original: &Path, saved: &Path) -> Vec<u64> {
    let mut originals = packets(&[original]).into_iter();
    let mut find = |(_, wanted): (Frame, Copied)| {
        let (frame, _) = originals
            .find(|(_, packet)| *packet == wanted)
            .unwrap_or_else(|| panic!("{}: is no part of {}", saved.display(), original.display()));
        frame.number()
    };
    packets(&[saved]).into_iter().map(&mut find).collect()
}

/// The sessions' records of some files, without the summary and findings about hosts.
pub fn records(files: &[&Path], arguments: &[&str]) -> Vec<Value> {
    let output = Command::new(env!("CARGO_BIN_EXE_ftpscope"))
        .args(["analyze", "--format", "json"])
        .args(arguments)
        .args(files)
        .output()
        .unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{files:?} {arguments:?}: {err}");
    let text = String::from_utf8(output.stdout).unwrap();
    let records = text.lines().map(|line| serde_json::from_str(line).unwrap());
    records
        .filter(|record: &Value| !record["session"].is_null())
        .collect()
}

/// The same records with every frame number put through `number`, and without what is made of them.
pub fn renumbered(records: Vec<Value>, number: &dyn Fn(u64) -> u64) -> Vec<Value> {
    let renumber = |mut record: Value| {
        walk(&mut record, number);
        record
    };
    records.into_iter().map(renumber).collect()
}

fn walk(value: &mut Value, number: &dyn Fn(u64) -> u64) {
    match value {
        Value::Object(fields) => {
            fields.remove("wireshark");
            for (name, field) in fields {
                match field.as_u64() {
                    Some(frame) if name.ends_with("frame") => *field = number(frame).into(),
                    _ => walk(field, number),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| walk(value, number)),
        _ => {}
    }
}
