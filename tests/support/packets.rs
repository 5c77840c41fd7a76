//! The bytes of one frame: link header, IPv4 or IPv6, and TCP, UDP or ICMP, with the lengths and
//! checksums that a real sender would have put there.
//!
//! [`write`] reuses the caller's buffer, so that generating millions of packets allocates nothing.

use std::net::{IpAddr, SocketAddr};

/// The link layer below the IP header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// Ethernet II.
    #[default]
    Ethernet,
    /// Ethernet II with one 802.1Q tag.
    Vlan(u16),
    /// IP without a link layer.
    Raw,
    /// BSD loopback: the address family in the sender's byte order, here little endian.
    Null,
    /// Linux cooked capture, version 2.
    Cooked2,
}

impl Link {
    /// Its number in the LINKTYPE_ registry.
    pub const fn link_type(self) -> u16 {
        match self {
            Self::Ethernet | Self::Vlan(_) => 1,
            Self::Raw => 101,
            Self::Null => 0,
            Self::Cooked2 => 276,
        }
    }
}

/// Everything of a packet but its payload.
#[derive(Clone, Copy, Debug)]
pub struct Header {
    /// Sender; the port is ignored for ICMP.
    pub src: SocketAddr,
    /// Receiver, of the same address family.
    pub dst: SocketAddr,
    /// IPv4 time to live or IPv6 hop limit.
    pub ttl: u8,
    /// IPv4 identification.
    pub ip_id: u16,
    /// What follows the IP header.
    pub transport: Transport,
}

/// A transport header.
#[derive(Clone, Copy, Debug)]
pub enum Transport {
    /// TCP.
    Tcp(Tcp),
    /// UDP.
    Udp,
    /// ICMP between IPv4 addresses, ICMPv6 between IPv6 addresses.
    Icmp {
        /// Type of the message.
        kind: u8,
        /// Code within the type.
        code: u8,
        /// The second word: of errors unused, the next-hop MTU, or a pointer.
        rest: u32,
    },
}

/// The fields of a TCP header that vary.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tcp {
    /// Sequence number.
    pub seq: u32,
    /// Acknowledgement number.
    pub ack: u32,
    /// [`FIN`], [`SYN`], [`RST`], [`PSH`], [`ACK`], [`URG`].
    pub flags: u8,
    /// Window, unscaled.
    pub window: u16,
    /// Options.
    pub options: Options,
}

/// No more data from the sender.
pub const FIN: u8 = 0x01;
/// Synchronise sequence numbers.
pub const SYN: u8 = 0x02;
/// Reset the connection.
pub const RST: u8 = 0x04;
/// Deliver at once.
pub const PSH: u8 = 0x08;
/// The acknowledgement number is valid.
pub const ACK: u8 = 0x10;
/// The urgent pointer is valid.
pub const URG: u8 = 0x20;

/// The TCP options in use today.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Maximum segment size.
    pub mss: Option<u16>,
    /// Window scale shift.
    pub window_scale: Option<u8>,
    /// Time stamp and echoed time stamp.
    pub timestamp: Option<(u32, u32)>,
}

impl Options {
    /// Appends the options, each padded to whole words as Linux does it.
    fn write(self, frame: &mut Vec<u8>) {
        if let Some(mss) = self.mss {
            frame.extend([2, 4]);
            frame.extend(mss.to_be_bytes());
        }
        if let Some((value, echo)) = self.timestamp {
            frame.extend([1, 1, 8, 10]);
            frame.extend(value.to_be_bytes());
            frame.extend(echo.to_be_bytes());
        }
        if let Some(shift) = self.window_scale {
            frame.extend([1, 3, 3, shift]);
        }
    }
}

/// Replaces the content of `frame` by the frame of `header` and `payload`.
pub fn write(frame: &mut Vec<u8>, link: Link, header: &Header, payload: &[u8]) {
    frame.clear();
    write_link(frame, link, header.dst.is_ipv6());
    write_packet(frame, header, payload);
}

/// Appends the IP packet of `header` and `payload`: also what an ICMP error quotes.
pub fn write_packet(frame: &mut Vec<u8>, header: &Header, payload: &[u8]) {
    let ip = frame.len();
    write_ip(frame, header);
    let transport = frame.len();
    let checksum = write_transport(frame, header, payload.len());
    frame.extend_from_slice(payload);
    patch_ip(frame, ip, transport);
    let pseudo = match (header.transport, header.src) {
        (Transport::Icmp { .. }, SocketAddr::V4(_)) => 0,
        _ => pseudo_header(header, frame.len() - transport),
    };
    let sum = match (header.transport, fold(pseudo + sum(&frame[transport..]))) {
        (Transport::Udp, 0) => 0xffff, // RFC 768: zero would mean "no checksum"
        (_, sum) => sum,
    };
    frame[checksum..checksum + 2].copy_from_slice(&sum.to_ne_bytes());
}

