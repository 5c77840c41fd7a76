//! A packet and the trait of those who give it.

use std::fmt;
use std::num::NonZeroU64;

use super::{Drops, Input, LinkType, Plain, Progress};
use crate::time::{Precision, Timestamp};

/// Which packet of which input: what Wireshark calls the frame number, for one of several files.
///
/// In one word, with a value to spare for an `Option`: the engine keeps dozens of a connection.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Frame(NonZeroU64);

impl Frame {
    const NUMBER_BITS: u32 = 48;

    /// The last packet that can be told from those behind it; years of capture come before it.
    pub const MAX_NUMBER: u64 = (1 << Self::NUMBER_BITS) - 2;

    /// Packet `number`, from 1, of input `file`, from 0.
    pub const fn new(file: u16, number: u64) -> Self {
        let number = if number < Self::MAX_NUMBER {
            number
        } else {
            Self::MAX_NUMBER
        };
        let word = (file as u64) << Self::NUMBER_BITS;
        Self(NonZeroU64::MIN.saturating_add(word | number))
    }

    /// Index of the input among those given, from 0.
    pub const fn file(self) -> u16 {
        ((self.0.get() - 1) >> Self::NUMBER_BITS) as u16
    }

    /// Number of the packet within that input, from 1.
    pub const fn number(self) -> u64 {
        (self.0.get() - 1) & ((1 << Self::NUMBER_BITS) - 1)
    }
}

impl Default for Frame {
    fn default() -> Self {
        Self::new(0, 0)
    }
}

impl fmt::Debug for Frame {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Frame")
            .field("file", &self.file())
            .field("number", &self.number())
            .finish()
    }
}

/// A packet and its time: where in the capture something was seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// The packet.
    pub frame: Frame,
    /// When it was captured.
    pub time: Timestamp,
}

/// One captured packet, lent by a source until the next one is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Packet<'a> {
    /// Its place in the input.
    pub frame: Frame,
    /// When it was captured.
    pub time: Timestamp,
    /// What the first byte of `data` is the start of.
    pub link: LinkType,
    /// Its length on the wire, at least `data.len()`; more when a snapshot length cut it.
    pub wire_len: u32,
    /// The captured bytes.
    pub data: &'a [u8],
    /// Their headers, where they are plain and a source has read them ahead: the same that
    /// [`Plain::of`] says.
    pub plain: Option<&'a Plain>,
}

/// What a source has to give.
#[derive(Debug)]
pub enum Next<'a> {
    /// The next packet in time order.
    Packet(Packet<'a>),
    /// No packet, but time went on: only a live source says so.
    Idle(Timestamp),
    /// There will be no more packets.
    End,
}

/// Gives packets in time order, one at a time.
pub trait Source {
    /// The next packet. Faults of an input end that input, not the source: see [`Source::inputs`].
    fn next(&mut self) -> Next<'_>;

    /// The inputs and how each of them fared so far, in the order of [`Frame::file`].
    fn inputs(&self) -> &[Input];

    /// The finest clock of the packets seen so far.
    fn precision(&self) -> Precision;

    /// How much of all inputs was read: for a percentage while the work goes on.
    ///
    /// Costs one addition an input; meant to be asked every few thousand packets.
    fn progress(&self) -> Progress {
        Progress::of(self.inputs())
    }

    /// Key logs of TLS among what was read since this was asked for: those that a pcapng file holds
    /// before the packet that was given last.
    fn take_secrets(&mut self) -> Option<Vec<u8>> {
        None
    }

    /// What was lost so far before it could be given; `None` when nobody counts that, as for files.
    fn drops(&self) -> Option<Drops> {
        None
    }

    /// Why a live source gives no packets for the time being, as the end of a sentence that begins
    /// with the name of its input; `None` while it does.
    fn trouble(&self) -> Option<&'static str> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_its_file_and_its_number() {
        for (file, number) in [(0, 0), (0, 1), (7, 12), (u16::MAX, Frame::MAX_NUMBER)] {
            let frame = Frame::new(file, number);
            assert_eq!((frame.file(), frame.number()), (file, number));
        }
        let beyond = Frame::new(3, u64::MAX);
        assert_eq!((beyond.file(), beyond.number()), (3, Frame::MAX_NUMBER));
        assert!(Frame::new(0, u64::MAX) < Frame::new(1, 0));
        assert_eq!(size_of::<Option<Moment>>(), 16);
    }
}
