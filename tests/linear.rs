//! No input takes more than linear time: four times as much of the worst there is takes about four
//! times as long.
//!
//! Measured is the time of the processor, which other programs do not add to, and of several turns
//! the best one. `cargo test --release --test linear -- --ignored` takes a million of everything.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use ftpscope::analyzer::{Analyzer, Options};
use ftpscope::capture::{Frame, LinkType, Next, Packet, Source, open};
use ftpscope::output::{self, Context, Format, text};
use ftpscope::select::Query;
use ftpscope::time::{Precision, Timestamp};
use ftpscope::tls::Secrets;

mod support;

use support::packets::{ACK, Header, Link, PSH, RST, SYN, Tcp, Transport, write};
use support::pcapfile::{Pcapng, Resolution};
use support::planned::{MICRO, MILLI, SECOND};
use support::random::Random;

/// More of something.
const FACTOR: usize = 4;

/// How much longer it may take: linear is [`FACTOR`], quadratic its square.
const MOST: f64 = 8.0;

/// Turns of which the best counts.
const TURNS: usize = 3;

/// What is over so soon says nothing: the kernel counts in ticks of a few milliseconds.
const LEAST: Duration = Duration::from_millis(12);

const START: u64 = 1_700_000_000 * SECOND;
const CLIENT: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 9);
const SERVER: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 1);

/// Each name is a test of so many, and one of more that is ignored.
macro_rules! linear {
    ($($name:ident: $few:literal, $many:literal;)*) => {
        $(#[test]
        fn $name() {
            is_linear($few, work::$name);
        })*

        mod by_the_million {
            use super::*;
            $(#[test]
            #[ignore = "takes long, and belongs into a release build"]
            fn $name() {
                is_linear($many, work::$name);
            })*
        }
    };
}

linear! {
    segments_out_of_order: 2_000, 250_000;
    segments_backwards: 4_000, 250_000;
    segments_with_holes: 2_000, 250_000;
    data_with_holes: 2_000, 250_000;
    announcements: 500, 250_000;
    announcements_refused: 500, 250_000;
    commands_unanswered: 1_000, 250_000;
    replies_unasked: 1_000, 250_000;
    findings: 400, 250_000;
    a_long_line: 1_000_000, 4_000_000;
    a_long_reply: 2_000, 250_000;
    telnet_commands: 500_000, 4_000_000;
    sessions_of_one_client: 200, 16_000;
    sessions_while_time_passes: 200, 16_000;
    data_connections_in_tls: 200, 16_000;
    logins_refused: 200, 60_000;
    fragments: 2_000, 250_000;
    fragments_of_one_datagram: 2_000, 250_000;
    opening_segments: 2_000, 250_000;
    opening_segments_of_control: 400, 250_000;
    resets_of_scans: 300, 250_000;
    unreachable_answers: 400, 250_000;
    names: 2_000, 250_000;
    tunnels: 4_000, 8_000;
    tags: 4_000, 8_000;
    tls_records: 10_000, 250_000;
    tls_records_without_keys: 10_000, 250_000;
    keys: 2_000, 65_000;
    keys_without_lines: 500_000, 4_000_000;
    interfaces: 4_000, 16_000;
    brackets: 100_000, 1_000_000;
    conditions: 100_000, 1_000_000;
    patterns: 100_000, 1_000_000;
}

fn is_linear<W: FnOnce()>(count: usize, work: impl Fn(usize) -> W) {
    let (few, many) = (best(count, &work), best(count * FACTOR, &work));
    let ratio = many.as_secs_f64() / few.max(LEAST).as_secs_f64();
    println!("{count}: {few:?}, {FACTOR} times as many: {many:?}, {ratio:.1}");
    assert!(
        ratio < MOST,
        "{few:?}, and {many:?} for {FACTOR} times as many"
    );
}

/// The time that `count` take, once they are made.
fn best<W: FnOnce()>(count: usize, work: impl Fn(usize) -> W) -> Duration {
    let turns = (0..TURNS).map(|_| {
        let work = work(count);
        let before = processor_time();
        work();
        processor_time() - before
    });
    turns.min().unwrap()
}

/// For how long this thread has run.
fn processor_time() -> Duration {
    let text = fs::read_to_string("/proc/thread-self/schedstat").expect("a kernel that counts");
    let nanos = text.split(' ').next().and_then(|nanos| nanos.parse().ok());
    Duration::from_nanos(nanos.expect("nanoseconds"))
}

/// Frames, and when they come.
#[derive(Default)]
struct Scene {
    frames: Vec<(u64, Vec<u8>)>,
    now: u64,
    /// The next sequence number of client and server, on the control connection.
    next: [u32; 2],
    keys: Option<String>,
}

impl Scene {
    fn new() -> Self {
        Self {
            now: START,
            next: [1, 1],
            ..Self::default()
        }
    }

    fn frame(&mut self, frame: Vec<u8>) {
        self.now += MICRO;
        self.frames.push((self.now, frame));
    }

