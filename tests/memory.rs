//! The ceiling on memory holds whatever comes, and real sessions are the last to suffer.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::net::{Ipv4Addr, SocketAddr};

use ftpscope::analyzer::{Analyzer, Event, Options, Summary};
use ftpscope::ftp::{Outcome, SessionEvent, SessionRecord, State};

mod support;

use support::analysis::ethernet;
use support::conversation::{Announce, Conversation};
use support::flood::SynFlood;
use support::packets::Link;
use support::planned::{MILLI, Planned, SECOND};
use support::wire::Side;

const START: u64 = 1_700_000_000 * SECOND;
const SERVER: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 1);
const MB: usize = 1 << 20;

/// An engine under a ceiling, and what it told of sessions that are over.
struct Engine {
    analyzer: Analyzer,
    ceiling: usize,
    number: u64,
    now: u64,
    events: Vec<Event>,
    ended: Vec<SessionRecord>,
}

impl Engine {
    fn new(ceiling: usize) -> Self {
        let options = Options {
            memory: Some(ceiling),
            ..Options::default()
        };
        Self {
            analyzer: Analyzer::new(&options),
            ceiling,
            number: 0,
            now: START,
            events: Vec::new(),
            ended: Vec::new(),
        }
    }

    fn push(&mut self, time: u64, frame: &[u8]) {
        self.number += 1;
        self.now = time;
        self.analyzer
            .push(&ethernet(self.number, time, frame), &mut self.events);
        assert!(self.analyzer.memory() <= self.ceiling);
        self.keep();
    }

    fn planned(&mut self, packet: &Planned) {
        let mut frame = Vec::new();
        packet.write(&mut frame, Link::Ethernet);
        self.push(packet.time, &frame);
    }

    fn finish(mut self) -> (Summary, Vec<SessionRecord>) {
        self.analyzer.finish(&mut self.events);
        self.keep();
        (self.analyzer.summary(), self.ended)
    }

    fn keep(&mut self) {
        for event in self.events.drain(..) {
            if let Event::Session(SessionEvent::Ended(record)) = event {
                self.ended.push(*record);
            }
        }
    }
}

fn client(number: u16) -> SocketAddr {
    let [high, low] = number.to_be_bytes();
    SocketAddr::from(([192, 0, high, low], 40_000))
}

/// Sessions that run side by side, in the order of their packets: a login, two downloads, an
/// upload, and a pause.
fn sessions(count: u16) -> Vec<Planned> {
    let mut packets = Vec::new();
    for number in 0..count {
        let start = START + u64::from(number) * 3 * MILLI;
        let mut ftp = Conversation::new(client(number), (SERVER, 21).into(), start);
        ftp.login("alice", "secret");
        for (turn, command) in ["RETR one", "RETR two", "STOR three"].iter().enumerate() {
            let port = 50_000 + number * 3 + turn as u16;
            let data = ftp.announce(Announce::Pasv, port);
            ftp.transfer(command, data, &[b'x'; 4000]);
            ftp.plan.wait(SECOND / 2);
        }
        ftp.quit();
        packets.extend(ftp.finish());
    }
    packets.sort_by_key(|packet| packet.time);
    packets
}

/// Real sessions with a flood between their packets.
fn flooded(count: u16, floods: usize, port: u16, ceiling: usize) -> (Summary, Vec<SessionRecord>) {
    let packets = sessions(count);
    let (mut engine, mut flood) = (Engine::new(ceiling), SynFlood::new(SERVER, port));
    let between = floods / packets.len() + 1;
    for packet in &packets {
        engine.planned(packet);
        for _ in 0..between {
            engine.push(packet.time, flood.next());
        }
    }
    let (summary, mut ended) = engine.finish();
    ended.retain(|record| record.client.port() == 40_000);
    (summary, ended)
}

fn are_complete(count: u16, summary: &Summary, ended: &[SessionRecord]) {
    assert_eq!(ended.len(), usize::from(count));
    for record in ended {
        assert_eq!(record.state, State::Closed);
        assert_eq!((record.commands, record.failed_channels), (9, 0));
        assert_eq!(
            (record.bytes_downloaded, record.bytes_uploaded),
            (8000, 4000)
        );
    }
    let completed = [(Outcome::Completed, u64::from(count) * 3)];
    assert_eq!(summary.channels, completed.into());
}

#[test]
fn a_flood_of_connections_leaves_real_sessions_whole() {
    let (summary, ended) = flooded(40, 400_000, 8080, 16 * MB);
    are_complete(40, &summary, &ended);
    assert!(summary.connections > 400_000);
    assert!(summary.limits_hit["memory"] > 300_000);
    assert_eq!(summary.limits_hit.get("memory-sessions"), None);
    assert!(summary.memory_most < 16 * MB + 64 * 1024);
}

