//! What is told of encrypted sessions without their keys, against what is true.
//!
//! `dialogues` of a scenario's `facts.json` is what its clients logged. The announcements in there
//! tell which data connections there were. The captures are read with all keys taken out.

use std::collections::BTreeMap;
use std::path::Path;

use ftpscope::analyzer::Event;
use ftpscope::ftp::{Channel, Clue, SessionEvent, SessionId};

mod support;
use support::recorded::{self, Recording};
use support::secrets;

/// One encrypted scenario: the ports of its data connections, and the connections that were taken
/// for them.
struct Case {
    name: String,
    /// Of each session.
    truth: Vec<Vec<u16>>,
    told: Vec<Vec<Channel>>,
}

/// How often the inference is right.
#[derive(Debug, Default)]
struct Score {
    /// Data connections, and how many of them were found.
    true_ones: usize,
    found: usize,
    /// Connections taken for data connections that are none, or are of another session.
    wrong: Vec<String>,
    missed: Vec<String>,
    /// Found ones whose announcement was recognised by its length.
    by_length: usize,
    /// Found ones with a reply at their begin and at their end.
    by_replies: usize,
}

#[test]
fn data_connections_are_found_without_the_keys() {
    let mut score = Score::default();
    for case in cases() {
        score.add(&case);
    }
    let summary = format!(
        "inference: {} of {} data connections found, {} by the length of their announcement, {} with \
         the replies of a transfer; {} wrong\n",
        score.found,
        score.true_ones,
        score.by_length,
        score.by_replies,
        score.wrong.len()
    );
    std::io::Write::write_all(&mut std::io::stderr(), summary.as_bytes()).unwrap();
    assert!(score.true_ones >= 50, "scenarios are missing");
    assert!(score.wrong.is_empty(), "{:#?}", score.wrong);
    assert!(
        score.found * 100 >= score.true_ones * 95,
        "{:#?}",
        score.missed
    );
    assert!(score.by_length * 100 >= score.found * 90, "{score:#?}");
}

#[test]
fn nothing_inferred_is_certain() {
    for case in cases() {
        for channel in case.told.iter().flatten() {
            if let Some(inferred) = &channel.inferred {
                assert_eq!(channel.announcement, None, "{}", case.name);
                assert_eq!(
                    channel.transfer.as_ref().map(|it| it.bytes),
                    None,
                    "{}",
                    case.name
                );
                assert!(inferred.clues.len() <= 3, "{}", case.name);
            }
        }
    }
}

impl Score {
    fn add(&mut self, case: &Case) {
        let mut sessions: Vec<&Vec<Channel>> = case.told.iter().collect();
        for ports in &case.truth {
            // Sessions that began at the same time may be in any order.
            let same = |told: &&Vec<Channel>| ports.iter().filter(|port| has(told, **port)).count();
            let best = (0..sessions.len()).max_by_key(|index| same(&sessions[*index]));
            let told = best.map(|index| sessions.remove(index));
            self.compare(&case.name, ports, told.map_or(&[][..], Vec::as_slice));
        }
        let strange = sessions.iter().map(|told| told.len()).sum::<usize>();
        if strange > 0 {
            self.wrong
                .push(format!("{}: {strange} in strange sessions", case.name));
        }
    }

    fn compare(&mut self, name: &str, ports: &[u16], told: &[Channel]) {
        let mut left = told.to_vec();
        for port in ports {
            self.true_ones += 1;
            let Some(index) = left.iter().position(|channel| to(channel) == Some(*port)) else {
                self.missed.push(format!("{name}: port {port}"));
                continue;
            };
            let channel = left.remove(index);
            self.found += 1;
            let Some(inferred) = &channel.inferred else {
                // Announced in clear, after CCC.
                self.by_length += 1;
                continue;
            };
            self.by_length += usize::from(inferred.has(Clue::Announcement));
            self.by_replies += usize::from(inferred.has(Clue::Begun) && inferred.has(Clue::Ended));
        }
        for channel in left.iter().filter(|channel| channel.connection.is_some()) {
            self.wrong.push(format!("{name}: port {:?}", to(channel)));
        }
    }
}

fn has(told: &[Channel], port: u16) -> bool {
    told.iter().any(|channel| to(channel) == Some(port))
}

fn to(channel: &Channel) -> Option<u16> {
    channel.connection.as_ref().map(|one| one.to.port())
}

fn cases() -> Vec<Case> {
    recorded::all().iter().filter_map(case).collect()
}

fn case(recording: &Recording) -> Option<Case> {
    recording.keys()?;
    let truth = recording.dialogues();
    (!truth.is_empty()).then(|| Case {
        name: recording.name.clone(),
        truth: truth.iter().map(|lines| announced(lines)).collect(),
        told: told(recording),
    })
}

/// The ports that a dialogue announces.
fn announced(dialogue: &[&str]) -> Vec<u16> {
    dialogue.iter().filter_map(|line| port(line)).collect()
}

fn port(line: &str) -> Option<u16> {
    let numbers: Vec<u16> = line
        .split(|sign: char| !sign.is_ascii_digit())
        .filter_map(|digits| digits.parse().ok())
        .collect();
    let (verb, _) = line.get(2..)?.split_once(' ')?;
    match (line.get(..2)?, verb) {
        ("S ", "227") | ("C ", "PORT") => {
            let [.., high, low] = numbers[..] else {
                return None;
            };
            Some(high * 256 + low)
        }
        ("S ", "229") | ("C ", "EPRT") => numbers.last().copied(),
        _ => None,
    }
}

/// The channels of each session, as they are told.
fn told(recording: &Recording) -> Vec<Vec<Channel>> {
    let events = recording.events_of(
        &secrets::without(&recording.folder, Path::new(env!("CARGO_TARGET_TMPDIR"))),
        None,
    );
    let mut sessions: BTreeMap<SessionId, Vec<Channel>> = BTreeMap::new();
    for event in events {
        match event {
            Event::Session(SessionEvent::Opened(opened)) => {
                sessions.entry(opened.session).or_default();
            }
            Event::Session(SessionEvent::Channel(channel)) => {
                sessions.entry(channel.session).or_default().push(*channel);
            }
            _ => {}
        }
    }
    sessions.into_values().collect()
}
