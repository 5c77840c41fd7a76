//! Runs a scene through the engine and looks at everything that it told.

use std::collections::{BTreeMap, BTreeSet};

use ftpscope::analyzer::{Analyzer, Event, Options, Summary};
use ftpscope::diagnosis::Finding;
use ftpscope::ftp::{SessionEvent, SessionId, SessionRecord};
use ftpscope::time::Timestamp;

use super::reports;
use super::scene::Step;

/// The least that an engine can do with, so that a small scene reaches it.
const CEILING: usize = 256 << 10;

/// What the engine makes of a scene.
pub struct Told {
    pub events: Vec<Event>,
    pub summary: Summary,
}

/// What must hold for any scene: of the events and their sums, of all reports, when it is told
/// again, and when memory is short.
pub fn check(steps: &[Step<'_>]) -> Told {
    let told = run(steps, &Options::default());
    is_consistent(&told);
    let shown = reports::check(&told);
    let again = run(steps, &Options::default());
    assert_eq!(shown, reports::json(&again), "two runs tell the same");
    let short = Options {
        memory: Some(CEILING),
        ..Options::default()
    };
    let told_in_little = run(steps, &short);
    is_consistent(&told_in_little);
    told
}

fn run(steps: &[Step<'_>], options: &Options) -> Told {
    let mut analyzer = Analyzer::new(options);
    let mut events = Vec::new();
    let mut seen = Seen::default();
    let mut number = 0;
    for step in steps {
        match step {
            Step::Packet { .. } => {
                number += 1;
                let packet = step.packet(number).unwrap();
                seen.0.push(packet.time);
                analyzer.push(&packet, &mut events);
            }
            Step::Quiet(now) => analyzer.advance(Timestamp::from_nanos(*now), &mut events),
            Step::Keys(text) => analyzer.secrets(text, &mut events),
        }
        if let Some(ceiling) = options.memory {
            assert!(analyzer.memory() <= ceiling, "{}", analyzer.memory());
        }
    }
    analyzer.finish(&mut events);
    let summary = analyzer.summary();
    assert_eq!(summary.frames, number);
    for event in &events {
        if let Event::Finding(finding) = event {
            seen.proves(finding);
        }
    }
    Told { events, summary }
}

/// When the packets came, by their number.
#[derive(Default)]
struct Seen(Vec<Timestamp>);

impl Seen {
    /// Its evidence is there, in order, and as it was captured.
    fn proves(&self, finding: &Finding) {
        let cause = finding.cause;
        assert!(!finding.evidence.is_empty(), "no evidence: {finding:?}");
        assert!(!finding.summary.is_empty(), "{cause}");
        for evidence in &finding.evidence {
            let (file, number) = (evidence.frame.file(), evidence.frame.number());
            assert_eq!(file, 0, "{cause}");
            let index = usize::try_from(number - 1).unwrap();
            assert_eq!(
                self.0.get(index),
                Some(&evidence.time),
                "{cause}: {evidence:?}"
            );
        }
        let sorted = finding.evidence.is_sorted_by_key(|evidence| evidence.time);
        assert!(sorted, "{cause}: {:?}", finding.evidence);
    }
}

/// The events of one session.
#[derive(Default)]
struct Session<'a> {
    commands: u64,
    replies: u64,
    channels: u64,
    ended: Option<&'a SessionRecord>,
}

/// Every session begins and ends once, tells nothing before or behind, and its counts and those of
/// the summary are those of its facts.
fn is_consistent(told: &Told) {
    let mut sessions: BTreeMap<SessionId, Session<'_>> = BTreeMap::new();
    let mut findings = 0;
    let mut numbers = BTreeSet::new();
    for event in &told.events {
        let fact = match event {
            Event::Session(fact) => fact,
            Event::Finding(finding) => {
                findings += 1;
                let known = finding.session.is_none_or(|id| sessions.contains_key(&id));
                assert!(known, "{finding:?}");
                continue;
            }
        };
        let id = fact.session();
        if let SessionEvent::Opened(_) = fact {
            let before = sessions.insert(id, Session::default());
            assert!(before.is_none(), "session {id} begins twice");
            continue;
        }
        let session = sessions.get_mut(&id).expect("it has begun");
        assert!(session.ended.is_none(), "session {id} goes on: {fact:?}");
        match fact {
            SessionEvent::Exchange(exchange) => {
                session.commands += 1;
                session.replies += exchange.replies.len() as u64;
            }
            SessionEvent::Reply { .. } => session.replies += 1,
            SessionEvent::Channel(channel) => {
                session.channels += 1;
                assert!(numbers.insert((id, channel.number)), "{channel:?}");
            }
            SessionEvent::Ended(record) => session.ended = Some(record),
            SessionEvent::Opened(_) | SessionEvent::Login(_) | SessionEvent::Anomaly(_) => {}
        }
    }
    let mut sum = Session::default();
    for (id, session) in &sessions {
        let record = session
            .ended
            .unwrap_or_else(|| panic!("session {id} does not end"));
        assert_eq!(record.commands, session.commands);
        assert_eq!(record.replies, session.replies);
        assert_eq!(record.channels, session.channels);
        assert!(record.failed_channels <= record.channels);
        sum.commands += session.commands;
        sum.replies += session.replies;
        sum.channels += session.channels;
    }
    let summary = &told.summary;
    assert_eq!(summary.sessions, sessions.len() as u64);
    assert_eq!(summary.commands, sum.commands);
    assert_eq!(summary.replies, sum.replies);
    assert_eq!(summary.channels.values().sum::<u64>(), sum.channels);
    assert_eq!(summary.findings.values().sum::<u64>(), findings);
}
