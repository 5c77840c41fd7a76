//! Counters for Prometheus: `GET /metrics` on an address of the user's choice.
//!
//! The loop publishes a [`Snapshot`] about once a second; threads of their own answer from it. The
//! lock between them is held for as long as it takes to exchange a pointer.

mod address;
mod exposition;
mod server;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

pub use address::Address;

use super::tally::Tally;
use crate::analyzer::Summary;
use crate::save::Recorded;

/// All numbers at one time.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// The totals of the engine.
    pub summary: Summary,
    /// What the events add up to.
    pub tally: Tally,
    /// Bytes of memory that the process takes, where that is known.
    pub resident: Option<u64>,
    /// What was recorded, if packets are.
    pub recorded: Option<Recorded>,
    /// When these were the numbers.
    pub taken: Option<Instant>,
}

/// The latest snapshot. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Board(Arc<Mutex<Arc<Snapshot>>>);

impl Board {
    /// Puts a newer snapshot in place of the latest.
    pub fn publish(&self, snapshot: Snapshot) {
        let snapshot = Arc::new(snapshot);
        let old = std::mem::replace(&mut *self.lock(), snapshot);
        // Not while the lock is held.
        drop(old);
    }

    /// The latest snapshot.
    pub fn latest(&self) -> Arc<Snapshot> {
        Arc::clone(&self.lock())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Arc<Snapshot>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place where metrics can be asked for, not yet answering.
#[derive(Debug)]
pub struct Metrics {
    listener: TcpListener,
    address: SocketAddr,
}

impl Metrics {
    /// Takes the address; needs the rights for a port below 1024.
    ///
    /// # Errors
    ///
    /// When the address is taken or not this host's, with the address.
    pub fn bind(address: Address) -> io::Result<Self> {
        let Address(wanted) = address;
        let bound = TcpListener::bind(wanted).and_then(|listener| {
            let address = listener.local_addr()?;
            Ok(Self { listener, address })
        });
        bound.map_err(|error| io::Error::new(error.kind(), format!("--metrics {wanted}: {error}")))
    }

    /// Where metrics are to be asked for: the real port where port 0 was given.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Begins to answer from what is on the board.
    ///
    /// # Errors
    ///
    /// When no thread can be started.
    pub fn serve(self, board: &Board) -> io::Result<()> {
        server::start(self.listener, board)
    }
}
