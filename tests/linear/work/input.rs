//! Files and queries.

use std::fs;
use std::path::Path;

use ftpscope::capture::{Next, Source, open};
use ftpscope::select::Query;

use crate::scene::START;
use crate::support::pcapfile::{Pcapng, Resolution};

/// A file that describes so many interfaces and has a packet of each.
pub fn interfaces(count: usize) -> impl FnOnce() {
    let mut file = Pcapng::new(Vec::new()).unwrap();
    for _ in 0..count {
        file.interface(1, Resolution::Micro).unwrap();
    }
    for number in 0..count {
        file.frame(number as u32, START, b"no packet at all")
            .unwrap();
    }
    let name = format!("linear-{count}-{:?}", std::thread::current().id());
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, file.finish().unwrap()).unwrap();
    move || {
        let mut source = open(std::slice::from_ref(&path)).unwrap();
        let mut packets = 0;
        while let Next::Packet(_) = source.next() {
            packets += 1;
        }
        assert_eq!(packets, count);
        fs::remove_file(path).unwrap();
    }
}

fn parsed(text: String) -> impl FnOnce() {
    move || {
        let _ = Query::parse(&text);
    }
}

pub fn brackets(count: usize) -> impl FnOnce() {
    parsed(format!("{}a{}", "(".repeat(count), ")".repeat(count)))
}

pub fn conditions(count: usize) -> impl FnOnce() {
    parsed("-a or user:b ".repeat(count))
}

pub fn patterns(count: usize) -> impl FnOnce() {
    parsed(format!("/{}/", "(a|b)*".repeat(count)))
}
