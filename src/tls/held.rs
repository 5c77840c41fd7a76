//! Records that wait for their keys.

use std::collections::VecDeque;

use super::keychain::Missed;
use super::record::{HEADER, Raw};
use crate::capture::Moment;
use crate::tcp::Side;

/// Bytes of records that wait for their keys, of one connection; of one that sends more nothing is
/// decrypted.
pub const MAX_HELD: usize = 64 * 1024;

/// What waits, in the order in which it came.
#[derive(Debug, Default)]
pub(super) struct Held {
    items: VecDeque<(Side, Item)>,
    bytes: usize,
}

/// One thing that waits.
#[derive(Debug)]
pub(super) enum Item {
    /// An encrypted record.
    Record {
        header: [u8; HEADER],
        body: Option<Box<[u8]>>,
        at: Moment,
    },
    /// Records that the capture lacks.
    Missing(Missed),
}

impl Held {
    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Holds a record; false when there is no room for it.
    pub(super) fn record(&mut self, side: Side, raw: &Raw<'_>, at: Moment) -> bool {
        let item = Item::Record {
            header: raw.header,
            body: raw.body.map(Box::from),
            at,
        };
        self.add(side, item)
    }

    /// Notes that records are missing here.
    pub(super) fn missing(&mut self, side: Side, missed: Missed) -> bool {
        self.add(side, Item::Missing(missed))
    }

    /// Who sent what waits longest.
    pub(super) fn first(&self) -> Option<Side> {
        self.items.front().map(|(side, _)| *side)
    }

    /// Takes out what waits longest.
    pub(super) fn pop(&mut self) -> Option<(Side, Item)> {
        let (side, item) = self.items.pop_front()?;
        self.bytes -= item.size();
        Some((side, item))
    }

    fn add(&mut self, side: Side, item: Item) -> bool {
        let size = item.size();
        let room = self.bytes + size <= MAX_HELD;
        if room {
            self.bytes += size;
            self.items.push_back((side, item));
        }
        room
    }
}

impl Item {
    fn size(&self) -> usize {
        let body = match self {
            Self::Record { body, .. } => body.as_ref().map_or(0, |body| body.len()),
            Self::Missing(_) => 0,
        };
        size_of::<(Side, Self)>() + body
    }
}
