//! Hashes of addresses, seeded per process so that a capture cannot be made to collide.

use std::hash::{BuildHasher, Hash};
use std::net::{IpAddr, SocketAddr};

use foldhash::fast::RandomState;

/// Hashes what flows are looked up by.
#[derive(Debug, Default)]
pub(super) struct Hashing(RandomState);

impl Hashing {
    /// The two ends of a connection, in either order.
    pub(super) fn ends(&self, a: SocketAddr, b: SocketAddr) -> u64 {
        match (a, b) {
            (SocketAddr::V4(a), SocketAddr::V4(b)) => {
                let word = |end: std::net::SocketAddrV4| {
                    u64::from(end.ip().to_bits()) << 16 | u64::from(end.port())
                };
                self.both(word(a), word(b))
            }
            _ => self.both((a.ip(), a.port()), (b.ip(), b.port())),
        }
    }

    /// One end.
    pub(super) fn end(&self, a: SocketAddr) -> u64 {
        self.0.hash_one((a.ip(), a.port()))
    }

    /// Two hosts, in either order.
    pub(super) fn hosts(&self, a: IpAddr, b: IpAddr) -> u64 {
        self.ends(SocketAddr::new(a, 0), SocketAddr::new(b, 0))
    }

    fn both<T: Ord + Hash>(&self, a: T, b: T) -> u64 {
        self.0.hash_one(if a <= b { (a, b) } else { (b, a) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_the_ends_does_not_matter() {
        let hashing = Hashing::default();
        for (a, b) in [
            ("1.2.3.4:5", "5.4.3.2:1"),
            ("[::1]:5", "[::2]:5"),
            ("1.2.3.4:5", "[::1]:5"),
        ] {
            let (a, b) = (a.parse().unwrap(), b.parse().unwrap());
            assert_eq!(hashing.ends(a, b), hashing.ends(b, a));
            assert_ne!(hashing.end(a), hashing.end(b));
        }
    }
}
