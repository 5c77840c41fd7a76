//! Who connects to FTP ports, and to how many of them, without a session coming of it.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hashbrown::HashMap;
use smallvec::SmallVec;

use crate::capture::Moment;
use crate::tcp::Candidates;
use crate::time::Timestamp;

/// Hosts that are remembered; the one that has been quiet for longest gives way.
pub const MAX_KNOCKERS: usize = 4096;

/// Endpoints remembered of one host.
pub const MAX_DOORS: usize = 64;

/// What a host tried so long ago has nothing to do with what it tries now.
const FORGOTTEN: Duration = Duration::from_secs(3600);

/// What a host takes, and an endpoint that it tried, in bytes.
const HOST: usize = 2 * size_of::<(IpAddr, Doors)>() + size_of::<IpAddr>();
const DOOR: usize = 2 * size_of::<(SocketAddr, Moment)>();

/// The FTP ports that each host tried.
#[derive(Debug, Default)]
pub struct Knocks {
    hosts: HashMap<IpAddr, Doors>,
    by_age: Candidates<(IpAddr, u64)>,
    /// Endpoints that are remembered in all.
    doors: usize,
    unnoticed: u64,
    serial: u64,
}

/// The endpoints that one host tried in vain, or without saying anything.
#[derive(Debug, Default)]
struct Doors {
    tried: SmallVec<[(SocketAddr, Moment); 1]>,
    latest: Timestamp,
    /// Tells it from what the same host tried before it was forgotten.
    serial: u64,
}

impl Knocks {
    /// A host tried to connect.
    pub(super) fn tried(&mut self, from: IpAddr, to: SocketAddr, at: Moment) {
        if !is_ftp(to.port()) {
            return;
        }
        if !self.hosts.contains_key(&from) {
            self.make_room(at.time);
            self.serial += 1;
            let hosts = &self.hosts;
            let is_there = |key| doors_of(hosts, key).is_some();
            self.by_age.add((from, self.serial), hosts.len(), is_there);
        }
        let doors = self.hosts.entry(from).or_insert_with(|| Doors {
            serial: self.serial,
            ..Doors::default()
        });
        if at.time.since(doors.latest) > FORGOTTEN {
            self.doors -= std::mem::take(&mut doors.tried).len();
        }
        doors.latest = at.time;
        let known = doors.tried.iter().any(|(door, _)| *door == to);
        if !known && doors.tried.len() < MAX_DOORS {
            doors.tried.push((to, at));
            self.doors += 1;
        }
    }

    /// A session came of it.
    pub(super) fn used(&mut self, from: IpAddr, to: SocketAddr) {
        let Some(doors) = self.hosts.get_mut(&from) else {
            return;
        };
        self.doors -= doors.tried.len();
        doors.tried.retain(|(door, _)| *door != to);
        self.doors += doors.tried.len();
        if doors.tried.is_empty() {
            self.hosts.remove(&from);
        }
    }

    /// Forgets the quietest host when there are too many.
    fn make_room(&mut self, now: Timestamp) {
        if self.hosts.len() < MAX_KNOCKERS {
            return;
        }
        let hosts = &self.hosts;
        let latest = |key| Some((0, doors_of(hosts, key)?.latest));
        let quietest = self.by_age.pop(0, latest);
        if let Some(doors) = quietest.and_then(|(host, _)| self.hosts.remove(&host)) {
            self.doors -= doors.tried.len();
            self.unnoticed += u64::from(now.since(doors.latest) <= FORGOTTEN);
        }
    }

    /// Hosts whose attempts were forgotten early, because there were too many.
    pub fn unnoticed(&self) -> u64 {
        self.unnoticed
    }

    /// Memory that they take, in bytes.
    pub(super) fn memory(&self) -> usize {
        self.hosts.len() * HOST + self.doors * DOOR
    }

    /// Forgets all of them.
    pub(super) fn clear(&mut self) {
        *self = Self {
            unnoticed: self.unnoticed,
            serial: self.serial,
            ..Self::default()
        };
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

fn doors_of(hosts: &HashMap<IpAddr, Doors>, (host, serial): (IpAddr, u64)) -> Option<&Doors> {
    hosts.get(&host).filter(|doors| doors.serial == serial)
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

    #[test]
    fn of_the_doors_that_one_host_tries_the_first_count() {
        let (host, at) = (IpAddr::from([192, 0, 2, 7]), Moment::default());
        let door = |last| SocketAddr::from(([198, 51, 100, last], 21));
        let mut knocks = Knocks::default();
        (0..=MAX_DOORS as u8).for_each(|last| knocks.tried(host, door(last), at));
        let tried = knocks.of(host);
        assert_eq!((tried.len(), knocks.doors), (MAX_DOORS, MAX_DOORS));
        assert_eq!((tried[0].0, tried[MAX_DOORS - 1].0), (door(0), door(63)));
    }
}
