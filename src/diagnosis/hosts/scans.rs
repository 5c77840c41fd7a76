//! Control connections that did not come about: each for itself, or a scan.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hashbrown::HashMap;

use crate::capture::Moment;
use crate::diagnosis::{Case, Confidence, Finding, Severity, catalogue};
use crate::ftp::Knocks;
use crate::time::Timestamp;

/// Hosts whose findings wait, or that were told of.
const MAX_HOSTS: usize = 1024;

/// Findings of one host that wait.
const MAX_HELD: usize = 64;

/// So many FTP ports tried without a session are a scan.
const DOORS: usize = 8;

/// Attempts kept as evidence.
const MAX_EVIDENCE: usize = 12;

/// So many different ports tried in vain may be the beginning of a scan.
const SUSPECT: usize = 3;

/// How long a finding waits to see whether it is part of a scan, while that is in doubt and when
/// it is not.
const QUIET: Duration = Duration::from_secs(10);
const QUIET_DECIDED: Duration = Duration::from_millis(1500);

/// A finding waits no longer, however many more come.
const PATIENCE: Duration = Duration::from_secs(30);

/// A host that has been quiet for so long may be told of anew.
const FORGOTTEN: Duration = Duration::from_secs(3600);

/// What a finding that waits takes, in bytes.
const HELD: usize = 2048;

/// Causes that a scan brings forth.
fn is_of_scan(cause: &str) -> bool {
    [
        catalogue::CONTROL_UNANSWERED.id,
        catalogue::CONTROL_REFUSED.id,
        catalogue::CONTROL_UNREACHABLE.id,
    ]
    .contains(&cause)
}

/// Findings that wait, by the host that connects.
#[derive(Debug, Default)]
pub(super) struct Scans {
    hosts: HashMap<IpAddr, Held>,
    /// Findings that wait in all.
    waiting: usize,
}

#[derive(Debug, Default)]
struct Held {
    findings: Vec<Finding>,
    latest: Timestamp,
    told: bool,
}

impl Scans {
    /// Keeps back what may be part of a scan; gives the rest.
    pub(super) fn keep(&mut self, case: &Case<'_>, found: Vec<Finding>) -> Vec<Finding> {
        if !found.iter().any(|finding| is_of_scan(finding.cause)) {
            return found;
        }
        let (of_scan, mut rest): (Vec<_>, Vec<_>) = found
            .into_iter()
            .partition(|finding| is_of_scan(finding.cause));
        for finding in of_scan {
            let host = case.scene.client().ip();
            let room = self.hosts.len() < MAX_HOSTS || self.hosts.contains_key(&host);
            if !room {
                rest.push(finding);
                continue;
            }
            let held = self.hosts.entry(host).or_default();
            held.latest = finding.time;
            if held.findings.len() < MAX_HELD {
                held.findings.push(finding);
                self.waiting += 1;
            } else if !held.told {
                rest.push(finding);
            }
        }
        rest
    }

    /// Judges the hosts whose findings have waited.
    pub(super) fn advance(&mut self, now: Timestamp, knocks: &Knocks) -> Vec<Finding> {
        let mut told = Vec::new();
        for (host, held) in &mut self.hosts {
            if held.is_due(now, knocks.of(*host).len()) {
                self.waiting -= held.findings.len();
                told.extend(held.judge(*host, knocks));
            }
        }
        let recent = |held: &Held| now.since(held.latest) <= FORGOTTEN;
        self.hosts
            .retain(|_, held| !held.findings.is_empty() || recent(held));
        super::put_in_order(&mut told);
        told
    }

    /// Memory that it takes, in bytes.
    pub(super) fn memory(&self) -> usize {
        self.hosts.len() * 2 * size_of::<(IpAddr, Held)>() + self.waiting * HELD
    }

    /// Tells what waits, and forgets all of it.
    pub(super) fn clear(&mut self, knocks: &Knocks) -> Vec<Finding> {
        let told = self.finish(knocks);
        (self.hosts, self.waiting) = (HashMap::new(), 0);
        told
    }

    /// Judges all hosts, also those of which only the attempts are known.
    pub(super) fn finish(&mut self, knocks: &Knocks) -> Vec<Finding> {
        let mut told = Vec::new();
        self.waiting = 0;
        for (host, held) in &mut self.hosts {
            told.extend(held.judge(*host, knocks));
        }
        for (host, doors) in knocks.all() {
            if !self.hosts.contains_key(&host) && doors.len() >= DOORS {
                told.push(scan(host, doors));
            }
        }
        super::put_in_order(&mut told);
        told
    }
}

impl Held {
    /// Its findings have waited for long enough, when the host has tried so many ports in vain.
    fn is_due(&self, now: Timestamp, doors: usize) -> bool {
        let quiet = match doors {
            SUSPECT..DOORS => QUIET,
            _ => QUIET_DECIDED,
        };
        self.findings.first().is_some_and(|first| {
            now.since(self.latest) >= quiet || now.since(first.time) >= PATIENCE
        })
    }

    fn judge(&mut self, host: IpAddr, knocks: &Knocks) -> Vec<Finding> {
        let findings = std::mem::take(&mut self.findings);
        let doors = knocks.of(host);
        if doors.len() < DOORS {
            return findings;
        }
        let first = !std::mem::replace(&mut self.told, true);
        first.then(|| scan(host, doors)).into_iter().collect()
    }
}

fn scan(host: IpAddr, doors: &[(SocketAddr, Moment)]) -> Finding {
    let mut servers: Vec<IpAddr> = doors.iter().map(|(door, _)| door.ip()).collect();
    servers.sort_unstable();
    servers.dedup();
    let on = match servers.as_slice() {
        [one] => one.to_string(),
        many => format!("{} hosts", many.len()),
    };
    let summary = format!(
        "{host} tried {} FTP ports on {on} without a session: it looks for FTP servers.",
        doors.len()
    );
    let mut finding = Finding::new(
        &catalogue::PORT_SCAN,
        Severity::Warning,
        Confidence::Likely,
        summary,
    );
    finding.time = doors.last().map(|(_, at)| at.time).unwrap_or_default();
    for (door, at) in doors.iter().take(MAX_EVIDENCE) {
        finding = finding.because(*at, format!("tries {door}"));
    }
    finding.advise(format!(
        "If {host} is not a monitor of yours, block it at the firewall."
    ))
}
