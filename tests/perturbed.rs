//! Faults of a capture are not faults of the network: packets that the capture dropped, doubled or
//! put in another order never lead to an error that the diagnosis calls certain.

#![allow(
    clippy::unwrap_used,
    reason = "a scenario that cannot be read fails its test"
)]

use ftpscope::analyzer::{Analyzer, Event, Options};
use ftpscope::capture::{Frame, Packet};
use ftpscope::diagnosis::{Confidence, Finding, Severity};

mod support;

use support::kept::Kept;
use support::random::Random;
use support::recorded::{self, Recording};

/// Perturbed copies of each capture.
const ROUNDS: u64 = 24;

/// The healthy scenarios, and the fault that each got over.
fn healthy() -> impl Iterator<Item = (Recording, Option<String>)> {
    let recordings = recorded::all().into_iter();
    let healthy = recordings.filter(|it| it.facts["healthy"].as_bool().unwrap());
    healthy.map(|it| {
        let fault = it.facts["cause"].as_str().map(str::to_owned);
        (it, fault)
    })
}

/// What a bad capture makes of the packets.
fn perturbed(packets: &[Kept], round: u64, random: &mut Random) -> Vec<Kept> {
    let rate = [200, 50, 20, 8][usize::try_from(round % 4).unwrap()];
    match round / 4 % 6 {
        0 => dropped(packets, rate, random),
        1 => doubled(packets, rate, random),
        2 => reordered(packets, rate, random),
        3 => burst(packets, random),
        4 => cut_short(packets, random),
        _ => reordered(
            &doubled(&dropped(packets, rate, random), rate, random),
            rate,
            random,
        ),
    }
}

fn dropped(packets: &[Kept], rate: u64, random: &mut Random) -> Vec<Kept> {
    let kept = packets.iter().filter(|_| !one_in(random, rate));
    kept.cloned().collect()
}

fn doubled(packets: &[Kept], rate: u64, random: &mut Random) -> Vec<Kept> {
    let times = |packet: &Kept| {
        let count = if one_in(random, rate) { 2 } else { 1 };
        vec![packet.clone(); count]
    };
    packets.iter().flat_map(times).collect()
}

fn reordered(packets: &[Kept], rate: u64, random: &mut Random) -> Vec<Kept> {
    let mut packets = packets.to_vec();
    for index in 1..packets.len() {
        if one_in(random, rate) {
            packets.swap(index - 1, index);
        }
    }
    packets
}

fn one_in(random: &mut Random, number: u64) -> bool {
    random.bits().is_multiple_of(number)
}

fn below(random: &mut Random, bound: usize) -> usize {
    usize::try_from(random.bits() % bound.max(1) as u64).unwrap()
}

/// The capture missed everything for a while.
fn burst(packets: &[Kept], random: &mut Random) -> Vec<Kept> {
    let from = below(random, packets.len());
    let to = from + 1 + below(random, packets.len() / 4);
    let gone = from..to;
    let kept = packets
        .iter()
        .enumerate()
        .filter(|(at, _)| !gone.contains(at));
    kept.map(|(_, packet)| packet.clone()).collect()
}

/// The capture began late and ended early.
fn cut_short(packets: &[Kept], random: &mut Random) -> Vec<Kept> {
    let from = below(random, packets.len() / 2);
    let to = packets.len() - below(random, packets.len() / 2);
    packets[from..to].to_vec()
}

fn findings(packets: &[Kept]) -> Vec<Finding> {
    let mut analyzer = Analyzer::new(&Options::default());
    let mut events = Vec::new();
    for (number, kept) in (1..).zip(packets) {
        let frame = Frame::new(0, number);
        let packet = Packet {
            frame,
            ..kept.packet()
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
    let mut random = Random::new(7);
    for (recording, fault) in healthy() {
        let packets = Kept::all(&recording.capture());
        for round in 0..ROUNDS {
            let found = findings(&perturbed(&packets, round, &mut random));
            let name = &recording.name;
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
