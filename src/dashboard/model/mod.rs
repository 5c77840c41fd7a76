//! What the screens show: rows, made by the engine thread, shared with the screen, never changed.
//!
//! A row that changes is made anew. [`Store`] holds everything and says what changed ([`Delta`]);
//! [`Snapshot`] is the same on the side of the screen.

mod capture;
mod channel;
mod delta;
mod dossier;
mod packet;
mod problem;
mod session;
mod snapshot;
mod standing;
mod stats;
mod store;
mod tally;

pub(crate) use capture::*;
pub(crate) use channel::*;
pub(crate) use delta::*;
pub(crate) use dossier::*;
pub(crate) use packet::*;
pub(crate) use problem::*;
pub(crate) use session::*;
pub(crate) use snapshot::*;
pub(crate) use standing::*;
pub(crate) use stats::*;
pub(crate) use store::Store;
