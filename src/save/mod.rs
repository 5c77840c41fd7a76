//! Saving what matters: the packets of some sessions as pcapng, from a file or while they come.
//!
//! From files, in three readings. The first is the analysis, which fills a [`Selection`]; the second
//! decodes every packet and marks those that belong to it, which gives a [`Plan`] with its counts;
//! the third copies what is marked. A packet that is known to matter only later, as the first
//! fragments of a datagram or the SYN before the announcement, needs no guess then.
//!
//! Live there is one reading: a [`Recorder`] holds packets back in a ring until it is known whether
//! they matter, or there is no more room.

mod collector;
mod copy;
mod file;
mod flows;
mod marks;
mod pcapng;
mod plan;
mod recorder;
mod related;
mod ring;
mod rotation;
mod selection;

pub use collector::Collector;
pub use copy::{Saved, packets};
pub use file::Target;
pub use plan::{Plan, Problem, plan, readable_again};
pub use recorder::{Kept, RING_BYTES, RING_TIME, Recorded, Recorder, Recording};
pub use rotation::Rotation;
pub use selection::Selection;
