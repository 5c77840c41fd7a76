//! Fuzz targets: functions that take any bytes and panic when something does not hold that has to.
//!
//! ```text
//! packets      packets of any link type            ┐
//! control      what two ends say and do, as text   │ scene ─▶ engine ─▶ events ─▶ reports
//! endpoints    one PORT, EPRT, 227, 229 …          │
//! tls_records  records of TLS, with a key log      ┘
//! pcap, pcapng a capture file, compressed or not
//! key_log      the keys of TLS
//! filter       the filter language
//! ```
//!
//! None of them is content with "no panic": `engine` and `reports` say what is looked at. The same
//! functions are run by libFuzzer (`make fuzz`), by AFL or whatever else gives bytes, and by the
//! ordinary test `tests/fuzzed.rs`, which needs neither a nightly toolchain nor cargo-fuzz: it
//! mutates the same seeds and replays what is in `fuzz/regressions`.
#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a target that cannot do its work fails; some use it as a crate and some as a module"
)]

pub mod control;
pub mod dictionary;
pub mod endpoints;
pub mod filter;
pub mod key_log;
pub mod packets;
pub mod pcap;
pub mod pcapng;
pub mod seeds;
pub mod tls_records;

mod bytes;
mod engine;
mod files;
#[path = "../../tests/support/formats.rs"]
mod formats;
mod reports;
mod scene;
#[path = "../../tests/support/mod.rs"]
pub mod support;

use std::path::Path;

/// One target.
#[derive(Clone, Copy)]
pub struct Target {
    /// Its name: that of its module, of its program, and of its folders.
    pub name: &'static str,
    /// Runs it on one input.
    pub run: fn(&[u8]),
    /// What to begin with, from the recordings in this folder.
    pub seeds: fn(&Path) -> Vec<Vec<u8>>,
}

/// All of them.
pub const TARGETS: [Target; 8] = [
    Target {
        name: "packets",
        run: packets::run,
        seeds: seeds::packets,
    },
    Target {
        name: "pcap",
        run: pcap::run,
        seeds: seeds::pcap,
    },
    Target {
        name: "pcapng",
        run: pcapng::run,
        seeds: seeds::pcapng,
    },
    Target {
        name: "control",
        run: control::run,
        seeds: seeds::control,
    },
    Target {
        name: "endpoints",
        run: endpoints::run,
        seeds: seeds::endpoints,
    },
    Target {
        name: "tls_records",
        run: tls_records::run,
        seeds: seeds::tls_records,
    },
    Target {
        name: "key_log",
        run: key_log::run,
        seeds: seeds::key_log,
    },
    Target {
        name: "filter",
        run: filter::run,
        seeds: seeds::filter,
    },
];
