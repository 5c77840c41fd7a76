//! Packets recorded while they come: which, in which files, and what is left when it ends badly.

#![cfg(all(unix, feature = "live"))]
#![allow(clippy::unwrap_used, reason = "a test that cannot do its work fails")]

#[path = "support/saved.rs"]
#[allow(dead_code, unreachable_pub)]
mod saved;
#[path = "support/sniffer.rs"]
#[allow(dead_code, unreachable_pub)]
mod sniffer;
mod support;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use ftpscope::analyzer::{Analyzer, Options};
use ftpscope::capture::{self, Fault, Next, Source};
use ftpscope::save::{Kept, Recorded, Recorder, Recording, Rotation};
use ftpscope::time::Precision;
use saved::{origins, packets, records, renumbered};
use sniffer::{Sniffer, eventually};
use support::captures::captures;
use support::folder::Folder;
use support::generator::{Kind, generate_in_memory};

/// Puts the packets of `file` through a recorder.
fn record(file: &Path, recording: &Recording) -> Recorded {
    let mut source = capture::open(&[file.to_owned()]).unwrap();
    let mut analyzer = Analyzer::new(&Options::default());
    let mut recorder = Recorder::begin(recording).unwrap();
    let mut events = Vec::new();
    while let Next::Packet(packet) = source.next() {
        analyzer.push(&packet, &mut events);
        recorder.learn(&events);
        recorder.packet(&packet, &analyzer).unwrap();
        events.clear();
    }
    analyzer.finish(&mut events);
    recorder.learn(&events);
    recorder.finish().unwrap();
    recorder.recorded()
}

fn recording(path: &Path, kept: Kept, rotation: Rotation) -> Recording {
    Recording {
        path: path.to_owned(),
        replace: true,
        rotation,
        kept,
        precision: Precision::Micro,
    }
}

fn generated(kind: Kind, bytes: u64) -> Vec<u8> {
    generate_in_memory(kind, bytes).unwrap().0
}

fn copied(file: &Path) -> Vec<saved::Copied> {
    packets(&[file]).into_iter().map(|one| one.1).collect()
}

#[test]
fn all_packets_are_recorded() {
    let folder = Folder::new("record-all");
    let out = PathBuf::from(folder.path("out.pcapng"));
    for file in captures().into_iter().step_by(9) {
        let recorded = record(&file, &recording(&out, Kept::All, Rotation::default()));
        let copied = copied(&out);
        assert!(copied == self::copied(&file), "{}", file.display());
        assert_eq!(recorded.packets, copied.len() as u64);
        assert_eq!(recorded.bytes, fs::metadata(&out).unwrap().len());
    }
}

/// The capture holds keys of TLS.
fn has_keys(file: &Path) -> bool {
    let mut source = capture::open(&[file.to_owned()]).unwrap();
    while let Next::Packet(_) = source.next() {
        if source.take_secrets().is_some() {
            return true;
        }
    }
    false
}

/// Also those that come before it is known that they matter.
#[test]
fn the_packets_of_sessions_are_recorded() {
    let folder = Folder::new("record-sessions");
    let out = PathBuf::from(folder.path("out.pcapng"));
    for file in captures() {
        // What counts as a port scan depends on connections that are none of FTP.
        if file.to_str().unwrap().contains("port-scan") {
            continue;
        }
        // Keys are no packets.
        if has_keys(&file) {
            continue;
        }
        record(&file, &recording(&out, Kept::Sessions, Rotation::default()));
        let numbers = origins(&file, &out);
        let original = |frame: u64| numbers[frame as usize - 1];
        let after = renumbered(records(&[&out], &[]), &original);
        let before = renumbered(records(&[&file], &[]), &|frame| frame);
        let different = after.iter().zip(&before).find(|(one, other)| one != other);
        assert_eq!(different, None, "{}", file.display());
        assert_eq!(after.len(), before.len(), "{}", file.display());
    }
}

