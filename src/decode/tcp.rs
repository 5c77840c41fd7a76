//! The TCP header (RFC 9293 §3.1).

use std::net::SocketAddr;

use super::ip::Ip;
use super::piece::Piece;
use super::{Decoded, Flags, Options, Segment, SeqNumber, Skipped};
use crate::capture::{Packet, Plain};

/// The header without options.
const HEADER_LEN: usize = 20;
/// Larger shifts are taken as this one (RFC 7323 §2.3).
const MAX_WINDOW_SCALE: u8 = 14;

/// The segment that `ip` carries. The checksum is not looked at: offload leaves it wrong.
///
/// It gives [`Decoded`] rather than a `Result`, and is inlined, so that a segment is written once
/// and never copied on its way out: that halves the time of a packet.
#[inline(always)]
pub(super) fn segment<'a>(packet: &Packet, ip: &Ip<'a>) -> Decoded<'a> {
    let tcp = ip.payload;
    let Some(header) = tcp.bytes.first_chunk::<HEADER_LEN>() else {
        return Decoded::Skipped(Skipped::Damaged);
    };
    let header_len = usize::from(header[12] >> 4) * 4;
    if header_len < HEADER_LEN || header_len > tcp.wire_len {
        return Decoded::Skipped(Skipped::Damaged);
    }
    let [
        s0,
        s1,
        d0,
        d1,
        q0,
        q1,
        q2,
        q3,
        a0,
        a1,
        a2,
        a3,
        _,
        bits,
        w0,
        w1,
        ..,
    ] = *header;
    let flags = flags(bits);
    Decoded::Segment(Segment {
        frame: packet.frame,
        time: packet.time,
        src: SocketAddr::new(ip.src, u16::from_be_bytes([s0, s1])),
        dst: SocketAddr::new(ip.dst, u16::from_be_bytes([d0, d1])),
        seq: SeqNumber(u32::from_be_bytes([q0, q1, q2, q3])),
        ack: SeqNumber(u32::from_be_bytes([a0, a1, a2, a3])),
        flags,
        window: u16::from_be_bytes([w0, w1]),
        options: options(option_bytes(tcp, header_len), flags.syn),
        len: u32::try_from(tcp.wire_len - header_len).unwrap_or(u32::MAX),
        payload: tcp.bytes.get(header_len..).unwrap_or_default(),
        ttl: ip.ttl,
        ip_id: ip.id,
    })
}

/// The segment of a packet whose headers were read: written once, as that of [`segment`].
#[inline(always)]
pub(super) fn plain<'a>(packet: &Packet<'a>, plain: &Plain) -> Decoded<'a> {
    let behind = packet.data.get(plain.payload.into()..).unwrap_or_default();
    let options = match plain.options {
        0 => Options {
            timestamp: plain.timestamp,
            ..Options::default()
        },
        _ => other_options(packet, plain),
    };
    Decoded::Segment(Segment {
        frame: packet.frame,
        time: packet.time,
        src: plain.src.into(),
        dst: plain.dst.into(),
        seq: SeqNumber(plain.seq),
        ack: SeqNumber(plain.ack),
        flags: flags(plain.flags),
        window: plain.window,
        options,
        len: plain.len.into(),
        payload: behind.get(..plain.len.into()).unwrap_or(behind),
        ttl: plain.ttl,
        ip_id: Some(plain.ip_id),
    })
}

/// The options of a packet with others than a time stamp.
#[cold]
fn other_options(packet: &Packet<'_>, plain: &Plain) -> Options {
    let end = usize::from(plain.payload);
    let start = end.saturating_sub(plain.options.into());
    let bytes = packet.data.get(start..end).unwrap_or_default();
    options(bytes, flags(plain.flags).syn)
}

fn flags(bits: u8) -> Flags {
    Flags {
        fin: bits & 0x01 != 0,
        syn: bits & 0x02 != 0,
        rst: bits & 0x04 != 0,
        ack: bits & 0x10 != 0,
        urg: bits & 0x20 != 0,
    }
}

/// The captured part of the options.
fn option_bytes(tcp: Piece<'_>, header_len: usize) -> &[u8] {
    let end = header_len.min(tcp.bytes.len());
    tcp.bytes.get(HEADER_LEN..end).unwrap_or_default()
}

/// What the options say up to the first one that is cut or has an impossible length.
fn options(mut bytes: &[u8], syn: bool) -> Options {
    let mut options = Options::default();
    loop {
        match *bytes {
            [] | [0, ..] => return options,
            [1, ref rest @ ..] => bytes = rest,
            [kind, len, ..] => {
                let Some((option, rest)) = bytes.split_at_checked(usize::from(len)) else {
                    return options;
                };
                if len < 2 {
                    return options;
                }
                options.note(kind, option.get(2..).unwrap_or_default(), syn);
                bytes = rest;
            }
            [_] => return options,
        }
    }
}

impl Options {
    #[inline]
    fn note(&mut self, kind: u8, value: &[u8], syn: bool) {
        match (kind, value) {
            (2, &[a, b]) if syn => self.mss = Some(u16::from_be_bytes([a, b])),
            (3, &[shift]) if syn => self.window_scale = Some(shift.min(MAX_WINDOW_SCALE)),
            (8, &[a, b, c, d, _, _, _, _]) => {
                self.timestamp = Some(u32::from_be_bytes([a, b, c, d]));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_options_of_a_syn() {
        let bytes = [
            2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 1, 0, 0, 0, 0, 0, 1, 3, 3, 7,
        ];
        let expected = Options {
            mss: Some(1460),
            window_scale: Some(7),
            timestamp: Some(256),
        };
        assert_eq!(options(&bytes, true), expected);
    }

    #[test]
    fn only_a_syn_negotiates() {
        let bytes = [2, 4, 5, 180, 3, 3, 7, 0];
        assert_eq!(options(&bytes, false), Options::default());
    }

    #[test]
    fn a_bad_length_ends_the_options() {
        for bad in [&[3, 0, 7][..], &[3, 1, 7], &[3, 9, 7], &[3]] {
            let bytes = [&[2, 4, 5, 180], bad].concat();
            let options = options(&bytes, true);
            assert_eq!((options.mss, options.window_scale), (Some(1460), None));
        }
    }

    #[test]
    fn an_option_of_another_length_says_nothing() {
        assert_eq!(
            options(&[2, 3, 5, 3, 3, 99], true).window_scale,
            Some(MAX_WINDOW_SCALE)
        );
        assert_eq!(options(&[2, 3, 5], true), Options::default());
    }

    #[test]
    fn nothing_after_the_end_of_the_list() {
        assert_eq!(options(&[0, 2, 4, 5, 180], true), Options::default());
    }
}
