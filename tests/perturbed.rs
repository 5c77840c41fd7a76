//! Faults of a capture are not faults of the network: packets that the capture dropped, doubled or
//! put in another order never lead to an error that the diagnosis calls certain.

#![allow(
    clippy::unwrap_used,
    reason = "a scenario that cannot be read fails its test"
)]

use std::fs;
use std::path::{Path, PathBuf};

use ftpscope::analyzer::{Analyzer, Event, Options};
use ftpscope::capture::{Frame, LinkType, Next, Packet, Source, open};
use ftpscope::diagnosis::{Confidence, Finding, Severity};
use ftpscope::time::Timestamp;
use serde_json::Value;

/// Perturbed copies of each capture.
const ROUNDS: u64 = 24;

/// A packet that is kept.
#[derive(Clone)]
struct Kept {
    time: Timestamp,
    link: LinkType,
    wire_len: u32,
    data: Vec<u8>,
}

/// A small generator of numbers that look random, the same in every run (SplitMix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn one_in(&mut self, number: u64) -> bool {
        self.next().is_multiple_of(number)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound.max(1) as u64).unwrap()
    }
}

/// The healthy scenarios, and the fault that each got over.
fn healthy() -> Vec<(PathBuf, Option<String>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("captures");
    let mut folders: Vec<_> = fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter_map(|path| Some((path.clone(), fault(&path)?)))
        .collect();
    folders.sort();
    folders
}

fn fault(folder: &Path) -> Option<Option<String>> {
    let facts = fs::read_to_string(folder.join("facts.json")).ok()?;
    let facts: Value = serde_json::from_str(&facts).unwrap();
    let healthy = facts["healthy"].as_bool().unwrap();
    healthy.then(|| facts["cause"].as_str().map(str::to_owned))
}

fn packets(folder: &Path) -> Vec<Kept> {
    let is_capture = |path: &PathBuf| path.to_string_lossy().contains("capture.pcap");
    let mut files = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut source = open(&[files.find(is_capture).unwrap()]).unwrap();
    let mut packets = Vec::new();
    while let Next::Packet(packet) = source.next() {
        packets.push(Kept {
            time: packet.time,
            link: packet.link,
            wire_len: packet.wire_len,
            data: packet.data.to_vec(),
        });
    }
    packets
}

/// What a bad capture makes of the packets.
fn perturbed(packets: &[Kept], round: u64, chance: &mut Chance) -> Vec<Kept> {
    let rate = [200, 50, 20, 8][usize::try_from(round % 4).unwrap()];
    match round / 4 % 6 {
        0 => dropped(packets, rate, chance),
        1 => doubled(packets, rate, chance),
        2 => reordered(packets, rate, chance),
        3 => burst(packets, chance),
        4 => cut_short(packets, chance),
        _ => reordered(
            &doubled(&dropped(packets, rate, chance), rate, chance),
            rate,
            chance,
        ),
    }
}

fn dropped(packets: &[Kept], rate: u64, chance: &mut Chance) -> Vec<Kept> {
    let kept = packets.iter().filter(|_| !chance.one_in(rate));
    kept.cloned().collect()
}

fn doubled(packets: &[Kept], rate: u64, chance: &mut Chance) -> Vec<Kept> {
    let times = |packet: &Kept| {
        let count = if chance.one_in(rate) { 2 } else { 1 };
        vec![packet.clone(); count]
    };
    packets.iter().flat_map(times).collect()
}

fn reordered(packets: &[Kept], rate: u64, chance: &mut Chance) -> Vec<Kept> {
    let mut packets = packets.to_vec();
    for index in 1..packets.len() {
        if chance.one_in(rate) {
            packets.swap(index - 1, index);
        }
    }
    packets
}

/// The capture missed everything for a while.
fn burst(packets: &[Kept], chance: &mut Chance) -> Vec<Kept> {
    let from = chance.below(packets.len());
    let to = from + 1 + chance.below(packets.len() / 4);
    let gone = from..to;
    let kept = packets
        .iter()
        .enumerate()
        .filter(|(at, _)| !gone.contains(at));
    kept.map(|(_, packet)| packet.clone()).collect()
}

/// The capture began late and ended early.
fn cut_short(packets: &[Kept], chance: &mut Chance) -> Vec<Kept> {
    let from = chance.below(packets.len() / 2);
    let to = packets.len() - chance.below(packets.len() / 2);
    packets[from..to].to_vec()
}

fn findings(packets: &[Kept]) -> Vec<Finding> {
    let mut analyzer = Analyzer::new(&Options::default());
    let mut events = Vec::new();
    for (index, packet) in packets.iter().enumerate() {
        let frame = Frame::new(0, index as u64 + 1);
        let packet = Packet {
            frame,
            time: packet.time,
            link: packet.link,
            wire_len: packet.wire_len,
            data: &packet.data,
            plain: None,
        };
        analyzer.push(&packet, &mut events);
    }
    analyzer.finish(&mut events);
    let found = events.into_iter().filter_map(|event| match event {
        Event::Finding(finding) => Some(finding),
        Event::Session(_) => None,
    });
    found.collect()
}

#[test]
fn a_bad_capture_of_a_healthy_session_shows_no_certain_error() {
    let mut wrong = Vec::new();
    let mut chance = Chance(7);
    for (folder, fault) in healthy() {
        let packets = packets(&folder);
        for round in 0..ROUNDS {
            let found = findings(&perturbed(&packets, round, &mut chance));
            let name = folder.file_name().unwrap().to_string_lossy().into_owned();
            wrong.extend(found.into_iter().filter_map(|finding| {
                let alarm = finding.severity == Severity::Error
                    && finding.confidence == Confidence::Certain
                    && fault.as_deref() != Some(finding.cause);
                alarm.then(|| format!("{name} {round}: {} {}", finding.cause, finding.summary))
            }));
        }
    }
    assert!(wrong.is_empty(), "{} false alarms: {wrong:#?}", wrong.len());
}
