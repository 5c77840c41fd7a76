//! No input takes more than linear time: four times as much of the worst there is takes about four
//! times as long.
//!
//! Measured is the time of the processor, which other programs do not add to, and of several turns
//! the best one. `cargo test --release --test linear -- --ignored` takes a million of everything.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]
#![allow(unreachable_pub, reason = "a program of several modules")]

#[path = "../support/mod.rs"]
mod support;

mod scene;
mod work;

use std::fs;
use std::time::Duration;

/// More of something.
const FACTOR: usize = 4;

/// How much longer it may take: linear is [`FACTOR`], quadratic its square.
const MOST: f64 = 8.0;

/// Turns of which the best counts.
const TURNS: usize = 3;

/// What is over so soon says nothing: the kernel counts in ticks of a few milliseconds.
const LEAST: Duration = Duration::from_millis(12);

/// Each name is a test of so many, and one of more that is ignored.
macro_rules! linear {
    ($($name:ident: $few:literal, $many:literal;)*) => {
        $(#[test]
        fn $name() {
            is_linear($few, work::$name);
        })*

        mod by_the_million {
            use super::*;
            $(#[test]
            #[ignore = "takes long, and belongs into a release build"]
            fn $name() {
                is_linear($many, work::$name);
            })*
        }
    };
}

linear! {
    segments_out_of_order: 2_000, 250_000;
    segments_backwards: 4_000, 250_000;
    segments_with_holes: 2_000, 250_000;
    data_with_holes: 2_000, 250_000;
    announcements: 500, 250_000;
    announcements_refused: 500, 250_000;
    commands_unanswered: 1_000, 250_000;
    replies_unasked: 1_000, 250_000;
    findings: 400, 250_000;
    a_long_line: 1_000_000, 4_000_000;
    a_long_reply: 2_000, 250_000;
    telnet_commands: 500_000, 4_000_000;
    sessions_of_one_client: 200, 16_000;
    sessions_while_time_passes: 200, 16_000;
    data_connections_in_tls: 200, 16_000;
    logins_refused: 200, 60_000;
    fragments: 2_000, 250_000;
    fragments_of_one_datagram: 2_000, 250_000;
    opening_segments: 2_000, 250_000;
    opening_segments_of_control: 400, 250_000;
    resets_of_scans: 300, 250_000;
    unreachable_answers: 400, 250_000;
    names: 2_000, 250_000;
    tunnels: 4_000, 8_000;
    tags: 4_000, 8_000;
    tls_records: 10_000, 250_000;
    tls_records_without_keys: 10_000, 250_000;
    keys: 2_000, 65_000;
    keys_without_lines: 500_000, 4_000_000;
    interfaces: 4_000, 16_000;
    brackets: 100_000, 1_000_000;
    conditions: 100_000, 1_000_000;
    patterns: 100_000, 1_000_000;
}

fn is_linear<W: FnOnce()>(count: usize, work: impl Fn(usize) -> W) {
    let (few, many) = (best(count, &work), best(count * FACTOR, &work));
    let ratio = many.as_secs_f64() / few.max(LEAST).as_secs_f64();
    println!("{count}: {few:?}, {FACTOR} times as many: {many:?}, {ratio:.1}");
    assert!(
        ratio < MOST,
        "{few:?}, and {many:?} for {FACTOR} times as many"
    );
}

/// The time that `count` take, once they are made.
fn best<W: FnOnce()>(count: usize, work: impl Fn(usize) -> W) -> Duration {
    let turns = (0..TURNS).map(|_| {
        let work = work(count);
        let before = processor_time();
        work();
        processor_time() - before
    });
    turns.min().unwrap()
}

/// For how long this thread has run.
fn processor_time() -> Duration {
    let text = fs::read_to_string("/proc/thread-self/schedstat").expect("a kernel that counts");
    let nanos = text.split(' ').next().and_then(|nanos| nanos.parse().ok());
    Duration::from_nanos(nanos.expect("nanoseconds"))
}
