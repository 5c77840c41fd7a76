//! The hand-over: blocks that go from the reader thread to the analysis and come back.
//!
//! The blocks are the bound: when the analysis has them all, the reader drops packets and counts
//! them. It neither waits nor allocates for a packet.

use std::sync::mpsc::{self, Receiver, Sender};

use super::block::{BYTES, Block, Status};
use crate::capture::LinkType;
use crate::time::Timestamp;

/// Blocks that wait for the analysis before it counts as behind: then only full blocks are handed
/// over, so that many small ones do not use up the bound.
const BEHIND: usize = 2;

/// The fewest blocks that work: one for each thread, and one on its way.
const LEAST: usize = 3;

/// Both ends of a hand-over that holds so many bytes of packets, which are allocated when the
/// analysis falls behind.
pub(super) fn hand_over(bytes: usize) -> (Giver, Taker) {
    with_blocks((bytes / BYTES).max(LEAST))
}

fn with_blocks(limit: usize) -> (Giver, Taker) {
    // Unbounded channels: there are never more blocks than `limit`.
    let (full, filled) = mpsc::channel();
    let (back, empty) = mpsc::channel();
    let giver = Giver {
        full,
        empty,
        spare: Vec::new(),
        made: 0,
        limit,
        current: None,
        status: Status::default(),
        latest: Timestamp::default(),
        is_deserted: false,
    };
    (giver, Taker { filled, back })
}

/// The end of the reader thread.
pub(super) struct Giver {
    full: Sender<Block>,
    empty: Receiver<Block>,
    spare: Vec<Block>,
    made: usize,
    limit: usize,
    current: Option<Block>,
    /// What every block says: how the capture fares when it is handed over.
    pub(super) status: Status,
    /// When the last packet was captured.
    pub(super) latest: Timestamp,
    is_deserted: bool,
}

impl Giver {
    /// Takes over a packet, or counts it as dropped.
    pub(super) fn push(&mut self, time: Timestamp, wire_len: u32, link: LinkType, bytes: &[u8]) {
        if self
            .current
            .as_ref()
            .is_some_and(|block| !block.has_room(bytes.len()))
        {
            self.send(None);
        }
        self.latest = time;
        match self.block() {
            Some(block) => block.push(time, wire_len, link, bytes),
            None => self.status.drops.hand_over += 1,
        }
    }

    /// Hands over the packets taken so far, unless the analysis is behind; whether none is held
    /// back.
    pub(super) fn flush(&mut self) -> bool {
        self.collect();
        let held = self.current.as_ref().is_some_and(|block| !block.is_empty());
        if held && self.is_behind() {
            return false;
        }
        if held {
            self.send(None);
        }
        true
    }

    /// Hands over how the capture fares, and until when nothing was captured. Nothing happens when
    /// the analysis has all blocks: what it reads next is not idleness.
    pub(super) fn tell(&mut self, idle: Option<Timestamp>) {
        if self.block().is_some() {
            self.send(idle);
        }
    }

    /// Whether there is nobody left to hand over to.
    pub(super) fn is_deserted(&self) -> bool {
        self.is_deserted
    }

    fn is_behind(&self) -> bool {
        let held = usize::from(self.current.is_some());
        self.made - self.spare.len() - held >= BEHIND
    }

    fn send(&mut self, idle: Option<Timestamp>) {
        if let Some(mut block) = self.current.take() {
            block.status.clone_from(&self.status);
            block.idle = idle;
            self.is_deserted |= self.full.send(block).is_err();
        }
    }

    /// The block to fill.
    fn block(&mut self) -> Option<&mut Block> {
        if self.current.is_none() {
            if self.spare.is_empty() {
                self.collect();
            }
            self.current = self.spare.pop().or_else(|| self.make());
        }
        self.current.as_mut()
    }

    fn make(&mut self) -> Option<Block> {
        let more = self.made < self.limit;
        self.made += usize::from(more);
        more.then(Block::new)
    }

    fn collect(&mut self) {
        self.spare.extend(self.empty.try_iter());
    }
}

/// The end of the analysis.
pub(super) struct Taker {
    filled: Receiver<Block>,
    back: Sender<Block>,
}

impl Taker {
    /// Gives `done` back and waits for the next block; `None` when there will be no more.
    pub(super) fn exchange(&self, mut done: Block) -> Option<Block> {
        done.clear();
        // The reader may be gone already.
        let _ = self.back.send(done);
        self.take()
    }

    /// Waits for the first block.
    pub(super) fn take(&self) -> Option<Block> {
        self.filled.recv().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(giver: &mut Giver, bytes: &[u8]) {
        giver.push(Timestamp::new(1, 0), 100, LinkType::RAW, bytes);
    }

    #[test]
    fn packets_arrive_as_they_were_given() {
        let (mut giver, taker) = hand_over(1 << 20);
        push(&mut giver, b"one");
        push(&mut giver, b"");
        push(&mut giver, b"three");
        assert!(giver.flush());
        let block = taker.take().unwrap();
        let bytes: Vec<_> = (0..block.len())
            .map(|index| block.get(index).unwrap().1)
            .collect();
        assert_eq!(bytes, [&b"one"[..], b"", b"three"]);
        assert_eq!(block.get(0).unwrap().0.wire_len, 100);
        assert!(block.get(3).is_none());
    }

    #[test]
    fn nobody_waits_and_what_does_not_fit_is_counted() {
        let (mut giver, taker) = with_blocks(3);
        let half = vec![7; BYTES / 2];
        for _ in 0..10 {
            push(&mut giver, &half);
        }
        assert_eq!(
            giver.status.drops.hand_over, 4,
            "three blocks hold six halves"
        );
        let first = taker.take().unwrap();
        assert_eq!(first.len(), 2);
        let second = taker.exchange(first).unwrap();
        push(&mut giver, &half);
        assert_eq!(giver.status.drops.hand_over, 4, "the block came back");
        assert_eq!(second.status.drops.hand_over, 0, "told in order");
        let third = taker.exchange(second).unwrap();
        assert_eq!(third.status.drops.hand_over, 0);
        giver.flush();
        assert_eq!(taker.exchange(third).unwrap().status.drops.hand_over, 4);
    }

    #[test]
    fn an_analysis_that_is_behind_gets_full_blocks() {
        let (mut giver, taker) = with_blocks(8);
        for _ in 0..BEHIND {
            push(&mut giver, b"alone");
            assert!(giver.flush());
        }
        for _ in 0..10 {
            push(&mut giver, b"together");
            assert!(!giver.flush());
        }
        let first = taker.take().unwrap();
        let _second = taker.exchange(first).unwrap();
        assert!(giver.flush());
        assert_eq!(taker.take().unwrap().len(), 10);
    }

    #[test]
    fn the_last_packets_and_words_arrive_after_the_reader_is_gone() {
        let (mut giver, taker) = hand_over(1 << 20);
        push(&mut giver, b"last");
        giver.tell(Some(Timestamp::new(5, 0)));
        assert!(!giver.is_deserted());
        drop(giver);
        let block = taker.take().unwrap();
        assert_eq!((block.len(), block.idle), (1, Some(Timestamp::new(5, 0))));
        assert!(taker.exchange(block).is_none());
    }

    #[test]
    fn nobody_left_to_take() {
        let (mut giver, taker) = hand_over(1 << 20);
        drop(taker);
        giver.tell(None);
        assert!(giver.is_deserted());
    }
}
