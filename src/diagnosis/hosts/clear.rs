//! Data connections of sessions in clear text, for comparison with those of encrypted ones.
//!
//! A firewall that opens ports as far as it can read the control connection lets the data
//! connections of plain FTP pass and drops those of FTP over TLS between the same hosts.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};

use hashbrown::HashMap;

use crate::capture::Moment;
use crate::diagnosis::{Case, Confidence, Evidence, Finding, catalogue};
use crate::ftp::{Channel, Mode};

/// Pairs of hosts that are remembered; the one that has been quiet for longest gives way.
const MAX_PAIRS: usize = 256;

/// Who connects, and who listens.
type Hosts = (IpAddr, IpAddr);

/// The latest data connection in clear text that came about between two hosts.
#[derive(Debug, Default)]
pub(super) struct Clear {
    latest: HashMap<Hosts, Connected>,
    /// Hosts with the number of a connection of theirs, oldest first; only the latest counts.
    by_age: VecDeque<(Hosts, u64)>,
    /// Connections so far.
    number: u64,
}

#[derive(Clone, Copy, Debug)]
struct Connected {
    to: SocketAddr,
    at: Moment,
    number: u64,
}

impl Clear {
    /// Takes notice of a data connection that was announced in clear and came about.
    pub(super) fn learn(&mut self, case: &Case<'_>, channel: &Channel) {
        let connection = channel.connection.as_ref().filter(|it| it.established);
        let Some(connection) = connection.filter(|_| channel.announcement.is_some()) else {
            return;
        };
        if !case.scene.is_encrypted() {
            let hosts = (connection.from.ip(), connection.to.ip());
            self.add(hosts, connection.to, connection.first);
        }
    }

    fn add(&mut self, hosts: Hosts, to: SocketAddr, at: Moment) {
        self.number += 1;
        let number = self.number;
        self.latest.insert(hosts, Connected { to, at, number });
        self.by_age.push_back((hosts, number));
        if self.latest.len() > MAX_PAIRS {
            self.forget_oldest();
        }
        if self.by_age.len() > 2 * MAX_PAIRS {
            let latest = &self.latest;
            self.by_age
                .retain(|(hosts, number)| is_latest(latest, hosts, *number));
        }
    }

    fn forget_oldest(&mut self) {
        while let Some((hosts, number)) = self.by_age.pop_front() {
            if is_latest(&self.latest, &hosts, number) {
                self.latest.remove(&hosts);
                return;
            }
        }
    }

    /// Memory that it takes, in bytes.
    pub(super) fn memory(&self) -> usize {
        self.latest.capacity() * size_of::<(Hosts, Connected)>()
            + self.by_age.capacity() * size_of::<(Hosts, u64)>()
    }

    /// Adds to a finding about a connection of an encrypted session that nobody answered that one
    /// in clear text came about.
    pub(super) fn compare(&self, case: &Case<'_>, finding: &mut Finding) {
        let about = [
            catalogue::CONNECTION_UNANSWERED.id,
            catalogue::ACTIVE_BLOCKED.id,
        ];
        if !case.scene.is_encrypted() || !about.contains(&finding.cause) {
            return;
        }
        let Some(channel) = case.channel() else {
            return;
        };
        let (listener, initiator) = match channel.mode {
            Mode::Passive => (case.scene.server(), case.scene.client()),
            Mode::Active => (case.scene.client(), case.scene.server()),
        };
        let Some(known) = self.latest.get(&(initiator.ip(), listener.ip())) else {
            return;
        };
        finding.confidence = finding.confidence.max(Confidence::Likely);
        finding.summary += &format!(
            " In clear text a data connection between the same hosts came about ({}): a firewall \
             on the way opens ports only as far as it can read the control connection.",
            known.to
        );
        finding.evidence.push(Evidence {
            frame: known.at.frame,
            time: known.at.time,
            note: format!("a data connection to {} in clear text", known.to).into(),
        });
        finding.sort_evidence();
    }
}

/// No later connection of these hosts came.
fn is_latest(latest: &HashMap<Hosts, Connected>, hosts: &Hosts, number: u64) -> bool {
    latest.get(hosts).is_some_and(|one| one.number == number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_pairs_are_remembered_each_once() {
        let mut clear = Clear::default();
        let server = IpAddr::from([203, 0, 113, 9]);
        let hosts = |client: usize| {
            let client = [10, 0, (client >> 8) as u8, client as u8];
            (IpAddr::from(client), server)
        };
        for client in 0..MAX_PAIRS + 10 {
            for port in [50_000, 50_001] {
                clear.add(hosts(client), (server, port).into(), Moment::default());
            }
            // This one is never quiet.
            clear.add(hosts(3), (server, 50_002).into(), Moment::default());
        }
        assert_eq!(clear.latest.len(), MAX_PAIRS);
        let kept = |client: usize| Some(clear.latest.get(&hosts(client))?.to.port());
        assert_eq!(
            (kept(3), kept(10), kept(11)),
            (Some(50_002), None, Some(50_001))
        );
        assert!(clear.by_age.len() <= 2 * MAX_PAIRS);
        assert!(clear.memory() < 128 * 1024);
    }
}
