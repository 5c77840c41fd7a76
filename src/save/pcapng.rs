//! Writes pcapng: one section, its interfaces as they are met, packets, comments.
//!
//! <https://ietf-opsawg-wg.github.io/draft-ietf-opsawg-pcap/draft-ietf-opsawg-pcapng.html>

use crate::capture::{LinkType, Packet};
use crate::time::{Precision, Timestamp};

const SECTION: u32 = 0x0a0d_0d0a;
const INTERFACE: u32 = 1;
const ENHANCED_PACKET: u32 = 6;
const DECRYPTION_SECRETS: u32 = 10;

/// The kind of secrets that is a key log of TLS.
const TLS_KEY_LOG: u32 = 0x544c_534b;

const END_OF_OPTIONS: u16 = 0;
const COMMENT: u16 = 1;
const SHB_USERAPPL: u16 = 4;
const IF_TSRESOL: u16 = 9;

/// Bytes of a comment: its length is a number of 16 bits.
const LONGEST_COMMENT: usize = 60_000;

/// The blocks of one file. Nothing is written here: whole blocks are appended to a buffer.
#[derive(Debug)]
pub(super) struct Pcapng {
    precision: Precision,
    /// The interfaces so far, by number.
    interfaces: Vec<(LinkType, Precision)>,
}

impl Pcapng {
    /// Begins a file whose clock counts at least as exactly as `precision`.
    pub(super) fn begin(out: &mut Vec<u8>, precision: Precision) -> Self {
        let program = concat!("ftpscope ", env!("CARGO_PKG_VERSION"));
        block(out, SECTION, |out| {
            // The byte order, version 1.0, and a section of unknown length.
            out.extend(0x1a2b_3c4d_u32.to_le_bytes());
            out.extend([1, 0, 0, 0]);
            out.extend(u64::MAX.to_le_bytes());
            option(out, SHB_USERAPPL, program.as_bytes());
            option(out, END_OF_OPTIONS, &[]);
        });
        Self {
            precision,
            interfaces: Vec::new(),
        }
    }

    /// Appends a packet, and before it its interface where that is new.
    pub(super) fn packet(&mut self, out: &mut Vec<u8>, packet: &Packet<'_>, comment: &str) {
        let (interface, precision) = self.interface(out, packet.link, packet.time);
        let ticks = match precision {
            Precision::Micro => packet.time.as_nanos() / 1000,
            Precision::Nano => packet.time.as_nanos(),
        };
        block(out, ENHANCED_PACKET, |out| {
            out.extend(interface.to_le_bytes());
            out.extend(((ticks >> 32) as u32).to_le_bytes());
            out.extend((ticks as u32).to_le_bytes());
            out.extend((packet.data.len() as u32).to_le_bytes());
            out.extend(packet.wire_len.to_le_bytes());
            out.extend_from_slice(packet.data);
            pad(out, packet.data.len());
            if !comment.is_empty() {
                option(out, COMMENT, shortened(comment).as_bytes());
                option(out, END_OF_OPTIONS, &[]);
            }
        });
    }

    /// Appends a key log of TLS, for the packets behind it.
    pub(super) fn secrets(&mut self, out: &mut Vec<u8>, key_log: &[u8]) {
        // The reader puts a line feed between the logs of several blocks.
        let key_log = key_log.trim_ascii_end();
        let len = key_log.len() + 1;
        block(out, DECRYPTION_SECRETS, |out| {
            out.extend(TLS_KEY_LOG.to_le_bytes());
            out.extend((len as u32).to_le_bytes());
            out.extend_from_slice(key_log);
            out.push(b'\n');
            pad(out, len);
        });
    }