#[test]
fn other_packets_are_not_recorded() {
    let folder = Folder::new("record-mixed");
    let (file, out) = (folder.path("in.pcap"), folder.path("out.pcapng"));
    let (file, out) = (Path::new(&file), Path::new(&out));
    fs::write(file, generated(Kind::Mixed, 3_000_000)).unwrap();
    let recorded = record(file, &recording(out, Kept::Sessions, Rotation::default()));
    let numbers = origins(file, out);
    assert_eq!((recorded.early, recorded.lost), (0, 0));
    assert!(!numbers.is_empty() && numbers.len() < packets(&[file]).len());
    let original = |frame: u64| numbers[frame as usize - 1];
    let after = renumbered(records(&[out], &[]), &original);
    assert_eq!(after, renumbered(records(&[file], &[]), &|frame| frame));
}

/// The files of a folder that a recording made, in order.
fn files(folder: &Folder) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.root()).unwrap();
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_str().unwrap().contains("out"))
        .collect();
    files.sort();
    files
}

#[test]
fn files_are_complete_in_themselves() {
    let folder = Folder::new("record-rotated");
    let (file, out) = (folder.path("in.pcap"), folder.path("out.pcapng"));
    fs::write(&file, generated(Kind::Chatty, 1_000_000)).unwrap();
    let rotation = Rotation {
        size: Some(100_000),
        ..Rotation::default()
    };
    let recorded = record(file.as_ref(), &recording(out.as_ref(), Kept::All, rotation));
    let made = files(&folder);
    assert_eq!(recorded.files, made.len() as u64);
    assert!(made.len() > 5);
    assert!(made[0].ends_with("out_00001.pcapng"));
    assert!(
        made.iter()
            .all(|one| fs::metadata(one).unwrap().len() <= 100_000)
    );
    let joined: Vec<_> = made.iter().flat_map(|one| copied(one)).collect();
    assert!(joined == copied(file.as_ref()));

    // Another run goes on behind them, and keeps the latest.
    let rotation = Rotation {
        every: Some(Duration::from_secs(1)),
        keep: Some(3),
        ..Rotation::default()
    };
    let before = made.len() as u64;
    let recorded = record(file.as_ref(), &recording(out.as_ref(), Kept::All, rotation));
    let kept = files(&folder);
    assert!(recorded.files >= 3 && kept.len() == 3);
    let last = format!("out_{:05}.pcapng", before + recorded.files);
    assert!(kept[2].ends_with(&last), "{kept:?}");
    for one in kept {
        let packets = copied(&one);
        let (first, last) = (packets[0].time, packets[packets.len() - 1].time);
        assert!(last - first < 1_000_000_000);
    }
}

/// Whether this process may do everything.
fn is_root() -> bool {
    let own = fs::metadata("/proc/self");
    own.is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
}

/// What is wrong with a capture.
fn fault(file: &Path) -> Option<Fault> {
    let mut source = capture::open(&[file.to_owned()]).unwrap();
    while let Next::Packet(_) = source.next() {}
    source.inputs()[0].fault.clone()
}

#[test]
fn what_a_pipe_gives_is_recorded() {
    let folder = Folder::new("record-pipe");
    let (file, out) = (folder.path("in.pcap"), folder.path("out.pcapng"));
    let bytes = generated(Kind::Mixed, 300_000);
    fs::write(&file, &bytes).unwrap();
    let mut sniffer = Sniffer::start(&["-", "--write", &out]);
    sniffer.feed(&bytes);
    sniffer.close();
    let end = sniffer.end();
    assert_eq!(end.code, Some(0));
    assert!(copied(out.as_ref()) == copied(file.as_ref()));
    // It is not replaced unasked.
    let end = Sniffer::start(&["-", "--write", &out]).end();
    assert_eq!(end.code, Some(2));
    assert!(end.err.contains("is there already"), "{}", end.err);
}

