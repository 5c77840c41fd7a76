//! One datagram that is being put together.

use super::defrag::Whole;
use super::ip::{Fragment, Ip};

/// The longest payload of a datagram: IPv6's, IPv4's is 20 bytes less.
const MAX_LEN: usize = 65_535;
/// Pieces that one datagram may be in: 64 KiB over a link of 576 bytes arrive in 120.
const MAX_PIECES: usize = 256;

/// The part of a datagram that a fragment brings.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part<'a> {
    start: usize,
    end: usize,
    last: bool,
    protocol: u8,
    /// From `start` on, as far as captured.
    bytes: &'a [u8],
}

impl<'a> Part<'a> {
    /// What the fragment `ip` brings, unless it contradicts itself: every part but the last has a
    /// length that is a multiple of eight, and is not empty.
    pub(super) fn new(ip: &Ip<'a>, fragment: Fragment) -> Option<Self> {
        let len = ip.payload.wire_len;
        let end = fragment.offset.checked_add(len)?;
        let well_cut = !fragment.more || (len > 0 && len.is_multiple_of(8));
        (well_cut && end <= MAX_LEN).then_some(Self {
            start: fragment.offset,
            end,
            last: !fragment.more,
            protocol: ip.protocol,
            bytes: ip.payload.bytes,
        })
    }

    /// The piece of this part between `from` and `to`.
    fn piece(&self, from: usize, to: usize) -> Piece {
        let captured_to = self.bytes.len().min(to - self.start);
        let bytes = self.bytes.get(from - self.start..captured_to);
        let bytes = bytes.unwrap_or_default().to_vec();
        Piece {
            start: from,
            end: to,
            bytes,
        }
    }
}

/// The pieces of a datagram so far.
#[derive(Debug, Default)]
pub(super) struct Datagram {
    /// In order and without overlap.
    pieces: Vec<Piece>,
    /// Sum of their lengths on the wire.
    covered: usize,
    /// Sum of their captured bytes.
    captured: usize,
    /// Where the last fragment ends, once it was seen.
    end: Option<usize>,
    /// Of the first fragment, once it was seen.
    protocol: Option<u8>,
}

#[derive(Debug)]
struct Piece {
    start: usize,
    end: usize,
    /// Fewer than `end - start` if the fragment was cut by a snapshot length.
    bytes: Vec<u8>,
}

impl Datagram {
    /// Takes from `part` what is missing yet; false if it contradicts what came before it, or if
    /// there are too many pieces.
    pub(super) fn add(&mut self, part: Part) -> bool {
        if !self.agrees(&part) {
            return false;
        }
        if part.last {
            self.end = Some(part.end);
        }
        if part.start == 0 {
            self.protocol.get_or_insert(part.protocol);
        }
        self.fill(&part)
    }

    /// All is here.
    pub(super) fn is_complete(&self) -> bool {
        self.end == Some(self.covered)
    }

    /// Memory that this takes, about.
    pub(super) fn cost(&self) -> usize {
        size_of::<Self>() + self.pieces.len() * size_of::<Piece>() + self.captured
    }

    /// Makes `bytes` the payload, up to the first byte that was not captured.
    pub(super) fn write(self, bytes: &mut Vec<u8>) -> Whole {
        bytes.clear();
        for piece in &self.pieces {
            bytes.extend_from_slice(&piece.bytes);
            if piece.bytes.len() < piece.end - piece.start {
                break;
            }
        }
        Whole {
            protocol: self.protocol.unwrap_or_default(),
            wire_len: self.covered,
        }
    }

    /// Nothing may lie beyond the end, and there is only one end.
    fn agrees(&self, part: &Part) -> bool {
        let reached = self.pieces.last().map_or(0, |piece| piece.end);
        match self.end {
            Some(end) if part.last => part.end == end,
            Some(end) => part.end <= end,
            None => !part.last || part.end >= reached,
        }
    }

    /// Copies the bytes of `part` into the holes between the pieces; false if there are too many.
    fn fill(&mut self, part: &Part) -> bool {
        let mut at = part.start;
        let mut index = self.pieces.partition_point(|piece| piece.end <= part.start);
        while at < part.end {
            let hole_end = match self.pieces.get(index) {
                Some(next) if next.start <= at => {
                    at = next.end;
                    index += 1;
                    continue;
                }
                Some(next) => next.start.min(part.end),
                None => part.end,
            };
            if self.pieces.len() >= MAX_PIECES {
                return false;
            }
            self.insert(index, part.piece(at, hole_end));
            index += 1;
            at = hole_end;
        }
        true
    }

    fn insert(&mut self, index: usize, piece: Piece) {
        self.covered += piece.end - piece.start;
        self.captured += piece.bytes.len();
        self.pieces.insert(index, piece);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(start: usize, len: usize, last: bool, bytes: &[u8]) -> Part<'_> {
        Part {
            start,
            end: start + len,
            last,
            protocol: 6,
            bytes,
        }
    }

    fn written(datagram: Datagram) -> (Vec<u8>, usize) {
        let mut bytes = vec![0; 3];
        let whole = datagram.write(&mut bytes);
        (bytes, whole.wire_len)
    }

    #[test]
    fn the_first_of_overlapping_fragments_wins() {
        let mut datagram = Datagram::default();
        assert!(datagram.add(part(8, 8, false, b"bbbbbbbb")));
        assert!(datagram.add(part(24, 8, true, b"dddddddd")));
        assert!(!datagram.is_complete());
        assert!(datagram.add(part(0, 32, true, &[b'x'; 32])));
        assert!(datagram.is_complete());
        assert_eq!(written(datagram).0, b"xxxxxxxxbbbbbbbbxxxxxxxxdddddddd");
    }

    #[test]
    fn nothing_lies_beyond_the_end() {
        let mut datagram = Datagram::default();
        assert!(datagram.add(part(8, 8, false, &[0; 8])));
        assert!(!datagram.add(part(0, 8, true, &[0; 8])));
        assert!(datagram.add(part(16, 4, true, &[0; 4])));
        assert!(!datagram.add(part(16, 8, false, &[0; 8])));
        assert!(!datagram.add(part(16, 3, true, &[0; 3])));
        assert!(datagram.add(part(0, 8, false, &[0; 8])));
        assert!(datagram.is_complete());
    }

    #[test]
    fn a_cut_fragment_ends_the_bytes_but_not_the_datagram() {
        let mut datagram = Datagram::default();
        assert!(datagram.add(part(0, 16, false, b"aaaaaaaaaa")));
        assert!(datagram.add(part(16, 8, true, b"bbbbbbbb")));
        assert!(datagram.is_complete());
        assert_eq!(written(datagram), (b"aaaaaaaaaa".to_vec(), 24));
    }

    #[test]
    fn an_empty_last_fragment_gives_the_end() {
        let mut datagram = Datagram::default();
        assert!(datagram.add(part(0, 8, false, b"aaaaaaaa")));
        assert!(datagram.add(part(8, 0, true, b"")));
        assert!(datagram.is_complete());
    }

    #[test]
    fn the_pieces_have_a_bound() {
        let mut datagram = Datagram::default();
        for index in 0..MAX_PIECES {
            assert!(datagram.add(part(index * 16, 8, false, &[0; 8])));
        }
        assert!(!datagram.add(part(0, 65_528, false, &[0; 65_528])));
        assert_eq!(datagram.pieces.len(), MAX_PIECES);
    }
}
