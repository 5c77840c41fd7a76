//! Packets are delivered or counted as lost, to the last one.

use std::net::UdpSocket;

use nix::sys::signal::Signal;
use serde_json::Value;

use crate::lab::{HERE, Wire};
use crate::process::{Folder, capture};

/// What the kernel still keeps when the signal comes is delivered too.
pub fn a_stop_loses_nothing() {
    let folder = Folder::new("stop");
    let _wire = Wire::new();
    let sniff = capture(&format!("-i {HERE}"), &folder);
    send(50);
    let ended = sniff.stop();
    assert_eq!(ended.code, Some(0), "{}", ended.errors);
    let (frames, dropped) = counts(&ended.output);
    assert_eq!((frames, dropped), (50, 0));
}

/// The process stands still while more comes than the kernel has room for.
pub fn what_is_lost_is_counted() {
    let folder = Folder::new("lost");
    let _wire = Wire::new();
    let sniff = capture(&format!("-i {HERE} --buffer 1M"), &folder);
    sniff.kill(Signal::SIGSTOP);
    send(20_000);
    sniff.kill(Signal::SIGCONT);
    let ended = sniff.stop();
    assert_eq!(ended.code, Some(0), "{}", ended.errors);
    let (frames, dropped) = counts(&ended.output);
    assert!(dropped > 0, "{frames} frames");
    assert_eq!(frames + dropped, 20_000);
}

/// Sends datagrams that pass the filter, to all, so that nobody answers.
fn send(count: u32) {
    let socket = UdpSocket::bind("0.0.0.0:53").unwrap();
    socket.set_broadcast(true).unwrap();
    for _ in 0..count {
        socket.send_to(&[0; 100], "10.0.0.255:9").unwrap();
    }
}

/// Frames and dropped packets of the summary.
fn counts(output: &str) -> (u64, u64) {
    let summary: Value = serde_json::from_str(output.lines().last().unwrap()).unwrap();
    let number = |value: &Value| value.as_u64().unwrap();
    let dropped = summary["dropped"].as_object().unwrap();
    (
        number(&summary["frames"]),
        dropped.values().map(number).sum(),
    )
}
