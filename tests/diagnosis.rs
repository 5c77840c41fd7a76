//! The engine over every recorded scenario: what it names against what is true.
//!
//! `facts.json` of a scenario holds the truth: `cause` is what the diagnosis must name (`null`:
//! nothing), `also` what it may name besides. The confusion table is printed in one line, and whole
//! with `--nocapture`.

#![allow(
    clippy::unwrap_used,
    reason = "a scenario that cannot be read fails its test"
)]

use std::collections::BTreeSet;

use ftpscope::analyzer::Event;
use ftpscope::diagnosis::{Finding, Severity};
use ftpscope::ftp::{Channel, Outcome, Representation, SessionEvent, Verb};
use ftpscope::tls::{Access, Facts};
use serde_json::Value;

mod support;
use support::recorded::{self, Recording};

/// Notices that stand beside any other finding.
const AMBIENT: &[&str] = &["cleartext-password", "control-encrypted"];

/// Causes whose rules are not in the table yet.
const NOT_YET: &[&str] = &[];

/// Scenarios whose cause can only be read with the keys.
const NEED_KEYS: &[&str] = &[];

/// One recorded scenario and what the engine says of it.
struct Scenario {
    name: String,
    facts: Value,
    findings: Vec<Finding>,
    channels: Vec<Channel>,
    encrypted: bool,
}

/// What the engine made of a scenario.
#[derive(Debug, Default)]
struct Table {
    right: usize,
    wrong: Vec<String>,
    missed: Vec<String>,
    false_alarms: Vec<String>,
    not_yet: usize,
}

impl Scenario {
    fn cause(&self) -> Option<&str> {
        self.facts.get("cause").and_then(Value::as_str)
    }

    fn is_healthy(&self) -> bool {
        self.facts["healthy"].as_bool().unwrap()
    }

    /// What may be named beside the cause.
    fn also(&self) -> Vec<&str> {
        let also = self.facts.get("also").and_then(Value::as_array);
        also.into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    }

    fn named(&self) -> BTreeSet<&'static str> {
        self.findings.iter().map(|finding| finding.cause).collect()
    }
}

fn scenarios() -> Vec<Scenario> {
    recorded::all().into_iter().map(analyze).collect()
}

fn analyze(recording: Recording) -> Scenario {
    let mut scenario = Scenario {
        findings: Vec::new(),
        channels: Vec::new(),
        encrypted: false,
        name: recording.name.clone(),
        facts: recording.facts.clone(),
    };
    // Keys beside a capture are for those who name them.
    for event in recording.events_of(&recording.capture(), None) {
        match event {
            Event::Finding(finding) => scenario.findings.push(finding),
            Event::Session(SessionEvent::Channel(channel)) => scenario.channels.push(*channel),
            Event::Session(SessionEvent::Ended(record)) => {
                let tls = record.tls.as_ref();
                scenario.encrypted |= tls.is_some_and(|tls| tls.facts.access != Access::Decrypted);
            }
            Event::Session(_) => {}
        }
    }
    scenario
}

#[test]
fn every_cause_is_named_and_nothing_else() {
    let mut table = Table::default();
    let scenarios = scenarios();
    for scenario in &scenarios {
        table.add(scenario);
    }
    let Table {
        right,
        wrong,
        missed,
        false_alarms,
        not_yet,
    } = &table;
    for (what, names) in [
        ("wrong", wrong),
        ("missed", missed),
        ("false alarm", false_alarms),
    ] {
        for name in names {
            println!("{what:>11}  {name}");
        }
    }
    // Past the test's capture of output, so that it is seen whenever the tests run.
    let summary = format!(
        "diagnosis: {} scenarios, {right} right, {} wrong, {} missed, {} false alarms, {not_yet} \
         not yet\n",
        scenarios.len(),
        wrong.len(),
        missed.len(),
        false_alarms.len()
    );
    std::io::Write::write_all(&mut std::io::stderr(), summary.as_bytes()).unwrap();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(missed.is_empty(), "{missed:#?}");
    assert!(false_alarms.is_empty(), "{false_alarms:#?}");
}

impl Table {
    fn add(&mut self, scenario: &Scenario) {
        let named = scenario.named();
        let expected = scenario.cause();
        let open = expected.is_some_and(|cause| NOT_YET.contains(&cause))
            || NEED_KEYS.contains(&scenario.name.as_str());
        let also = scenario.also();
        let strange: Vec<&str> = named
            .iter()
            .copied()
            .filter(|cause| Some(*cause) != expected && !also.contains(cause))
            .filter(|cause| !AMBIENT.contains(cause))
            .collect();
        let hit = expected.is_none_or(|cause| named.contains(cause));
        let line = format!(
            "{}: {} named {strange:?}",
            scenario.name,
            expected.unwrap_or("nothing")
        );
        if open && !hit {
            self.not_yet += 1;
        } else if !hit && strange.is_empty() {
            self.missed.push(line);
        } else if !hit {
            self.wrong.push(line);
        } else if strange.is_empty() {
            self.right += 1;
        } else {
            self.false_alarms.push(line);
        }
    }
}

