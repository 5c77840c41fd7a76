//! From [`Segment`](crate::decode::Segment)s to ordered byte streams and facts about connections.
//!
//! A [`FlowTable`] knows TCP and no application. It tells its [`Consumer`] what happens on each
//! flow as [`StreamEvent`]s; the consumer says with [`Interest`] whether it wants the bytes of a
//! flow or only the counters that every [`Connection`] keeps.
//!
//! A flow begins with [`StreamEvent::Open`] and ends with [`StreamEvent::Gone`], each once. After
//! [`StreamEvent::Close`] it tells nothing more but lingers, so that late segments are not taken
//! for a new flow. Each byte is told once and in order, and a reply not before its command, as far
//! as the acknowledgement numbers tell: what the capture put in another order waits, but not for
//! long ([`FlowTable::advance`]).
//!
//! A segment goes `table` → `flows` (the slab) → `ordinary`, where most are done with, or `copies`, `arrival` (does it belong?) → `header`,
//! `flow` (facts) → `track`, `holes` (sequence space) → `assembler`, `held`, `stall` (order) →
//! `delivery` (events). `chain` finds unmarked flows, `deadlines` and `expiry` forget, and `relief`
//! does when there is too much.

mod arrival;
mod assembler;
mod candidates;
mod chain;
mod connection;
mod copies;
mod deadlines;
mod delivery;
mod expiry;
mod flow;
mod flows;
mod hashing;
mod header;
mod held;
mod holes;
mod ordinary;
#[cfg(test)]
mod properties;
mod relief;
mod stall;
mod standing;
mod stats;
mod table;
#[cfg(test)]
mod testing;
mod track;

pub(crate) use candidates::{Candidates, Price};
pub use connection::{Close, Connection, Half, Interest, Side};
pub use delivery::MAX_HELD_BYTES;
pub use flows::Flows;
pub use standing::{End, Stuck, Waits};
pub use stats::Stats;
pub use table::{FlowId, FlowTable, Limits, MAX_FLOWS};

use crate::capture::Moment;

/// What a flow table tells its consumer. Lives for one call.
#[derive(Clone, Copy, Debug)]
pub enum StreamEvent<'a> {
    /// The first segment of a flow: a SYN, or anything when the capture begins in mid-stream.
    Open,
    /// Both sides have been heard, or one side sends data: the connection exists.
    Established,
    /// Bytes of one side, in order, each once. Only with [`Interest::Bytes`].
    Data {
        /// Who sent them.
        side: Side,
        /// The captured bytes.
        bytes: &'a [u8],
        /// The packet that brought them.
        at: Moment,
    },
    /// Bytes that the other side acknowledged (or that the flow ended without) and that are not in
    /// the capture. Only with [`Interest::Bytes`].
    Gap {
        /// Who sent them.
        side: Side,
        /// How many.
        bytes: u64,
        /// The packet that proved it.
        at: Moment,
    },
    /// Both sides have finished and all that they sent before was told or acknowledged, or one has
    /// reset the connection.
    Close,
    /// The flow leaves the table; its facts can be read for the last time.
    Gone,
}

/// Receives the events of all flows of a table.
pub trait Consumer {
    /// `id` can be looked up in `flows` for as long as this call lasts and until its
    /// [`StreamEvent::Gone`].
    fn event(&mut self, flows: &mut Flows, id: FlowId, event: StreamEvent<'_>);
}
