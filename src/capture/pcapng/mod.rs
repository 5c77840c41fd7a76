//! The pcapng format: sections of blocks.
//!
//! <https://ietf-opsawg-wg.github.io/draft-ietf-opsawg-pcap/draft-ietf-opsawg-pcapng.html>

use super::Fault;
use super::endian::Endian;
use super::inflow::Inflow;
use super::records::Record;
use super::window::Window;
use crate::time::Timestamp;
use block::{Block, SECTION, section_endian};
use interface::Interface;
use packet::{ENHANCED, Fields, OBSOLETE, SIMPLE};

mod block;
mod clock;
mod interface;
mod packet;

/// How many interfaces a section may describe; each is remembered to the end of its section.
pub(super) const MAX_INTERFACES: usize = 1 << 16;

/// Type of the block that describes an interface.
const INTERFACE: u32 = 1;

/// Type of the block that holds secrets, and the kind of them that is a key log of TLS.
const SECRETS: u32 = 10;
const TLS_KEY_LOG: u32 = 0x544c_534b;

/// The longest block of secrets that is read: some ten thousand connections.
const MAX_SECRETS: u32 = 4 << 20;

/// The most bytes of secrets that wait for the packet behind them.
const MAX_WAITING: usize = 16 << 20;

/// Types of blocks that are no packets, but to which Wireshark gives a frame number: the systemd
/// journal, custom blocks, and system calls.
const NUMBERED: [u32; 6] = [9, 0x0bad, 0x4000_0bad, 0x204, 0x216, 0x221];

/// The section that is being read.
pub(super) struct Pcapng {
    endian: Endian,
    interfaces: Vec<Interface>,
    /// When the last packet was captured: a Simple Packet Block does not say, and is taken to
    /// come right after the one before.
    time: Timestamp,
    /// Key logs that were read and not asked for.
    secrets: Vec<u8>,
}

impl Pcapng {
    /// A reader for the file that begins with these bytes, if they are a section header.
    pub(super) fn recognise(start: &[u8]) -> Option<Self> {
        let endian = section_endian(start)?;
        Some(Self {
            endian,
            interfaces: Vec::new(),
            time: Timestamp::default(),
            secrets: Vec::new(),
        })
    }

    /// Moves the key logs among what was read since this was asked for to the end of `to`.
    #[inline]
    pub(super) fn move_secrets(&mut self, to: &mut Vec<u8>) {
        if !self.secrets.is_empty() {
            to.append(&mut self.secrets);
        }
    }

    /// Reads the next packet; `None` at the end of the file. Adds to `frames` every block that
    /// has a frame number.
    pub(super) fn next(
        &mut self,
        window: &mut Window<Inflow>,
        frames: &mut u64,
    ) -> Result<Option<Record>, Fault> {
        while let Some(block) = Block::next(window, self.endian)? {
            match block.kind {
                ENHANCED | SIMPLE | OBSOLETE => {
                    let record = self.packet(window, &block)?;
                    *frames += 1;
                    return Ok(Some(record));
                }
                SECTION => self.begin_section(block.body(window)?, &block)?,
                INTERFACE => self.add_interface(block.body(window)?, &block)?,
                SECRETS if block.len <= MAX_SECRETS && self.secrets.len() < MAX_WAITING => {
                    self.add_secrets(block.body(window)?, &block);
                }
                _ => {}
            }
            block.consume(window)?;
            *frames += u64::from(NUMBERED.contains(&block.kind));
        }
        Ok(None)
    }

    fn begin_section(&mut self, body: &[u8], block: &Block) -> Result<(), Fault> {
        match block.endian.u16(body, 4) {
            Some(1) => {}
            Some(major) => return Err(block.damaged(format!("unknown pcapng version {major}"))),
            None => return Err(block.too_short()),
        }
        self.endian = block.endian;
        self.interfaces.clear();
        Ok(())
    }

    fn add_interface(&mut self, body: &[u8], block: &Block) -> Result<(), Fault> {
        if self.interfaces.len() == MAX_INTERFACES {
            let reason = format!("a section with more than {MAX_INTERFACES} interfaces");
            return Err(block.damaged(reason));
        }
        let interface = Interface::parse(body, self.endian).ok_or_else(|| block.too_short())?;
        self.interfaces.push(interface);
        Ok(())
    }

    /// A Decryption Secrets Block: the kind of the secrets, their length, and they themselves.
    fn add_secrets(&mut self, body: &[u8], block: &Block) {
        let length = block.endian.u32(body, 4).unwrap_or(0) as usize;
        let text = body.get(8..).and_then(|rest| rest.get(..length));
        if let (Some(TLS_KEY_LOG), Some(text)) = (block.endian.u32(body, 0), text) {
            // A line that lacks its end does not run into the next block.
            self.secrets.extend_from_slice(text);
            self.secrets.push(b'\n');
        }
    }

