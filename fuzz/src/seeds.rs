//! What the targets begin with: the recordings of `captures/`, and what the tests are made of.

use std::fs;
use std::path::{Path, PathBuf};

use ftpscope::capture::{Next, Source, open};
use ftpscope::select::keys;
use serde_json::Value;

use super::formats::{BIG, Compression, LITTLE, Order, Variant};
use super::{endpoints, formats, packets, tls_records};

/// A seed is worth having when it is short: the longest that is taken of anything.
const MOST: usize = 12 * 1024;

/// Of a packet that is not control traffic so much is kept.
const HEAD: usize = 200;

/// The recordings as packets, bulk data cut as a snapshot length would.
pub fn packets(captures: &Path) -> Vec<Vec<u8>> {
    files(captures, &["capture.pcap", "capture.pcapng"])
        .iter()
        .map(|path| as_packets(path))
        .filter(|seed| !seed.is_empty())
        .collect()
}

fn as_packets(path: &Path) -> Vec<u8> {
    let mut source = open(&[path.to_path_buf()]).expect("one file is not too many");
    let (mut seed, mut last) = (Vec::new(), None);
    while let Next::Packet(packet) = source.next() {
        let now = packet.time.as_nanos();
        let passed = now.saturating_sub(*last.get_or_insert(now));
        last = Some(now);
        let kept = packet.data.get(..HEAD).unwrap_or(packet.data);
        packets::write(&mut seed, passed, packet.link.0, packet.wire_len, kept);
        if seed.len() > MOST {
            break;
        }
    }
    seed
}

/// Beginnings of recordings, and small files in every variant and compression.
pub fn pcap(captures: &Path) -> Vec<Vec<u8>> {
    let variants = [Variant::Micro, Variant::Nano, Variant::Modified];
    let files = variants
        .iter()
        .flat_map(|variant| [LITTLE, BIG].map(|order| formats::pcap(&samples(), order, *variant)));
    let mut seeds: Vec<_> = files.flat_map(compressed).collect();
    seeds.extend(beginnings(captures, "capture.pcap"));
    seeds
}

/// The same of pcapng, with every kind of block.
pub fn pcapng(captures: &Path) -> Vec<Vec<u8>> {
    let files = [LITTLE, BIG].map(every_block);
    let mut seeds: Vec<_> = files.into_iter().flat_map(compressed).collect();
    seeds.extend(beginnings(captures, "capture.pcapng"));
    seeds
}

fn samples() -> Vec<formats::Sample> {
    formats::samples(5)
}

fn every_block(order: Order) -> Vec<u8> {
    let samples = samples();
    let key = b"CLIENT_RANDOM 00 00\n";
    let secrets = [
        &order.u32(0x544c_534b)[..],
        &order.u32(key.len() as u32),
        key,
    ]
    .concat();
    [
        formats::section(order),
        formats::interface(1, 0, Some(9), order),
        formats::interface(101, 96, Some(0x8a), order),
        formats::interface(276, 0, None, order),
        formats::enhanced(0, samples[0].time, &samples[0], order),
        formats::block(10, &secrets, order),
        formats::enhanced(1, samples[1].time, &samples[1], order),
        formats::obsolete(2, samples[2].time, &samples[2], order),
        formats::simple(&samples[3], order),
        formats::block(9, b"MESSAGE=hello\n", order),
        formats::block(5, &[0; 12], order),
        formats::section(order),
        formats::interface(1, 0, Some(6), order),
        formats::enhanced(0, samples[4].time, &samples[4], order),
    ]
    .concat()
}

/// The file as it is, cut in the middle and compressed by the target, and compressed itself.
fn compressed(file: Vec<u8>) -> Vec<Vec<u8>> {
    let modes = (0..4u8).map(|mode| [&[0x80 | mode], &file[..]].concat());
    let packed = Compression::ALL.iter().skip(1);
    let packed = packed.map(|kind| [&[0], &formats::compress(&file, *kind)[..]].concat());
    modes.chain(packed).collect()
}

fn beginnings(captures: &Path, name: &str) -> Vec<Vec<u8>> {
    let files = files(captures, &[name]);
    let files = files
        .iter()
        .step_by(8)
        .map(|path| fs::read(path).expect("a capture"));
    files
        .map(|file| [&[0xfc], file.get(..MOST / 4).unwrap_or(&file)].concat())
        .collect()
}

/// What was said in the recordings, with data connections where passive ones belong.
pub fn control(captures: &Path) -> Vec<Vec<u8>> {
    files(captures, &["events.jsonl"])
        .iter()
        .map(|path| as_script(&fs::read_to_string(path).expect("events")))
        .filter(|script| !script.is_empty())
        .collect()
}

fn as_script(events: &str) -> Vec<u8> {
    let mut script = String::new();
    for line in events.lines() {
        let record: Value = serde_json::from_str(line).expect("a line is JSON");
        match record["type"].as_str() {
            Some("reply") => reply(&mut script, &record),
            Some("command") => command(&mut script, &record),
            Some("data_channel") if record["connection"].is_object() => {
                script.push_str("D3000\nF\n");
            }
            _ => {}
        }
        if script.len() > MOST / 2 {
            break;
        }
    }
    script.into_bytes()
}

fn command(script: &mut String, record: &Value) {
    let [verb, argument] =
        ["command", "argument"].map(|name| record[name].as_str().unwrap_or_default());
    let line = match argument {
        "" if verb == "PASS" => "PASS secret".to_owned(),
        "" => verb.to_owned(),
        argument => format!("{verb} {argument}"),
    };
    script.push_str(&format!("C{line}\n"));
    for answer in record["replies"].as_array().into_iter().flatten() {
        reply(script, answer);
    }
    if ["PASV", "EPSV"].contains(&verb) {
        script.push_str("P50000\n");
    }
}