fn write_link(frame: &mut Vec<u8>, link: Link, v6: bool) {
    let ether_type: u16 = if v6 { 0x86dd } else { 0x0800 };
    match link {
        Link::Ethernet | Link::Vlan(_) => {
            frame.extend([0x02, 0, 0, 0, 0, 0x02, 0x02, 0, 0, 0, 0, 0x01]);
            if let Link::Vlan(tag) = link {
                frame.extend([0x81, 0]);
                frame.extend((tag & 0x0fff).to_be_bytes());
            }
            frame.extend(ether_type.to_be_bytes());
        }
        Link::Raw => {}
        Link::Null => frame.extend([if v6 { 24 } else { 2 }, 0, 0, 0]),
        Link::Cooked2 => {
            frame.extend(ether_type.to_be_bytes());
            frame.extend([0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 0x02, 0, 0, 0, 0, 0x01, 0, 0]);
        }
    }
}

/// Appends the IP header with empty length and checksum.
fn write_ip(frame: &mut Vec<u8>, header: &Header) {
    let v4 = header.src.is_ipv4();
    let protocol = match header.transport {
        Transport::Tcp(_) => 6,
        Transport::Udp => 17,
        Transport::Icmp { .. } => [58, 1][usize::from(v4)],
    };
    if v4 {
        let id = header.ip_id.to_be_bytes();
        frame.extend([
            0x45, 0, 0, 0, id[0], id[1], 0x40, 0, header.ttl, protocol, 0, 0,
        ]);
    } else {
        frame.extend([0x60, 0, 0, 0, 0, 0, protocol, header.ttl]);
    }
    write_address(frame, header.src.ip());
    write_address(frame, header.dst.ip());
}

fn write_address(frame: &mut Vec<u8>, address: IpAddr) {
    match address {
        IpAddr::V4(address) => frame.extend(address.octets()),
        IpAddr::V6(address) => frame.extend(address.octets()),
    }
}

/// Appends the transport header with an empty checksum and returns where that is.
fn write_transport(frame: &mut Vec<u8>, header: &Header, payload: usize) -> usize {
    let start = frame.len();
    match header.transport {
        Transport::Tcp(tcp) => {
            write_ports(frame, header);
            frame.extend(tcp.seq.to_be_bytes());
            frame.extend(tcp.ack.to_be_bytes());
            frame.extend([0, tcp.flags]);
            frame.extend(tcp.window.to_be_bytes());
            frame.extend([0; 4]);
            tcp.options.write(frame);
            frame[start + 12] = ((frame.len() - start) as u8 / 4) << 4;
            start + 16
        }
        Transport::Udp => {
            write_ports(frame, header);
            frame.extend((payload as u16 + 8).to_be_bytes());
            frame.extend([0; 2]);
            start + 6
        }
        Transport::Icmp { kind, code, rest } => {
            frame.extend([kind, code, 0, 0]);
            frame.extend(rest.to_be_bytes());
            start + 2
        }
    }
}

fn write_ports(frame: &mut Vec<u8>, header: &Header) {
    frame.extend(header.src.port().to_be_bytes());
    frame.extend(header.dst.port().to_be_bytes());
}

/// Fills in the length and, in IPv4, the header checksum.
fn patch_ip(frame: &mut [u8], ip: usize, transport: usize) {
    if frame[ip] == 0x45 {
        let length = (frame.len() - ip) as u16;
        frame[ip + 2..ip + 4].copy_from_slice(&length.to_be_bytes());
        let sum = fold(sum(&frame[ip..transport]));
        frame[ip + 10..ip + 12].copy_from_slice(&sum.to_ne_bytes());
    } else {
        let length = (frame.len() - transport) as u16;
        frame[ip + 4..ip + 6].copy_from_slice(&length.to_be_bytes());
    }
}

/// The sum of addresses, length and protocol that TCP, UDP and ICMPv6 checksums include.
fn pseudo_header(header: &Header, length: usize) -> u64 {
    let addresses = match (header.src.ip(), header.dst.ip()) {
        (IpAddr::V4(src), IpAddr::V4(dst)) => sum(&src.octets()) + sum(&dst.octets()),
        (IpAddr::V6(src), IpAddr::V6(dst)) => sum(&src.octets()) + sum(&dst.octets()),
        _ => 0,
    };
    let protocol = match header.transport {
        Transport::Tcp(_) => 6,
        Transport::Udp => 17,
        Transport::Icmp { .. } => 58,
    };
    addresses + sum(&(length as u32).to_be_bytes()) + sum(&[0, protocol])
}

/// The one's complement sum in the machine's own byte order, which RFC 1071 §2(B) allows; four
/// bytes at a time, so that it does not dominate the generator.
fn sum(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<4>();
    let words: u64 = words
        .iter()
        .map(|&word| u64::from(u32::from_ne_bytes(word)))
        .sum();
    let mut last = [0; 4];
    last[..rest.len()].copy_from_slice(rest);
    words + u64::from(u32::from_ne_bytes(last))
}

/// Folds a sum to the complement of its 16 bits.
fn fold(mut sum: u64) -> u16 {
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}
