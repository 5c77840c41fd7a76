//! Hashes of addresses, seeded per process so that a capture cannot be made to collide.

use std::hash::BuildHasher;
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

/// The two ends of a segment, a word each: cheap to hash, to compare and to keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ends {
    pub(super) src: u64,
    pub(super) dst: u64,
}

impl Ends {
    /// Different ends have different words; so it is but for IPv6, where a word is a hash.
    #[inline]
    pub(super) fn are_exact(self) -> bool {
        (self.src | self.dst) & HASHED == 0
    }
}

/// Marks the word of an end that is more than a word.
const HASHED: u64 = 1 << 63;

/// Hashes what flows are looked up by.
#[derive(Debug)]
pub(super) struct Hashing {
    state: RandomState,
    /// For words: secrets that are drawn from the state.
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
    /// The words of two ends.
    #[inline]
    pub(super) fn ends(&self, src: SocketAddr, dst: SocketAddr) -> Ends {
        match (src, dst) {
            (SocketAddr::V4(src), SocketAddr::V4(dst)) => Ends {
                src: word(src),
                dst: word(dst),
            },
            _ => Ends {
                src: self.word(src),
                dst: self.word(dst),
            },
        }
    }

    /// The two ends of a connection, in either order.
    #[inline]
    pub(super) fn both(&self, ends: Ends) -> Print {
        self.words(ends.src.min(ends.dst), ends.src.max(ends.dst))
    }

    /// One end.
    pub(super) fn end(&self, a: SocketAddr) -> Print {
        self.words(self.word(a), 0)
    }

    /// Two hosts, in either order.
    pub(super) fn hosts(&self, a: IpAddr, b: IpAddr) -> Print {
        self.both(self.ends(SocketAddr::new(a, 0), SocketAddr::new(b, 0)))
    }

    /// Both halves of the product of what only this process knows.
    #[inline]
    fn words(&self, a: u64, b: u64) -> Print {
        let [one, other] = self.secrets;
        let product = u128::from(a ^ one) * u128::from(b ^ other);
        Print::of(product as u64 ^ (product >> 64) as u64)
    }

    fn word(&self, end: SocketAddr) -> u64 {
        match end {
            SocketAddr::V4(end) => word(end),
            SocketAddr::V6(end) => self.state.hash_one((end.ip(), end.port())) | HASHED,
        }
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
            let (a, b): (SocketAddr, SocketAddr) = (a.parse().unwrap(), b.parse().unwrap());
            let [one, other] = [hashing.ends(a, b), hashing.ends(b, a)];
            assert_eq!(hashing.both(one), hashing.both(other));
            assert_eq!((one.src, one.dst), (other.dst, other.src));
            assert_ne!(hashing.end(a), hashing.end(b));
        }
    }
}
