//! What happens to an engine: packets, time without packets, keys.

use ftpscope::capture::{Frame, Packet};
use ftpscope::time::Timestamp;

use super::support::packets::Link;
use super::support::planned::Planned;

/// When scenes begin, in nanoseconds since the epoch.
pub const START: u64 = 1_700_000_000 * 1_000_000_000;

/// One thing that happens.
pub enum Step<'a> {
    /// A packet comes.
    Packet {
        time: u64,
        link: u16,
        /// Its length on the wire, at least that of `data`.
        wire_len: u32,
        data: std::borrow::Cow<'a, [u8]>,
    },
    /// Time goes on without a packet.
    Quiet(u64),
    /// A part of a key log comes.
    Keys(&'a [u8]),
}

impl Step<'_> {
    /// The packet as the engine takes it.
    pub fn packet(&self, number: u64) -> Option<Packet<'_>> {
        let Step::Packet {
            time,
            link,
            wire_len,
            data,
        } = self
        else {
            return None;
        };
        Some(Packet {
            frame: Frame::new(0, number),
            time: Timestamp::from_nanos(*time),
            link: ftpscope::capture::LinkType(*link),
            wire_len: *wire_len,
            data,
            plain: None,
        })
    }
}

impl From<&Planned> for Step<'_> {
    fn from(planned: &Planned) -> Self {
        let mut data = Vec::new();
        planned.write(&mut data, Link::Ethernet);
        Self::Packet {
            time: planned.time,
            link: Link::Ethernet.link_type(),
            wire_len: data.len() as u32,
            data: data.into(),
        }
    }
}
