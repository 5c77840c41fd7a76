//! The filter language on real captures: each expression chooses the sessions that a plain look at
//! the facts chooses, whether they are asked at once or as they come.

#![allow(clippy::unwrap_used, reason = "a test that cannot do its work fails")]

#[path = "support/captures.rs"]
#[allow(dead_code, unreachable_pub)]
mod captures;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use ftpscope::analyzer::{Analyzer, Event, Options};
use ftpscope::capture::{self, Next, Source};
use ftpscope::diagnosis::Severity;
use ftpscope::ftp::{
    Channel, Exchange, Login, Method, Mode, Outcome, Reply, SessionEvent, SessionId, SessionRecord,
};
use ftpscope::select::{Filter, Query};
use ftpscope::time::Timestamp;

/// The events of one capture, in the batches in which they came.
struct Capture {
    batches: Vec<Vec<Event>>,
    last: Timestamp,
}

fn captures() -> impl Iterator<Item = (PathBuf, Capture)> {
    let files = captures::captures().into_iter();
    files.map(|file| (file.clone(), Capture::read(&file)))
}

impl Capture {
    fn read(file: &Path) -> Self {
        let mut source = capture::open(&[file.to_owned()]).unwrap();
        let mut analyzer = Analyzer::new(&Options::default());
        let mut batches = Vec::new();
        let mut last = Timestamp::default();
        while let Next::Packet(packet) = source.next() {
            let mut batch = Vec::new();
            analyzer.push(&packet, &mut batch);
            last = last.max(packet.time);
            batches.push(batch);
        }
        let mut batch = Vec::new();
        analyzer.finish(&mut batch);
        batches.push(batch);
        Self { batches, last }
    }

    fn sessions(&self) -> BTreeMap<SessionId, Vec<Event>> {
        let mut sessions: BTreeMap<SessionId, Vec<Event>> = BTreeMap::new();
        for event in self.batches.iter().flatten() {
            if let Some(session) = session_of(event) {
                sessions.entry(session).or_default().push(event.clone());
            }
        }
        sessions
    }

    /// The sessions that the streaming filter lets through, each with how many events.
    fn streamed(&self, query: &Query) -> BTreeMap<SessionId, usize> {
        let mut filter = Filter::new(query.clone());
        let mut shown: BTreeMap<SessionId, usize> = BTreeMap::new();
        for batch in &self.batches {
            let mut batch = batch.clone();
            filter.apply(&mut batch);
            for session in batch.iter().filter_map(session_of) {
                *shown.entry(session).or_default() += 1;
            }
        }
        shown
    }
}

fn session_of(event: &Event) -> Option<SessionId> {
    match event {
        Event::Finding(finding) => finding.session,
        Event::Session(event) => Some(event.session()),
    }
}

fn record(events: &[Event]) -> &SessionRecord {
    let mut records = events.iter().filter_map(|event| match event {
        Event::Session(SessionEvent::Ended(record)) => Some(record),
        _ => None,
    });
    records.next().unwrap()
}

fn exchanges(events: &[Event]) -> impl Iterator<Item = &Exchange> {
    events.iter().filter_map(|event| match event {
        Event::Session(SessionEvent::Exchange(exchange)) => Some(exchange),
        _ => None,
    })
}

fn channels(events: &[Event]) -> impl Iterator<Item = &Channel> {
    events.iter().filter_map(|event| match event {
        Event::Session(SessionEvent::Channel(channel)) => Some(&**channel),
        _ => None,
    })
}

fn replies(events: &[Event]) -> Vec<&Reply> {
    let mut replies: Vec<&Reply> = exchanges(events).flat_map(|one| &one.replies).collect();
    replies.extend(channels(events).filter_map(|channel| channel.reply.as_ref()));
    replies.extend(events.iter().filter_map(|event| match event {
        Event::Session(SessionEvent::Reply { reply, .. }) => Some(reply),
        _ => None,
    }));
    replies
}

