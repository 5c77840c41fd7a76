//! Data connections of sessions in clear text, for comparison with those of encrypted ones.
//!
//! A firewall that opens ports as far as it can read the control connection lets the data
//! connections of plain FTP pass and drops those of FTP over TLS between the same hosts.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};

use crate::capture::Moment;
use crate::diagnosis::{Case, Confidence, Evidence, Finding, catalogue};
use crate::ftp::Mode;

/// Pairs of hosts that are remembered; the oldest gives way.
const MAX_PAIRS: usize = 256;

/// The latest data connection in clear text that came about, by who connects and who listens.
#[derive(Debug, Default)]
pub(super) struct Clear {
    latest: VecDeque<Connected>,
}

#[derive(Clone, Copy, Debug)]
struct Connected {
    from: IpAddr,
    to: SocketAddr,
    at: Moment,
}

impl Clear {
    /// Takes notice of a data connection that was announced in clear and came about.
    pub(super) fn learn(&mut self, case: &Case<'_>) {
        let channel = case.channel().filter(|_| case.scene.tls().is_none());
        let announced = channel.filter(|channel| channel.announcement.is_some());
        let connection = announced.and_then(|channel| channel.connection.as_ref());
        let Some(connection) = connection.filter(|connection| connection.established) else {
            return;
        };
        self.add(Connected {
            from: connection.from.ip(),
            to: connection.to,
            at: connection.first,
        });
    }

    fn add(&mut self, connected: Connected) {
        self.latest
            .retain(|known| known.hosts() != connected.hosts());
        if self.latest.len() == MAX_PAIRS {
            self.latest.pop_front();
        }
        self.latest.push_back(connected);
    }

    /// Memory that it takes, in bytes.
    pub(super) fn memory(&self) -> usize {
        self.latest.capacity() * size_of::<Connected>()
    }

    /// Adds to a finding about a connection of an encrypted session that nobody answered that one
    /// in clear text came about.
    pub(super) fn compare(&self, case: &Case<'_>, finding: &mut Finding) {
        let about = [
            catalogue::CONNECTION_UNANSWERED.id,
            catalogue::ACTIVE_BLOCKED.id,
        ];
        if case.scene.tls().is_none() || !about.contains(&finding.cause) {
            return;
        }
        let Some(channel) = case.channel() else {
            return;
        };
        let (listener, initiator) = match channel.mode {
            Mode::Passive => (case.scene.server(), case.scene.client()),
            Mode::Active => (case.scene.client(), case.scene.server()),
        };
        let same = |known: &&Connected| known.hosts() == (initiator.ip(), listener.ip());
        let Some(known) = self.latest.iter().find(same) else {
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
            note: format!("a data connection to {} in clear text", known.to),
        });
        finding.sort_evidence();
    }
}

impl Connected {
    fn hosts(&self) -> (IpAddr, IpAddr) {
        (self.from, self.to.ip())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_pairs_are_remembered_each_once() {
        let mut clear = Clear::default();
        let connected = |client: usize, port| Connected {
            from: [10, 0, (client >> 8) as u8, client as u8].into(),
            to: ([203, 0, 113, 9], port).into(),
            at: Moment::default(),
        };
        for client in 0..MAX_PAIRS + 10 {
            clear.add(connected(client, 50_000));
            clear.add(connected(client, 50_001));
        }
        assert_eq!(clear.latest.len(), MAX_PAIRS);
        let oldest = clear.latest.front().unwrap();
        assert_eq!(oldest.hosts(), connected(10, 0).hosts());
        assert_eq!(oldest.to.port(), 50_001, "the latest connection counts");
        assert!(clear.memory() < 64 * 1024);
    }
}
