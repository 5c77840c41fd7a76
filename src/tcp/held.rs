//! What a flow holds back until it can be delivered in order.

use std::collections::VecDeque;

use super::Side;
use super::stall::Wait;
use crate::capture::Moment;

/// What a piece costs beyond its bytes.
const OVERHEAD: usize = size_of::<Chunk>() + 16;

/// A piece of one direction that waits.
#[derive(Debug)]
pub(super) struct Chunk {
    /// Offset of its first byte.
    pub(super) from: i64,
    /// Offset after its last byte on the wire; more than `bytes` reach if it was cut.
    pub(super) to: i64,
    /// The captured bytes.
    pub(super) bytes: Box<[u8]>,
    /// How much of the other direction its sender had received when it sent this.
    pub(super) needs: Option<i64>,
    /// The packet that brought it.
    pub(super) at: Moment,
}

/// Out-of-order data of both directions and what is waited for.
#[derive(Debug, Default)]
pub(super) struct Held {
    queues: [VecDeque<Chunk>; 2],
    sizes: [usize; 2],
    pub(super) waits: [Option<Wait>; 2],
}

impl Held {
    /// Memory that the pieces of both directions take, in bytes.
    pub(super) fn size(&self) -> usize {
        self.sizes.iter().sum()
    }

    /// Memory that one direction's pieces take, and how many they are.
    pub(super) fn load(&self, side: Side) -> (usize, usize) {
        (self.sizes[side.index()], self.queues[side.index()].len())
    }

    /// Nothing is held and nothing is waited for.
    pub(super) fn is_idle(&self) -> bool {
        self.queues.iter().all(VecDeque::is_empty) && self.waits.iter().all(Option::is_none)
    }

    /// The first piece of one direction.
    pub(super) fn front(&self, side: Side) -> Option<&Chunk> {
        self.queues[side.index()].front()
    }

    /// Takes the first piece of one direction out.
    pub(super) fn pop(&mut self, side: Side) -> Option<Chunk> {
        let chunk = self.queues[side.index()].pop_front()?;
        self.sizes[side.index()] -= chunk.bytes.len() + OVERHEAD;
        Some(chunk)
    }

    /// Keeps what the pieces held so far do not cover: the first copy of a byte wins.
    pub(super) fn insert(
        &mut self,
        side: Side,
        from: i64,
        to: i64,
        bytes: &[u8],
        needs: Option<i64>,
        at: Moment,
    ) {
        let mut start = from;
        let mut index = self.queues[side.index()].partition_point(|chunk| chunk.to <= from);
        while start < to {
            let next = self.queues[side.index()]
                .get(index)
                .map(|chunk| (chunk.from, chunk.to));
            let end = next.map_or(to, |next| next.0.min(to));
            if start < end {
                let bytes = part(bytes, start - from, end - from).into();
                self.place(
                    side,
                    index,
                    Chunk {
                        from: start,
                        to: end,
                        bytes,
                        needs,
                        at,
                    },
                );
                index += 1;
            }
            start = next.map_or(to, |next| next.1.max(start));
            index += 1;
        }
    }

    fn place(&mut self, side: Side, index: usize, chunk: Chunk) {
        self.sizes[side.index()] += chunk.bytes.len() + OVERHEAD;
        self.queues[side.index()].insert(index, chunk);
    }
}

/// The captured bytes between two distances from the beginning.
pub(super) fn part(bytes: &[u8], from: i64, to: i64) -> &[u8] {
    let clamp = |at: i64| usize::try_from(at).unwrap_or(0).min(bytes.len());
    bytes.get(clamp(from)..clamp(to)).unwrap_or_default()
}
