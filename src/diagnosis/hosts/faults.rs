//! The same fault on many sessions of one server: told once more, with a count.

use std::net::SocketAddr;
use std::time::Duration;

use hashbrown::HashMap;

use crate::capture::Moment;
use crate::diagnosis::finding::Evidence;
use crate::diagnosis::{Finding, Severity, catalogue};
use crate::ftp::{Channel, Method, Outcome};
use crate::tcp::Candidates;
use crate::time::Timestamp;

/// Servers and causes that are counted; those that have not come for longest give way.
const MAX_FAULTS: usize = 4096;

/// Sessions with the same fault that are worth a summary.
const MANY: u32 = 3;

/// Findings about whole sessions, no errors, that are told of one server and cause within an hour.
const MOST_TOLD: u32 = 10;
const HOUR: Duration = Duration::from_secs(3600);

/// What a fault takes, with its sample and evidence, in bytes.
const FAULT: usize = 6 * 1024;

/// What a way to announce takes, in bytes.
const WORKED: usize = 2 * size_of::<((SocketAddr, Method), Tries)>();

/// Pieces of evidence of a summary: one a session.
const MAX_EVIDENCE: usize = 16;

/// What went wrong at which server, and what worked there.
#[derive(Debug, Default)]
pub(super) struct Faults {
    found: HashMap<Key, Fault>,
    by_age: Candidates<Key>,
    worked: HashMap<(SocketAddr, Method), Tries>,
    /// Sums of faults that were forgotten to make room.
    sums: Vec<Finding>,
}

/// A server, and what went wrong there.
type Key = (SocketAddr, &'static str);

#[derive(Debug)]
struct Fault {
    sessions: u32,
    latest_session: u32,
    times: u32,
    /// Since when, and how often it was told by itself since then.
    window: (Timestamp, u32),
    severity: Severity,
    sample: Finding,
    evidence: Vec<Evidence>,
}

/// How often a way to announce was used, and worked.
#[derive(Clone, Copy, Debug, Default)]
struct Tries {
    worked: u32,
    all: u32,
}

impl Faults {
    /// Counts a finding about a session of this server; tells whether it is to be told by itself.
    pub(super) fn learn(&mut self, server: SocketAddr, finding: &Finding) -> bool {
        let Some(session) = finding.session else {
            return true;
        };
        let key = (server, finding.cause);
        let fault = match self.found.get_mut(&key) {
            Some(fault) => fault,
            None => self.begin(key, finding),
        };
        fault.add(session, finding);
        finding.channel.is_some()
            || finding.severity == Severity::Error
            || fault.is_news(finding.time)
    }

    fn begin(&mut self, key: Key, finding: &Finding) -> &mut Fault {
        self.make_room();
        let found = &self.found;
        let is_there = |key| found.contains_key(&key);
        self.by_age.add(key, found.len(), is_there);
        self.found.entry(key).or_insert_with(|| Fault {
            sessions: 0,
            latest_session: 0,
            times: 0,
            window: (finding.time, 0),
            severity: Severity::Notice,
            sample: finding.clone(),
            evidence: Vec::new(),
        })
    }

    /// Forgets the fault that has not come for longest when there is no room for another one, and
    /// sums it up.
    fn make_room(&mut self) {
        if self.found.len() < MAX_FAULTS {
            return;
        }
        let found = &self.found;
        let latest = |key| Some((0, found.get(&key)?.sample.time));
        let quietest = self.by_age.pop(0, latest);
        let gone = quietest.and_then(|key| self.found.remove_entry(&key));
        if let Some(((server, _), fault)) = gone.filter(|(_, fault)| fault.is_worth_a_sum()) {
            let sum = fault.summary(server, self.contrast(server));
            self.sums.push(sum);
        }
    }

    /// Gives the sums of what was forgotten.
    pub(super) fn advance(&mut self) -> Vec<Finding> {
        std::mem::take(&mut self.sums)
    }

    /// Counts how often each way to announce a channel worked.
    pub(super) fn count(&mut self, server: SocketAddr, channel: &Channel) {
        let decided = matches!(
            channel.outcome,
            Outcome::Completed | Outcome::Failed | Outcome::Refused
        );
        let key = (server, channel.method);
        if decided && self.worked.len() >= MAX_FAULTS && !self.worked.contains_key(&key) {
            // Which way works is for contrast only: it is learnt anew.
            self.worked.clear();
        }
        if decided {
            let tries = self.worked.entry(key).or_default();
            tries.all += 1;
            tries.worked += u32::from(channel.outcome == Outcome::Completed);
        }
    }

    /// Memory that it takes, in bytes.
    pub(super) fn memory(&self) -> usize {
        self.found.len() * FAULT + self.worked.len() * WORKED
    }

    /// Sums up, and forgets all of it.
    pub(super) fn clear(&mut self) -> Vec<Finding> {
        let told = self.finish();
        self.worked = HashMap::new();
        told
    }

    /// Sums up.
    pub(super) fn finish(&mut self) -> Vec<Finding> {
        let found = std::mem::take(&mut self.found);
        self.by_age = Candidates::default();
        let many = found
            .into_iter()
            .filter(|(_, fault)| fault.is_worth_a_sum());
        let mut told: Vec<Finding> = many
            .map(|((server, _), fault)| fault.summary(server, self.contrast(server)))
            .collect();
        told.append(&mut self.sums);
        super::put_in_order(&mut told);
        told
    }

    /// Which ways to announce a channel worked throughout.
    fn contrast(&self, server: SocketAddr) -> String {
        let mut worked: Vec<String> = self
            .worked
            .iter()
            .filter(|((at, _), tries)| *at == server && tries.worked == tries.all)
            .map(|((_, method), tries)| {
                format!(
                    "with {} {} of {} worked",
                    word(*method),
                    tries.worked,
                    tries.all
                )
            })
            .collect();
        worked.sort();
        match worked.is_empty() {
            true => String::new(),
            false => format!("; {}", worked.join(", ")),
        }
    }
}

impl Fault {
    fn is_worth_a_sum(&self) -> bool {
        self.sessions >= MANY && self.severity >= Severity::Warning
    }

    /// It was not told too often of late.
    fn is_news(&mut self, now: Timestamp) -> bool {
        let (since, told) = &mut self.window;
        if now.since(*since) > HOUR {
            (*since, *told) = (now, 0);
        }
        *told += 1;
        *told <= MOST_TOLD
    }

    fn add(&mut self, session: u32, finding: &Finding) {
        self.times = self.times.saturating_add(1);
        self.severity = self.severity.max(finding.severity);
        if self.latest_session != session {
            self.latest_session = session;
            self.sessions = self.sessions.saturating_add(1);
            let room = self.evidence.len() < MAX_EVIDENCE;
            if let Some(last) = finding.evidence.last().filter(|_| room) {
                self.evidence.push(Evidence {
                    frame: last.frame,
                    time: last.time,
                    note: format!("session {session}: {}", last.note).into(),
                });
            }
        }
        self.sample.time = finding.time;
        self.sample.confidence = self.sample.confidence.min(finding.confidence);
    }

    fn summary(self, server: SocketAddr, contrast: String) -> Finding {
        let title = catalogue::all()
            .find(|cause| cause.id == self.sample.cause)
            .map_or(self.sample.cause, |cause| cause.title);
        let contrast = if self.sample.channel.is_some() {
            contrast
        } else {
            String::new()
        };
        Finding {
            session: None,
            who: None,
            channel: None,
            severity: self.severity,
            summary: format!(
                "{title}: {} sessions of {server}, {} times{contrast}.",
                self.sessions, self.times
            ),
            evidence: self.evidence,
            ..self.sample
        }
    }
}

fn word(method: Method) -> &'static str {
    match method {
        Method::Pasv => "PASV",
        Method::Epsv => "EPSV",
        Method::Port => "PORT",
        Method::Eprt => "EPRT",
        Method::Lpsv => "LPSV",
        Method::Lprt => "LPRT",
        Method::Spsv => "SPSV",
        Method::Default => "the default port",
        Method::Inferred => "channels announced out of sight",
    }
}

