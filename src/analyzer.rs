//! The whole engine behind one `push`: packets in, events out.

use std::collections::BTreeMap;

use crate::diagnosis::Finding;
use crate::ftp::{Outcome, SessionEvent};
use crate::time::Timestamp;

/// What the engine has to tell.
#[derive(Clone, Debug)]
pub enum Event {
    /// A fact about a session.
    Session(SessionEvent),
    /// A diagnosed fault, right behind the fact that decided it.
    Finding(Finding),
}

/// The totals of one analysis.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Packets.
    pub frames: u64,
    /// Their bytes on the wire.
    pub bytes: u64,
    /// Time of the first packet.
    pub first_time: Option<Timestamp>,
    /// Time of the last packet.
    pub last_time: Option<Timestamp>,
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
    /// IP fragments that never became a whole datagram.
    pub orphan_fragments: u64,
    /// Packets of link types that are not decoded, by link type number.
    pub unknown_links: BTreeMap<u16, u64>,
}
