//! Hashes of addresses, seeded per process so that a capture cannot be made to collide.

use std::fmt;
use std::hash::BuildHasher;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4};

use foldhash::fast::RandomState;

use super::Side;

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

/// The two ends of a segment, a word each: cheap to hash, to compare and to keep. Of IPv4 it tells
/// everything, of IPv6 it is a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ends {
    pub(super) src: u64,
    pub(super) dst: u64,
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
    pub(super) fn ends(&self, src: &SocketAddr, dst: &SocketAddr) -> Ends {
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
    pub(super) fn end(&self, a: &SocketAddr) -> Print {
        self.words(self.word(a), 0)
    }

    /// Two hosts, in either order.
    pub(super) fn hosts(&self, a: IpAddr, b: IpAddr) -> Print {
        self.both(self.ends(&SocketAddr::new(a, 0), &SocketAddr::new(b, 0)))
    }

    /// Both halves of the product of what only this process knows.
    #[inline]
    fn words(&self, a: u64, b: u64) -> Print {
        let [one, other] = self.secrets;
        let product = u128::from(a ^ one) * u128::from(b ^ other);
        Print::of(product as u64 ^ (product >> 64) as u64)
    }

    fn word(&self, end: &SocketAddr) -> u64 {
        match end {
            SocketAddr::V4(end) => word(end),
            SocketAddr::V6(end) => self.state.hash_one((end.ip(), end.port())) | HASHED,
        }
    }
}

#[inline]
fn word(end: &SocketAddrV4) -> u64 {
    u64::from(end.ip().to_bits()) << 16 | u64::from(end.port())
}

/// Who connects and who listens, in as little as it takes.
#[derive(Clone)]
pub(super) struct Pair {
    /// The words of the initiator and the responder.
    words: [u64; 2],
    /// The ends themselves, where the words are hashes.
    long: Option<Box<[SocketAddr; 2]>>,
}

impl Pair {
    /// Two ends of which nobody asks for the words.
    pub(super) fn new(initiator: SocketAddr, responder: SocketAddr) -> Self {
        let word_of = |end: &SocketAddr| match end {
            SocketAddr::V4(end) => word(end),
            SocketAddr::V6(_) => HASHED,
        };
        let ends = [initiator, responder];
        Self::with(ends.each_ref().map(word_of), ends)
    }

    /// Two ends and their words.
    pub(super) fn with(words: [u64; 2], ends: [SocketAddr; 2]) -> Self {
        let is_long = words.iter().any(|word| word & HASHED != 0);
        Self {
            words,
            long: is_long.then(|| Box::new(ends)),
        }
    }

    /// One of the ends.
    #[inline]
    pub(super) fn end(&self, side: Side) -> SocketAddr {
        match &self.long {
            Some(ends) => ends[side.index()],
            None => end(self.words[side.index()]),
        }
    }

    /// The words, as of a segment of the initiator.
    pub(super) fn words(&self) -> Ends {
        let [src, dst] = self.words;
        Ends { src, dst }
    }

    /// These are the two ends, whichever connected; `ends` are their words.
    #[inline(always)]
    pub(super) fn are(&self, ends: Ends, a: &SocketAddr, b: &SocketAddr) -> bool {
        let Ends { src, dst } = ends;
        let alike = self.words == [src, dst] || self.words == [dst, src];
        alike && (self.long.is_none() || self.are_indeed(a, b))
    }

    #[cold]
    fn are_indeed(&self, a: &SocketAddr, b: &SocketAddr) -> bool {
        let is =
            |one, other| self.end(Side::Initiator) == one && self.end(Side::Responder) == other;
        is(*a, *b) || is(*b, *a)
    }

    /// Whose the first of these ends is.
    #[inline]
    pub(super) fn side(&self, ends: Ends) -> Side {
        if ends.src == self.words[0] {
            Side::Initiator
        } else {
            Side::Responder
        }
    }
}

/// The words are no facts: of IPv6 they differ from process to process.
impl fmt::Debug for Pair {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ends = [Side::Initiator, Side::Responder].map(|side| self.end(side));
        formatter.debug_list().entries(ends).finish()
    }
}

#[inline]
fn end(word: u64) -> SocketAddr {
    let address = Ipv4Addr::from_bits((word >> 16) as u32);
    SocketAddr::from((address, word as u16))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_tells_its_ends() {
        let hashing = Hashing::default();
        for (a, b) in [("1.2.3.4:5", "255.4.3.2:65535"), ("[::1]:5", "[::2]:5")] {
            let (a, b): (SocketAddr, SocketAddr) = (a.parse().unwrap(), b.parse().unwrap());
            let (there, back) = (hashing.ends(&a, &b), hashing.ends(&b, &a));
            let pair = Pair::with([there.src, there.dst], [a, b]);
            assert_eq!(
                [Side::Initiator, Side::Responder].map(|side| pair.end(side)),
                [a, b]
            );
            assert!(pair.are(there, &a, &b) && pair.are(back, &b, &a));
            assert!(!pair.are(hashing.ends(&a, &a), &a, &a));
            assert_eq!(
                [there, back].map(|ends| pair.side(ends)),
                [Side::Initiator, Side::Responder]
            );
            // A hash alone proves nothing.
            assert_eq!(pair.are(there, &a, &a), a.is_ipv4());
        }
    }

    #[test]
    fn the_order_of_the_ends_does_not_matter() {
        let hashing = Hashing::default();
        for (a, b) in [
            ("1.2.3.4:5", "5.4.3.2:1"),
            ("[::1]:5", "[::2]:5"),
            ("1.2.3.4:5", "[::1]:5"),
        ] {
            let (a, b): (SocketAddr, SocketAddr) = (a.parse().unwrap(), b.parse().unwrap());
            let [one, other] = [hashing.ends(&a, &b), hashing.ends(&b, &a)];
            assert_eq!(hashing.both(one), hashing.both(other));
            assert_eq!((one.src, one.dst), (other.dst, other.src));
            assert_ne!(hashing.end(&a), hashing.end(&b));
        }
    }
}
