//! Every limit of `src/limits.rs` is reached, with its real figure, and the totals, the JSON and the
//! report tell it. `reviews` alone is reached in `src/ftp/context.rs`: a quarter of a million
//! channels take too long for a test of everything.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use ftpscope::analyzer::{Analyzer, Event, Options, Summary};
use ftpscope::capture::{Frame, LinkType, Packet};
use ftpscope::ftp::{
    MAX_KNOCKERS, MAX_LINE, MAX_OPEN_CHANNELS, MAX_PENDING, MAX_PROBES, MAX_STREAMS,
};
use ftpscope::limits;
use ftpscope::output::{Context, Json, Sink, Text, text};
use ftpscope::time::{Precision, Timestamp};
use ftpscope::{decode, diagnosis, tcp, tls};
use support::conversation::{Announce, Conversation};
use support::flood::SynFlood;
use support::packets::{ACK, Header, Link, Transport, write};
use support::planned::{Payload, Plan, Planned, SECOND};
use support::wire::{Connection, Side};

const START: u64 = 1_700_000_000 * SECOND;
const MEGABYTE: usize = 1 << 20;

/// An engine that takes packets one by one.
struct Engine {
    analyzer: Analyzer,
    events: Vec<Event>,
    frames: u64,
    frame: Vec<u8>,
}

impl Engine {
    fn new(options: &Options) -> Self {
        Self {
            analyzer: Analyzer::new(options),
            events: Vec::new(),
            frames: 0,
            frame: Vec::new(),
        }
    }

    fn push(&mut self, time: u64, frame: &[u8]) {
        self.frames += 1;
        let packet = Packet {
            frame: Frame::new(0, self.frames),
            time: Timestamp::from_nanos(time),
            link: LinkType(Link::Ethernet.link_type()),
            wire_len: frame.len() as u32,
            data: frame,
            plain: None,
        };
        self.analyzer.push(&packet, &mut self.events);
    }

    fn planned(&mut self, packets: impl IntoIterator<Item = Planned>) {
        for packet in packets {
            let mut frame = std::mem::take(&mut self.frame);
            packet.write(&mut frame, Link::Ethernet);
            self.push(packet.time, &frame);
            self.frame = frame;
        }
    }

    /// What comes after all packets: the limit of this name was reached so often, and every form of output that tells totals tells it.
    fn told(mut self, name: &'static str, times: u64) -> (Summary, Vec<Event>) {
        self.analyzer.finish(&mut self.events);
        let summary = self.analyzer.summary();
        assert_eq!(summary.limits_hit.get(name), Some(&times), "{summary:#?}");
        let limit = limits::named(name).unwrap();
        let json = written(&summary, |out| Box::new(Json::new(out, false)));
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["limits_hit"][name], times, "{json}");
        let report = written(&summary, |out| Box::new(Text::new(out, looks())));
        let report = report.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in [limit.of, limit.then, " reached "] {
            assert!(report.contains(part), "{part}: {report}");
        }
        (summary, self.events)
    }
}

fn looks() -> text::Options {
    text::Options {
        width: 100,
        colour: false,
        ascii: false,
        summary: true,
        all: false,
        show_passwords: false,
        wireshark: false,
    }
}

/// What a form of output makes of the totals alone.
fn written(
    summary: &Summary,
    open: impl for<'a> FnOnce(&'a mut Vec<u8>) -> Box<dyn Sink + 'a>,
) -> String {
    let mut out = Vec::new();
    let context = Context {
        inputs: &[],
        precision: Precision::Micro,
    };
    open(&mut out).finish(summary, context).unwrap();
    String::from_utf8(out).unwrap()
}

/// A client of its own for each number.
fn client(number: usize) -> SocketAddr {
    let address = Ipv4Addr::from_bits(0x0a00_0000 + (number >> 4) as u32);
    (address, 40_000 + (number & 15) as u16 * 100).into()
}

