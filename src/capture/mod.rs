//! Where packets come from: a [`Source`] lends one [`Packet`] at a time.

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
    /// Its length on the wire; more than `data.len()` when a snapshot length cut it.
    pub wire_len: u32,
    /// The captured bytes.
    pub data: &'a [u8],
}

/// The link-layer header type of a packet: a number of the LINKTYPE_ registry of tcpdump.org.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LinkType(pub u16);

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
}

/// One input of a source and how reading it went.
#[derive(Clone, Debug)]
pub struct Input {
    /// As the user named it; `-` for standard input.
    pub name: String,
    /// Packets read.
    pub frames: u64,
    /// Bytes consumed of the file as stored (before decompression).
    pub bytes_read: u64,
    /// Size of the file as stored, where it is known.
    pub bytes_total: Option<u64>,
    /// Where and why reading stopped before the end of the file.
    pub fault: Option<Fault>,
}

/// Why reading an input stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The file ends in the middle of a record: what came before it was read.
    Cut,
    /// It cannot be opened, is empty, is no capture, or is damaged; the reason in words.
    Unreadable(String),
}
