//! Where metrics are served.

use std::net::{Ipv4Addr, SocketAddr};
use std::str::FromStr;

/// An address to serve metrics on: `9121` and `:9121` are on 127.0.0.1, to be on another interface
/// its address must be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address(pub SocketAddr);

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let port = text.strip_prefix(':').unwrap_or(text);
        if let Ok(port) = port.parse::<u16>() {
            return Ok(Self((Ipv4Addr::LOCALHOST, port).into()));
        }
        let address = text.parse().map(Self);
        address.map_err(|_| {
            "expected a port (9121), or an address and a port (127.0.0.1:9121, [::1]:9121)"
                .to_owned()
        })
    }
}

impl Address {
    /// Others than this host may ask.
    pub fn is_public(self) -> bool {
        !self.0.ip().is_loopback()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_alone_is_on_this_host() {
        for (text, address, public) in [
            ("9121", "127.0.0.1:9121", false),
            (":9121", "127.0.0.1:9121", false),
            ("[::1]:9121", "[::1]:9121", false),
            ("0.0.0.0:9121", "0.0.0.0:9121", true),
        ] {
            let parsed: Address = text.parse().unwrap();
            assert_eq!(
                (parsed.0.to_string(), parsed.is_public()),
                (address.to_owned(), public)
            );
        }
        for text in ["", "x", "70000", "127.0.0.1", "localhost:1"] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }
}
