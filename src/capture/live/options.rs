//! What is captured, and with which means.

use std::time::Duration;

/// The longest that the kernel keeps a packet before it hands it over.
///
/// Each block that is handed over wakes the reader, so at most fifty times a second unless blocks
/// are full; one that is empty is not handed over. Nobody sees a fiftieth of a second.
pub(super) const HOLD: Duration = Duration::from_millis(20);

/// The longest packet that libpcap accepts.
const MAX_SNAPSHOT: u32 = 262_144;

/// How an interface is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// The name of the interface, or [`ANY`](super::ANY).
    pub interface: String,
    /// Take also what is for other machines: on a mirror port there is nothing else.
    pub promiscuous: bool,
    /// Bytes of the kernel's ring: what it can keep while this process does not read.
    ///
    /// The default, 64 MiB, is half a second of a full gigabit link, and five seconds of a quiet
    /// one, whose blocks of 256 KiB are handed over nearly empty every 20 ms. libpcap's own
    /// default of 2 MiB is 16 ms of the one and 160 ms of the other. The memory cannot be swapped.
    ///
    /// As much again, in this process, waits for the analysis when it is behind.
    pub buffer: u32,
    /// Bytes kept of a packet; at most and by default 262,144. What segmentation offload puts
    /// together is up to 64 KiB long, or more where "big TCP" is on.
    pub snapshot: u32,
    /// What shall be captured, in the language of libpcap, of all that the engine can use.
    pub filter: Option<String>,
    /// End when the interface goes down or away, rather than wait for it.
    pub exit_on_down: bool,
}

impl Options {
    /// The defaults for an interface.
    pub fn new(interface: impl Into<String>) -> Self {
        Self {
            interface: interface.into(),
            promiscuous: false,
            buffer: 64 << 20,
            snapshot: MAX_SNAPSHOT,
            filter: None,
            exit_on_down: false,
        }
    }

    pub(super) fn snapshot_for_pcap(&self) -> i32 {
        for_pcap(self.snapshot.clamp(1, MAX_SNAPSHOT))
    }

    pub(super) fn buffer_for_pcap(&self) -> i32 {
        for_pcap(self.buffer)
    }
}

fn for_pcap(bytes: u32) -> i32 {
    i32::try_from(bytes).unwrap_or(i32::MAX)
}