    fn tcp(&mut self, [src, dst]: [SocketAddr; 2], seq: u32, ack: u32, flags: u8, payload: &[u8]) {
        let tcp = Tcp {
            seq,
            ack,
            flags,
            window: 500,
            ..Tcp::default()
        };
        self.packet(src, dst, Transport::Tcp(tcp), payload);
    }

    fn packet(&mut self, src: SocketAddr, dst: SocketAddr, transport: Transport, payload: &[u8]) {
        let header = Header {
            src,
            dst,
            ttl: 64,
            ip_id: self.frames.len() as u16,
            transport,
        };
        let mut frame = Vec::new();
        write(&mut frame, Link::Ethernet, &header, payload);
        self.frame(frame);
    }

    fn handshake(&mut self, ends: [SocketAddr; 2]) {
        let back = [ends[1], ends[0]];
        self.tcp(ends, 0, 0, SYN, b"");
        self.tcp(back, 0, 1, SYN | ACK, b"");
        self.tcp(ends, 1, 1, ACK, b"");
        self.next = [1, 1];
    }

    /// One side says something on the connection that was opened last.
    fn say(&mut self, ends: [SocketAddr; 2], from: usize, bytes: &[u8]) {
        let flow = [ends[from], ends[1 - from]];
        for part in bytes.chunks(1400) {
            let [seq, ack] = [self.next[from], self.next[1 - from]];
            self.tcp(flow, seq, ack, ACK | PSH, part);
            self.next[from] = seq.wrapping_add(part.len() as u32);
        }
    }

    fn login(ends: [SocketAddr; 2]) -> Self {
        let mut scene = Self::new();
        scene.log_in(ends);
        scene
    }

    fn log_in(&mut self, ends: [SocketAddr; 2]) {
        self.handshake(ends);
        self.say(ends, 1, b"220 hello\r\n");
        self.say(ends, 0, b"USER alice\r\n");
        self.say(ends, 1, b"331 password\r\n");
        self.say(ends, 0, b"PASS secret\r\n");
        self.say(ends, 1, b"230 welcome\r\n");
    }

    /// Runs all of it through the engine and writes what it tells in two forms.
    fn told(self) -> impl FnOnce() {
        move || {
            let mut analyzer = Analyzer::new(&Options::default());
            let mut sinks = [Format::Text, Format::Json]
                .map(|format| output::open(format, std::io::sink(), false, options()));
            let context = Context {
                inputs: &[],
                precision: Precision::Micro,
            };
            let mut events = Vec::new();
            if let Some(keys) = &self.keys {
                analyzer.secrets(keys.as_bytes(), &mut events);
            }
            for (number, (time, data)) in (1..).zip(&self.frames) {
                analyzer.push(&packet(number, *time, data), &mut events);
                for sink in &mut sinks {
                    sink.events(&mut events.clone(), context).unwrap();
                }
                events.clear();
            }
            analyzer.finish(&mut events);
            for sink in &mut sinks {
                sink.events(&mut events.clone(), context).unwrap();
                sink.finish(&analyzer.summary(), context).unwrap();
            }
        }
    }
}

fn packet(number: u64, time: u64, data: &[u8]) -> Packet<'_> {
    Packet {
        frame: Frame::new(0, number),
        time: Timestamp::from_nanos(time),
        link: LinkType(Link::Ethernet.link_type()),
        wire_len: data.len() as u32,
        data,
        plain: None,
    }
}

fn options() -> text::Options {
    text::Options {
        width: 100,
        colour: false,
        ascii: false,
        summary: false,
        all: false,
        show_passwords: false,
        wireshark: true,
    }
}

/// What is measured, made for so many of it.
mod work {
    use super::*;

    fn ends(port: u16) -> [SocketAddr; 2] {
        [(CLIENT, port).into(), (SERVER, 21).into()]
    }

    fn host(number: usize) -> Ipv4Addr {
        Ipv4Addr::from(0x0a00_0000 + number as u32)
    }

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

    pub(super) fn segments_out_of_order(count: usize) -> impl FnOnce() {
        let mut random = Random::new(1);
        let mut offsets: Vec<u32> = (0..count as u32).collect();
        for last in (1..count).rev() {
            offsets.swap(last, random.within(0..last as u64 + 1) as usize);
        }
        bytes_in_order(offsets.into_iter())
    }

    pub(super) fn segments_backwards(count: usize) -> impl FnOnce() {
        bytes_in_order((0..count as u32).rev())
    }

    pub(super) fn segments_with_holes(count: usize) -> impl FnOnce() {
        bytes_in_order((0..count as u32).map(|number| 2 * number + 1))
    }

