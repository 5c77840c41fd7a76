//! What all actors of a generated capture share: hosts, ports that nobody uses twice at a time,
//! and the exact count of what happened.

use std::net::{Ipv4Addr, SocketAddr};

use super::random::Random;

/// Client hosts; more than fit in anyone's cache line by line, fewer than sessions.
const CLIENTS: u64 = 20_000;
/// FTP servers.
const SERVERS: u64 = 64;
/// The first of the ports that are given out.
const FIRST_PORT: u64 = 32_768;
/// How many there are.
const PORTS: u64 = 28_232;
/// Step between two ports of one host: coprime to [`PORTS`], so that all are used before one is
/// used again, and far enough that they do not follow each other (real ones do not, and hash
/// chains notice).
const PORT_STEP: u64 = 7_919;

/// What truly happened in a generated capture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Truth {
    /// Bytes of the file.
    pub bytes: u64,
    /// Packets in the file.
    pub packets: u64,
    /// TCP connections of which at least a SYN was sent.
    pub connections: u64,
    /// FTP control connections.
    pub sessions: u64,
    /// FTP commands sent.
    pub commands: u64,
    /// FTP replies sent; a multi-line reply is one.
    pub replies: u64,
    /// Transfers that the server confirmed with 226.
    pub transfers_ok: u64,
    /// Transfer commands answered with 425 or 550.
    pub transfers_failed: u64,
    /// Payload bytes of FTP data connections.
    pub data_bytes: u64,
    /// Commands of which the capture misses a part.
    pub damaged_commands: u64,
    /// Replies of which the capture misses a part.
    pub damaged_replies: u64,
    /// Sessions that never end.
    pub left_open: u64,
}

/// A host: an index among the clients or the servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Host(u64);

/// Hosts, ports and counts.
pub struct World {
    /// The counts so far.
    pub truth: Truth,
    ports: Vec<u16>,
}

impl World {
    /// A world in which nothing has happened.
    pub fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let ports = (0..CLIENTS + SERVERS)
            .map(|_| random.within(0..PORTS) as u16)
            .collect();
        Self {
            truth: Truth::default(),
            ports,
        }
    }

    /// Some client host.
    pub fn client(random: &mut Random) -> Host {
        Host(random.within(0..CLIENTS))
    }

    /// Some FTP server host.
    pub fn server(random: &mut Random) -> Host {
        Host(CLIENTS + random.within(0..SERVERS))
    }

    /// The IP address of a host.
    pub fn address(host: Host) -> Ipv4Addr {
        match host.0.checked_sub(CLIENTS) {
            Some(server) => Ipv4Addr::new(10, 200, 0, server as u8 + 1),
            None => Ipv4Addr::new(10, 1, (host.0 / 250) as u8, (host.0 % 250) as u8 + 1),
        }
    }

    /// A port of a host that it has not used for a long time.
    pub fn port(&mut self, host: Host) -> SocketAddr {
        let next = &mut self.ports[host.0 as usize];
        let port = FIRST_PORT + u64::from(*next);
        *next = ((u64::from(*next) + PORT_STEP) % PORTS) as u16;
        SocketAddr::new(Self::address(host).into(), port as u16)
    }
}