fn has_cause(events: &[Event], part: &str) -> bool {
    let of = |event: &Event| matches!(event, Event::Finding(one) if one.cause.contains(part));
    events.iter().any(of)
}

fn has_failed(events: &[Event]) -> bool {
    events
        .iter()
        .any(|event| ftpscope::output::severity(event) == Some(Severity::Error))
}

/// A finding came behind the end of the session.
fn told_late(events: &[Event]) -> bool {
    let is_end = |event: &Event| matches!(event, Event::Session(SessionEvent::Ended(_)));
    let end = events.iter().position(is_end).unwrap();
    record(events).login == Login::Rejected && end + 1 < events.len()
}

fn sends(events: &[Event], verb: &str) -> bool {
    exchanges(events).any(|exchange| exchange.verb.as_str() == verb)
}

fn bytes(events: &[Event]) -> u64 {
    let record = record(events);
    record.bytes_downloaded + record.bytes_uploaded
}

type Oracle = fn(&[Event]) -> bool;

const EXPRESSIONS: [(&str, Oracle); 25] = [
    ("state:fail", has_failed),
    ("-state:fail", |events| !has_failed(events)),
    ("cmd:retr", |events| sends(events, "RETR")),
    ("cmd:STOR,APPE", |events| {
        sends(events, "STOR") || sends(events, "APPE")
    }),
    ("-cmd:PASS user:anonymous", |events| {
        !sends(events, "PASS") && record(events).user.as_deref() == Some(b"anonymous")
    }),
    ("reply:4xx", |events| {
        replies(events).iter().any(|reply| reply.code / 100 == 4)
    }),
    ("reply:425,426", |events| {
        replies(events)
            .iter()
            .any(|reply| [425, 426].contains(&reply.code))
    }),
    ("reply:none", |events| {
        exchanges(events).any(|exchange| exchange.replies.is_empty())
    }),
    ("data:failed", |events| {
        channels(events).any(|channel| channel.outcome == Outcome::Failed)
    }),
    ("data:none", |events| record(events).channels == 0),
    ("mode:active", |events| {
        channels(events).any(|channel| channel.mode == Mode::Active)
    }),
    ("mode:epsv", |events| {
        channels(events).any(|channel| channel.method == Method::Epsv)
    }),
    ("tls:yes", |events| record(events).tls.is_some()),
    ("tls:no", |events| record(events).tls.is_none()),
    ("cause:address", |events| has_cause(events, "address")),
    ("severity:notice", |events| {
        events
            .iter()
            .any(|event| ftpscope::output::severity(event).is_some())
    }),
    ("login:rejected", |events| {
        record(events).login == Login::Rejected
    }),
    ("bytes:>10k", |events| bytes(events) > 10_000),
    ("bytes:0", |events| bytes(events) == 0),
    ("dur:>5s", |events| {
        let record = record(events);
        record.ended.time.since(record.started.time).as_nanos() > 5_000_000_000
    }),
    ("server:203.0.113.0/24 port:21", |events| {
        let record = record(events);
        record.server.ip().to_string().starts_with("203.0.113.") && record.server.port() == 21
    }),
    ("session:2..", |events| record(events).id >= 2),
    ("(cmd:RETR or tls:yes) -state:fail", |events| {
        (sends(events, "RETR") || record(events).tls.is_some()) && !has_failed(events)
    }),
    ("cmd:PORT or cmd:EPRT or reply:227", |events| {
        sends(events, "PORT")
            || sends(events, "EPRT")
            || replies(events).iter().any(|reply| reply.code == 227)
    }),
    ("/^550 .*(denied|fail)/i", |events| {
        replies(events).iter().any(|reply| {
            let text = String::from_utf8_lossy(&reply.text).to_lowercase();
            reply.code == 550 && (text.contains("denied") || text.contains("fail"))
        })
    }),
];

