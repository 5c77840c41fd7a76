//! What `sniff` tells is what `analyze` tells of tcpdump's capture of the same packets.
//!
//! Both see the same packets: tcpdump is given ftpscope's own filter. So every line has to be the
//! same, frame numbers included, but for what belongs to the input: its name, and what was dropped,
//! which nobody knows of a file. Times may differ a little: the kernel stamps what comes in over a
//! veth once for each who captures it. And a finding for which nothing more has to come is made when
//! time has gone by; in a file time ends with the last packet.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::net::UdpSocket;
use std::path::PathBuf;
use std::process::Command;

use ftpscope::capture::live::filter;
use ftpscope::capture::{self, Next, Source};
use serde_json::Value;

use crate::lab::{self, HERE, Wire, wait_until};
use crate::process::{self, FTPSCOPE, Folder, Process};
use crate::traffic::{self, Server};

/// The last packet of each capture: a datagram that the filter passes and that means nothing.
const END: &[u8] = b"end of the traffic of a test of ftpscope";

pub fn ipv4_with_offload() {
    let folder = Folder::new("ipv4");
    let (_wire, _server) = (Wire::new(), Server::start(&folder));
    compare(&folder, HERE, "", || {
        traffic::from_client(&folder, "10.0.0.1")
    });
    assert!(longest(&folder) > 10_000, "there are no large segments");
}

pub fn ipv4_without_offload() {
    let folder = Folder::new("no-offload");
    let (_wire, _server) = (Wire::new().without_offload(), Server::start(&folder));
    compare(&folder, HERE, "", || {
        traffic::from_client(&folder, "10.0.0.1")
    });
    assert_eq!(longest(&folder), 1514);
}

pub fn ipv6() {
    let folder = Folder::new("ipv6");
    let (_wire, _server) = (Wire::new().with_ipv6(), Server::start(&folder));
    // Without what the system announces at times of its own.
    let filter = "tcp or udp port 53";
    compare(&folder, HERE, filter, || {
        traffic::from_client(&folder, "[fd00::1]")
    });
}

pub fn any() {
    let folder = Folder::new("any");
    let (_wire, _server) = (Wire::new(), Server::start(&folder));
    compare(&folder, "any", "", || {
        traffic::from_client(&folder, "10.0.0.1");
        traffic::from_here(&folder, "127.0.0.1");
    });
}

pub fn loopback() {
    let folder = Folder::new("loopback");
    let (_wire, _server) = (Wire::new(), Server::start(&folder));
    compare(&folder, "lo", "", || {
        traffic::from_here(&folder, "127.0.0.1")
    });
}

pub fn vlan() {
    let folder = Folder::new("vlan");
    let _wire = Wire::new().for_long_frames();
    compare(&folder, HERE, "", || {
        for name in ["capture-vlan-tagged", "capture-vlan-double-tagged"] {
            lab::send_from_client(&traffic::recorded(name));
        }
    });
}

/// Captures on `interface` ways what `make_traffic` makes, and compares what
/// is told.
#[track_caller]
fn compare(folder: &Folder, interface: &str, own_filter: &str, make_traffic: impl FnOnce()) {
    let mut dump = tcpdump(folder, interface, own_filter);
    dump.wait_for("listening on");
    let mut command = process::sniff(&format!("-i {interface} --format json"));
    if !own_filter.is_empty() {
        command.args(["--filter", own_filter]);
    }
    let mut sniff = Process::start(&mut command, folder, "sniff");
    sniff.wait_for_capture();
    make_traffic();
    wait_until("all connections are closed", traffic::is_over);
    mark_end(folder, interface);
    let dumped = dump.stop();
    assert!(
        dumped.errors.contains("\n0 packets dropped by kernel"),
        "{}",
        dumped.errors
    );
    let told = sniff.stop();
    assert_eq!(told.code, Some(0), "{}", told.errors);
    let expected = analyze(folder);
    assert!(
        expected.iter().any(|line| line["type"] == "session"),
        "no session"
    );
    assert_lines(&lines(&told.output), &expected);
}