    pub(super) fn data_with_holes(count: usize) -> impl FnOnce() {
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

    pub(super) fn announcements(count: usize) -> impl FnOnce() {
        let port = |number: usize| {
            format!(
                "PORT 192,0,2,9,{},{}\r\n",
                number >> 8 & 255 | 4,
                number & 255
            )
        };
        exchanges(count, move |number| (port(number), "200 ok\r\n"))
    }

    pub(super) fn announcements_refused(count: usize) -> impl FnOnce() {
        exchanges(count, |_| ("PASV\r\n".into(), "425 no\r\n"))
    }

    pub(super) fn commands_unanswered(count: usize) -> impl FnOnce() {
        exchanges(count, |number| (format!("SITE x{number}\r\n"), ""))
    }

    pub(super) fn replies_unasked(count: usize) -> impl FnOnce() {
        exchanges(count, |_| {
            (String::new(), "150 still at it\r\n226 done\r\n")
        })
    }

    pub(super) fn findings(count: usize) -> impl FnOnce() {
        exchanges(count, |number| {
            (format!("RETR file-{number}\r\n"), "550 No such file\r\n")
        })
    }

    pub(super) fn a_long_line(count: usize) -> impl FnOnce() {
        let mut scene = Scene::login(ends(40_000));
        scene.say(ends(40_000), 0, &vec![b'A'; count]);
        scene.told()
    }

    pub(super) fn a_long_reply(count: usize) -> impl FnOnce() {
        exchanges(count, |number| match number {
            0 => ("HELP\r\n".into(), "214-help\r\n"),
            _ => (String::new(), "214-and so on\r\n"),
        })
    }

    pub(super) fn telnet_commands(count: usize) -> impl FnOnce() {
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

    pub(super) fn sessions_of_one_client(count: usize) -> impl FnOnce() {
        sessions(count, 0)
    }

    /// Each is idle while the others come, for as long as waits and time-outs are.
    pub(super) fn sessions_while_time_passes(count: usize) -> impl FnOnce() {
        sessions(count, 200 * MILLI)
    }

    pub(super) fn data_connections_in_tls(count: usize) -> impl FnOnce() {
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

    pub(super) fn logins_refused(count: usize) -> impl FnOnce() {
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

    pub(super) fn fragments(count: usize) -> impl FnOnce() {
        let mut scene = Scene::new();
        (0..count)
            .for_each(|number| fragment(&mut scene, number as u16, 1 + (number >> 16) as u16));
        scene.told()
    }

    pub(super) fn fragments_of_one_datagram(count: usize) -> impl FnOnce() {
        let mut scene = Scene::new();
        (0..count).for_each(|number| fragment(&mut scene, 1, (2 * number as u16) % 8190 + 2));
        scene.told()
    }

    pub(super) fn opening_segments(count: usize) -> impl FnOnce() {
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

    pub(super) fn opening_segments_of_control(count: usize) -> impl FnOnce() {
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

    pub(super) fn resets_of_scans(count: usize) -> impl FnOnce() {
        let mut scene = Scene::new();
        for number in 0..count {
            let ends = [(CLIENT, 40_000).into(), (host(number), 21).into()];
            scene.tcp(ends, 0, 0, SYN, b"");
            scene.tcp([ends[1], ends[0]], 0, 1, RST | ACK, b"");
        }
        scene.told()
    }

    pub(super) fn unreachable_answers(count: usize) -> impl FnOnce() {
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
    pub(super) fn names(count: usize) -> impl FnOnce() {
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

    pub(super) fn tunnels(count: usize) -> impl FnOnce() {
        let mut header = vec![0x45, 0, 0xff, 0xff, 0, 0, 0, 0, 64, 4, 0, 0];
        header.extend([CLIENT.octets(), SERVER.octets()].concat());
        headers(count, &[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0], &header)
    }

    pub(super) fn tags(count: usize) -> impl FnOnce() {
        headers(
            count,
            &[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1],
            &[0x81, 0, 0, 1],
        )
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

    pub(super) fn tls_records(count: usize) -> impl FnOnce() {
        records(count, None)
    }

    /// They wait for keys, as some may come.
    pub(super) fn tls_records_without_keys(count: usize) -> impl FnOnce() {
        records(count, Some(""))
    }

    pub(super) fn keys(count: usize) -> impl FnOnce() {
        let line = |number| format!("CLIENT_RANDOM {number:064x} {number:096x}\n");
        known((0..count).map(line).collect())
    }

    pub(super) fn keys_without_lines(count: usize) -> impl FnOnce() {
        known("f".repeat(count))
    }

    fn known(log: String) -> impl FnOnce() {
        move || {
            let mut secrets = Secrets::default();
            log.as_bytes().chunks(7).for_each(|part| secrets.add(part));
        }
    }

    /// A file that describes so many interfaces and has a packet of each.
    pub(super) fn interfaces(count: usize) -> impl FnOnce() {
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

    pub(super) fn brackets(count: usize) -> impl FnOnce() {
        parsed(format!("{}a{}", "(".repeat(count), ")".repeat(count)))
    }

    pub(super) fn conditions(count: usize) -> impl FnOnce() {
        parsed("-a or user:b ".repeat(count))
    }

    pub(super) fn patterns(count: usize) -> impl FnOnce() {
        parsed(format!("/{}/", "(a|b)*".repeat(count)))
    }
}