#[test]
fn healthy_scenarios_have_no_error() {
    for scenario in scenarios().iter().filter(|scenario| scenario.is_healthy()) {
        for finding in &scenario.findings {
            assert!(
                finding.severity < Severity::Error,
                "{}: {finding:?}",
                scenario.name
            );
        }
    }
}

#[test]
fn every_failed_channel_has_a_cause_and_every_finding_its_frames() {
    for scenario in scenarios() {
        for channel in &scenario.channels {
            let failed = channel.outcome == Outcome::Failed;
            assert!(
                !failed || channel.cause.is_some(),
                "{}: {channel:?}",
                scenario.name
            );
        }
        for finding in &scenario.findings {
            let frames: Vec<u64> = finding
                .evidence
                .iter()
                .map(|one| one.frame.number())
                .collect();
            assert!(!frames.is_empty(), "{}: {finding:?}", scenario.name);
            assert!(frames.is_sorted(), "{}: {finding:?}", scenario.name);
            assert!(
                !finding.advice.is_empty()
                    || finding.severity == Severity::Notice
                    || finding.summary.starts_with("The same"),
                "{}: {finding:?}",
                scenario.name
            );
        }
    }
}

#[test]
fn transfers_end_as_they_truly_did() {
    let scenarios = scenarios();
    let readable = scenarios.iter().filter(|scenario| scenario.is_readable());
    let wrong: Vec<String> = readable.flat_map(Scenario::transfer_errors).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

impl Scenario {
    /// The transfers of `facts.json` that the engine sees otherwise.
    fn transfer_errors(&self) -> Vec<String> {
        let mut left: Vec<&Channel> = self.channels.iter().collect();
        let facts = self.facts["transfers"].as_array().unwrap();
        let errors = facts.iter().filter_map(|fact| {
            let about = |channel: &&Channel| is_about(channel, fact);
            let agrees = |channel: &&Channel| disagreement(fact, channel).is_none();
            // Of several parts of one file the one that was meant.
            let found = left
                .iter()
                .position(|channel| about(channel) && agrees(channel))
                .or_else(|| left.iter().position(about));
            let error = match found.map(|index| left.remove(index)) {
                Some(channel) => disagreement(fact, channel),
                // A transfer refused at once leaves no channel behind.
                None => fact["ok"].as_bool().unwrap().then(|| "not seen".to_owned()),
            };
            error.map(|error| format!("{}: {fact}: {error}", self.name))
        });
        errors.collect()
    }

    /// The commands of all transfers can be read, and the replies reach the capture.
    fn is_readable(&self) -> bool {
        let partial = [
            "one-direction-only",
            "midstream-start",
            "control-encrypted",
            "control-lost",
        ];
        !self.encrypted && !self.cause().is_some_and(|cause| partial.contains(&cause))
    }
}

fn disagreement(fact: &Value, channel: &Channel) -> Option<String> {
    let ok = fact["ok"].as_bool().unwrap();
    let good = match channel.outcome {
        Outcome::Completed | Outcome::Unseen => true,
        Outcome::Incomplete => return None,
        _ => false,
    };
    if good != ok {
        return Some(format!("{:?}", channel.outcome));
    }
    let transfer = channel.transfer.as_ref()?;
    let closed = |tls: &Facts| tls.access != Access::Decrypted;
    let exact = channel.outcome == Outcome::Completed
        && !channel.tls.as_deref().is_some_and(closed)
        && transfer.representation != Representation::Ascii
        && transfer.restart_offset == 0
        && transfer.missing_bytes == 0;
    let bytes = fact["bytes"].as_u64().filter(|_| exact && ok)?;
    (transfer.bytes != bytes).then(|| format!("{} bytes", transfer.bytes))
}

fn is_about(channel: &Channel, fact: &Value) -> bool {
    channel.transfer.as_ref().is_some_and(|transfer| {
        let same_path = match (fact["path"].as_str(), &transfer.path) {
            // The server chooses the name.
            _ if transfer.verb == Verb::Stou => true,
            (Some(path), Some(seen)) => is_same_path(path, seen),
            _ => true,
        };
        transfer.verb.as_str() == fact["command"].as_str().unwrap() && same_path
    })
}

/// Where the working directory is not known, the path is as the client sent it; names that are not
/// UTF-8 stand in `facts.json` as they were meant.
fn is_same_path(path: &str, seen: &[u8]) -> bool {
    match std::str::from_utf8(seen) {
        Ok(seen) => path == seen || path.ends_with(&format!("/{seen}")),
        Err(_) => !path.is_ascii(),
    }
}