#[test]
fn expressions_choose_what_a_plain_look_chooses() {
    let mut chosen = BTreeMap::new();
    let mut all = 0;
    for (file, capture) in captures() {
        let sessions = capture.sessions();
        all += sessions.len();
        for (text, oracle) in EXPRESSIONS {
            let query = Query::parse(text).unwrap().at(capture.last);
            let meant: BTreeMap<SessionId, usize> = sessions
                .iter()
                .filter(|(_, events)| oracle(events))
                .map(|(session, events)| (*session, events.len()))
                .collect();
            let asked: BTreeSet<SessionId> = sessions
                .iter()
                .filter(|(_, events)| query.matches(events.as_slice()))
                .map(|(session, _)| *session)
                .collect();
            let place = format!("{text} in {}", file.display());
            assert!(asked.iter().eq(meant.keys()), "{place}: {asked:?}");
            let mut streamed = capture.streamed(&query);
            // That a refused login was a failure is told behind the end of the session: too late
            // for one that was shown because it had not failed.
            streamed
                .retain(|session, _| meant.contains_key(session) || !told_late(&sessions[session]));
            assert_eq!(streamed, meant, "{place}");
            *chosen.entry(text).or_insert(0) += meant.len();
        }
    }
    // Each expression is about some, and none about all.
    for (text, chosen) in chosen {
        assert!(chosen > 0 && chosen < all, "{text}: {chosen} of {all}");
    }
}

#[test]
fn times_count_from_the_end_of_the_capture() {
    let capture = Capture::read(&captures::capture("password-guessed-vsftpd"));
    let sessions = capture.sessions();
    let began: Vec<Timestamp> = sessions
        .values()
        .map(|events| record(events).started.time)
        .collect();
    let back = capture.last.since(began[3]).as_micros();
    let query = Query::parse(&format!("since:-{back}us")).unwrap();
    assert!(query.is_relative());
    let shown = capture.streamed(&query.at(capture.last));
    assert_eq!(shown.keys().copied().collect::<Vec<_>>(), [4, 5]);
    assert!(capture.streamed(&query).is_empty());
}

fn ftpscope(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ftpscope"));
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("captures");
    command.current_dir(root).args(arguments);
    command.stdin(Stdio::null()).output().unwrap()
}

fn shown(expression: &str) -> Vec<u64> {
    let file = "password-guessed-vsftpd/capture.pcap";
    let output = ftpscope(&["analyze", "--format", "json", "--where", expression, file]);
    assert!(output.status.success());
    let mut shown: Vec<u64> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .filter(|record| record["type"] == "session")
        .map(|record| record["session"].as_u64().unwrap())
        .collect();
    shown.sort_unstable();
    shown
}

#[test]
fn the_command_line_takes_expressions() {
    assert_eq!(shown("login:accepted"), [5]);
    assert_eq!(shown("login:rejected"), [1, 2, 3, 4]);
    assert_eq!(shown("session:2,4 or session:5"), [2, 4, 5]);
    assert_eq!(shown("-session:1..3 since:-1h"), [4, 5]);
    assert!(shown("host:192.0.2.1").is_empty());
}

#[test]
fn a_wrong_expression_is_pointed_at() {
    let output = ftpscope(&["analyze", "--where", "state:fail stat:x", "nothing.pcap"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        told.contains("  state:fail stat:x\n             ^^^^^ `stat` is no key; `state` is one"),
        "{told}"
    );
    let output = ftpscope(&["analyze", "--where", "since:-1m", "-"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(told.contains("--where") && told.contains("pipes"), "{told}");
}

#[test]
fn the_language_is_explained() {
    let output = ftpscope(&["explain", "filter"]);
    let told = String::from_utf8(output.stdout).unwrap();
    for word in ["state", "data-port", "reply:42x", "/regular"] {
        assert!(told.contains(word), "{word}");
    }
}
