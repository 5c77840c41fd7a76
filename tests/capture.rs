//! Capture files on disk: opened, merged in time order, and refused in words.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot make its files fails"
)]

use std::fs;
use std::path::PathBuf;

use ftpscope::capture::{Fault, Files, Next, Source, TooMany, open};

#[path = "support/folder.rs"]
#[allow(dead_code, unreachable_pub)]
mod folder;
#[path = "support/formats.rs"]
mod formats;

use folder::Folder;
use formats::{BIG, Compression, LITTLE, Sample, Variant, compress, pcap, pcapng, sample, samples};

fn file(folder: &Folder, name: &str, content: &[u8]) -> PathBuf {
    folder.write(name, content).into()
}

fn pcap_file(folder: &Folder, name: &str, samples: &[Sample]) -> PathBuf {
    file(folder, name, &pcap(samples, LITTLE, Variant::Nano))
}

/// File, frame number and time in nanoseconds of every packet.
fn packets(files: &mut Files) -> Vec<(u16, u64, u64)> {
    let mut packets = Vec::new();
    while let Next::Packet(packet) = files.next() {
        packets.push((
            packet.frame.file(),
            packet.frame.number(),
            packet.time.as_nanos(),
        ));
    }
    assert!(matches!(files.next(), Next::End));
    packets
}

fn at(times: &[u64]) -> Vec<Sample> {
    times.iter().map(|time| sample(*time, 20)).collect()
}

#[test]
fn one_file_gives_its_packets_and_progress_to_the_end() {
    let folder = Folder::new("one");
    let content = compress(&pcapng(&samples(5000), BIG), Compression::Gzip);
    let path = file(&folder, "a.cap", &content);
    let mut files = open(std::slice::from_ref(&path)).unwrap();
    assert_eq!(files.progress().total, Some(content.len() as u64));
    let packets = packets(&mut files);
    assert_eq!(packets.len(), 5000);
    assert!(
        packets
            .iter()
            .zip(1..)
            .all(|((_, number, _), n)| *number == n)
    );
    let [input] = files.inputs() else { panic!() };
    assert_eq!((input.frames, &input.fault), (5000, &None));
    assert_eq!(input.name, path.display().to_string());
    assert_eq!(files.progress().fraction(), Some(1.0));
}

#[test]
fn files_are_merged_by_time_and_then_by_the_order_given() {
    let folder = Folder::new("merged");
    let late = pcap_file(&folder, "late.pcap", &at(&[50, 60, 70]));
    let early = file(&folder, "early.pcapng", &pcapng(&at(&[10, 50, 65]), BIG));
    let mut files = open(&[late, early]).unwrap();
    let merged = [
        (1, 1, 10),
        (0, 1, 50),
        (1, 2, 50),
        (0, 2, 60),
        (1, 3, 65),
        (0, 3, 70),
    ];
    assert_eq!(packets(&mut files), merged);
}

#[test]
fn a_clock_that_steps_back_does_not_reorder_its_file() {
    let folder = Folder::new("backwards");
    let a = pcap_file(&folder, "a", &at(&[10, 40, 20, 45]));
    let b = pcap_file(&folder, "b", &at(&[30, 42]));
    let merged = [
        (0, 1, 10),
        (1, 1, 30),
        (0, 2, 40),
        (0, 3, 20),
        (1, 2, 42),
        (0, 4, 45),
    ];
    assert_eq!(packets(&mut open(&[a, b]).unwrap()), merged);
}