#[test]
fn after_a_kill_the_file_is_readable() {
    let folder = Folder::new("record-kill");
    let out = folder.path("out.pcapng");
    let mut sniffer = Sniffer::start(&["-", "--write", &out]);
    sniffer.feed_in_background(generated(Kind::Bulk, 30_000_000));
    eventually("packets", || {
        fs::metadata(&out).is_ok_and(|file| file.len() > 1_000_000)
    });
    sniffer.signal("KILL");
    assert_eq!(sniffer.end().code, None);
    assert!(copied(out.as_ref()).len() > 500);
    assert!(matches!(fault(out.as_ref()), None | Some(Fault::Cut)));
}

#[test]
fn a_quiet_interface_keeps_nothing_back() {
    let folder = Folder::new("record-quiet");
    let (file, out) = (folder.path("in.pcap"), folder.path("out.pcapng"));
    let bytes = generated(Kind::Chatty, 20_000);
    fs::write(&file, &bytes).unwrap();
    let all = copied(file.as_ref()).len();
    let mut sniffer = Sniffer::start(&["-", "--write", &out]);
    sniffer.feed(&bytes);
    eventually("the last packet", || copied(out.as_ref()).len() == all);
    sniffer.close();
    assert_eq!(sniffer.end().code, Some(0));
}

#[test]
fn a_hang_up_begins_a_file_anew_that_was_moved_away() {
    let folder = Folder::new("record-hang-up");
    let file = folder.path("in.pcap");
    let (out, old, json) = (
        folder.path("out.pcapng"),
        folder.path("old.pcapng"),
        folder.path("out.json"),
    );
    let bytes = generated(Kind::Chatty, 40_000);
    fs::write(&file, &bytes).unwrap();
    let all = copied(file.as_ref());
    let mut sniffer = Sniffer::start(&["-", "-o", &json, "--write", &out]);
    let (first, second) = bytes.split_at(bytes.len() / 2);
    sniffer.feed(first);
    let half = eventually("packets", || {
        let half = copied(out.as_ref()).len();
        (half > all.len() / 3).then_some(half)
    });
    fs::rename(&out, &old).unwrap();
    sniffer.signal("HUP");
    eventually("a new file", || Path::new(&out).exists());
    sniffer.feed(second);
    sniffer.close();
    let end = sniffer.end();
    assert_eq!(end.code, Some(0));
    assert!(
        end.err
            .contains(&format!("{} packets recorded, ", all.len())),
        "{}",
        end.err
    );
    let (old, new) = (copied(old.as_ref()), copied(out.as_ref()));
    assert!(old.len() >= half && !new.is_empty());
    assert!([old, new].concat() == all);
}

#[test]
fn on_a_full_disk_the_file_ends_behind_its_last_packet() {
    if !is_root() {
        eprintln!("left out: a small file system of its own needs root");
        return;
    }
    let folder = Folder::new("record-full");
    let (disk, kept) = (folder.path("disk"), folder.path("kept.pcapng"));
    fs::create_dir(&disk).unwrap();
    // The mount is seen by this shell alone, and goes with it.
    let script = "mount -t tmpfs -o size=300k,mode=777 tmpfs \"$1\" || exit 77
        \"$2\" sniff --format json --write \"$1/out.pcapng\" - > /dev/null
        code=$?
        cp \"$1/out.pcapng\" \"$3\"
        exit $code";
    let mut shell = Command::new("unshare");
    let program = env!("CARGO_BIN_EXE_ftpscope");
    shell.args(["-m", "sh", "-c", script, "sh", &disk, program, &kept]);
    let mut shell = shell
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let bytes = generated(Kind::Chatty, 1_000_000);
    shell.stdin.take().unwrap().write_all(&bytes).unwrap();
    let end = shell.wait_with_output().unwrap();
    let err = String::from_utf8(end.stderr).unwrap();
    assert_eq!(end.status.code(), Some(2), "{err}");
    assert!(err.contains("--write: No space left on device"), "{err}");
    assert!(
        err.contains("packets not recorded because writing failed"),
        "{err}"
    );
    assert_eq!(fault(kept.as_ref()), None);
    let packets = copied(kept.as_ref()).len();
    assert!(packets > 500);
    assert!(
        err.contains(&format!("ftpscope: {packets} packets recorded, ")),
        "{packets}: {err}"
    );
}
