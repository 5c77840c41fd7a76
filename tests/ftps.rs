//! Encrypted sessions with their keys, against what their clients logged.
//!
//! `facts.json` of such a recording has the dialogues as the clients' logs have them, the sizes of
//! the files, and the version and cipher suite that the client names.

#![allow(
    clippy::expect_used,
    reason = "a recording that cannot be read fails its test"
)]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use ftpscope::analyzer::Event;
use ftpscope::diagnosis::{Confidence, Finding};
use ftpscope::ftp::{Channel, Outcome, Reply, SessionEvent, SessionId, SessionRecord, Verb};
use ftpscope::tls::Access;
use serde_json::Value;

mod support;
use support::recorded::{self, Recording};
use support::secrets;

/// What the engine tells of one session.
#[derive(Default)]
struct Told {
    /// Commands and lines of replies, each with its place in the capture.
    lines: Vec<((u64, usize), String)>,
    channels: Vec<Channel>,
    record: Option<SessionRecord>,
}

#[test]
fn decrypted_dialogues_are_those_that_the_clients_logged() {
    let mut compared = 0;
    let mut wrong = Vec::new();
    for recording in readable() {
        let sessions = sessions(&recording.events());
        for dialogue in recording.dialogues() {
            compared += dialogue.len();
            let logged: Vec<String> = dialogue
                .iter()
                .map(|line| without_inner_code(line))
                .collect();
            let same = |told: &Told| is_all(&told.dialogue(), &logged);
            if !sessions.values().any(same) {
                let told: Vec<_> = sessions.values().map(Told::dialogue).collect();
                wrong.push(difference(&recording.name, &logged, &told));
            }
        }
    }
    println!("{compared} lines");
    assert!(compared > 1000, "only {compared} lines were compared");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn decrypted_files_have_their_true_sizes() {
    let mut compared = 0;
    let mut wrong = Vec::new();
    for recording in readable() {
        let sessions = sessions(&recording.events());
        let mut channels: Vec<&Channel> =
            sessions.values().flat_map(|told| &told.channels).collect();
        for fact in recording.facts["transfers"].as_array().expect("a list") {
            let found = channels.iter().position(|channel| is_about(channel, fact));
            let Some(channel) = found.map(|index| channels.remove(index)) else {
                wrong.push(format!("{}: {fact} is not there", recording.name));
                continue;
            };
            let good = matches!(channel.outcome, Outcome::Completed);
            // A client's mistake need not be one in the eyes of the server.
            let mistaken = recording.facts["cause"] == "data-protection-mismatch";
            if good != (fact["ok"] == true) && !mistaken {
                wrong.push(format!("{}: {fact}: {:?}", recording.name, channel.outcome));
            }
            let bytes = channel.transfer.as_ref().map(|transfer| transfer.bytes);
            if fact["ok"] == true && !fact["bytes"].is_null() {
                compared += 1;
                if bytes != fact["bytes"].as_u64() {
                    wrong.push(format!("{}: {fact}: {bytes:?} bytes", recording.name));
                }
            }
        }
    }
    assert!(compared >= 35, "only {compared} sizes were compared");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn version_and_cipher_are_those_that_the_client_names() {
    let mut compared = 0;
    for recording in encrypted() {
        let Some(version) = recording.facts["tls"].get("version") else {
            continue;
        };
        for told in sessions(&recording.events()).values() {
            let record = told.record.as_ref().expect("a session ends");
            let Some(tls) = &record.tls else { continue };
            let facts = &tls.facts;
            let Some(seen) = facts.version() else {
                continue;
            };
            assert_eq!(version, &seen.to_string(), "{}", recording.name);
            let cipher = facts.cipher().expect("a version comes with a cipher suite");
            assert_eq!(
                recording.facts["tls"]["cipher"],
                cipher.to_string(),
                "{}",
                recording.name
            );
            compared += 1;
        }
    }
    assert!(compared >= 30, "only {compared} were compared");
}

#[test]
fn without_the_right_keys_nothing_is_read() {
    for recording in encrypted().filter(|recording| !recording.dialogues().is_empty()) {
        let capture = match recording.keys() {
            Some("wrong") => recording.capture(),
            _ => secrets::without(&recording.folder, Path::new(env!("CARGO_TARGET_TMPDIR"))),
        };
        for told in sessions(&recording.events_of(&capture, None)).values() {
            let record = told.record.as_ref().expect("a session ends");
            if let Some(tls) = &record.tls {
                assert_ne!(tls.facts.access, Access::Decrypted, "{}", recording.name);
            }
            let dialogues = recording.dialogues().concat();
            let logged: Vec<String> = dialogues
                .iter()
                .map(|line| without_inner_code(line))
                .collect();
            // curl does not log how it says good-bye, in clear after CCC.
            let dialogue = told.dialogue();
            for line in dialogue.iter().take_while(|line| *line != "C QUIT") {
                let known = logged.contains(line) || is_unheard(line);
                assert!(known, "{}: {line}", recording.name);
            }
        }
    }
}

/// Causes that show without the keys too, or that a session which cannot be read is told to have.
const BLIND: [&str; 3] = [
    "control-encrypted",
    "cleartext-password",
    "command-unsupported",
];

#[test]
fn without_keys_the_same_cause_is_named_or_none_and_never_for_certain() {
    let (mut same, mut none) = (0, Vec::new());
    for recording in readable() {
        let capture = secrets::without(&recording.folder, Path::new(env!("CARGO_TARGET_TMPDIR")));
        let events = recording.events_of(&capture, None);
        let cause = recording.facts["cause"].as_str();
        let mut hit = false;
        for finding in findings(&events) {
            hit |= Some(finding.cause) == cause;
            let expected = Some(finding.cause) == cause || BLIND.contains(&finding.cause);
            assert!(expected, "{}: {finding:?}", recording.name);
            let inferred = inferred(&events, finding);
            assert!(
                !inferred || finding.confidence < Confidence::Certain,
                "{}: {finding:?}",
                recording.name
            );
        }
        match cause {
            Some(_) if hit => same += 1,
            Some(cause) => none.push(format!("{}: {cause}", recording.name)),
            None => {}
        }
    }
    println!("{same} causes show without the keys, these do not: {none:#?}");
    assert!(same >= 6, "{none:#?}");
}

fn findings(events: &[Event]) -> impl Iterator<Item = &Finding> {
    events.iter().filter_map(|event| match event {
        Event::Finding(finding) => Some(finding),
        Event::Session(_) => None,
    })
}

/// A finding is about a channel that nobody was seen to announce.
fn inferred(events: &[Event], finding: &Finding) -> bool {
    events.iter().any(|event| match event {
        Event::Session(SessionEvent::Channel(channel)) => {
            channel.inferred.is_some()
                && Some(channel.session) == finding.session
                && Some(channel.number) == finding.channel
        }
        _ => false,
    })
}

#[test]
fn keys_that_come_late_or_early_open_the_same() {
    for recording in encrypted().filter(|recording| recording.keys() == Some("beside")) {
        let keys = fs::read(recording.folder.join("keys.log")).expect("keys are beside it");
        let injected = sessions(&recording.events_of(&recording.capture(), Some(&keys)));
        let dialogue = injected.values().next().map(Told::dialogue);
        let logged = recording.dialogues().concat();
        let logged: Vec<String> = logged.iter().map(|line| without_inner_code(line)).collect();
        let dialogue = dialogue.expect("a session");
        assert!(
            is_all(&dialogue, &logged),
            "{}: {dialogue:?}",
            recording.name
        );
    }
}

/// The commands that the program tells of a capture on standard input.
fn commands(capture: &[u8]) -> usize {
    let mut program = Command::new(env!("CARGO_BIN_EXE_ftpscope"))
        .args(["analyze", "--format", "json", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program can be started");
    let mut stdin = program.stdin.take().expect("it is piped");
    stdin.write_all(capture).expect("all is read");
    drop(stdin);
    let output = program.wait_with_output().expect("it ends");
    let lines = String::from_utf8(output.stdout).expect("JSON is text");
    let is_command = |line: &&str| line.contains(r#""type":"command""#);
    lines.lines().filter(is_command).count()
}

#[test]
fn keys_behind_the_last_packet_count() {
    let mut compared = 0;
    for recording in encrypted().filter(|recording| recording.keys() == Some("all")) {
        let Ok(capture) = fs::read(recording.folder.join("capture.pcapng")) else {
            continue;
        };
        let (packets, keys) = secrets::apart(&capture);
        // Of a session that is over nobody waits for keys, nor where there never was a word of any.
        let cut = |secrets: &[u8]| secrets::beginning(&packets, 60, secrets);
        let (before, without) = (commands(&cut(&keys)), commands(&cut(&[])));
        let behind = commands(&[cut(&secrets::NO_KEY), keys.clone()].concat());
        assert_eq!(behind, before, "{}", recording.name);
        compared += usize::from(behind > without);
    }
    assert!(compared > 10, "{compared}");
}

impl Told {
    /// In the form of `facts.json`.
    fn dialogue(&self) -> Vec<String> {
        let mut lines = self.lines.clone();
        lines.sort_by_key(|(place, _)| *place);
        lines.into_iter().map(|(_, line)| line).collect()
    }

    fn say(&mut self, frame: u64, line: String) {
        let place = (frame, self.lines.len());
        self.lines.push((place, line));
    }

    fn reply(&mut self, reply: &Reply) {
        let text = String::from_utf8_lossy(&reply.text);
        let lines: Vec<&str> = text.split('\n').collect();
        for (index, line) in lines.iter().enumerate() {
            let line = match index + 1 == lines.len() {
                true => format!("S {} {line}", reply.code),
                false => format!("S {line}"),
            };
            self.say(reply.at.frame.number(), line.trim_end().to_owned());
        }
    }
}

/// Whether these are all lines of a dialogue, and what the client did not log.
fn is_all(told: &[String], logged: &[String]) -> bool {
    let rest = told.strip_prefix(logged);
    rest.is_some_and(|rest| match rest.first() {
        // curl does not log how it says good-bye.
        Some(line) if line == "C QUIT" => true,
        _ => rest.iter().all(|line| is_unheard(line)),
    })
}

/// What comes when the client does not listen any more, or cannot make sense of it: clear text.
fn is_unheard(line: &str) -> bool {
    line.contains("OOPS")
        || line == "S 421 TLS handshake failed"
        || line == "S 226 Transfer complete."
}

/// The engine keeps the lines of a reply without their codes; here the last one has it.
fn without_inner_code(line: &str) -> String {
    let text = line.strip_prefix("S ").unwrap_or_default();
    match text.split_at_checked(4) {
        Some((code, rest))
            if code.ends_with('-') && code.starts_with(|sign: char| sign.is_ascii_digit()) =>
        {
            format!("S {rest}").trim_end().to_owned()
        }
        _ => line.trim_end().to_owned(),
    }
}

/// Where the session that is most like a dialogue begins to differ from it.
fn difference(name: &str, logged: &[String], told: &[Vec<String>]) -> String {
    let same = |told: &Vec<String>| {
        logged
            .iter()
            .zip(told)
            .take_while(|(one, other)| one == other)
            .count()
    };
    let best = told.iter().max_by_key(|told| same(told));
    let at = best.map_or(0, same);
    let after = |lines: &[String]| lines.iter().skip(at).take(3).cloned().collect::<Vec<_>>();
    let told = best.map(|told| after(told));
    format!(
        "{name}, line {at}: logged {:?}, told {told:?}",
        after(logged)
    )
}

fn sessions(events: &[Event]) -> BTreeMap<SessionId, Told> {
    let mut sessions: BTreeMap<SessionId, Told> = BTreeMap::new();
    for event in events {
        let Event::Session(event) = event else {
            continue;
        };
        let told = sessions.entry(event.session()).or_default();
        match event {
            SessionEvent::Exchange(exchange) => {
                let argument = match exchange.verb {
                    Verb::Pass => "****".into(),
                    _ => String::from_utf8_lossy(&exchange.argument),
                };
                let line = format!("C {} {argument}", exchange.verb.as_str());
                told.say(exchange.at.frame.number(), line.trim_end().to_owned());
                exchange.replies.iter().for_each(|reply| told.reply(reply));
            }
            SessionEvent::Reply { reply, .. } => told.reply(reply),
            SessionEvent::Channel(channel) => told.channels.push((**channel).clone()),
            SessionEvent::Ended(record) => told.record = Some((**record).clone()),
            _ => {}
        }
    }
    sessions
}

/// Recordings with TLS.
fn encrypted() -> impl Iterator<Item = Recording> {
    recorded::all()
        .into_iter()
        .filter(|recording| recording.keys().is_some())
}

/// Those whose control connection can be decrypted.
fn readable() -> impl Iterator<Item = Recording> {
    encrypted().filter(|recording| matches!(recording.keys(), Some("all" | "beside")))
}

fn is_about(channel: &Channel, fact: &Value) -> bool {
    channel.transfer.as_ref().is_some_and(|transfer| {
        let path = fact["path"].as_str().unwrap_or_default();
        let seen = String::from_utf8_lossy(transfer.path.as_deref().unwrap_or_default());
        transfer.verb.as_str() == fact["command"]
            && (path == seen || path.ends_with(&format!("/{seen}")))
    })
}