#[test]
fn a_bad_file_does_not_stop_the_others() {
    let folder = Folder::new("bad");
    let whole = pcap(&at(&[1, 2, 3]), BIG, Variant::Micro);
    let page = file(&folder, "page", b"<html>");
    let paths = [
        folder.file("missing"),
        folder.root().to_owned(),
        file(&folder, "empty", b""),
        page.clone(),
        file(&folder, "cut", &whole[..whole.len() - 1]),
        file(&folder, "no packets", &whole[..24]),
        file(&folder, "good", &whole),
        // A path through a file.
        page.join("below"),
    ];
    let mut files = open(&paths).unwrap();
    assert_eq!(packets(&mut files).len(), 5);
    let words = |index: usize| match &files.inputs()[index].fault {
        Some(Fault::Unreadable(words)) => words.clone(),
        other => panic!("{index}: {other:?}"),
    };
    assert_eq!([words(0), words(2)], ["does not exist", "is empty"]);
    assert!(words(1).starts_with("is a directory") && words(3).contains("HTML"));
    assert!(words(7).starts_with("cannot be opened"));
    let faults = files.inputs()[4..7]
        .iter()
        .map(|input| (input.frames, input.fault.clone()));
    assert_eq!(
        Vec::from_iter(faults),
        [(2, Some(Fault::Cut)), (0, None), (3, None)]
    );
    assert_eq!(files.progress().fraction(), None);
}

#[cfg(target_os = "linux")]
#[test]
fn a_ring_buffer_is_read_with_one_file_open_at_a_time() {
    let folder = Folder::new("ring");
    let paths: Vec<PathBuf> = (0..300_u64)
        .map(|n| pcap_file(&folder, &format!("ring{n}"), &at(&[n * 10, n * 10 + 9])))
        .collect();
    let mut files = open(&paths).unwrap();
    let open_here = || {
        let links = fs::read_dir("/proc/self/fd").unwrap().flatten();
        links
            .filter(|link| fs::read_link(link.path()).is_ok_and(|to| to.starts_with(folder.root())))
    };
    let mut count = 0;
    while let Next::Packet(packet) = files.next() {
        assert_eq!(packet.time.as_nanos() / 10, u64::from(packet.frame.file()));
        assert!(open_here().count() <= 1);
        count += 1;
    }
    assert_eq!(count, 600);
}

#[cfg(unix)]
#[test]
fn a_fifo_among_files_is_read_once_and_not_closed() {
    let folder = Folder::new("fifo");
    let file = pcap_file(&folder, "file", &at(&[15, 25]));
    let fifo = folder.file("fifo");
    let made = std::process::Command::new("mkfifo")
        .arg(&fifo)
        .status()
        .unwrap();
    assert!(made.success());
    let (to, content) = (
        fifo.clone(),
        pcap(&at(&[10, 20, 30]), LITTLE, Variant::Nano),
    );
    let writer = std::thread::spawn(move || fs::write(to, content));
    let mut files = open(&[fifo, file]).unwrap();
    let merged = [(0, 1, 10), (1, 1, 15), (0, 2, 20), (1, 2, 25), (0, 3, 30)];
    assert_eq!(packets(&mut files), merged);
    assert_eq!(files.inputs()[0].bytes_total, None);
    writer.join().unwrap().unwrap();
}

#[test]
fn a_file_that_vanishes_before_its_turn_is_reported() {
    let folder = Folder::new("vanished");
    let first = pcap_file(&folder, "first", &at(&[1, 2]));
    let second = pcap_file(&folder, "second", &at(&[3, 4]));
    let mut files = open(&[first, second.clone()]).unwrap();
    fs::remove_file(second).unwrap();
    assert_eq!(packets(&mut files).len(), 2);
    let gone = Fault::Unreadable("does not exist".into());
    assert_eq!(files.inputs()[1].fault, Some(gone));
}

#[test]
fn more_files_than_can_be_counted_are_refused() {
    let paths = vec![PathBuf::from("x"); TooMany::LIMIT + 1];
    assert_eq!(open(&paths).err(), Some(TooMany(65_537)));
}

#[test]
fn no_files_give_no_packets() {
    assert!(matches!(open(&[]).unwrap().next(), Next::End));
}

#[test]
fn a_source_can_be_moved_to_another_thread() {
    fn can_move<T: Send>(_: &T) {}
    can_move(&open(&[]).unwrap());
}

#[test]
fn a_bomb_is_read_to_its_end() {
    let folder = Folder::new("bomb");
    let zeros = 8 << 20;
    let content = [pcap(&[], LITTLE, Variant::Micro), vec![0; zeros]].concat();
    let bomb = file(&folder, "bomb", &compress(&content, Compression::Gzip));
    let mut files = open(&[bomb]).unwrap();
    assert_eq!(packets(&mut files).len(), zeros / 16);
}
