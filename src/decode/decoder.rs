//! [`Decoder`]: through all the headers of a packet, to its segment.

use super::defrag::{FragmentCounts, Fragments};
use super::ip::{Ip, protocol};
use super::piece::Piece;
use super::{Decoded, Skipped, fast, icmp, link, tcp, tunnel, udp};
use crate::capture::{Packet, Plain};
use crate::time::Timestamp;

/// How many IP headers may lie within one another.
const MAX_NESTING: usize = 6;

/// Turns packets into segments. Its only memory is that of fragments, and bounded.
#[derive(Debug, Default)]
pub struct Decoder {
    fragments: Fragments,
    /// The datagrams that the packet at hand completed: one for each level of nesting.
    completed: [Vec<u8>; MAX_NESTING],
    /// The datagrams that the packet at hand is a part of.
    parts: Vec<u64>,
}

impl Decoder {
    /// A decoder that has seen no packet.
    pub fn new() -> Self {
        Self::default()
    }

    /// What `packet` is. The result borrows from the packet, or from the decoder if the packet
    /// completed a fragmented datagram.
    ///
    /// Any bytes are accepted. Lengths come from the headers; checksums are not verified.
    #[inline]
    pub fn push<'a>(&'a mut self, packet: &Packet<'a>) -> Decoded<'a> {
        self.advance(packet.time);
        self.decode(packet)
    }

    /// The same, where time does not pass with the packet: see [`advance`](Self::advance).
    #[inline(always)]
    pub fn decode<'a>(&'a mut self, packet: &Packet<'a>) -> Decoded<'a> {
        self.parts.clear();
        match packet.plain {
            Some(plain) => tcp::plain(packet, plain),
            None => self.decode_here(packet),
        }
    }

    /// The same, where nobody read the headers ahead.
    #[inline(never)]
    fn decode_here<'a>(&'a mut self, packet: &Packet<'a>) -> Decoded<'a> {
        if let Some(plain) = Plain::of(packet.link, packet.data) {
            return tcp::plain(packet, &plain);
        }
        if let Some(ip) = fast::plain_v6(fast::ip_bytes(packet)) {
            return tcp::segment(packet, &ip);
        }
        self.push_any(packet)
    }

    /// There are fragments that may have to be given up.
    #[inline]
    pub fn is_waiting(&self) -> bool {
        self.fragments.is_waiting()
    }

    /// Gives up the fragments that have waited too long at `now`; `push` does so too.
    #[inline]
    pub fn advance(&mut self, now: Timestamp) {
        self.fragments.expire(now);
    }

    /// The fragmented datagrams that the latest packet is a part of, outermost first; none for a
    /// packet that is whole. A number names one datagram for ever.
    pub fn datagrams(&self) -> &[u64] {
        &self.parts
    }

    /// What became of the fragments seen so far.
    pub fn fragments(&self) -> FragmentCounts {
        self.fragments.counts()
    }

    /// Like `push`, without the shortcut.
    pub(super) fn push_any<'a>(&'a mut self, packet: &Packet<'a>) -> Decoded<'a> {
        match self.innermost(packet) {
            Ok(ip) => carried(packet, &ip),
            Err(skipped) => Decoded::Skipped(skipped),
        }
    }

    /// Follows the IP headers inwards, reassembling where one is of a fragment.
    fn innermost<'a>(&'a mut self, packet: &Packet<'a>) -> Result<Ip<'a>, Skipped> {
        let frame = Piece::new(packet.data, packet.wire_len as usize);
        let mut piece = link::ip_packet(packet.link, frame)?;
        for bytes in &mut self.completed {
            let mut ip = Ip::parse(piece)?;
            let whole = reassemble(&mut self.fragments, &mut ip, packet.time, bytes);
            self.parts.extend(self.fragments.take_touched());
            whole?;
            piece = match tunnel::inside(&ip)? {
                Some(inner) => inner,
                None => return Ok(ip),
            };
        }
        Err(Skipped::Damaged)
    }
}

/// What `ip` carries, which is no further IP packet.
fn carried<'a>(packet: &Packet, ip: &Ip<'a>) -> Decoded<'a> {
    match ip.protocol {
        protocol::TCP => tcp::segment(packet, ip),
        protocol::ICMP | protocol::ICMPV6 => {
            icmp::error(packet, ip).map_or_else(Decoded::Skipped, Decoded::Icmp)
        }
        protocol::UDP => udp::answer(ip).map_or_else(Decoded::Skipped, Decoded::Dns),
        _ => Decoded::Skipped(Skipped::NotTcp),
    }
}

/// Makes `ip` whole if it is a fragment and the last one missing, with its payload in `bytes`.
#[inline]
fn reassemble<'a>(
    fragments: &mut Fragments,
    ip: &mut Ip<'a>,
    now: Timestamp,
    bytes: &'a mut Vec<u8>,
) -> Result<(), Skipped> {
    let Some(fragment) = ip.fragment else {
        return Ok(());
    };
    if !concerns_us(ip.protocol) {
        return Err(Skipped::NotTcp);
    }
    let whole = fragments.push(ip, fragment, now, bytes)?;
    ip.reassemble(whole.protocol, Piece::new(bytes, whole.wire_len))
}