#[test]
fn a_flood_of_the_control_port_leaves_real_sessions_whole() {
    let (summary, ended) = flooded(20, 60_000, 21, 16 * MB);
    are_complete(20, &summary, &ended);
    assert!(summary.limits_hit["memory-sessions"] > 30_000);
    let told: Vec<_> = summary.findings.keys().copied().collect();
    assert_eq!(
        told,
        ["cleartext-password"],
        "no verdict on what was given up"
    );
}

/// A session that says something again and again while `others` come: each time that `every` of them
/// have come.
fn accompanied(ceiling: usize, every: usize, others: impl Iterator<Item = Vec<Planned>>) -> Engine {
    let mut engine = Engine::new(ceiling);
    let mut ftp = Conversation::new(
        "192.0.2.9:40000".parse().unwrap(),
        (SERVER, 21).into(),
        START,
    );
    ftp.login("alice", "secret");
    for (turn, packets) in others.enumerate() {
        packets.iter().for_each(|packet| engine.planned(packet));
        if turn % every == 0 {
            ftp.plan.now = engine.now;
            ftp.exchange("NOOP", "200 Still here");
            ftp.plan
                .packets
                .drain(..)
                .for_each(|packet| engine.planned(&packet));
        }
    }
    ftp.plan.now = engine.now;
    ftp.quit();
    ftp.finish()
        .iter()
        .for_each(|packet| engine.planned(packet));
    engine
}

/// The session of the one that kept talking, and all others.
fn apart(ended: Vec<SessionRecord>) -> (SessionRecord, Vec<SessionRecord>) {
    let (mut own, others): (Vec<_>, Vec<_>) = ended
        .into_iter()
        .partition(|record| record.client.to_string() == "192.0.2.9:40000");
    assert_eq!(own.len(), 1, "it was not cut in two");
    (own.remove(0), others)
}

/// A login from a host of its own, at its own time.
fn other(number: u32) -> Conversation {
    let host = Ipv4Addr::from(0x0a00_0000 + number);
    let start = START + u64::from(number) * 10 * MILLI;
    Conversation::new((host, 41_000).into(), (SERVER, 21).into(), start)
}

#[test]
fn idle_sessions_are_ended_before_one_that_is_in_use() {
    let idle = (0..12_000).map(|number| {
        let mut ftp = other(number);
        ftp.login("bob", "secret");
        ftp.finish()
    });
    let (summary, ended) = accompanied(8 * MB, 100, idle).finish();
    let (own, others) = apart(ended);
    assert_eq!((own.state, own.commands), (State::Closed, 2 + 120 + 1));
    assert_eq!(others.len(), 12_000);
    assert!(others.iter().all(|record| record.state == State::Open));
    assert!(summary.limits_hit["memory-sessions"] > 3000);
    let verdicts: Vec<_> = summary.findings.keys().copied().collect();
    assert_eq!(verdicts, ["cleartext-password"]);
}

#[test]
fn announcements_that_are_never_used_cost_no_other_session() {
    let mut ftp = other(0);
    ftp.login("bob", "secret");
    let announcements = (0..60_000u32).map(|number| {
        ftp.announce(Announce::Pasv, 1024 + (number % 60_000) as u16);
        ftp.plan.packets.drain(..).collect()
    });
    let (summary, ended) = accompanied(4 * MB, 100, announcements).finish();
    let (own, _) = apart(ended);
    assert_eq!((own.state, own.commands), (State::Closed, 2 + 600 + 1));
    assert_eq!(summary.channels.get(&Outcome::Failed), None);
}

#[test]
fn endless_lines_and_missing_segments_cost_no_session_in_use() {
    let hostile = (0..3000).map(|number| {
        let mut ftp = other(number);
        ftp.login("bob", "secret");
        if number % 2 == 0 {
            ftp.send(Side::Opener, &[b'A'; 20_000]);
        } else {
            // The first segment is lost, and nobody acknowledges what follows.
            let begun = ftp.plan.packets.len();
            ftp.send(Side::Opener, &[b'B'; 20_000]);
            ftp.plan.packets.remove(begun);
            let client = ftp.client();
            let mut sent = ftp.plan.packets.split_off(begun);
            sent.retain(|packet| packet.header.src.ip() == client);
            ftp.plan.packets.extend(sent);
        }
        ftp.finish()
    });
    // Of those that came last, as many as are compared came since it said something.
    let (summary, ended) = accompanied(16 * MB, 10, hostile).finish();
    let (own, others) = apart(ended);
    assert_eq!((own.state, own.commands), (State::Closed, 2 + 300 + 1));
    assert_eq!(others.len(), 3000);
    let hit = &summary.limits_hit;
    assert!(hit["memory"] > 0 && hit["memory-sessions"] > 0, "{hit:?}");
}
