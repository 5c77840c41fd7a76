//! What is said on control connections, and how many of these there are.

use super::{ends, host};
use crate::scene::{SERVER, Scene};
use crate::support::packets::{ACK, RST};
use crate::support::planned::MILLI;

/// Commands and what is answered.
fn exchanges(count: usize, each: impl Fn(usize) -> (String, &'static str)) -> impl FnOnce() {
    let ends = ends(40_000);
    let mut scene = Scene::login(ends);
    for number in 0..count {
        let (command, reply) = each(number);
        scene.say(ends, 0, command.as_bytes());
        scene.say(ends, 1, reply.as_bytes());
    }
    scene.told()
}

pub fn announcements(count: usize) -> impl FnOnce() {
    let port = |number: usize| {
        format!(
            "PORT 192,0,2,9,{},{}\r\n",
            number >> 8 & 255 | 4,
            number & 255
        )
    };
    exchanges(count, move |number| (port(number), "200 ok\r\n"))
}

pub fn announcements_refused(count: usize) -> impl FnOnce() {
    exchanges(count, |_| ("PASV\r\n".into(), "425 no\r\n"))
}

pub fn commands_unanswered(count: usize) -> impl FnOnce() {
    exchanges(count, |number| (format!("SITE x{number}\r\n"), ""))
}

pub fn replies_unasked(count: usize) -> impl FnOnce() {
    exchanges(count, |_| {
        (String::new(), "150 still at it\r\n226 done\r\n")
    })
}

pub fn findings(count: usize) -> impl FnOnce() {
    exchanges(count, |number| {
        (format!("RETR file-{number}\r\n"), "550 No such file\r\n")
    })
}

pub fn a_long_line(count: usize) -> impl FnOnce() {
    let mut scene = Scene::login(ends(40_000));
    scene.say(ends(40_000), 0, &vec![b'A'; count]);
    scene.told()
}

pub fn a_long_reply(count: usize) -> impl FnOnce() {
    exchanges(count, |number| match number {
        0 => ("HELP\r\n".into(), "214-help\r\n"),
        _ => (String::new(), "214-and so on\r\n"),
    })
}

pub fn telnet_commands(count: usize) -> impl FnOnce() {
    let mut scene = Scene::login(ends(40_000));
    scene.say(ends(40_000), 0, &b"\xff\xfb\x01\xff\xf4".repeat(count / 5));
    scene.told()
}

fn sessions(count: usize, between: u64) -> impl FnOnce() {
    let mut scene = Scene::new();
    for number in 0..count {
        let ends = ends(1024 + (number % 64_000) as u16);
        scene.log_in(ends);
        scene.say(ends, 0, b"EPSV\r\n");
        scene.say(
            ends,
            1,
            format!("229 ok (|||{}|)\r\n", 1024 + number % 64_000).as_bytes(),
        );
        scene.now += between;
    }
    scene.told()
}

pub fn sessions_of_one_client(count: usize) -> impl FnOnce() {
    sessions(count, 0)
}

/// Each is idle while the others come, for as long as waits and time-outs are.
pub fn sessions_while_time_passes(count: usize) -> impl FnOnce() {
    sessions(count, 200 * MILLI)
}

pub fn logins_refused(count: usize) -> impl FnOnce() {
    let mut scene = Scene::new();
    for number in 0..count {
        let ends = [(host(number), 40_000).into(), (SERVER, 21).into()];
        scene.handshake(ends);
        scene.say(ends, 1, b"220 hello\r\n");
        scene.say(ends, 0, b"USER root\r\n");
        scene.say(ends, 1, b"331 password\r\n");
        scene.say(ends, 0, format!("PASS {number}\r\n").as_bytes());
        scene.say(ends, 1, b"530 no\r\n");
        let next = scene.next;
        scene.tcp([ends[1], ends[0]], next[1], next[0], RST | ACK, b"");
    }
    scene.told()
}