    fn packet(&mut self, window: &mut Window<Inflow>, block: &Block) -> Result<Record, Fault> {
        let body = block.body(window)?;
        let fields = Fields::parse(block.kind, body, self.endian);
        let fields = fields.ok_or_else(|| block.too_short())?;
        let room = body.len().saturating_sub(fields.header);
        let mut record = self.record(&fields, room, block)?;
        record.mark = (block.body_mark(window) + fields.header) as u32;
        block.consume(window)?;
        Ok(record)
    }

    /// The record that `fields` describe, but for the place of its bytes.
    fn record(&mut self, fields: &Fields, room: usize, block: &Block) -> Result<Record, Fault> {
        let Some(interface) = self.interfaces.get(fields.interface as usize) else {
            let reason = format!(
                "a packet of interface {}, which is unknown",
                fields.interface
            );
            return Err(block.damaged(reason));
        };
        let len = fields.captured(interface, room);
        if len > room {
            return Err(block.damaged(format!("a packet of {len} bytes in room for {room}")));
        }
        if let Some(ticks) = fields.ticks {
            self.time = interface.clock.at(ticks);
        }
        Ok(Record {
            time: self.time,
            precision: interface.clock.precision(),
            link: interface.link,
            wire_len: fields.original.max(len as u32),
            mark: 0,
            len: len as u32,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::formats::{
        BIG, LITTLE, Order, block, enhanced, interface, obsolete, sample, section, simple,
    };
    use crate::capture::reader::Reader;
    use crate::capture::stored::stored;
    use crate::time::Precision;

    /// Frame number, time, link type and captured length of a packet.
    type Brief = (u64, u64, u16, usize);

    fn read(file: &[u8]) -> (Vec<Brief>, Option<Fault>) {
        let mut packets = Vec::new();
        let file = std::io::Cursor::new(file.to_vec());
        let mut reader = Reader::new(stored(file), 64).ok().unwrap();
        loop {
            match reader.next() {
                Ok(Some(record)) => {
                    let time = record.time.as_nanos();
                    packets.push((reader.frames(), time, record.link.0, record.len as usize));
                }
                Ok(None) => return (packets, None),
                Err(fault) => return (packets, Some(fault)),
            }
        }
    }

    fn reason(file: &[u8]) -> (u64, String) {
        match read(file).1 {
            Some(Fault::Damaged { offset, reason }) => (offset, reason),
            other => panic!("{other:?}"),
        }
    }

    fn ethernet(order: Order) -> Vec<u8> {
        [section(order), interface(1, 0, Some(9), order)].concat()
    }

    #[test]
    fn interfaces_have_link_types_and_clocks_of_their_own() {
        let packet = sample(0, 6);
        let file = [
            section(BIG),
            interface(1, 0, None, BIG),
            interface(276, 0, Some(9), BIG),
            enhanced(1, 7_000, &packet, BIG),
            enhanced(0, 8, &packet, BIG),
            interface(101, 0, Some(0x80 | 1), BIG),
            obsolete(2, 3, &packet, BIG),
        ];
        let packets = [
            (1, 7_000, 276, 6),
            (2, 8_000, 1, 6),
            (3, 1_500_000_000, 101, 6),
        ];
        assert_eq!(read(&file.concat()), (packets.to_vec(), None));
    }

    #[test]
    fn every_section_has_its_own_byte_order_and_interfaces() {
        let packet = sample(0, 5);
        let little = [section(LITTLE), interface(113, 0, Some(9), LITTLE)].concat();
        let file = [
            ethernet(BIG),
            enhanced(0, 1, &packet, BIG),
            little,
            enhanced(0, 2, &packet, LITTLE),
            section(BIG),
        ];
        let packets = vec![(1, 1, 1, 5), (2, 2, 113, 5)];
        assert_eq!(read(&file.concat()), (packets.clone(), None));

        let lost = enhanced(0, 3, &packet, BIG);
        let (read, fault) = read(&[&file.concat()[..], &lost].concat());
        assert_eq!(read, packets);
        assert!(
            fault
                .unwrap()
                .to_string()
                .contains("interface 0, which is unknown")
        );
    }

    #[test]
    fn a_simple_packet_is_cut_at_the_snapshot_and_comes_right_after_the_one_before() {
        let file = [
            section(LITTLE),
            interface(1, 8, Some(9), LITTLE),
            enhanced(0, 77, &sample(0, 3), LITTLE),
            simple(&sample(0, 6), LITTLE),
            simple(&sample(0, 12), LITTLE),
        ];
        let packets = vec![(1, 77, 1, 3), (2, 77, 1, 6), (3, 77, 1, 8)];
        assert_eq!(read(&file.concat()), (packets, None));
    }

    #[test]
    fn other_blocks_are_skipped_and_those_that_wireshark_numbers_take_a_number() {
        let mut file = ethernet(BIG);
        for kind in [4, 5, 10, 0x7777, 0x8000_0001, 0x201] {
            file.extend(block(kind, b"whatever is in it", BIG));
        }
        file.extend(enhanced(0, 1, &sample(0, 5), BIG));
        for kind in NUMBERED {
            file.extend(block(kind, &[0; 40], BIG));
        }
        file.extend(enhanced(0, 2, &sample(0, 5), BIG));
        assert_eq!(read(&file), (vec![(1, 1, 1, 5), (8, 2, 1, 5)], None));
    }

    #[test]
    fn damage_is_named_with_its_place() {
        let (start, packet) = (ethernet(LITTLE), enhanced(0, 1, &sample(0, 9), LITTLE));
        let at = start.len() as u64;
        let changed = |byte: usize, value: u8| {
            let mut packet = packet.clone();
            packet[byte] = value;
            reason(&[start.clone(), packet].concat())
        };
        let last = packet.len() - 1;
        for (place, value, words) in [
            (4, 61, "claims a length of 61 bytes"),
            (7, 0x10, "more than any capture tool writes"),
            (last, 1, "two lengths of a block differ"),
            (8, 5, "interface 5, which is unknown"),
            (22, 9, "in room for"),
        ] {
            let (offset, reason) = changed(place, value);
            assert_eq!(offset, at, "{reason}");
            assert!(reason.contains(words), "{reason}");
        }
        let short = reason(&[start, block(6, b"abcd", LITTLE)].concat());
        assert_eq!(
            short,
            (at, "a block of type 6 is too short: 16 bytes".into())
        );
    }

    #[test]
    fn a_section_without_byte_order_or_of_a_new_version_is_damage() {
        let mut file = [ethernet(LITTLE), section(BIG)].concat();
        let second = ethernet(LITTLE).len();
        file[second + 12] = 9;
        assert!(reason(&file).1.contains("unknown pcapng version"));
        file[second + 8] = 0;
        assert!(reason(&file).1.contains("without byte-order magic"));
    }

    #[test]
    fn interfaces_are_bounded() {
        let mut file = section(LITTLE);
        for _ in 0..=MAX_INTERFACES {
            file.extend(interface(1, 0, None, LITTLE));
        }
        assert!(reason(&file).1.contains("more than 65536 interfaces"));
    }

    #[test]
    fn the_longest_block_of_keys_is_read_a_longer_one_and_too_many_are_passed_over() {
        let secrets = |size: u32| {
            // What surrounds the text: type, length, the kind and the length of the text, length.
            let text = vec![b'x'; size as usize - 20];
            let length = u32::try_from(text.len()).unwrap();
            let body = [&TLS_KEY_LOG.to_be_bytes(), &length.to_be_bytes(), &text[..]].concat();
            block(SECRETS, &body, BIG)
        };
        let whole = MAX_SECRETS as usize - 20 + 1;
        // So many blocks of that size wait for a packet that none more is read.
        let most = MAX_WAITING.div_ceil(whole);
        for (size, blocks, read) in [
            (MAX_SECRETS, 1, whole),
            (MAX_SECRETS + 4, 1, 0),
            (MAX_SECRETS, most + 1, most * whole),
        ] {
            let mut file = ethernet(BIG);
            (0..blocks).for_each(|_| file.extend(secrets(size)));
            file.extend(enhanced(0, 1, &sample(0, 5), BIG));
            let mut reader = Reader::new(stored(std::io::Cursor::new(file)), 64)
                .ok()
                .unwrap();
            assert!(reader.next().unwrap().is_some(), "the packet behind it");
            let mut text = Vec::new();
            reader.move_secrets(&mut text);
            assert_eq!(text.len(), read);
        }
    }

    #[test]
    fn a_block_of_any_length_is_skipped_without_being_held() {
        let long = vec![0; 2 * crate::capture::window::MAX_RECORD];
        let file = [
            ethernet(BIG),
            block(0x7777, &long, BIG),
            enhanced(0, 1, &sample(0, 1), BIG),
        ];
        assert_eq!(read(&file.concat()), (vec![(1, 1, 1, 1)], None));
    }

    #[test]
    fn precision_is_that_of_the_interface() {
        let file = [ethernet(BIG), enhanced(0, 1, &sample(0, 1), BIG)].concat();
        let mut reader = Reader::new(stored(std::io::Cursor::new(file)), 64)
            .ok()
            .unwrap();
        assert_eq!(reader.next().unwrap().unwrap().precision, Precision::Nano);
    }
}
