//! Hashes of addresses, seeded per process so that a capture cannot be made to collide.

use std::hash::{BuildHasher, Hash};
use std::net::{IpAddr, SocketAddr, SocketAddrV4};

use foldhash::fast::RandomState;

/// A hash, cut to what an entry of a table keeps of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Print(u32);

impl Print {
    fn of(hash: u64) -> Self {
        Self((hash ^ hash >> 32) as u32)
    }

    /// Spread over the word that the table wants: it looks at both ends of it.
    #[inline]
    pub(super) fn wide(self) -> u64 {
        u64::from(self.0).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
}

/// Hashes what flows are looked up by.
#[derive(Debug)]
pub(super) struct Hashing {
    state: RandomState,
    /// For IPv4, where both ends are a word each: secrets that are drawn from the state.
    secrets: [u64; 2],
}

impl Default for Hashing {
    fn default() -> Self {
        let state = RandomState::default();
        let secrets = [0u8, 1].map(|number| state.hash_one(number));
        Self { state, secrets }
    }
}

impl Hashing {
    /// The two ends of a connection, in either order.
    #[inline]
    pub(super) fn ends(&self, a: SocketAddr, b: SocketAddr) -> Print {
        match (a, b) {
            (SocketAddr::V4(a), SocketAddr::V4(b)) => {
                let (a, b) = (word(a), word(b));
                self.words(a.min(b), a.max(b))
            }
            _ => self.both((a.ip(), a.port()), (b.ip(), b.port())),
        }
    }

    /// One end.
    pub(super) fn end(&self, a: SocketAddr) -> Print {
        match a {
            SocketAddr::V4(a) => self.words(word(a), 0),
            SocketAddr::V6(a) => Print::of(self.state.hash_one((a.ip(), a.port()))),
        }
    }

    /// Two hosts, in either order.
    pub(super) fn hosts(&self, a: IpAddr, b: IpAddr) -> Print {
        self.ends(SocketAddr::new(a, 0), SocketAddr::new(b, 0))
    }

    /// Both halves of the product of what only this process knows.
    #[inline]
    fn words(&self, a: u64, b: u64) -> Print {
        let [one, other] = self.secrets;
        let product = u128::from(a ^ one) * u128::from(b ^ other);
        Print::of(product as u64 ^ (product >> 64) as u64)
    }

    fn both<T: Ord + Hash>(&self, a: T, b: T) -> Print {
        Print::of(self.state.hash_one(if a <= b { (a, b) } else { (b, a) }))
    }
}

/// Whether two ends are one; a comparison of words for IPv4.
#[inline]
pub(super) fn is_same(a: SocketAddr, b: SocketAddr) -> bool {
    match (a, b) {
        (SocketAddr::V4(a), SocketAddr::V4(b)) => word(a) == word(b),
        _ => a == b,
    }
}

#[inline]
fn word(end: SocketAddrV4) -> u64 {
    u64::from(end.ip().to_bits()) << 16 | u64::from(end.port())
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
