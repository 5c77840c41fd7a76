//! Synthetic traffic for tests and benchmarks: from one TCP segment to captures of a gigabyte.
//!
//! ```text
//! packets    the bytes of one frame        conversation  one FTP session, written by hand
//! planned    packets in time order         disorder      cut, reorder, repeat, drop
//! wire       one TCP connection            session       one FTP session at random: habits say
//! pcapfile   frames in a file                            what it does, mishap what it suffers
//!                                          bystander     web and DNS traffic
//! analysis   what the engine makes of it all
//! recorded   the recordings of captures/   secrets       one of them without its keys
//! kept       packets, to be changed        comments      those in a pcapng file
//! flood      SYNs by the million           folder        for the files of one test
//! generator  all of them interleaved in one world, with the exact counts
//! ```
//!
//! Integration tests say `mod support;`, benchmarks `#[path = "../tests/support/mod.rs"]`, and
//! `cargo run --release --example generate -- chatty 500MB out.pcap` writes files.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::expect_used,
    reason = "every test, benchmark and example compiles this module and uses a part of it, and those \
              that are no tests may fail all the same"
)]

pub mod analysis;
pub mod bystander;
pub mod captures;
pub mod comments;
pub mod conversation;
pub mod disorder;
pub mod flood;
pub mod folder;
pub mod generator;
pub mod habits;
pub mod kept;
pub mod mishap;
pub mod packets;
pub mod pcapfile;
pub mod planned;
pub mod random;
pub mod recorded;
pub mod secrets;
pub mod session;
pub mod wire;
pub mod world;
