//! Hand-made events for the tests of all sinks: a session that works, one in which a data channel
//! fails, one that is encrypted, one whose beginning is not in the capture.

use std::net::SocketAddr;
use std::time::Duration;

use super::Context;
use crate::analyzer::{Event, Summary};
use crate::capture::{Frame, Input, Moment};
use crate::diagnosis::{Confidence, Evidence, Finding, Severity};
use crate::ftp::*;
use crate::tcp::{Connection, Side};
use crate::time::{Precision, Timestamp};
use crate::tls::Facts;

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

/// The beginning of a session of `client`.
pub(crate) fn opened(session: SessionId, client: &str, millis: u64, frame: u64) -> Event {
    let (client, server) = (address(client), address("203.0.113.9:21"));
    let opened = Opened {
        session,
        client,
        server,
        at: at(millis, frame),
        midstream: false,
    };
    Event::Session(SessionEvent::Opened(opened))
}

/// A command and its replies, each 50 ms later and one packet further.
pub(crate) fn exchange(
    session: SessionId,
    millis: u64,
    frame: u64,
    line: &str,
    replies: &[&str],
) -> Event {
    let (verb, argument) = line.split_once(' ').unwrap_or((line, ""));
    let replies = replies.iter().zip(1..);
    Event::Session(SessionEvent::Exchange(Exchange {
        session,
        at: at(millis, frame),
        verb: Verb::parse(verb.as_bytes()),
        argument: argument.into(),
        path: None,
        replies: replies
            .map(|(text, n)| reply(text, millis + 50 * n, frame + n))
            .collect(),
        protected: false,
        prepared: false,
    }))
}

/// A reply, `227 text`.
pub(crate) fn reply(text: &str, millis: u64, frame: u64) -> Reply {
    let (code, text) = text.split_once(' ').unwrap();
    Reply {
        code: code.parse().unwrap(),
        text: text.into(),
        at: at(millis, frame),
    }
}

/// The end of a session.
pub(crate) fn record(id: SessionId, client: &str) -> SessionRecord {
    SessionRecord {
        id,
        client: address(client),
        server: address("203.0.113.9:21"),
        server_name: None,
        started: at(u64::from(id) * 1000, 1),
        ended: at(u64::from(id) * 1000 + 31_200, 90),
        state: State::Closed,
        midstream: false,
        directions: Directions::Both,
        vantage: Vantage::Client,
        user: Some(b"anna".into()),
        password: Some(b"secret".into()),
        login: Login::Accepted,
        software: Some("vsFTPd 3.0.5".into()),
        mechanism: None,
        tls: None,
        commands: 8,
        replies: 10,
        channels: 2,
        failed_channels: 0,
        bytes_downloaded: 474,
        bytes_uploaded: 0,
        anomalies: Vec::new(),
        control: Box::new(Connection::new(
            address(client),
            address("203.0.113.9:21"),
            at(u64::from(id) * 1000, 1),
        )),
    }
}

/// The event of a record.
pub(crate) fn ended(record: SessionRecord) -> Event {
    Event::Session(SessionEvent::Ended(Box::new(record)))
}

/// A data channel of a `RETR` that moved 397 bytes between packets 21 and 34.
pub(crate) fn channel(session: SessionId, number: u32, command: Moment) -> Channel {
    let done = Moment {
        frame: Frame::new(0, command.frame.number() + 9),
        time: command.time + Duration::from_millis(92),
    };
    Channel {
        session,
        number,
        mode: Mode::Passive,
        method: Method::Pasv,
        at: at(900, 18),
        announced: Some(address("203.0.113.9:50021")),
        announcement: Some(at(900, 18)),
        reply: Some(reply(
            "227 Entering Passive Mode (203,0,113,9,195,101)",
            900,
            18,
        )),
        connection: Some(DataConnection {
            from: address("192.168.1.20:50313"),
            to: address("203.0.113.9:50021"),
            first: at(910, 21),
            last: at(1200, 34),
            syns: 1,
            established: true,
            closed_by: Some(ClosedBy::Server),
            facts: Box::new(Connection::new(
                address("192.168.1.20:50313"),
                address("203.0.113.9:50021"),
                at(910, 21),
            )),
            others: Vec::new(),
        }),
        transfer: Some(Transfer {
            verb: Verb::parse(b"RETR"),
            at: command,
            path: Some(b"/pub/robots.txt".into()),
            direction: Direction::Download,
            representation: Representation::Binary,
            restart_offset: 0,
            bytes: 397,
            duration: Some(Duration::from_millis(92)),
            retransmitted_bytes: 0,
            missing_bytes: 0,
            unacknowledged_bytes: 0,
            begun: None,
            announced: None,
            content: Content::Binary,
            reply: Some(Reply {
                code: 226,
                text: b"Transfer complete.".into(),
                at: done,
            }),
        }),
        aborted: None,
        next_command: Some((Verb::Retr, command)),
        tls: None,
        relayed: false,
        inferred: None,
        outcome: Outcome::Completed,
        cause: None,
    }
}

/// The event of a channel.
pub(crate) fn told(channel: Channel) -> Event {
    Event::Session(SessionEvent::Channel(Box::new(channel)))
}

/// A channel to a private address that nobody answers.
pub(crate) fn failed_channel(session: SessionId, number: u32, command: Moment) -> Channel {
    let mut channel = channel(session, number, command);
    channel.announced = Some(address("10.0.0.5:50021"));
    channel.outcome = Outcome::Failed;
    if let Some(connection) = &mut channel.connection {
        connection.to = address("10.0.0.5:50021");
        (connection.first, connection.last) = (at(4410, 45), at(11_410, 54));
        (
            connection.syns,
            connection.established,
            connection.closed_by,
        ) = (4, false, None);
    }
    if let Some(transfer) = &mut channel.transfer {
        transfer.verb = Verb::parse(b"LIST");
        transfer.path = Some(b"/".into());
        transfer.direction = Direction::Listing;
        transfer.bytes = 0;
        transfer.reply = Some(reply("425 Failed to establish connection.", 34_500, 58));
    }
    channel
}

/// A finding that explains a failed channel.
pub(crate) fn finding(session: SessionId, channel: u32) -> Finding {
    Finding {
        session: Some(session),
        who: None,
        channel: Some(channel),
        time: at(34_500, 58).time,
        cause: "passive-address-private",
        severity: Severity::Error,
        confidence: Confidence::Certain,
        summary: "The server announced 10.0.0.5:50021, a private address that the client cannot \
                  reach; the control connection goes to 203.0.113.9."
            .into(),
        evidence: vec![
            Evidence {
                frame: at(0, 41).frame,
                time: at(0, 41).time,
                note: "227 names 10.0.0.5".into(),
            },
            Evidence {
                frame: at(0, 45).frame,
                time: at(0, 45).time,
                note: "first of 4 SYN, no answer".into(),
            },
            Evidence {
                frame: at(0, 58).frame,
                time: at(0, 58).time,
                note: "425 Failed to establish connection.".into(),
            },
        ],
        advice: vec![
            "In vsftpd.conf set pasv_address=203.0.113.9.".into(),
            "Use EPSV, which announces no address.".into(),
        ],
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
