//! Packets that are shown are read again from their files: they are not kept.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::model::PacketBytes;
use crate::capture::{self, Frame, Next, Source};

/// Packets that are read at a time.
pub(crate) const MOST_PACKETS: usize = 16;

/// The packets with these numbers from these files, in the order of [`Frame::file`]. Those that
/// cannot be read (again) are not among them. Reads a file up to the last of them.
pub(crate) fn read(files: &[PathBuf], frames: &[Frame]) -> Vec<PacketBytes> {
    let wanted: BTreeSet<Frame> = frames.iter().copied().take(MOST_PACKETS).collect();
    let inputs: BTreeSet<u16> = wanted.iter().map(|frame| frame.file()).collect();
    let mut packets = Vec::new();
    for file in inputs {
        let Some(path) = files.get(usize::from(file)) else {
            continue;
        };
        let numbers = wanted.iter().filter(|frame| frame.file() == file);
        let numbers: BTreeSet<u64> = numbers.map(|frame| frame.number()).collect();
        packets.extend(read_one(path, file, &numbers));
    }
    packets
}

fn read_one(path: &PathBuf, file: u16, numbers: &BTreeSet<u64>) -> Vec<PacketBytes> {
    let mut packets = Vec::new();
    let Ok(mut source) = capture::open(std::slice::from_ref(path)) else {
        return packets;
    };
    while let Next::Packet(packet) = source.next() {
        let number = packet.frame.number();
        if numbers.contains(&number) {
            packets.push(PacketBytes {
                frame: Frame::new(file, number),
                time: packet.time,
                link: packet.link,
                wire_len: packet.wire_len,
                data: packet.data.into(),
            });
        }
        if packets.len() == numbers.len() {
            break;
        }
    }
    packets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_are_found_by_number() {
        let captures = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("captures");
        let file = captures.join("passive-download-vsftpd/capture.pcap");
        let frame = |number| Frame::new(1, number);
        let files = [PathBuf::from("/nowhere"), file];
        let packets = read(&files, &[frame(3), frame(1), frame(1_000_000)]);
        let numbers: Vec<u64> = packets.iter().map(|packet| packet.frame.number()).collect();
        assert_eq!(numbers, [1, 3]);
        assert!(packets.iter().all(|packet| !packet.data.is_empty()));
        assert!(read(&[], &[frame(1)]).is_empty());
    }
}
