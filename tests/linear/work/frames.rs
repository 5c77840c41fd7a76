//! Frames that hold something else than segments, and headers upon headers.

use super::host;
use crate::scene::{CLIENT, SERVER, Scene};
use crate::support::packets::{SYN, Transport};

/// Eight bytes of a datagram that never becomes whole.
fn fragment(scene: &mut Scene, id: u16, offset: u16) {
    let [src, dst] = [CLIENT.octets(), SERVER.octets()];
    let mut frame = vec![2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0];
    frame.extend([0x45, 0, 0, 28]);
    frame.extend(id.to_be_bytes());
    frame.extend((0x2000 | offset & 0x1fff).to_be_bytes());
    frame.extend([64, 6, 0, 0]);
    frame.extend([src, dst].concat());
    frame.extend([0; 8]);
    scene.frame(frame);
}

pub fn fragments(count: usize) -> impl FnOnce() {
    let mut scene = Scene::new();
    (0..count).for_each(|number| fragment(&mut scene, number as u16, 1 + (number >> 16) as u16));
    scene.told()
}

pub fn fragments_of_one_datagram(count: usize) -> impl FnOnce() {
    let mut scene = Scene::new();
    (0..count).for_each(|number| fragment(&mut scene, 1, (2 * number as u16) % 8190 + 2));
    scene.told()
}

pub fn unreachable_answers(count: usize) -> impl FnOnce() {
    let mut scene = Scene::new();
    for number in 0..count {
        let port = 1024 + (number % 60_000) as u16;
        scene.tcp([(CLIENT, port).into(), (SERVER, 21).into()], 0, 0, SYN, b"");
        let quoted = scene.frames.last().unwrap().1[14..42].to_vec();
        let icmp = Transport::Icmp {
            kind: 3,
            code: 13,
            rest: 0,
        };
        scene.packet((SERVER, 0).into(), (CLIENT, 0).into(), icmp, &quoted);
    }
    scene.told()
}

/// Answers of DNS with an address each.
pub fn names(count: usize) -> impl FnOnce() {
    let mut scene = Scene::new();
    for number in 0..count {
        let mut answer = vec![0, 1, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0];
        answer.extend(format!("\x08{number:08}\x03com\0").as_bytes());
        answer.extend([0, 1, 0, 1, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
        answer.extend(host(number).octets());
        scene.packet(
            (SERVER, 53).into(),
            (CLIENT, 40_000).into(),
            Transport::Udp,
            &answer,
        );
    }
    scene.told()
}

/// Frames of so many bytes, all headers.
fn headers(count: usize, first: &[u8], header: &[u8]) -> impl FnOnce() + use<> {
    let mut scene = Scene::new();
    let frame = [first, &header.repeat(count / header.len())].concat();
    (0..1000).for_each(|_| scene.frame(frame.clone()));
    scene.told()
}

pub fn tunnels(count: usize) -> impl FnOnce() {
    let mut header = vec![0x45, 0, 0xff, 0xff, 0, 0, 0, 0, 64, 4, 0, 0];
    header.extend([CLIENT.octets(), SERVER.octets()].concat());
    headers(count, &[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0], &header)
}

pub fn tags(count: usize) -> impl FnOnce() {
    headers(
        count,
        &[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1],
        &[0x81, 0, 0, 1],
    )
}
