//! What is told of encrypted sessions without their keys, against what is true.
//!
//! `dialogues` of a scenario's `facts.json` is what its clients logged. The announcements in there
//! tell which data connections there were. The captures are read with all keys taken out.

use std::collections::BTreeMap;
use std::path::Path;

use ftpscope::analyzer::Event;
use ftpscope::ftp::{Channel, Clue, Direction, Inferred, SessionEvent, SessionId};
use serde_json::Value;

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
    /// What goes over a port, where that is known.
    sizes: BTreeMap<u16, (bool, u64)>,
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
    /// Found ones that ask for an earlier TLS session.
    by_session: usize,
    /// Files whose size is known, and how far the estimates are off: bytes too few or too many.
    sizes: usize,
    off: Vec<(i64, String)>,
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
        "inference: {} of {} data connections found, {} by the length of their announcement, {} \
         by their TLS session, {} with the replies of a transfer; {} wrong\n",
        score.found,
        score.true_ones,
        score.by_length,
        score.by_session,
        score.by_replies,
        score.wrong.len()
    );
    std::io::Write::write_all(&mut std::io::stderr(), summary.as_bytes()).unwrap();
    score.off.sort();
    for (off, name) in &score.off {
        println!("{off:>8} bytes  {name}");
    }
    assert!(score.off.len() >= 40, "sizes are missing");
    // Some servers send fewer tickets than others.
    let (near, far) = (128, 600);
    let close = score.off.iter().filter(|(off, _)| off.abs() <= near);
    assert!(
        close.count() * 100 >= score.off.len() * 90,
        "{:#?}",
        score.off
    );
    assert!(
        score.off.iter().all(|(off, _)| off.abs() <= far),
        "{:#?}",
        score.off
    );
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
                assert!(inferred.clues.len() <= 4, "{}", case.name);
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
            self.compare(case, ports, told.map_or(&[][..], Vec::as_slice));
        }
        let strange = sessions.iter().map(|told| told.len()).sum::<usize>();
        if strange > 0 {
            self.wrong
                .push(format!("{}: {strange} in strange sessions", case.name));
        }
    }

    fn compare(&mut self, case: &Case, ports: &[u16], told: &[Channel]) {
        let Case { name, sizes, .. } = case;
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
            self.by_session += usize::from(inferred.has(Clue::Resumption));
            if let Some((upload, size)) = sizes.get(port) {
                self.measure(name, (*upload, *size), inferred);
            }
            self.by_replies += usize::from(inferred.has(Clue::Begun) && inferred.has(Clue::Ended));
        }
        for channel in left.iter().filter(|channel| channel.connection.is_some()) {
            self.wrong.push(format!("{name}: port {:?}", to(channel)));
        }
    }
}

impl Score {
    fn measure(&mut self, name: &str, (upload, size): (bool, u64), inferred: &Inferred) {
        self.sizes += 1;
        let Some((direction, bytes)) = inferred.carried else {
            self.off
                .push((i64::MAX, format!("{name}: nothing estimated")));
            return;
        };
        assert!(
            upload == (direction == Direction::Upload) || size == 0,
            "{name}: {direction:?} of {bytes} bytes"
        );
        self.off.push((bytes as i64 - size as i64, name.to_owned()));
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
    let sizes = match &truth[..] {
        [only] => sizes(recording, &announced(only)),
        _ => BTreeMap::new(),
    };
    (!truth.is_empty()).then(|| Case {
        sizes,
        name: recording.name.clone(),
        truth: truth.iter().map(|lines| announced(lines)).collect(),
        told: told(recording),
    })
}

/// The data of each port: whether they go to the server, and their bytes; where every announcement
/// was used for one of the transfers that `facts.json` has.
fn sizes(recording: &Recording, ports: &[u16]) -> BTreeMap<u16, (bool, u64)> {
    let transfers = recording.facts["transfers"].as_array();
    let transfers = transfers.filter(|transfers| transfers.len() == ports.len());
    let size = |(fact, port): (&Value, &u16)| {
        let upload = matches!(fact["command"].as_str(), Some("STOR" | "APPE"));
        let bytes = fact["bytes"].as_u64().filter(|_| fact["ok"] == true)?;
        Some((*port, (upload, bytes)))
    };
    transfers
        .into_iter()
        .flatten()
        .zip(ports)
        .filter_map(size)
        .collect()
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