/// A fragment of this protocol may be of a TCP segment, an ICMP error, an answer, a tunnel.
fn concerns_us(number: u8) -> bool {
    use protocol::*;
    matches!(
        number,
        TCP | UDP
            | ICMP
            | ICMPV6
            | GRE
            | IPV4
            | IPV6
            | AUTHENTICATION
            | HOP_BY_HOP
            | ROUTING
            | DESTINATION
    )
}

#[cfg(test)]
mod tests {
    use super::super::testing::{TEXT, ipv4_fragment, ipv6_fragment, packet, tcp};
    use super::*;

    /// Pushes raw IP and tells what came of it: the payload, or why not.
    fn push(decoder: &mut Decoder, bytes: &[u8]) -> Result<Vec<u8>, Skipped> {
        match decoder.push(&packet(101, bytes)) {
            Decoded::Segment(segment) => Ok(segment.payload.to_vec()),
            Decoded::Skipped(skipped) => Err(skipped),
            other => panic!("{other:?}"),
        }
    }

    const WAITS: Result<Vec<u8>, Skipped> = Err(Skipped::Fragment);

    #[test]
    fn extension_headers_behind_the_fragment_header() {
        let payload = [&[6, 0, 1, 4, 0, 0, 0, 0], &tcp()[..]].concat();
        let mut decoder = Decoder::new();
        let first = ipv6_fragment(60, 1, 0, true, &payload[..8]);
        let second = ipv6_fragment(60, 1, 8, false, &payload[8..]);
        assert_eq!(push(&mut decoder, &first), WAITS);
        assert_eq!(push(&mut decoder, &second).unwrap(), TEXT);
    }

    #[test]
    fn a_fragment_in_a_fragmented_tunnel() {
        let tcp = tcp();
        let first = ipv4_fragment(6, 1, 0, true, &tcp[..24]);
        let second = ipv4_fragment(6, 1, 24, false, &tcp[24..]);
        let outer = [
            ipv4_fragment(4, 9, 0, true, &second[..16]),
            ipv4_fragment(4, 9, 16, false, &second[16..]),
        ];
        let mut decoder = Decoder::new();
        assert_eq!(push(&mut decoder, &first), WAITS);
        assert_eq!(push(&mut decoder, &outer[0]), WAITS);
        assert_eq!(push(&mut decoder, &outer[1]).unwrap(), TEXT);
    }

    #[test]
    fn fragments_of_one_datagram_are_known_by_its_number() {
        let tcp = tcp();
        let mut decoder = Decoder::new();
        let mut parts_of = |bytes: &[u8]| {
            let _ = push(&mut decoder, bytes);
            decoder.datagrams().to_vec()
        };
        let [one, other] = [7, 8].map(|id| ipv4_fragment(6, id, 0, true, &tcp[..24]));
        let last = ipv4_fragment(6, 7, 24, false, &tcp[24..]);
        let [first, second] = [parts_of(&one), parts_of(&other)];
        assert_eq!((first.len(), second.len()), (1, 1));
        assert_ne!(first, second);
        assert_eq!(parts_of(&last), first);
        assert_eq!(parts_of(&one), first, "a copy");
        assert!(parts_of(&crate::decode::testing::ipv4(6, &tcp)).is_empty());
    }

    #[test]
    fn other_protocols_are_not_kept() {
        let mut decoder = Decoder::new();
        let sctp = ipv4_fragment(132, 1, 0, true, &[0; 8]);
        assert_eq!(push(&mut decoder, &sctp), Err(Skipped::NotTcp));
        assert_eq!(decoder.fragments(), FragmentCounts::default());
    }

    #[test]
    fn a_reassembled_segment_has_the_frame_that_completed_it() {
        let tcp = tcp();
        let mut decoder = Decoder::new();
        let first = ipv4_fragment(6, 1, 0, true, &tcp[..24]);
        assert_eq!(push(&mut decoder, &first), WAITS);
        let bytes = ipv4_fragment(6, 1, 24, false, &tcp[24..]);
        let mut second = packet(101, &bytes);
        second.frame = crate::capture::Frame::new(0, 2);
        second.time = Timestamp::new(3, 0);
        let Decoded::Segment(segment) = decoder.push(&second) else {
            panic!("no segment");
        };
        assert_eq!((segment.frame, segment.time), (second.frame, second.time));
        assert_eq!(segment.ip_id, Some(1));
    }

    #[test]
    fn fragments_cut_by_a_snapshot_length_keep_the_length() {
        let tcp = tcp();
        let mut decoder = Decoder::new();
        let first = ipv4_fragment(6, 1, 0, true, &tcp[..32]);
        assert_eq!(push(&mut decoder, &first[..first.len() - 8]), WAITS);
        let second = ipv4_fragment(6, 1, 32, false, &tcp[32..]);
        let Decoded::Segment(segment) = decoder.push(&packet(101, &second)) else {
            panic!("no segment");
        };
        assert_eq!(segment.payload, &TEXT[..4]);
        assert_eq!(segment.len as usize, TEXT.len());
    }
}
