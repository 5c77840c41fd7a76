//! The headers of the commonest packets, TCP in plain IPv4 in a plain frame, read by a few
//! comparisons.
//!
//! This is a shortcut and nothing more: the decoder's general way gives the same result, and a
//! property test holds the two together. It is here, and not in the decoder, so that whoever reads
//! a file ahead reads the headers, too, while they are in the cache of its core.

use std::net::{Ipv4Addr, SocketAddrV4};

use super::LinkType;

/// What the headers of a plain packet say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plain {
    /// The sender.
    pub src: SocketAddrV4,
    /// The receiver.
    pub dst: SocketAddrV4,
    /// The sequence number.
    pub seq: u32,
    /// The acknowledgement number, whatever the flags say.
    pub ack: u32,
    /// The sender's time stamp, where it is the only option.
    pub timestamp: Option<u32>,
    /// The IPv4 identification.
    pub ip_id: u16,
    /// The window field, unscaled.
    pub window: u16,
    /// Where in the packet the payload begins.
    pub payload: u16,
    /// Length of the payload on the wire.
    pub len: u16,
    /// Bytes of options before the payload that were not looked into.
    pub options: u8,
    /// The byte of the control bits.
    pub flags: u8,
    /// The IPv4 time to live.
    pub ttl: u8,
}

const IP_HEADER: usize = 20;
const TCP_HEADER: usize = 20;

const TCP: u8 = 6;

const IPV4: u16 = 0x0800;
const IPV6: u16 = 0x86dd;
const CUSTOMER_TAG: u16 = 0x8100;

impl Plain {
    /// The headers of the packet `data`, if they are plain: IPv4 without options and no fragment,
    /// TCP of which the whole header was captured.
    #[inline]
    pub fn of(link: LinkType, data: &[u8]) -> Option<Self> {
        let ip_at = ip_start(link, data)?;
        let (ip, rest) = data.get(ip_at..)?.split_first_chunk::<IP_HEADER>()?;
        let tcp = rest.first_chunk::<TCP_HEADER>()?;
        let is_whole = u16::from_be_bytes([ip[6], ip[7]]) & 0x3fff == 0;
        if ip[0] != 0x45 || !is_whole || ip[9] != TCP {
            return None;
        }
        let header = u16::from(tcp[12] >> 4) * 4;
        let total = u16::from_be_bytes([ip[2], ip[3]]);
        let len = total.checked_sub(IP_HEADER as u16 + header)?;
        let options = rest.get(TCP_HEADER..usize::from(header))?;
        let timestamp = only_timestamp(options);
        Some(Self {
            src: end([ip[12], ip[13], ip[14], ip[15]], [tcp[0], tcp[1]]),
            dst: end([ip[16], ip[17], ip[18], ip[19]], [tcp[2], tcp[3]]),
            seq: u32::from_be_bytes([tcp[4], tcp[5], tcp[6], tcp[7]]),
            ack: u32::from_be_bytes([tcp[8], tcp[9], tcp[10], tcp[11]]),
            timestamp,
            ip_id: u16::from_be_bytes([ip[4], ip[5]]),
            window: u16::from_be_bytes([tcp[14], tcp[15]]),
            payload: u16::try_from(ip_at + IP_HEADER).ok()? + header,
            len,
            options: if timestamp.is_some() {
                0
            } else {
                options.len() as u8
            },
            flags: tcp[13],
            ttl: ip[8],
        })
    }
}

#[inline]
fn end(address: [u8; 4], port: [u8; 2]) -> SocketAddrV4 {
    SocketAddrV4::new(Ipv4Addr::from(address), u16::from_be_bytes(port))
}

/// The time stamp where nothing else is among the options, laid out as RFC 7323 (appendix A)
/// recommends: almost all options that there are.
#[inline]
fn only_timestamp(options: &[u8]) -> Option<u32> {
    let value: &[u8; 8] = options.strip_prefix(&[1, 1, 8, 10])?.try_into().ok()?;
    let [a, b, c, d, ..] = *value;
    Some(u32::from_be_bytes([a, b, c, d]))
}

/// Where the IP header begins if the link layer has at most one tag.
#[inline]
pub(crate) fn ip_start(link: LinkType, data: &[u8]) -> Option<usize> {
    let kind = |at: usize| {
        let bytes = data.get(at..)?;
        bytes.first_chunk().copied().map(u16::from_be_bytes)
    };
    let (mut kind_at, mut start) = match link {
        LinkType::ETHERNET => (12, 14),
        LinkType::LINUX_SLL => (14, 16),
        LinkType::LINUX_SLL2 => (0, 20),
        _ => return None,
    };
    if kind(kind_at)? == CUSTOMER_TAG {
        (kind_at, start) = (start + 2, start + 4);
    }
    matches!(kind(kind_at)?, IPV4 | IPV6).then_some(start)
}
