//! Who connects to FTP ports, and to how many of them, without a session coming of it.

use std::net::{IpAddr, SocketAddr};

use hashbrown::HashMap;

use crate::capture::Moment;

/// Hosts that are remembered; beyond it no new one is.
pub const MAX_KNOCKERS: usize = 4096;

/// Endpoints remembered of one host.
pub const MAX_DOORS: usize = 64;

/// The FTP ports that each host tried.
#[derive(Debug, Default)]
pub struct Knocks {
    hosts: HashMap<IpAddr, Doors>,
    unnoticed: u64,
}

/// The endpoints that one host tried in vain, or without saying anything.
#[derive(Debug, Default)]
struct Doors {
    tried: Vec<(SocketAddr, Moment)>,
}

impl Knocks {
    /// A host tried to connect.
    pub(super) fn tried(&mut self, from: IpAddr, to: SocketAddr, at: Moment) {
        if !is_ftp(to.port()) {
            return;
        }
        if self.hosts.len() >= MAX_KNOCKERS && !self.hosts.contains_key(&from) {
            self.unnoticed += 1;
            return;
        }
        let doors = self.hosts.entry(from).or_default();
        let known = doors.tried.iter().any(|(door, _)| *door == to);
        if !known && doors.tried.len() < MAX_DOORS {
            doors.tried.push((to, at));
        }
    }

    /// A session came of it.
    pub(super) fn used(&mut self, from: IpAddr, to: SocketAddr) {
        let Some(doors) = self.hosts.get_mut(&from) else {
            return;
        };
        doors.tried.retain(|(door, _)| *door != to);
        if doors.tried.is_empty() {
            self.hosts.remove(&from);
        }
    }

    /// Attempts of hosts that are not remembered, because too many are.
    pub fn unnoticed(&self) -> u64 {
        self.unnoticed
    }

    /// What one host tried.
    pub fn of(&self, host: IpAddr) -> &[(SocketAddr, Moment)] {
        self.hosts.get(&host).map_or(&[], |doors| &doors.tried)
    }

    /// Every host and what it tried.
    pub fn all(&self) -> impl Iterator<Item = (IpAddr, &[(SocketAddr, Moment)])> {
        self.hosts
            .iter()
            .map(|(host, doors)| (*host, &doors.tried[..]))
    }
}

/// A port on which servers offer FTP, or that scanners take for one.
fn is_ftp(port: u16) -> bool {
    let usual = matches!(
        port,
        20 | 21 | 989 | 990 | 2100 | 2120 | 2121 | 2221 | 2811 | 3721 | 4559 | 5554
    );
    usual || (port % 1000 == 21 && port <= 10_021)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doors_count_once_and_not_when_they_are_used() {
        let (host, at) = (IpAddr::from([192, 0, 2, 7]), Moment::default());
        let door = |port| SocketAddr::from(([198, 51, 100, 1], port));
        let mut knocks = Knocks::default();
        for port in [21, 21, 990, 50_021, 8021] {
            knocks.tried(host, door(port), at);
        }
        assert_eq!(knocks.of(host).len(), 3);
        knocks.used(host, door(21));
        assert_eq!(knocks.of(host).len(), 2);
        assert!(knocks.of(IpAddr::from([192, 0, 2, 8])).is_empty());
    }

    #[test]
    fn hosts_are_bounded_and_those_that_log_in_take_no_room() {
        let (door, at) = (SocketAddr::from(([198, 51, 100, 1], 21)), Moment::default());
        let mut knocks = Knocks::default();
        for number in 0..MAX_KNOCKERS as u32 * 2 {
            let host = IpAddr::from((0x0a00_0000 + number).to_be_bytes());
            knocks.tried(host, door, at);
            knocks.used(host, door);
        }
        assert_eq!((knocks.hosts.len(), knocks.unnoticed()), (0, 0));
        for number in 0..MAX_KNOCKERS as u32 + 2 {
            let host = IpAddr::from((0x0a00_0000 + number).to_be_bytes());
            knocks.tried(host, door, at);
        }
        assert_eq!((knocks.hosts.len(), knocks.unnoticed()), (MAX_KNOCKERS, 2));
    }
}