/// Frames cut by a snapshot length, as one finding about the capture.
pub(in crate::diagnosis) fn truncated(first: Moment, frames: u64) -> Finding {
    let summary = format!(
        "{frames} packets were cut by a snapshot length: commands, replies and names may be torn."
    );
    let mut finding = Finding::new(
        &catalogue::FRAMES_TRUNCATED,
        Severity::Notice,
        crate::diagnosis::Confidence::Certain,
        summary,
    )
    .because(first, "the first packet that is cut");
    finding.time = first.time;
    finding.advise("Capture again without a snapshot length (tcpdump -s 0).")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::Confidence;

    fn finding(session: u32) -> Finding {
        let mut finding = Finding::new(
            &catalogue::CONNECTION_UNANSWERED,
            Severity::Error,
            Confidence::Certain,
            String::new(),
        )
        .because(Moment::default(), "SYN");
        (finding.session, finding.channel) = (Some(session), Some(1));
        finding
    }

    fn told(sessions: u32) -> Vec<Finding> {
        let server = SocketAddr::from(([192, 0, 2, 1], 21));
        let mut faults = Faults::default();
        faults.worked.insert(
            (server, Method::Epsv),
            Tries {
                worked: 12,
                all: 12,
            },
        );
        for session in 1..=sessions {
            assert!(faults.learn(server, &finding(session)));
        }
        faults.finish()
    }

    #[test]
    fn a_fault_of_many_sessions_is_summed_up_once() {
        assert!(told(MANY - 1).is_empty());
        let told = told(37);
        assert_eq!(told.len(), 1);
        let summary = &told[0].summary;
        assert!(summary.contains("37 sessions of 192.0.2.1:21"), "{summary}");
        assert!(summary.contains("with EPSV 12 of 12 worked"), "{summary}");
        assert_eq!(
            (told[0].session, told[0].evidence.len()),
            (None, MAX_EVIDENCE)
        );
        assert_eq!(told[0].who, None, "it is about many");
    }

    #[test]
    fn the_fault_that_has_not_come_for_longest_makes_room_and_is_summed_up() {
        let server = |number: u32| SocketAddr::from((number.to_be_bytes(), 21));
        let mut faults = Faults::default();
        let mut learn = |number, second| {
            for session in 0..MANY {
                let mut finding = finding(number * MANY + session + 1);
                finding.time = Timestamp::new(second, 0);
                faults.learn(server(number), &finding);
            }
            faults.advance()
        };
        let most = MAX_FAULTS as u32;
        for number in 0..most {
            assert!(learn(number, u64::from(number)).is_empty());
        }
        // The first comes once more, and so the second is the quietest.
        assert!(learn(0, u64::from(most)).is_empty());
        let sums = learn(most, u64::from(most));
        let [sum] = &sums[..] else {
            panic!("{sums:?}");
        };
        assert!(
            sum.summary.contains("3 sessions of 0.0.0.1:21"),
            "{}",
            sum.summary
        );
        assert_eq!(faults.found.len(), MAX_FAULTS);
        assert_eq!(faults.finish().len(), MAX_FAULTS);
    }
}
