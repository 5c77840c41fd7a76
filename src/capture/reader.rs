//! One capture file, read here or by a thread of its own.

use super::ahead::Ahead;
use super::records::{Record, Records};
use super::stored::Stored;
use super::{Fault, Plain};

/// Gives the packets of one file in its order.
pub(super) enum Reader {
    /// Read when they are asked for.
    Here(Box<Records>),
    /// Read by a thread of its own while what came before is looked at.
    Ahead(Box<Ahead>),
}

impl Reader {
    /// Begins to read `stored`, `capacity` bytes at once.
    pub(super) fn new(stored: Stored, capacity: usize) -> Result<Self, Fault> {
        Records::new(stored, capacity).map(|records| Self::Here(records.into()))
    }

    /// Reads ahead from here on, on a thread of its own, where one can be had.
    pub(super) fn ahead(self) -> Self {
        match self {
            Self::Here(records) => match Ahead::begin(records) {
                Ok(ahead) => Self::Ahead(ahead.into()),
                Err(records) => Self::Here(records),
            },
            ahead @ Self::Ahead(_) => ahead,
        }
    }

    /// Whether there is such a thread.
    pub(super) fn is_ahead(&self) -> bool {
        matches!(self, Self::Ahead(_))
    }

    /// Reads the next packet; `None` at the end of the file. After a fault there is no more.
    #[inline]
    pub(super) fn next(&mut self) -> Result<Option<Record>, Fault> {
        match self {
            Self::Here(records) => records.next(),
            Self::Ahead(ahead) => ahead.next(),
        }
    }

    /// Moves the key logs among what was read since this was asked for to the end of `to`.
    #[inline(always)]
    pub(super) fn move_secrets(&mut self, to: &mut Vec<u8>) {
        match self {
            Self::Here(records) => records.move_secrets(to),
            Self::Ahead(ahead) => ahead.move_secrets(to),
        }
    }

    /// The bytes of the packet that was read last.
    #[inline]
    pub(super) fn data(&self, record: &Record) -> &[u8] {
        match self {
            Self::Here(records) => records.data(record),
            Self::Ahead(ahead) => ahead.data(record),
        }
    }

    /// Its headers, if they were read ahead.
    #[inline]
    pub(super) fn plain(&self) -> Option<&Plain> {
        match self {
            Self::Here(_) => None,
            Self::Ahead(ahead) => ahead.plain(),
        }
    }

    /// How many frames were read, and so the number of the last.
    #[inline]
    pub(super) fn frames(&self) -> u64 {
        match self {
            Self::Here(records) => records.frames(),
            Self::Ahead(ahead) => ahead.frames(),
        }
    }

    /// How many bytes of the file as stored were read.
    #[inline]
    pub(super) fn bytes_read(&self) -> u64 {
        match self {
            Self::Here(records) => records.bytes_read(),
            Self::Ahead(ahead) => ahead.bytes_read(),
        }
    }
}
