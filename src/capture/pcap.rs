//! The classic pcap format: one header, then packets.
//!
//! <https://ietf-opsawg-wg.github.io/draft-ietf-opsawg-pcap/draft-ietf-opsawg-pcap.html>

use super::endian::Endian;
use super::inflow::Inflow;
use super::records::Record;
use super::window::{MAX_RECORD, Window};
use super::{Fault, LinkType};
use crate::time::{Precision, Timestamp};

const FILE_HEADER: usize = 24;
const PACKET_HEADER: usize = 16;

/// What the header of a file says about its packets.
pub(super) struct Pcap {
    endian: Endian,
    precision: Precision,
    /// Length of what precedes the bytes of a packet.
    header: usize,
    link: LinkType,
}

impl Pcap {
    /// The variant whose file header begins with these bytes.
    pub(super) fn recognise(start: &[u8]) -> Option<Self> {
        Self::variant(start, Endian::Little).or_else(|| Self::variant(start, Endian::Big))
    }

    fn variant(start: &[u8], endian: Endian) -> Option<Self> {
        let (precision, header) = match endian.u32(start, 0)? {
            0xa1b2_c3d4 => (Precision::Micro, PACKET_HEADER),
            0xa1b2_3c4d => (Precision::Nano, PACKET_HEADER),
            // Kuznetzov's libpcap: interface, protocol and packet type follow the lengths.
            0xa1b2_cd34 => (Precision::Micro, PACKET_HEADER + 8),
            _ => return None,
        };
        Some(Self {
            endian,
            precision,
            header,
            link: LinkType::NULL,
        })
    }

    /// Reads the file header.
    pub(super) fn begin(&mut self, window: &mut Window<Inflow>) -> Result<(), Fault> {
        if !window.holds(FILE_HEADER)? {
            return Err(Fault::Cut);
        }
        let header = window.available();
        let version = self.endian.u16(header, 4).unwrap_or_default();
        if version != 2 {
            return Err(Fault::Unreadable(format!(
                "is a pcap file of unknown version {version}"
            )));
        }
        // The upper half tells about a frame check sequence, which does no harm.
        let link = self.endian.u32(header, 20).unwrap_or_default() & 0xffff;
        self.link = LinkType(link as u16);
        window.consume(FILE_HEADER);
        Ok(())
    }

    /// Reads the next packet; `None` at the end of the file.
    #[inline]
    pub(super) fn next(&self, window: &mut Window<Inflow>) -> Result<Option<Record>, Fault> {
        if !window.holds(self.header)? {
            return if window.available().is_empty() {
                Ok(None)
            } else {
                Err(Fault::Cut)
            };
        }
        let header = self.packet_header(window.available()).unwrap_or_default();
        let len = header.captured as usize;
        if len > MAX_RECORD {
            return Err(too_long(window.offset(), header.captured));
        }
        if !window.holds(self.header + len)? {
            return Err(Fault::Cut);
        }
        let mark = window.mark() + self.header;
        window.consume(self.header + len);
        Ok(Some(self.record(&header, mark as u32)))
    }

    #[inline]
    fn packet_header(&self, bytes: &[u8]) -> Option<PacketHeader> {
        let (words, _) = bytes.first_chunk::<PACKET_HEADER>()?.as_chunks();
        let &[seconds, fraction, captured, original] = words else {
            return None;
        };
        let number = |word| match self.endian {
            Endian::Little => u32::from_le_bytes(word),
            Endian::Big => u32::from_be_bytes(word),
        };
        Some(PacketHeader {
            seconds: number(seconds),
            fraction: number(fraction),
            captured: number(captured),
            original: number(original),
        })
    }

    #[inline]
    fn record(&self, header: &PacketHeader, mark: u32) -> Record {
        let nanos = match self.precision {
            Precision::Micro => u64::from(header.fraction) * 1_000,
            Precision::Nano => u64::from(header.fraction),
        };
        Record {
            time: Timestamp::new(header.seconds.into(), nanos),
            precision: self.precision,
            link: self.link,
            wire_len: header.original.max(header.captured),
            mark,
            len: header.captured,
        }
    }
}

#[derive(Default)]
struct PacketHeader {
    seconds: u32,
    fraction: u32,
    captured: u32,
    original: u32,
}

fn too_long(offset: u64, captured: u32) -> Fault {
    let reason = format!("a packet claims {captured} bytes, more than any capture tool writes");
    Fault::Damaged { offset, reason }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::formats::{BIG, LITTLE, Variant, pcap, samples};
    use crate::capture::reader::Reader;
    use crate::capture::stored::stored;

    fn reader(file: Vec<u8>) -> Reader {
        Reader::new(stored(std::io::Cursor::new(file)), 64)
            .ok()
            .unwrap()
    }

    #[test]
    fn a_packet_that_claims_four_gigabytes_is_damage_at_its_place() {
        let mut file = pcap(&samples(3), LITTLE, Variant::Micro);
        let second = 24 + 16;
        file[second + 8..second + 12].fill(0xff);
        let mut reader = reader(file);
        assert!(reader.next().unwrap().is_some());
        match reader.next().unwrap_err() {
            Fault::Damaged { offset, reason } => {
                assert_eq!(offset, second as u64);
                assert!(reason.contains("4294967295 bytes"), "{reason}");
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_packet_is_never_longer_than_it_was_on_the_wire() {
        let mut file = samples(9);
        file.iter_mut().for_each(|sample| sample.wire_len = 1);
        let mut reader = reader(pcap(&file, BIG, Variant::Nano));
        while let Some(record) = reader.next().unwrap() {
            assert_eq!(record.wire_len, record.len.max(1));
        }
    }

    #[test]
    fn the_upper_half_of_the_link_type_is_not_part_of_it() {
        let mut file = pcap(&samples(1), BIG, Variant::Micro);
        file[20] = 0x24;
        assert_eq!(
            reader(file).next().unwrap().unwrap().link,
            LinkType::ETHERNET
        );
    }

    #[test]
    fn precision_is_that_of_the_magic() {
        for (variant, precision) in [
            (Variant::Micro, Precision::Micro),
            (Variant::Nano, Precision::Nano),
        ] {
            let record = reader(pcap(&samples(1), BIG, variant))
                .next()
                .unwrap()
                .unwrap();
            assert_eq!(record.precision, precision);
        }
    }
}
