//! Findings grouped by their cause, the worst and the most frequent first.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::number;
use crate::diagnosis::{Cause, Finding, Severity};
use crate::ftp::SessionId;

/// Further findings of one cause that are told, each in one sentence.
const MOST_FURTHER: usize = 4;

/// Sessions, and hosts, of one cause that are counted one by one.
const MOST_COUNTED: usize = 100_000;

/// Findings by cause.
#[derive(Debug, Default)]
pub(super) struct Verdicts(BTreeMap<&'static str, Group>);

/// The findings of one cause.
#[derive(Debug)]
pub(super) struct Group {
    /// The worst of them.
    pub(super) severity: Severity,
    /// How many there are.
    pub(super) count: u64,
    /// The first of the worst.
    pub(super) first: Finding,
    /// Some others.
    pub(super) further: Vec<Finding>,
    sessions: BTreeSet<SessionId>,
    clients: BTreeSet<IpAddr>,
    servers: BTreeSet<IpAddr>,
}

impl Verdicts {
    /// Adds a finding.
    pub(super) fn add(&mut self, finding: &Finding) {
        let group = self.0.entry(finding.cause);
        group.or_insert_with(|| Group::new(finding)).add(finding);
    }

    /// Whether a cause is among them.
    pub(super) fn name(&self, cause: &Cause) -> bool {
        self.0.contains_key(cause.id)
    }

    /// The groups of one severity, the most frequent first.
    pub(super) fn of(&self, severity: Severity) -> Vec<&Group> {
        let groups = self.0.values();
        let mut groups: Vec<&Group> = groups.filter(|group| group.severity == severity).collect();
        groups.sort_by_key(|group| std::cmp::Reverse(group.count));
        groups
    }
}

impl Group {
    fn new(first: &Finding) -> Self {
        Self {
            severity: first.severity,
            count: 0,
            first: first.clone(),
            further: Vec::new(),
            sessions: BTreeSet::new(),
            clients: BTreeSet::new(),
            servers: BTreeSet::new(),
        }
    }

    fn add(&mut self, finding: &Finding) {
        self.count += 1;
        self.register(finding);
        if self.count == 1 {
            return;
        }
        // A graver case of the same cause leads its group.
        if finding.severity > self.severity {
            self.severity = finding.severity;
            let milder = std::mem::replace(&mut self.first, finding.clone());
            if self.has_room() {
                self.further.push(milder);
            }
        } else if self.has_room() {
            self.further.push(finding.clone());
        }
    }

    fn has_room(&self) -> bool {
        self.further.len() < MOST_FURTHER
    }

    fn register(&mut self, finding: &Finding) {
        if self.sessions.len() < MOST_COUNTED {
            self.sessions.extend(finding.session);
        }
        let hosts = [&mut self.clients, &mut self.servers];
        let who = finding.who.as_ref();
        let ends = who.map(|who| [who.client.ip(), who.server.ip()]);
        for (known, host) in hosts.into_iter().zip(ends.into_iter().flatten()) {
            if known.len() < MOST_COUNTED {
                known.insert(host);
            }
        }
    }

    /// `148 times in 37 sessions, 5 clients, 1 server`; nothing for what happened once.
    pub(super) fn extent(&self) -> Option<String> {
        if self.count == 1 {
            return None;
        }
        let mut text = format!("{} times", number::grouped(self.count));
        let counts = [
            (self.sessions.len(), "session"),
            (self.clients.len(), "client"),
            (self.servers.len(), "server"),
        ];
        let counts = counts.into_iter().filter(|(count, _)| *count > 0);
        for (index, (count, noun)) in counts.enumerate() {
            text += if index == 0 { " in " } else { ", " };
            text += &match count {
                MOST_COUNTED => format!("{} or more {noun}s", number::grouped(count as u64)),
                _ => number::count(count as u64, noun),
            };
        }
        Some(text)
    }

    /// Findings that are not told one by one.
    pub(super) fn rest(&self) -> u64 {
        self.count - 1 - self.further.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::Who;
    use crate::output::fixture;

    #[test]
    fn of_very_many_sessions_and_hosts_no_exact_number_is_told() {
        let mut verdicts = Verdicts::default();
        let most = MOST_COUNTED as u32;
        for session in 1..=most + 7 {
            let [_, b, c, d] = session.to_be_bytes();
            let client = format!("10.{b}.{c}.{d}:40000");
            let mut finding = fixture::finding(session, 1);
            finding.who = Some(Box::new(Who {
                client: client.parse().unwrap(),
                server: "203.0.113.9:21".parse().unwrap(),
                user: None,
            }));
            verdicts.add(&finding);
            let counts = match session {
                1 => continue,
                session if session == most - 1 => "99,999 times in 99,999 sessions, 99,999 clients",
                session if session == most + 7 => {
                    "100,007 times in 100,000 or more sessions, 100,000 or more clients"
                }
                _ => continue,
            };
            let extent = verdicts.of(Severity::Error)[0].extent();
            assert_eq!(extent, Some(format!("{counts}, 1 server")));
        }
    }
}
