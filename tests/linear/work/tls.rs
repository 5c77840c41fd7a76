//! Records inside TLS, and the keys to them.

use ftpscope::tls::Secrets;

use super::ends;
use crate::scene::{CLIENT, SERVER, Scene};

pub fn data_connections_in_tls(count: usize) -> impl FnOnce() {
    let ends = ends(40_000);
    let mut scene = Scene::login(ends);
    scene.say(ends, 0, b"AUTH TLS\r\n");
    scene.say(ends, 1, b"234 go\r\n");
    let record = [&b"\x17\x03\x03\x00\x44"[..], &[0; 0x44]].concat();
    let mut next = scene.next;
    for number in 0..count {
        scene.next = next;
        scene.say(ends, 0, &record);
        scene.say(ends, 1, &record);
        next = scene.next;
        let port = 1024 + (number % 60_000) as u16;
        scene.handshake([(CLIENT, port).into(), (SERVER, 50_000).into()]);
    }
    scene.told()
}

fn records(count: usize, keys: Option<&str>) -> impl FnOnce() + use<> {
    let ends = ends(40_000);
    let mut scene = Scene::login(ends);
    scene.keys = keys.map(str::to_owned);
    scene.say(ends, 0, b"AUTH TLS\r\n");
    scene.say(ends, 1, b"234 go\r\n");
    scene.say(ends, 0, &b"\x17\x03\x03\x00\x01x".repeat(count));
    scene.told()
}

pub fn tls_records(count: usize) -> impl FnOnce() {
    records(count, None)
}

/// They wait for keys, as some may come.
pub fn tls_records_without_keys(count: usize) -> impl FnOnce() {
    records(count, Some(""))
}

pub fn keys(count: usize) -> impl FnOnce() {
    let line = |number| format!("CLIENT_RANDOM {number:064x} {number:096x}\n");
    known((0..count).map(line).collect())
}

pub fn keys_without_lines(count: usize) -> impl FnOnce() {
    known("f".repeat(count))
}

fn known(log: String) -> impl FnOnce() {
    move || {
        let mut secrets = Secrets::default();
        log.as_bytes().chunks(7).for_each(|part| secrets.add(part));
    }
}
