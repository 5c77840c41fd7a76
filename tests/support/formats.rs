//! Writes the same packets in every format, byte order and compression that captures come in.

#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    reason = "every test takes what it needs"
)]
#![allow(
    clippy::expect_used,
    reason = "a test that cannot make its files fails"
)]

use std::io::{self, Read, Write};

/// A packet to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Nanoseconds since the epoch.
    pub time: u64,
    pub wire_len: u32,
    pub data: Vec<u8>,
}

/// `count` packets of different lengths, a second and a microsecond apart.
pub fn samples(count: u64) -> Vec<Sample> {
    (0..count)
        .map(|n| sample((n + 1) * 1_000_001_000, n as usize % 60))
        .collect()
}

/// A packet of `len` bytes.
pub fn sample(time: u64, len: usize) -> Sample {
    Sample {
        time,
        wire_len: len as u32,
        data: (0..len).map(|n| n as u8).collect(),
    }
}

/// Numbers in one byte order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    pub big: bool,
}

pub const LITTLE: Order = Order { big: false };
pub const BIG: Order = Order { big: true };

impl Order {
    pub fn u16(self, value: u16) -> [u8; 2] {
        if self.big {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        }
    }

    pub fn u32(self, value: u32) -> [u8; 4] {
        if self.big {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        }
    }

    pub fn u64(self, value: u64) -> [u8; 8] {
        if self.big {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        }
    }
}

/// The variants of classic pcap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    Micro,
    Nano,
    Modified,
}

/// A classic pcap file of Ethernet packets.
pub fn pcap(samples: &[Sample], order: Order, variant: Variant) -> Vec<u8> {
    let magic = match variant {
        Variant::Micro => 0xa1b2_c3d4,
        Variant::Nano => 0xa1b2_3c4d,
        Variant::Modified => 0xa1b2_cd34,
    };
    let mut file = order.u32(magic).to_vec();
    file.extend(order.u16(2));
    file.extend(order.u16(4));
    for word in [0, 0, 262_144, 1] {
        file.extend(order.u32(word));
    }
    for sample in samples {
        let nanos = (sample.time % 1_000_000_000) as u32;
        let fraction = if variant == Variant::Nano {
            nanos
        } else {
            nanos / 1000
        };
        let seconds = (sample.time / 1_000_000_000) as u32;
        for word in [seconds, fraction, sample.data.len() as u32, sample.wire_len] {
            file.extend(order.u32(word));
        }
        if variant == Variant::Modified {
            file.extend([0; 8]);
        }
        file.extend(&sample.data);
    }
    file
}

/// A pcapng block around `body`, which is padded.
pub fn block(kind: u32, body: &[u8], order: Order) -> Vec<u8> {
    let padded = body.len().next_multiple_of(4);
    let len = order.u32(padded as u32 + 12);
    let mut block = [&order.u32(kind), &len, body].concat();
    block.resize(8 + padded, 0);
    block.extend(len);
    block
}

/// A Section Header Block.
pub fn section(order: Order) -> Vec<u8> {
    let version = [order.u16(1), order.u16(0)].concat();
    block(
        0x0a0d_0d0a,
        &[&order.u32(0x1a2b_3c4d)[..], &version, &[0xff; 8]].concat(),
        order,
    )
}

/// An Interface Description Block; `resolution` is that of `if_tsresol`.
pub fn interface(link: u16, snapshot: u32, resolution: Option<u8>, order: Order) -> Vec<u8> {
    let mut body = [&order.u16(link)[..], &[0, 0], &order.u32(snapshot)].concat();
    if let Some(resolution) = resolution {
        body.extend(order.u16(9));
        body.extend(order.u16(1));
        body.extend([resolution, 0, 0, 0]);
        body.extend([0; 4]);
    }
    block(1, &body, order)
}

/// An Enhanced Packet Block with an option, as dumpcap writes them.
pub fn enhanced(interface: u32, ticks: u64, sample: &Sample, order: Order) -> Vec<u8> {
    let mut body = order.u32(interface).to_vec();
    body.extend(packet_fields(ticks, sample, order));
    body.resize(body.len().next_multiple_of(4), 0);
    body.extend([order.u16(2), order.u16(4)].concat());
    body.extend([0; 8]);
    block(6, &body, order)
}

/// An obsolete Packet Block.
pub fn obsolete(interface: u16, ticks: u64, sample: &Sample, order: Order) -> Vec<u8> {
    let mut body = [order.u16(interface), order.u16(0xffff)].concat();
    body.extend(packet_fields(ticks, sample, order));
    block(2, &body, order)
}

fn packet_fields(ticks: u64, sample: &Sample, order: Order) -> Vec<u8> {
    let lengths = [sample.data.len() as u32, sample.wire_len];
    let words = [(ticks >> 32) as u32, ticks as u32, lengths[0], lengths[1]];
    let mut fields: Vec<u8> = words.iter().flat_map(|word| order.u32(*word)).collect();
    fields.extend(&sample.data);
    fields
}

/// A Simple Packet Block.
pub fn simple(sample: &Sample, order: Order) -> Vec<u8> {
    block(
        3,
        &[&order.u32(sample.wire_len)[..], &sample.data].concat(),
        order,
    )
}

/// A pcapng file of Ethernet packets with a clock of nanoseconds.
pub fn pcapng(samples: &[Sample], order: Order) -> Vec<u8> {
    let mut file = [section(order), interface(1, 0, Some(9), order)].concat();
    for sample in samples {
        file.extend(enhanced(0, sample.time, sample, order));
    }
    file
}

/// How a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    None,
    Gzip,
    Zstd,
    Lz4,
}

impl Compression {
    pub const ALL: [Self; 4] = [Self::None, Self::Gzip, Self::Zstd, Self::Lz4];
}

/// `content` as one member or frame, with a checksum.
pub fn compress(content: &[u8], compression: Compression) -> Vec<u8> {
    match compression {
        Compression::None => content.to_vec(),
        Compression::Gzip => gzip(content).expect("memory can be written"),
        Compression::Zstd => {
            use ruzstd::encoding::{CompressionLevel, compress_to_vec};
            compress_to_vec(content, CompressionLevel::Fastest)
        }
        Compression::Lz4 => lz4(content).expect("memory can be written"),
    }
}

fn gzip(content: &[u8]) -> io::Result<Vec<u8>> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(content)?;
    out.finish()
}

fn lz4(content: &[u8]) -> Result<Vec<u8>, lz4_flex::frame::Error> {
    use lz4_flex::frame::{BlockMode, FrameEncoder, FrameInfo};
    let info = FrameInfo::new()
        .content_checksum(true)
        .block_mode(BlockMode::Linked);
    let mut out = FrameEncoder::with_frame_info(info, Vec::new());
    out.write_all(content)?;
    out.finish()
}

/// A skippable frame of zstd and lz4.
pub fn skippable(len: u32) -> Vec<u8> {
    let mut frame = vec![0x53, 0x2a, 0x4d, 0x18];
    frame.extend(len.to_le_bytes());
    frame.resize(8 + len as usize, 0xaa);
    frame
}

/// Gives a few bytes at a time, as a pipe may.
pub struct Drip<T>(pub T);

impl<T: Read> Read for Drip<T> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let len = out.len().min(13);
        self.0.read(&mut out[..len])
    }
}
