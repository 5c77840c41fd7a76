//! What the process really takes, beside what the engine reckons that it does.
//!
//! The only test of its program: the figures are those of the whole process.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::net::Ipv4Addr;

use ftpscope::analyzer::{Analyzer, Options};

mod support;

use support::analysis::ethernet;
use support::conversation::Conversation;
use support::flood::SynFlood;
use support::packets::Link;
use support::planned::{MILLI, SECOND};

const START: u64 = 1_700_000_000 * SECOND;
const SERVER: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 1);
const CEILING: usize = 64 << 20;

/// So much more than the engine reckons may the process take: what the allocator cannot give back,
/// tables while they grow, and the output of one packet.
const FACTOR: f64 = 1.5;

/// A line of the kernel's account of this process, in bytes.
fn memory(field: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(field)).unwrap();
    let kilobytes = line.split_whitespace().nth(1).unwrap();
    kilobytes.parse::<usize>().unwrap() * 1024
}

struct Engine {
    analyzer: Analyzer,
    number: u64,
}

impl Engine {
    fn new() -> Self {
        let options = Options {
            memory: Some(CEILING),
            ..Options::default()
        };
        Self {
            analyzer: Analyzer::new(&options),
            number: 0,
        }
    }

    fn push(&mut self, time: u64, frame: &[u8]) {
        self.number += 1;
        self.analyzer
            .push(&ethernet(self.number, time, frame), &mut Vec::new());
    }
}

fn flood(engine: &mut Engine, port: u16, count: u64) {
    let mut flood = SynFlood::new(SERVER, port);
    for number in 0..count {
        engine.push(START + number * 1000, flood.next());
    }
}

fn idle_sessions(engine: &mut Engine, count: u32) {
    let mut frame = Vec::new();
    for number in 0..count {
        let host = Ipv4Addr::from(0x0a00_0000 + number);
        let start = START + u64::from(number) * 10 * MILLI;
        let mut ftp = Conversation::new((host, 41_000).into(), (SERVER, 21).into(), start);
        ftp.login("bob", "secret");
        for packet in ftp.finish() {
            packet.write(&mut frame, Link::Ethernet);
            engine.push(packet.time, &frame);
        }
    }
}

/// A name, and what is done to the engine.
type Scenario = (&'static str, fn(&mut Engine));

#[test]
fn the_process_takes_little_more_than_the_engine_reckons() {
    let before = memory("VmRSS");
    let scenarios: [Scenario; 3] = [
        ("connections", |engine| flood(engine, 8080, 400_000)),
        ("control connections", |engine| flood(engine, 21, 60_000)),
        ("idle sessions", |engine| idle_sessions(engine, 80_000)),
    ];
    for (name, scenario) in scenarios {
        let mut engine = Engine::new();
        scenario(&mut engine);
        let reckoned = engine.analyzer.summary().memory_most;
        let took = memory("VmHWM") - before;
        println!(
            "{name}: reckoned {:.1} MB, process {:.1} MB; {:?}",
            reckoned as f64 / 1e6,
            took as f64 / 1e6,
            engine.analyzer.summary().limits_hit
        );
        assert!(
            reckoned > CEILING * 3 / 4,
            "{name}: {reckoned} is no test of the ceiling"
        );
        assert!((took as f64) < CEILING as f64 * FACTOR, "{name}: {took}");
    }
}