fn server() -> SocketAddr {
    "198.51.100.1:21".parse().unwrap()
}

/// A session of the client of this number, that begins so late that all of them take a minute.
fn conversation(number: usize) -> Conversation {
    Conversation::new(
        client(number),
        server(),
        START + number as u64 * SECOND / 1000,
    )
}

#[test]
fn every_limit_is_reached_here() {
    let here = include_str!("limits.rs");
    for limit in limits::ALL {
        let told = format!(".told(\"{}\", ", limit.name);
        assert!(here.contains(&told) || limit == limits::REVIEWS, "{told}");
    }
}

/// The modules whose limits the table must name.
const ENGINE: [&str; 8] = [
    "capture",
    "decode",
    "diagnosis",
    "ftp",
    "save",
    "select",
    "tcp",
    "tls",
];

/// Constants that sound like limits and are facts of a protocol, or limits of the first table.
const NO_ROW: [&str; 27] = [
    "capture/live/options.rs MAX_SNAPSHOT",
    "capture/packet.rs MAX_NUMBER",
    "decode/datagram.rs MAX_LEN",
    "decode/defrag.rs MAX_DATAGRAMS",
    "decode/link.rs MAX_LENGTH",
    "decode/tcp.rs MAX_WINDOW_SCALE",
    "diagnosis/hosts/logins.rs MAX_LOGIN_PAIRS",
    "diagnosis/rules/tls_failed.rs MOST_COMMANDS",
    "ftp/channels.rs MAX_OPEN_CHANNELS",
    "ftp/context.rs MAX_REVIEWS",
    "ftp/expectation.rs MAX_EXPECTATIONS",
    "ftp/knocks.rs MAX_KNOCKERS",
    "ftp/line.rs MAX_LINE",
    "ftp/pairing.rs MAX_PENDING",
    "ftp/streams.rs MAX_STREAMS",
    "ftp/tracker.rs MAX_PROBES",
    "select/complete.rs MOST",
    "tcp/delivery.rs MAX_HELD_BYTES",
    "tcp/flow.rs MAX_SEGMENT",
    "tcp/header.rs MAX_WINDOW_SHIFT",
    "tcp/table.rs MAX_FLOWS",
    "tcp/track.rs MOST_CLAIMED",
    "tls/handshake.rs MAX_MESSAGE",
    "tls/record.rs MAX_BODY",
    "tls/secrets.rs MAX_SECRETS",
    "tls/secrets.rs MAX_TLS_BYTES",
    "tls/secrets.rs MOST",
];

/// One row of the second table of docs/limits.md: constant, figure, and what reaches it.
fn rows() -> impl Iterator<Item = [String; 3]> {
    let table = include_str!("../docs/limits.md").lines();
    let rows = table.filter(|line| line.starts_with("| `") && line.contains(".rs` `"));
    rows.map(|row| {
        let cells: Vec<String> = row
            .split('|')
            .map(|cell| cell.trim().replace('`', ""))
            .collect();
        [cells[1].clone(), cells[2].clone(), cells[5].clone()]
    })
}

