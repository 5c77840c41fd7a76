//! One end of a control connection, in as few bytes as it takes.

use std::net::{IpAddr, SocketAddr};

/// An address and a port: what `SocketAddr` keeps beside them takes half as much again, in each of
/// many sessions.
#[derive(Clone, Copy, Debug)]
pub(super) struct End {
    ip: IpAddr,
    port: u16,
}

impl End {
    pub(super) fn ip(self) -> IpAddr {
        self.ip
    }

    pub(super) fn address(self) -> SocketAddr {
        SocketAddr::new(self.ip, self.port)
    }
}

impl From<SocketAddr> for End {
    fn from(address: SocketAddr) -> Self {
        Self {
            ip: address.ip(),
            port: address.port(),
        }
    }
}
