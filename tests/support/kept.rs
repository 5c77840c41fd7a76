//! Packets that are kept, to be changed and put through the engine.

use std::path::Path;

use ftpscope::capture::{Frame, LinkType, Next, Packet, Source, open};
use ftpscope::time::Timestamp;

/// A packet as it was read.
#[derive(Clone, Debug)]
pub struct Kept {
    pub frame: Frame,
    pub time: Timestamp,
    pub link: LinkType,
    pub wire_len: u32,
    pub data: Vec<u8>,
}

impl Kept {
    /// All packets of a capture.
    pub fn all(capture: &Path) -> Vec<Self> {
        let mut source = open(&[capture.to_owned()]).expect("one file is not too many");
        let mut packets = Vec::new();
        while let Next::Packet(packet) = source.next() {
            packets.push(Self {
                frame: packet.frame,
                time: packet.time,
                link: packet.link,
                wire_len: packet.wire_len,
                data: packet.data.to_vec(),
            });
        }
        packets
    }

    /// The packet, under its own number.
    pub fn packet(&self) -> Packet<'_> {
        Packet {
            frame: self.frame,
            time: self.time,
            link: self.link,
            wire_len: self.wire_len,
            data: &self.data,
            plain: None,
        }
    }
}
