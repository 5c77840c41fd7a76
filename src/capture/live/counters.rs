//! Packets that were dropped, counted since the capture began.

use std::fs::File;
use std::io::{Read, Seek};

use pcap::{Active, Capture};

use super::interfaces::ANY;
use crate::capture::Drops;

/// What an interface could not receive, as Linux counts it. `rx_dropped` is not among them: it
/// counts also what reached this process and nobody else wanted.
const OVERRUNS: [&str; 2] = ["rx_missed_errors", "rx_fifo_errors"];

/// The counters of one interface.
///
/// The files stay open: after [`rights::drop`](crate::rights::drop) none can be opened, and libpcap,
/// which opens them each time, would count backwards from zero.
pub(super) struct Counters {
    files: Vec<File>,
    /// The counters at the beginning.
    before: u64,
    /// Counted by earlier handles of the same capture.
    earlier: Drops,
    /// Of this handle; libpcap counts with 32 bits.
    kernel: u64,
    last: u32,
}

impl Counters {
    /// The counters of the interface `name`, which continue `earlier`.
    pub(super) fn new(name: &str, earlier: Drops) -> Self {
        let mut counters = Self {
            files: OVERRUNS
                .iter()
                .filter_map(|counter| open(name, counter))
                .collect(),
            before: 0,
            earlier,
            kernel: 0,
            last: 0,
        };
        counters.before = counters.overruns();
        counters
    }

    /// Brings `drops` up to date, all but what the hand-over drops.
    pub(super) fn read(&mut self, capture: &mut Capture<Active>, drops: &mut Drops) {
        if let Ok(stat) = capture.stats() {
            self.kernel += u64::from(stat.dropped.wrapping_sub(self.last));
            self.last = stat.dropped;
        }
        drops.kernel = self.earlier.kernel + self.kernel;
        let overruns = self.overruns().saturating_sub(self.before);
        // What was counted before the interface went away stays counted.
        drops.interface = drops
            .interface
            .max(self.earlier.interface.saturating_add(overruns));
    }

    fn overruns(&mut self) -> u64 {
        self.files
            .iter_mut()
            .filter_map(read)
            .fold(0, u64::saturating_add)
    }
}

fn open(name: &str, counter: &str) -> Option<File> {
    if name == ANY {
        return None;
    }
    File::open(format!("/sys/class/net/{name}/statistics/{counter}")).ok()
}

fn read(file: &mut File) -> Option<u64> {
    let mut text = String::new();
    file.rewind().ok()?;
    file.read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}