fn reply(script: &mut String, record: &Value) {
    let code = record["code"].as_u64().unwrap_or_default();
    let text = record["text"].as_str().unwrap_or_default();
    let text = match code {
        227 => "Entering Passive Mode (198,51,100,1,195,80)",
        229 => "Entering Extended Passive Mode (|||50000|)",
        _ => text,
    };
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let mark = if lines.peek().is_some() { '-' } else { ' ' };
        script.push_str(&format!("S{code:03}{mark}{line}\n"));
    }
}

/// Announcements as they should be, as they are, and as they should not be.
pub fn endpoints(_: &Path) -> Vec<Vec<u8>> {
    const TEXTS: [&str; 18] = [
        "192,0,2,9,195,80",
        " 192, 0,2,9 ,195,80 ",
        "|1|192.0.2.9|50000|",
        "|2|2001:db8::9|50000|",
        "!2!2001:db8::7!50000!",
        "4,4,192,0,2,9,2,195,80",
        "6,16,32,1,13,184,0,0,0,0,0,0,0,0,0,0,0,9,2,195,80",
        "Entering Passive Mode (198,51,100,1,195,80).",
        "Entering Passive Mode. 198, 51, 100, 1, 195, 80",
        "=198,51,100,1,195,80",
        "Entering passive mode (2001:db8::1,195,80)",
        "Entering Extended Passive Mode (|||50000|)",
        "Entering Extended Passive Mode |||50000|",
        "ok (|1|198.51.100.1|50000|)",
        "Entering Long Passive Mode (4,4,198,51,100,1,2,195,80)",
        "(0,0,0,0,0,0)",
        "(256,1,1,1,1,1)",
        "Logout.",
    ];
    let forms = 0..endpoints::FORMS.len() as u8;
    let seed = |form, text: &str| [&[form], text.as_bytes()].concat();
    TEXTS
        .iter()
        .flat_map(|text| forms.clone().map(move |form| seed(form, text)))
        .collect()
}

/// Conversations inside TLS, with their keys and without.
pub fn tls_records(captures: &Path) -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for path in talks(captures) {
        let text = fs::read_to_string(path).expect("a conversation");
        let (mut keys, mut pieces) = (String::new(), Vec::new());
        for (word, rest) in text.lines().filter_map(|line| line.split_once(' ')) {
            match word {
                "key" => keys += &format!("{rest}\n"),
                ">" => pieces.push((0, bytes(rest))),
                "<" => pieces.push((tls_records::SERVER, bytes(rest))),
                _ => {}
            }
        }
        for (keys, flags) in [(&*keys, 0), ("", 0), (&*keys, tls_records::DATA)] {
            let mut seed = (keys.len() as u16).to_le_bytes().to_vec();
            seed.extend(keys.as_bytes());
            for (side, piece) in &pieces {
                tls_records::write(&mut seed, side | flags, piece);
            }
            seeds.push(seed);
        }
    }
    seeds
}

/// Key logs of recordings and conversations, in parts of several lengths.
pub fn key_log(captures: &Path) -> Vec<Vec<u8>> {
    let mut logs: Vec<Vec<u8>> = files(captures, &["keys.log"])
        .iter()
        .map(|path| fs::read(path).expect("a key log"))
        .collect();
    logs.extend(talks(captures).iter().map(|path| {
        let text = fs::read_to_string(path).expect("a conversation");
        let lines = text.lines().filter_map(|line| line.strip_prefix("key "));
        lines
            .flat_map(|line| [line, "\n"])
            .collect::<String>()
            .into_bytes()
    }));
    let lengths = [1u16, 7, 100, u16::MAX].iter().cycle();
    logs.iter()
        .zip(lengths)
        .map(|(log, length)| {
            let log = log.get(..MOST / 4).unwrap_or(log);
            [&length.to_le_bytes(), log].concat()
        })
        .collect()
}

/// A condition of every key, and how they are joined.
pub fn filter(_: &Path) -> Vec<Vec<u8>> {
    let mut seeds: Vec<String> = keys()
        .flat_map(|key| {
            key.examples
                .iter()
                .map(|value| format!("{}:{value}", key.name))
        })
        .collect();
    let joined = [
        "",
        "state:fail (user:anon* or cmd:RETR,STOR) -host:10.0.0.0/8 bytes:>1M /timed? out/i",
        "not (user:anna and -\"quoted \\\" text\") or -(-(a))",
        "user:\"a b\" OR (reply:4xx AND NOT after:-5m)",
        "((((((((a))))))))",
        "-(a or (b c) or -(d e))",
    ];
    seeds.extend(joined.map(str::to_owned));
    seeds.into_iter().map(String::into_bytes).collect()
}

/// The files of these names in the recordings, by the names of those.
fn files(captures: &Path, names: &[&str]) -> Vec<PathBuf> {
    let folders = fs::read_dir(captures).expect("captures can be read");
    let folders = folders.map(|folder| folder.expect("a folder").path());
    let mut found: Vec<PathBuf> = folders
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)))
        .filter(|path| path.is_file())
        .collect();
    found.sort();
    found
}

fn talks(captures: &Path) -> Vec<PathBuf> {
    let folder = captures.join("../tests/support/tls");
    let files = fs::read_dir(folder).expect("conversations can be read");
    let mut talks: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    talks.retain(|path| path.extension().is_some_and(|it| it == "txt"));
    talks.sort();
    talks
}

/// Bytes from hexadecimal digits.
fn bytes(digits: &str) -> Vec<u8> {
    let digits = digits.as_bytes().chunks_exact(2);
    digits
        .filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}
