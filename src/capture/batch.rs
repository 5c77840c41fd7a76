//! Packets that are handed from the thread that reads them to the one that wants them, together
//! with the window that they are in: nothing is copied but the few bytes of a record that goes on in
//! the next window.

use std::io;
use std::mem;
use std::sync::mpsc::{Receiver, Sender};

use super::records::Record;
use super::window::Held;
use super::{Fault, Plain};

/// Packets, in the window that they are in.
pub(super) struct Batch {
    held: Held,
    packets: Vec<Seen>,
    /// Key logs, and before which of the packets each was read.
    secrets: Vec<(usize, Vec<u8>)>,
    /// How many bytes of the file as stored were read for these packets.
    pub(super) stored: u64,
    /// Where in the capture they end.
    pub(super) offset: u64,
    /// Nothing comes behind this batch.
    pub(super) end: Option<End>,
}

/// A packet of a batch.
pub(super) struct Seen {
    /// Where it is.
    pub(super) record: Record,
    /// Its frame number.
    pub(super) number: u64,
    /// Its headers, if they are plain.
    pub(super) plain: Option<Plain>,
}

/// How reading a file ended.
pub(super) struct End {
    /// The frames of the whole file.
    pub(super) frames: u64,
    /// Why it did not end where the file does.
    pub(super) fault: Option<Fault>,
}

impl Batch {
    /// No packets, in a window like this one.
    pub(super) fn like(held: &Held) -> Self {
        Self {
            held: held.another(),
            packets: Vec::new(),
            secrets: Vec::new(),
            stored: 0,
            offset: 0,
            end: None,
        }
    }

    /// Adds a packet that was found in `held`.
    #[inline]
    pub(super) fn add(&mut self, record: Record, number: u64, held: &Held) {
        let data = held.slice(record.mark, record.len);
        self.packets.push(Seen {
            record,
            number,
            plain: Plain::of(record.link, data),
        });
    }

    /// Adds what was read of key logs before the packet that is added next.
    #[inline]
    pub(super) fn add_secrets(&mut self, text: Vec<u8>) {
        if !text.is_empty() {
            self.secrets.push((self.packets.len(), text));
        }
    }

    /// The packet at `index`.
    #[inline]
    pub(super) fn get(&self, index: usize) -> Option<&Seen> {
        self.packets.get(index)
    }

    /// Its bytes.
    #[inline]
    pub(super) fn data(&self, record: &Record) -> &[u8] {
        self.held.slice(record.mark, record.len)
    }

    /// Moves the key logs that were read before the packet at `index` to the end of `to`.
    #[cold]
    pub(super) fn move_secrets(&mut self, index: usize, to: &mut Vec<u8>) {
        let later = self.secrets.iter().position(|(at, _)| *at > index);
        let count = later.unwrap_or(self.secrets.len());
        to.extend(self.secrets.drain(..count).flat_map(|(_, text)| text));
    }

    /// There are such key logs.
    #[inline]
    pub(super) fn has_secrets(&self) -> bool {
        !self.secrets.is_empty()
    }

    fn clear(&mut self) {
        self.held.clear();
        self.packets.clear();
        self.secrets.clear();
    }
}

/// The batches of one file, on the side of the thread that reads it.
pub(super) struct Batches {
    /// What was found in the window so far. Its own window is empty: the two change places when it
    /// is passed on.
    batch: Batch,
    full: Sender<Batch>,
    empty: Receiver<Batch>,
}

impl Batches {
    /// Batches that go to `full` and are had back from `empty`, with one to begin with.
    pub(super) fn new(batch: Batch, full: Sender<Batch>, empty: Receiver<Batch>) -> Self {
        Self { batch, full, empty }
    }

    /// What is passed on next.
    #[inline]
    pub(super) fn batch(&mut self) -> &mut Batch {
        &mut self.batch
    }

    /// Passes on what was found in `held`, and leaves there, in a buffer of its own, what was not
    /// looked at yet. Waits while all batches are full.
    ///
    /// # Errors
    ///
    /// When nobody wants any more.
    pub(super) fn pass_on(&mut self, held: &mut Held, offset: u64, stored: u64) -> io::Result<()> {
        if self.batch.packets.is_empty() {
            return Ok(());
        }
        let gone = || io::Error::from(io::ErrorKind::BrokenPipe);
        let mut next = self.empty.recv().map_err(|_| gone())?;
        next.clear();
        self.batch.held.copy(held);
        mem::swap(&mut self.batch.held, held);
        (self.batch.offset, self.batch.stored) = (offset, stored);
        self.full
            .send(mem::replace(&mut self.batch, next))
            .map_err(|_| gone())
    }

    /// Passes on the last of it.
    pub(super) fn end(mut self, held: &mut Held, stored: u64, frames: u64, fault: Option<Fault>) {
        mem::swap(&mut self.batch.held, held);
        self.batch.stored = stored;
        self.batch.end = Some(End { frames, fault });
        // Nobody to tell it to is nobody who minds.
        let _ = self.full.send(self.batch);
    }
}
