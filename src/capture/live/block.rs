//! Packets on their way from the reader thread to the analysis.

use super::state::State;
use crate::capture::{Drops, LinkType};
use crate::time::Timestamp;

/// Bytes of packets in a block: stays in the L2 cache between the two threads, and takes the
/// longest packet there is.
pub(super) const BYTES: usize = 256 * 1024;

/// Packets in a block, so that short ones do not outweigh it.
const PACKETS: usize = 4096;

/// Packets, and what the reader has to say after them.
#[derive(Default)]
pub(super) struct Block {
    bytes: Vec<u8>,
    records: Vec<Record>,
    pub(super) status: Status,
    /// The time until which nothing else was captured.
    pub(super) idle: Option<Timestamp>,
}

/// How the capture fares.
#[derive(Clone, Debug, Default)]
pub(super) struct Status {
    pub(super) state: State,
    pub(super) drops: Drops,
}

/// A packet in a block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record {
    pub(super) time: Timestamp,
    pub(super) wire_len: u32,
    pub(super) link: LinkType,
    /// Where its bytes end; they begin where those of the one before end.
    end: u32,
}

impl Block {
    pub(super) fn new() -> Self {
        Self {
            bytes: Vec::with_capacity(BYTES),
            records: Vec::with_capacity(PACKETS),
            ..Self::default()
        }
    }

    /// Whether a packet of `len` bytes has room. An empty block takes every packet.
    pub(super) fn has_room(&self, len: usize) -> bool {
        self.is_empty() || (self.records.len() < PACKETS && self.bytes.len() + len <= BYTES)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    pub(super) fn push(&mut self, time: Timestamp, wire_len: u32, link: LinkType, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        self.records.push(Record {
            time,
            wire_len,
            link,
            end: u32::try_from(self.bytes.len()).unwrap_or(u32::MAX),
        });
    }

    /// The packet at `index` and its bytes.
    pub(super) fn get(&self, index: usize) -> Option<(&Record, &[u8])> {
        let record = self.records.get(index)?;
        let start = match index.checked_sub(1) {
            Some(before) => self.records.get(before)?.end,
            None => 0,
        };
        let bytes = self.bytes.get(start as usize..record.end as usize)?;
        Some((record, bytes))
    }

    /// Whether it was made by the reader, rather than to stand for none.
    pub(super) fn is_real(&self) -> bool {
        self.bytes.capacity() > 0
    }

    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.records.clear();
        self.idle = None;
    }
}
