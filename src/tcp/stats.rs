//! What a flow table did and holds.

/// Counters of a flow table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Flows opened.
    pub opened: u64,
    /// Flows that ended because a new connection took their ports.
    pub reused: u64,
    /// Flows forgotten because they had been quiet.
    pub expired: u64,
    /// Flows forgotten early because the table was full.
    pub evicted: u64,
    /// Packets recognised as copies made by the capture.
    pub copies: u64,
    /// Gaps told to the consumer.
    pub gaps: u64,
    /// Bytes in those gaps.
    pub gap_bytes: u64,
    /// Flows that had to go on without what they waited for, because too much was held in all.
    pub hurried: u64,
    /// Memory that out-of-order data takes now, in bytes.
    pub held: u64,
    /// The most that it ever took.
    pub held_most: u64,
    /// Holes in sequence space that are remembered now.
    pub holes: usize,
}

/// What one flow takes beyond its fixed size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Footprint {
    /// Memory that out-of-order data takes, in bytes.
    held: u32,
    /// Holes that are remembered.
    holes: u32,
}

impl Footprint {
    #[inline]
    pub(super) fn new(held: usize, holes: usize) -> Self {
        let word = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Self {
            held: word(held),
            holes: word(holes),
        }
    }
}

impl Stats {
    /// Replaces what one flow adds to the sums.
    pub(super) fn replace(&mut self, before: Footprint, now: Footprint) {
        self.holes = self.holes.saturating_sub(before.holes as usize) + now.holes as usize;
        self.held = self.held.saturating_sub(before.held.into()) + u64::from(now.held);
        self.held_most = self.held_most.max(self.held);
    }
}
