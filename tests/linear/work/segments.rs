//! Segments: out of order, with holes, of connections that come to nothing.

use super::{ends, host};
use crate::scene::{CLIENT, SERVER, Scene};
use crate::support::packets::{ACK, RST, SYN};
use crate::support::random::Random;

/// One byte a segment, each of the command lines of a client, in this order.
fn bytes_in_order(offsets: impl Iterator<Item = u32>) -> impl FnOnce() {
    let ends = ends(40_000);
    let mut scene = Scene::login(ends);
    let [seq, ack] = scene.next;
    for offset in offsets {
        let byte = b"NOOP\r\n"[offset as usize % 6];
        scene.tcp(ends, seq.wrapping_add(offset), ack, ACK, &[byte]);
    }
    scene.told()
}

pub fn segments_out_of_order(count: usize) -> impl FnOnce() {
    let mut random = Random::new(1);
    let mut offsets: Vec<u32> = (0..count as u32).collect();
    for last in (1..count).rev() {
        offsets.swap(last, random.within(0..last as u64 + 1) as usize);
    }
    bytes_in_order(offsets.into_iter())
}

pub fn segments_backwards(count: usize) -> impl FnOnce() {
    bytes_in_order((0..count as u32).rev())
}

pub fn segments_with_holes(count: usize) -> impl FnOnce() {
    bytes_in_order((0..count as u32).map(|number| 2 * number + 1))
}

pub fn data_with_holes(count: usize) -> impl FnOnce() {
    let mut scene = Scene::login(ends(40_000));
    scene.say(ends(40_000), 0, b"PASV\r\n");
    scene.say(ends(40_000), 1, b"227 (198,51,100,1,195,80)\r\n");
    scene.say(ends(40_000), 0, b"RETR file\r\n");
    let data = [(CLIENT, 40_001).into(), (SERVER, 50_000).into()];
    scene.handshake(data);
    for number in 0..count as u32 {
        scene.tcp([data[1], data[0]], 2 * number + 2, 1, ACK, b"x");
    }
    scene.told()
}

pub fn opening_segments(count: usize) -> impl FnOnce() {
    let mut scene = Scene::new();
    for number in 0..count {
        let from = (CLIENT, 1024 + (number % 60_000) as u16).into();
        scene.tcp(
            [from, (SERVER, 1024 + (number / 60_000) as u16).into()],
            0,
            0,
            SYN,
            b"",
        );
    }
    scene.told()
}

pub fn opening_segments_of_control(count: usize) -> impl FnOnce() {
    let mut scene = Scene::new();
    for number in 0..count {
        scene.tcp(
            [(host(number), 40_000).into(), (SERVER, 21).into()],
            0,
            0,
            SYN,
            b"",
        );
    }
    scene.told()
}

pub fn resets_of_scans(count: usize) -> impl FnOnce() {
    let mut scene = Scene::new();
    for number in 0..count {
        let ends = [(CLIENT, 40_000).into(), (host(number), 21).into()];
        scene.tcp(ends, 0, 0, SYN, b"");
        scene.tcp([ends[1], ends[0]], 0, 1, RST | ACK, b"");
    }
    scene.told()
}