/// A file of `src` or, with that said, of `tests`.
fn source(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = if path.starts_with("tests/") {
        root.into()
    } else {
        root.join("src")
    };
    fs::read_to_string(folder.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// What else limits are called.
const OTHER_WORDS: [&str; 11] = [
    "DEEPEST",
    "HELD_BYTES",
    "HELD_PIECES",
    "HOLES",
    "HOLES_CROWDED",
    "HOLES_TOTAL",
    "LONGEST",
    "MONOLOGUE",
    "REMEMBERED",
    "SHOWN_BETWEEN",
    "SHOWN_TO",
];

/// The limits that a text defines: name and figure.
fn defined(text: &str) -> Vec<(&str, u64)> {
    let mut found = Vec::new();
    for line in text.lines() {
        let Some((name, rest)) = line
            .split_once("const ")
            .and_then(|(_, rest)| rest.split_once(": "))
        else {
            continue;
        };
        let Some((kind, value)) = rest.split_once(" = ") else {
            continue;
        };
        let is_limit = name == "MAX"
            || name == "MOST"
            || name.starts_with("MAX_")
            || name.starts_with("MOST_")
            || OTHER_WORDS.contains(&name);
        if is_limit && kind != "Duration" {
            found.push((name, figure(value.trim_end_matches(';'))));
        }
    }
    found
}

/// What `8 << 20`, `16 * 1024` or `65_536` is; 0 for what is no such thing.
fn figure(text: &str) -> u64 {
    let number = |text: &str| text.trim().replace('_', "").parse().unwrap_or(0);
    match text.split_once("<<") {
        Some((number_, bits)) => number(number_) << number(bits),
        None => text.split('*').map(number).product(),
    }
}

/// The last cell of a row names a test that there is, or says in words why there is none.
fn is_reached(cell: &str) -> bool {
    match cell.split_once(' ') {
        Some((path, test)) if path.ends_with(".rs") => {
            let heading = format!("#[test] fn {test}() {{");
            let words = source(path);
            let words: Vec<&str> = words.split_whitespace().collect();
            words.join(" ").contains(&heading)
        }
        _ => cell.split_whitespace().count() > 3,
    }
}

#[test]
fn the_table_of_further_limits_is_that_of_the_source() {
    let mut count = 0;
    for [constant, shown, test] in rows() {
        let (path, name) = constant.split_once(' ').unwrap();
        let text = source(path);
        let figures = defined(&text);
        let found = figures.iter().find(|(other, _)| *other == name);
        let shown: u64 = shown.replace(',', "").parse().unwrap();
        assert_eq!(found.map(|(_, figure)| *figure), Some(shown), "{constant}");
        assert!(is_reached(&test), "{constant}: {test}");
        count += 1;
    }
    assert!(count > 60, "{count}");
}

#[test]
fn every_limit_of_the_engine_is_in_a_table() {
    let listed: Vec<String> = rows().map(|[constant, ..]| constant).collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders: Vec<_> = ENGINE.iter().map(|name| root.join(name)).collect();
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
        {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let short = path.strip_prefix(&root).unwrap().to_str().unwrap();
            for (name, _) in defined(&fs::read_to_string(&path).unwrap()) {
                let constant = format!("{short} {name}");
                let is_named = listed.contains(&constant) || NO_ROW.contains(&&*constant);
                assert!(is_named, "{constant} is not in docs/limits.md");
            }
        }
    }
}

#[test]
fn flows() {
    let (mut engine, mut flood) = (
        Engine::new(&Options::default()),
        SynFlood::new([192, 0, 2, 1].into(), 80),
    );
    for number in 0..tcp::MAX_FLOWS as u64 + 7 {
        engine.push(START + number, flood.next());
    }
    engine.told("flows", 7);
}

#[test]
fn held_bytes() {
    const PIECE: usize = 60_000;
    let mut engine = Engine::new(&Options::default());
    for number in 0..90 {
        let mut ftp = conversation(number);
        ftp.open("220 hello");
        engine.planned(std::mem::take(&mut ftp.plan.packets));
        // Of this the first piece is not in the capture.
        for _ in 0..16 {
            let piece = Payload::Bytes(vec![b'x'; PIECE].into());
            ftp.control.emit(&mut ftp.plan, Side::Opener, ACK, piece);
        }
        engine.planned(ftp.plan.packets.into_iter().skip(1));
    }
    let hurried = engine.analyzer.summary().limits_hit["held-bytes"];
    engine.told("held-bytes", hurried);
}

#[test]
fn datagrams() {
    let mut engine = Engine::new(&Options::default());
    for number in 0..decode::MAX_DATAGRAMS as u16 + 5 {
        let header = Header {
            src: client(0),
            dst: server(),
            ttl: 64,
            ip_id: number,
            transport: Transport::Udp,
        };
        let mut frame = Vec::new();
        write(&mut frame, Link::Ethernet, &header, &[0; 64]);
        // The first fragment of more.
        frame[14 + 6] = 0x20;
        engine.push(START + u64::from(number), &frame);
    }
    engine.told("datagrams", 5);
}

#[test]
fn probes() {
    let mut engine = Engine::new(&Options::default());
    for number in 0..MAX_PROBES + 3 {
        let mut plan = Plan::new(START + number as u64 * 10_000, 1000);
        let mut unknown = Connection::new(client(number), "198.51.100.1:2121".parse().unwrap(), 7);
        unknown.open(&mut plan);
        unknown.send(&mut plan, Side::Listener, b"220 a greeting that has no e");
        engine.planned(plan.packets);
    }
    engine.told("probes", 3);
}

#[test]
fn expectations() {
    let mut engine = Engine::new(&Options::default());
    for number in 0..10 {
        let mut ftp = conversation(number);
        ftp.open("220 hello");
        ftp.announce(Announce::Pasv, 50_000);
        engine.planned(ftp.finish());
    }
    // Eight may wait for one endpoint.
    engine.told("expectations", 2);
}

#[test]
fn channels() {
    let mut engine = Engine::new(&Options::default());
    let mut ftp = encrypted(0);
    // What may have announced them.
    ftp.send(Side::Listener, &record(23, 0x44));
    for port in 0..MAX_OPEN_CHANNELS as u16 + 4 {
        let from = (ftp.client(), 20_000 + port).into();
        let mut data = Connection::new(from, (ftp.server(), 50_000).into(), 1);
        data.open(&mut ftp.plan);
    }
    engine.planned(ftp.finish());
    let (summary, _) = engine.told("channels", 4);
    assert_eq!(
        summary.channels.values().sum::<u64>(),
        MAX_OPEN_CHANNELS as u64 + 4
    );
}

#[test]
fn pending() {
    let mut engine = Engine::new(&Options::default());
    let mut ftp = conversation(0);
    ftp.open("220 hello");
    for _ in 0..MAX_PENDING + 6 {
        ftp.command("NOOP");
    }
    engine.planned(ftp.finish());
    let (summary, _) = engine.told("pending", 6);
    assert_eq!(
        summary.commands,
        MAX_PENDING as u64 + 6,
        "each is told all the same"
    );
}

#[test]
fn line() {
    let mut engine = Engine::new(&Options::default());
    let mut ftp = conversation(0);
    ftp.open("220 hello");
    ftp.command(&format!("CWD {}", "a".repeat(MAX_LINE)));
    engine.planned(ftp.finish());
    engine.told("line", 1);
}

#[test]
fn tls_secrets() {
    let mut engine = Engine::new(&Options::default());
    let secret = "ab".repeat(32);
    for number in 0..tls::MAX_SECRETS + 3 {
        let line = format!("CLIENT_TRAFFIC_SECRET_0 {number:064x} {secret}\n");
        engine.analyzer.secrets(line.as_bytes(), &mut engine.events);
    }
    engine.told("tls-secrets", 3);
}

/// A session that goes over to TLS.
fn encrypted(number: usize) -> Conversation {
    let mut ftp = conversation(number);
    ftp.open("220 hello");
    ftp.exchange("AUTH TLS", "234 go");
    ftp
}

/// A record of TLS: its type, and bytes that mean nothing.
fn record(kind: u8, length: u16) -> Vec<u8> {
    let mut record = vec![kind, 3, 3, (length >> 8) as u8, length as u8];
    record.resize(5 + usize::from(length), 0x61);
    record
}

#[test]
fn tls_streams() {
    /// Of one session; fewer than its channels may be.
    const EACH: usize = 32;
    let mut engine = Engine::new(&Options::default());
    for number in 0..MAX_STREAMS / EACH + 1 {
        let mut ftp = encrypted(number);
        for port in 0..EACH as u16 {
            // What may have announced it.
            ftp.send(Side::Listener, &record(23, 0x44));
            let from = (ftp.client(), 20_000 + (number & 15) as u16 * 100 + port).into();
            let to = (ftp.server(), 50_000 + port).into();
            let mut data = Connection::new(from, to, 1);
            data.open(&mut ftp.plan);
            data.send(&mut ftp.plan, Side::Opener, &[22, 3, 1, 2, 0, 1]);
        }
        engine.planned(ftp.finish());
    }
    engine.told("tls-streams", EACH as u64);
}

#[test]
fn tls_bytes() {
    let mut engine = Engine::new(&Options::default());
    // A message of 120,000 bytes, of which the last never come.
    let mut first = record(22, 16_000);
    first[5..9].copy_from_slice(&[1, 1, 0xd4, 0xc0]);
    for number in 0..tls::MAX_TLS_BYTES / (7 * 16_000) + 2 {
        let mut ftp = encrypted(number);
        ftp.send(Side::Opener, &first);
        for _ in 1..7 {
            ftp.send(Side::Opener, &record(22, 16_000));
        }
        engine.planned(ftp.finish());
    }
    let hit = engine.analyzer.summary().limits_hit;
    assert!(hit["tls-bytes"] > 0);
    engine.told("tls-bytes", hit["tls-bytes"]);
}

#[test]
fn tls_message() {
    let mut engine = Engine::new(&Options::default());
    let mut ftp = encrypted(0);
    // A greeting of the client that is to have a million bytes.
    ftp.send(Side::Opener, &[22, 3, 1, 0, 6, 1, 0x10, 0, 0, 3, 3]);
    engine.planned(ftp.finish());
    engine.told("tls-message", 1);
}

#[test]
fn knockers() {
    let mut engine = Engine::new(&Options::default());
    for number in 0..MAX_KNOCKERS + 9 {
        let mut plan = Plan::new(START + number as u64 * 10_000, 1000);
        Connection::new(client(number << 4), server(), 7).refused(&mut plan);
        engine.planned(plan.packets);
    }
    engine.told("knockers", 9);
}

#[test]
fn logins() {
    let mut engine = Engine::new(&Options::default());
    for number in 0..diagnosis::MAX_LOGIN_PAIRS + 2 {
        let mut ftp = conversation(number << 4);
        ftp.plan.latency = 1000;
        ftp.open("220 hello");
        ftp.exchange("USER anna", "331 password");
        ftp.exchange("PASS guess", "530 no");
        ftp.control.close(&mut ftp.plan, Side::Opener);
        engine.planned(ftp.finish());
    }
    engine.told("logins", 2);
}

#[test]
fn memory() {
    let options = Options {
        memory: Some(4 * MEGABYTE),
        ..Options::default()
    };
    let (mut engine, mut flood) = (
        Engine::new(&options),
        SynFlood::new([192, 0, 2, 1].into(), 80),
    );
    for number in 0..20_000 {
        engine.push(START + number, flood.next());
    }
    let given_up = engine.analyzer.summary().limits_hit["memory"];
    let (summary, _) = engine.told("memory", given_up);
    assert!(given_up > 1000 && summary.memory_most < 5 * MEGABYTE);
}

#[test]
fn memory_sessions() {
    let options = Options {
        memory: Some(4 * MEGABYTE),
        ..Options::default()
    };
    let mut engine = Engine::new(&options);
    for number in 0..4000 {
        let mut ftp = conversation(number);
        ftp.login("anna", "secret");
        engine.planned(ftp.finish());
    }
    let hit = engine.analyzer.summary().limits_hit;
    assert!(hit["memory-sessions"] > 500, "{hit:?}");
    engine.told("memory-sessions", hit["memory-sessions"]);
}
