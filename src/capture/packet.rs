//! A packet and the trait of those who give it.

use super::{Drops, Input, LinkType, Progress};
use crate::time::{Precision, Timestamp};

/// Which packet of which input: what Wireshark calls the frame number, for one of several files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Frame {
    /// Index of the input among those given, from 0.
    pub file: u16,
    /// Number of the packet within that input, from 1.
    pub number: u64,
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