#[track_caller]
fn assert_lines(told: &[Value], expected: &[Value]) {
    for (told, expected) in told.iter().zip(expected) {
        assert!(is_same(told, expected), "{told}\n{expected}");
    }
    assert_eq!(told.len(), expected.len());
}

fn is_same(told: &Value, expected: &Value) -> bool {
    match (told, expected) {
        (Value::Object(one), Value::Object(other)) => {
            one.keys().eq(other.keys())
                && one.iter().all(|(key, value)| is_same(value, &other[key]))
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .zip(other)
                    .all(|(one, other)| is_same(one, other))
        }
        (Value::Number(one), Value::Number(other)) if one.is_f64() && other.is_f64() => {
            is_near(one.as_f64().unwrap(), other.as_f64().unwrap())
        }
        (Value::String(one), Value::String(other)) => match (seconds(one), seconds(other)) {
            (Some(one), Some(other)) => is_near(one, other),
            _ => one == other,
        },
        (one, other) => one == other,
    }
}

/// A millisecond is more than the kernel needs between two who capture, and less than anything that
/// the traffic waits for.
fn is_near(one: f64, other: f64) -> bool {
    (one - other).abs() < 0.001
}

/// The time of the day of `2026-11-22T21:10:29.996072824Z`.
fn seconds(text: &str) -> Option<f64> {
    let (_, time) = text.strip_suffix('Z')?.split_once('T')?;
    let parts: Vec<f64> = time
        .split(':')
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    let [hours, minutes, seconds] = parts.as_slice() else {
        return None;
    };
    Some((hours * 60.0 + minutes) * 60.0 + seconds)
}

fn tcpdump(folder: &Folder, interface: &str, own_filter: &str) -> Process {
    let mut command = Command::new("tcpdump");
    // With a buffer of 64 MiB, and written as it comes.
    let how = "-n -U -B 65536 -Z root --time-stamp-precision nano -i";
    command
        .args(how.split(' '))
        .args([interface, "-w"])
        .arg(dump_file(folder));
    command.arg(filter::expression(Some(own_filter)));
    Process::start(&mut command, folder, "tcpdump")
}

fn dump_file(folder: &Folder) -> PathBuf {
    folder.file("dump.pcap")
}

/// Sends the last packet and waits until tcpdump has written it.
fn mark_end(folder: &Folder, interface: &str) {
    // To all: nobody answers to that.
    let to = if interface == "lo" {
        "127.255.255.255:9"
    } else {
        "10.0.0.255:9"
    };
    let socket = UdpSocket::bind("0.0.0.0:53").unwrap();
    socket.set_broadcast(true).unwrap();
    socket.send_to(END, to).unwrap();
    wait_until("tcpdump wrote the last packet", || {
        let mut dump = File::open(dump_file(folder)).unwrap();
        let mut end = Vec::new();
        let length = i64::try_from(END.len()).unwrap();
        dump.seek(SeekFrom::End(-length)).is_ok_and(|_| {
            dump.read_to_end(&mut end).unwrap();
            end == END
        })
    });
}

fn analyze(folder: &Folder) -> Vec<Value> {
    let output = Command::new(FTPSCOPE)
        .args(["analyze", "--format", "json"])
        .arg(dump_file(folder))
        .output()
        .unwrap();
    lines(&String::from_utf8(output.stdout).unwrap())
}

/// The objects, without what belongs to the input: one is an interface, the other a file.
fn lines(output: &str) -> Vec<Value> {
    let object = |line: &str| {
        let mut object: Value = serde_json::from_str(line).unwrap();
        if object["type"] == "finding" {
            object["time"].take();
        }
        if object["type"] == "summary" {
            object["files"].take();
            let dropped = object["dropped"].take();
            let all = dropped
                .as_object()
                .into_iter()
                .flat_map(|counts| counts.values());
            assert!(all.into_iter().all(|count| count == 0), "{dropped}");
        }
        object
    };
    output.lines().map(object).collect()
}

/// Bytes of the longest packet that tcpdump captured.
fn longest(folder: &Folder) -> u32 {
    let mut source = capture::open(&[dump_file(folder)]).unwrap();
    let mut longest = 0;
    while let Next::Packet(packet) = source.next() {
        longest = longest.max(packet.wire_len);
    }
    longest
}