    /// The interface of a link type, with a clock that is exact enough for `time`.
    fn interface(
        &mut self,
        out: &mut Vec<u8>,
        link: LinkType,
        time: Timestamp,
    ) -> (u32, Precision) {
        let fits = |one: &(LinkType, Precision)| {
            let is_exact = one.1 == Precision::Nano || time.as_nanos().is_multiple_of(1000);
            one.0 == link && is_exact
        };
        if let Some(index) = self.interfaces.iter().rposition(fits) {
            return (index as u32, self.interfaces[index].1);
        }
        let precision = match time.as_nanos().is_multiple_of(1000) {
            true => self.precision,
            false => Precision::Nano,
        };
        let resolution = match precision {
            Precision::Micro => 6,
            Precision::Nano => 9,
        };
        block(out, INTERFACE, |out| {
            // The link type, two reserved bytes, and no snapshot length.
            out.extend(u32::from(link.0).to_le_bytes());
            out.extend([0; 4]);
            option(out, IF_TSRESOL, &[resolution]);
            option(out, END_OF_OPTIONS, &[]);
        });
        self.interfaces.push((link, precision));
        (self.interfaces.len() as u32 - 1, precision)
    }
}

/// Appends a block: type, length, `body`, padding, length.
fn block(out: &mut Vec<u8>, kind: u32, body: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend(kind.to_le_bytes());
    out.extend([0; 4]);
    body(out);
    let len = ((out.len() - start + 4) as u32).to_le_bytes();
    out.extend(len);
    if let Some(field) = out.get_mut(start + 4..start + 8) {
        field.copy_from_slice(&len);
    }
}

fn option(out: &mut Vec<u8>, code: u16, value: &[u8]) {
    out.extend(code.to_le_bytes());
    out.extend((value.len() as u16).to_le_bytes());
    out.extend_from_slice(value);
    pad(out, value.len());
}

fn pad(out: &mut Vec<u8>, len: usize) {
    out.extend(&[0; 3][..len.next_multiple_of(4) - len]);
}

fn shortened(text: &str) -> &str {
    let fits = (0..=text.len().min(LONGEST_COMMENT)).rev();
    let end = fits.into_iter().find(|at| text.is_char_boundary(*at));
    &text[..end.unwrap_or_default()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::Frame;

    fn packet(nanos: u64, link: u16, data: &[u8]) -> Packet<'_> {
        Packet {
            frame: Frame::default(),
            time: Timestamp::from_nanos(nanos),
            link: LinkType(link),
            wire_len: data.len() as u32 + 1,
            data,
            plain: None,
        }
    }

    /// The blocks of a file: type and length, which must agree at both ends.
    fn blocks(mut file: &[u8]) -> Vec<(u32, usize)> {
        let number = |bytes: &[u8]| u32::from_le_bytes(bytes.try_into().unwrap());
        let mut found = Vec::new();
        while !file.is_empty() {
            let len = number(&file[4..8]) as usize;
            assert_eq!((len % 4, number(&file[len - 4..len]) as usize), (0, len));
            found.push((number(&file[..4]), len));
            file = &file[len..];
        }
        found
    }

    #[test]
    fn interfaces_are_those_that_are_needed() {
        let mut out = Vec::new();
        let mut pcapng = Pcapng::begin(&mut out, Precision::Micro);
        for (nanos, link) in [(1_000, 1), (2_000, 1), (3_001, 1), (4_000, 1), (5_000, 113)] {
            pcapng.packet(&mut out, &packet(nanos, link, b"abc"), "");
        }
        let interfaces = [
            (LinkType::ETHERNET, Precision::Micro),
            (LinkType::ETHERNET, Precision::Nano),
            (LinkType::LINUX_SLL, Precision::Micro),
        ];
        assert_eq!(pcapng.interfaces, interfaces);
        pcapng.secrets(&mut out, b"CLIENT_RANDOM 00 00\n");
        let kinds: Vec<u32> = blocks(&out).iter().map(|block| block.0).collect();
        assert_eq!(kinds, [SECTION, 1, 6, 6, 1, 6, 6, 1, 6, 10]);
    }

    #[test]
    fn a_comment_is_cut_between_characters() {
        let mut out = Vec::new();
        let mut pcapng = Pcapng::begin(&mut out, Precision::Nano);
        let comment = "x".to_owned() + &"ß".repeat(40_000);
        pcapng.packet(&mut out, &packet(1, 1, b"abcde"), &comment);
        blocks(&out);
        assert_eq!(shortened(&comment).len(), LONGEST_COMMENT - 1);
        assert_eq!(shortened("short"), "short");
    }
}
