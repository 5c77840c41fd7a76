//! Packets of an interface, through libpcap.
//!
//! ```text
//!  kernel ring ─▶ reader thread ─▶ blocks ─▶ Live (a Source) ─▶ analysis
//!  (its buffer)    never waits  (as much again)
//! ```
//!
//! A capture begins in steps, so that rights can be given up between them:
//!
//! 1. [`open`] checks the filter, the interface and the rights, opens the interface and sets the
//!    filter. From here on the kernel collects packets.
//! 2. [`rights::drop`](crate::rights::drop), while there is one thread.
//! 3. [`Handle::start`] begins to read, and gives the [`Live`] source.
//!
//! The reader thread does nothing but copy packets from the kernel's ring into blocks. It never
//! waits for the analysis: when all blocks are full, packets are dropped and counted. Blocks come
//! back and are used again, so nothing is allocated per packet.
//!
//! Kernel and libpcap are asked for a ring of blocks (TPACKET_V3 on Linux) that are handed over when
//! they are full or 20 ms old (`options::HOLD`). "Immediate mode" would wake this process for every
//! packet, and make the kernel reserve the snapshot length for each. Measured: a quiet interface takes
//! 0.2 % of a processor, and a packet is analysed 20 ms after it came.
//!
//! The wall clock is read here and nowhere else in the engine: when nothing comes, somebody has to
//! say that time goes on.

mod block;
mod clock;
mod counters;
mod error;
pub mod filter;
mod handover;
mod interfaces;
mod library;
mod link;
mod opening;
mod options;
mod reader;
mod source;
mod state;
mod wait;

pub use error::OpenError;
pub use interfaces::{ANY, Interface, interfaces};
pub use library::library;
pub use opening::{Handle, open};
pub use options::Options;
pub use source::Live;
pub use state::{End, State, Stopper};
