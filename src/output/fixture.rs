//! Hand-made events for the tests of all sinks: a session that works, one in which a data channel
//! fails, one that is encrypted, one whose beginning is not in the capture.

mod channel;
mod session;

use std::net::SocketAddr;

use super::Context;
use crate::analyzer::{Event, Summary};
use crate::capture::{Frame, Input, Moment};
use crate::ftp::*;
use crate::tcp::Side;
use crate::time::{Precision, Timestamp};
use crate::tls::Facts;

pub(crate) use channel::{channel, failed_channel, finding, told};
pub(crate) use session::{ended, exchange, opened, record, reply};

/// Noon of 2024-05-01.
const NOON: u64 = 1_714_564_800;

/// A moment `millis` after noon, in packet `number`.
pub(crate) fn at(millis: u64, number: u64) -> Moment {
    let time = Timestamp::new(NOON, millis * 1_000_000);
    Moment {
        frame: Frame::new(0, number),
        time,
    }
}

/// One input, read to its end.
pub(crate) fn inputs() -> Vec<Input> {
    vec![Input {
        name: "customer.pcap".into(),
        frames: 95,
        bytes_read: 31_234,
        bytes_total: Some(31_234),
        fault: None,
    }]
}

/// A context over `inputs`.
pub(crate) fn context(inputs: &[Input]) -> Context<'_> {
    Context {
        inputs,
        precision: Precision::Micro,
    }
}

/// The conversations, without findings when `explained` is false.
pub(crate) fn events(explained: bool) -> Vec<Event> {
    let mut events = working();
    events.extend(failing(explained));
    events.extend(others());
    events
}

/// Session 1: it works.
pub(crate) fn working() -> Vec<Event> {
    let greeting = reply("220 (vsFTPd 3.0.5)", 60, 4);
    vec![
        opened(1, "192.168.1.20:50312", 0, 1),
        Event::Session(SessionEvent::Reply {
            session: 1,
            reply: greeting,
        }),
        exchange(
            1,
            100,
            5,
            "USER anna",
            &["331 Please specify the password."],
        ),
        exchange(
            1,
            200,
            8,
            "PASS secret",
            &["230 Welcome to the archive.\nBe kind.\nBye."],
        ),
        Event::Session(SessionEvent::Login(LoginAttempt {
            session: 1,
            at: at(250, 9),
            user: Some(b"anna".into()),
            login: Login::Accepted,
        })),
        exchange(
            1,
            850,
            17,
            "PASV",
            &["227 Entering Passive Mode (203,0,113,9,195,101)"],
        ),
        exchange(
            1,
            1108,
            20,
            "RETR robots.txt",
            &[
                "150 Opening BINARY mode data connection.",
                "226 Transfer complete.",
            ],
        ),
        told(channel(1, 1, at(1108, 20))),
        exchange(1, 1400, 36, "RNFR a b.txt", &["350 Ready."]),
        exchange(1, 1500, 38, "RNTO =c.txt", &["250 Rename successful."]),
        Event::Session(SessionEvent::Anomaly(Anomaly {
            session: 1,
            at: at(1600, 39),
            kind: AnomalyKind::Gap {
                side: Side::Responder,
                bytes: 233,
            },
        })),
        exchange(1, 1700, 40, "SITE CHMOD 644 \x1b[31mred\u{202e}", &[]),
        exchange(
            1,
            1750,
            41,
            "STOR nowhere.bin",
            &["553 Could not create file."],
        ),
        exchange(1, 1800, 42, "QUIT", &["221 Goodbye."]),
        ended(record(1, "192.168.1.20:50312")),
    ]
}

/// Session 2: a data channel fails.
fn failing(explained: bool) -> Vec<Event> {
    let mut failed = record(2, "192.168.1.20:50400");
    failed.failed_channels = 1;
    failed.bytes_downloaded = 0;
    let mut channel = failed_channel(2, 1, at(4410, 44));
    channel.cause = explained.then_some("passive-address-private");
    let mut events = vec![
        opened(2, "192.168.1.20:50400", 3000, 40),
        exchange(
            2,
            3100,
            41,
            "USER anna",
            &["331 Please specify the password."],
        ),
        exchange(
            2,
            4300,
            43,
            "PASV",
            &["227 Entering Passive Mode (10,0,0,5,195,101)"],
        ),
        told(channel),
    ];
    events.extend(explained.then(|| Event::Finding(finding(2, 1))));
    let mut list = exchange(2, 4410, 44, "LIST", &[]);
    if let Event::Session(SessionEvent::Exchange(exchange)) = &mut list {
        exchange
            .replies
            .push(reply("425 Failed to establish connection.", 34_500, 58));
    }
    events.extend([list, ended(failed)]);
    events
}

/// Sessions 3 and 4: under TLS; without a beginning.
fn others() -> Vec<Event> {
    let mut protected = record(3, "[2001:db8:1:2:3:4:5:6]:49152");
    protected.server = address("[2001:db8::21]:21");
    protected.tls = Some(Box::new(Tls {
        kind: TlsKind::Explicit,
        data_protection: Protection::Unknown,
        facts: Facts::default(),
    }));
    protected.user = None;
    let mut part = record(4, "10.0.4.31:50410");
    (part.midstream, part.directions, part.software) = (true, Directions::Client, None);
    part.anomalies = vec![(AnomalyKind::NotAReply, 2, at(5, 5))];
    vec![
        opened(3, "[2001:db8:1:2:3:4:5:6]:49152", 5000, 60),
        exchange(3, 5100, 61, "AUTH TLS", &["234 Proceed with negotiation."]),
        ended(protected),
        opened(4, "10.0.4.31:50410", 6000, 70),
        exchange(
            4,
            6100,
            71,
            "PORT 10,0,4,31,196,235",
            &["500 Illegal PORT command."],
        ),
        ended(part),
    ]
}

/// Totals that fit [`events`].
pub(crate) fn summary() -> Summary {
    Summary {
        frames: 95,
        bytes: 31_234,
        first_time: Some(at(0, 1).time),
        last_time: Some(at(57_000, 95).time),
        sessions: 4,
        commands: 24,
        replies: 31,
        channels: [
            (Outcome::Completed, 1),
            (Outcome::Failed, 1),
            (Outcome::Refused, 1),
        ]
        .into(),
        findings: [("passive-address-private", 1)].into(),
        bytes_downloaded: 474,
        ..Summary::default()
    }
}

fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}
