//! The totals of one analysis.

use std::collections::BTreeMap;

use crate::capture::Drops;
use crate::ftp::Outcome;
use crate::limits::{self, Limit};
use crate::time::Timestamp;

/// The totals of one analysis.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Packets.
    pub frames: u64,
    /// Their bytes on the wire.
    pub bytes: u64,
    /// Time of the first packet.
    pub first_time: Option<Timestamp>,
    /// The latest time of any packet.
    pub last_time: Option<Timestamp>,
    /// TCP connections, or parts of them.
    pub connections: u64,
    /// Sessions.
    pub sessions: u64,
    /// Commands.
    pub commands: u64,
    /// Complete replies.
    pub replies: u64,
    /// Data channels by outcome.
    pub channels: BTreeMap<Outcome, u64>,
    /// Findings by cause.
    pub findings: BTreeMap<&'static str, u64>,
    /// Payload bytes of data connections to clients.
    pub bytes_downloaded: u64,
    /// Payload bytes of data connections to servers.
    pub bytes_uploaded: u64,
    /// Packets whose headers contradict themselves.
    pub damaged_frames: u64,
    /// Packets cut by a snapshot length.
    pub truncated_frames: u64,
    /// Packets recognised as copies of another (mirror port, `any` interface).
    pub copied_frames: u64,
    /// Fragmented datagrams that never became whole.
    pub incomplete_datagrams: u64,
    /// Packets of link types that are not decoded, by link type number.
    pub unknown_links: BTreeMap<u16, u64>,
    /// Packets that the capture lost; `None` when nothing counted them, as for files.
    pub dropped: Option<Drops>,
    /// Memory that the tables and buffers of the engine take now, in bytes.
    pub memory: usize,
    /// The most that it was behind any packet, as long as there is a ceiling.
    pub memory_most: usize,
    /// The ceiling: [`Options::memory`](super::Options::memory).
    pub memory_limit: Option<usize>,
    /// How often each of [`limits::ALL`] was reached, by its name; without those that were not.
    pub limits_hit: BTreeMap<&'static str, u64>,
}

impl Summary {
    /// The limit of this name, as it was for this analysis.
    pub fn limit(&self, name: &str) -> Option<Limit> {
        let limit = limits::named(name)?;
        let of_memory = limit == limits::MEMORY || limit == limits::MEMORY_SESSIONS;
        let most = self.memory_limit.filter(|_| of_memory);
        Some(Limit {
            most: most.map_or(limit.most, |most| most as u64),
            ..limit
        })
    }
}
