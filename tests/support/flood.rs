//! Packets by the million: SYNs that nobody answers, from hosts and ports that do not come again.

use std::net::Ipv4Addr;

use super::packets::{Header, Link, Tcp, Transport, write};

/// Makes Ethernet frames that are one SYN each.
pub struct SynFlood {
    frame: Vec<u8>,
    number: u32,
}

impl SynFlood {
    /// A flood of one port of a server.
    pub fn new(server: Ipv4Addr, port: u16) -> Self {
        let header = Header {
            src: "172.16.0.0:1024".parse().expect("an endpoint"),
            dst: (server, port).into(),
            ttl: 60,
            ip_id: 0,
            transport: Transport::Tcp(Tcp {
                flags: 2,
                ..Tcp::default()
            }),
        };
        let mut frame = Vec::new();
        write(&mut frame, Link::Ethernet, &header, &[]);
        Self { frame, number: 0 }
    }

    /// The next SYN. Its checksums are those of the first: the engine does not look at them.
    pub fn next(&mut self) -> &[u8] {
        self.number = self.number.wrapping_add(1);
        let host = 0xac10_0000 | self.number >> 4 & 0xf_ffff;
        let port = 1024 + (self.number & 15) as u16;
        self.frame[26..30].copy_from_slice(&host.to_be_bytes());
        self.frame[34..36].copy_from_slice(&port.to_be_bytes());
        self.frame[38..42].copy_from_slice(&self.number.to_be_bytes());
        &self.frame
    }
}
