//! `ftpscope sniff`: the events of a live source as they happen, for days.
//!
//! ```text
//!                    ┌──────────── Duty (looks 10 times a second) ──────────────┐
//!                    │ signals    status line    snapshot for the metrics       │
//!  Source ─▶ run ─▶ filter ─▶ Sink ─▶ Spool (whole lines; a file that rotates)  │
//!                    └───────────────────────────────────────────────────────────┘
//! ```
//!
//! The loop is that of [`run`](crate::run). Reading from the kernel is another thread's work and
//! never waits for what happens here.

pub mod metrics;
pub mod signals;

mod duty;
mod memory;
mod screen;
mod spool;
mod status;
mod tally;

pub use duty::Duty;
pub use memory::Memory;
pub use screen::Screen;
pub use spool::{KEPT, Rotation, Spool};
pub use status::{Pace, Status};
pub use tally::Tally;
