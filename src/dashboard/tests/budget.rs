//! What the dashboard may cost, measured with 100,000 sessions:
//! `cargo test --release --lib dashboard::tests::budget -- --ignored --nocapture`.

use std::time::{Duration, Instant};

use super::Bench;
use super::hostile::session;

const SESSIONS: u32 = 100_000;

/// Clocks are read here and nowhere else in the tests.
#[allow(clippy::disallowed_methods)]
fn timed(work: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    work();
    begun.elapsed()
}

/// Resident memory of this process.
fn memory() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: usize = statm.split(' ').nth(1).unwrap().parse().unwrap();
    pages * 4096
}

#[test]
#[ignore = "measures time, so it needs a release build and a quiet machine"]
fn a_hundred_thousand_sessions() {
    let before = memory();
    let mut bench = Bench::new(false);
    let told = timed(|| {
        for id in 1..=SESSIONS {
            let events = session(id, format!("user{}", id % 1000).as_bytes());
            events
                .into_iter()
                .for_each(|event| bench.store.event(event));
        }
    });
    let published = timed(|| bench.publish());
    let a_session = (memory() - before) / SESSIONS as usize;
    bench.draw(200, 60);
    let mut keys = Vec::new();
    let mut slowest = (Duration::ZERO, "");
    for key in [
        "j", "pgdn", "G", "g", "z", ">", "space", "*", "-", "2", "3", "4", "5", "1",
    ] {
        for _ in 0..5 {
            let time = timed(|| {
                bench.press(key);
                bench.draw(200, 60);
            });
            slowest = slowest.max((time, key));
            keys.push(time);
        }
    }
    keys.sort_unstable();
    let p95 = keys[keys.len() * 95 / 100];
    let mut frames: Vec<Duration> = (0..100)
        .map(|_| timed(|| drop(bench.draw(200, 60))))
        .collect();
    frames.sort_unstable();
    let frame = frames[95];
    let filtered = timed(|| {
        bench.press("/");
        bench.type_in("user:user7");
        bench.press("enter");
    });
    println!("events of 100,000 sessions     {told:>12.1?}");
    println!("first delta of all of them     {published:>12.1?}");
    println!("key to drawn screen, p95       {p95:>12.1?}   (budget 50 ms)");
    println!(
        "  slowest                      {:>12.1?}",
        keys[keys.len() - 1]
    );
    println!("frame at 200×60, p95           {frame:>12.1?}   (budget 5 ms)");
    println!("filter typed, ten refilterings {filtered:>12.1?}   (in slices of 8 ms)");
    println!("memory a session               {a_session:>10} B   (budget 4000 B)");
    assert!(p95 <= Duration::from_millis(50), "{p95:?}");
    assert!(frame <= Duration::from_millis(5), "{frame:?}");
    assert!(a_session <= 4000, "{a_session}");
}
