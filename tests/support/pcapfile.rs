//! Writes frames to pcap and pcapng files.

use std::io::{self, Write};

/// The clock of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Resolution {
    /// Microseconds, as tcpdump writes by default.
    #[default]
    Micro,
    /// Nanoseconds.
    Nano,
}

/// The snapshot length that the file headers state.
const SNAPSHOT: u32 = 262_144;

/// Writes a classic pcap file in little-endian byte order.
pub struct Pcap<W> {
    out: W,
    resolution: Resolution,
    written: u64,
}

impl<W: Write> Pcap<W> {
    /// Begins a file of one link type.
    pub fn new(mut out: W, link_type: u16, resolution: Resolution) -> io::Result<Self> {
        let magic: u32 = match resolution {
            Resolution::Micro => 0xa1b2_c3d4,
            Resolution::Nano => 0xa1b2_3c4d,
        };
        let mut header = Vec::with_capacity(24);
        header.extend(magic.to_le_bytes());
        header.extend([2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        header.extend(SNAPSHOT.to_le_bytes());
        header.extend(u32::from(link_type).to_le_bytes());
        out.write_all(&header)?;
        Ok(Self {
            out,
            resolution,
            written: 24,
        })
    }

    /// Adds a frame seen at `time`, in nanoseconds since the epoch.
    pub fn frame(&mut self, time: u64, frame: &[u8]) -> io::Result<()> {
        self.cut_frame(time, frame, frame.len())
    }

    /// Adds the part of a frame that a snapshot length of `captured` would have left.
    pub fn cut_frame(&mut self, time: u64, frame: &[u8], captured: usize) -> io::Result<()> {
        let kept = &frame[..captured.min(frame.len())];
        let nanos = (time % 1_000_000_000) as u32;
        let fraction = match self.resolution {
            Resolution::Micro => nanos / 1000,
            Resolution::Nano => nanos,
        };
        let mut header = [0; 16];
        header[..4].copy_from_slice(&((time / 1_000_000_000) as u32).to_le_bytes());
        header[4..8].copy_from_slice(&fraction.to_le_bytes());
        header[8..12].copy_from_slice(&(kept.len() as u32).to_le_bytes());
        header[12..].copy_from_slice(&(frame.len() as u32).to_le_bytes());
        self.out.write_all(&header)?;
        self.out.write_all(kept)?;
        self.written += (header.len() + kept.len()) as u64;
        Ok(())
    }

    /// Bytes written so far.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Ends the file.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }
}

/// Writes a little-endian pcapng file of one section with any number of interfaces.
pub struct Pcapng<W> {
    out: W,
    resolutions: Vec<Resolution>,
}

impl<W: Write> Pcapng<W> {
    /// Begins a section.
    pub fn new(out: W) -> io::Result<Self> {
        let mut file = Self {
            out,
            resolutions: Vec::new(),
        };
        let mut body = Vec::from(0x1a2b_3c4d_u32.to_le_bytes());
        body.extend([1, 0, 0, 0]);
        body.extend(u64::MAX.to_le_bytes());
        file.block(0x0a0d_0d0a, &body)?;
        Ok(file)
    }

    /// Describes another interface and returns its number.
    pub fn interface(&mut self, link_type: u16, resolution: Resolution) -> io::Result<u32> {
        let mut body = Vec::from(link_type.to_le_bytes());
        body.extend([0, 0]);
        body.extend(SNAPSHOT.to_le_bytes());
        if resolution == Resolution::Nano {
            body.extend([9, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0]);
        }
        self.block(1, &body)?;
        self.resolutions.push(resolution);
        Ok(self.resolutions.len() as u32 - 1)
    }

    /// Adds a frame seen on `interface` at `time`, in nanoseconds since the epoch.
    pub fn frame(&mut self, interface: u32, time: u64, frame: &[u8]) -> io::Result<()> {
        let ticks = match self.resolutions.get(interface as usize) {
            Some(Resolution::Nano) => time,
            _ => time / 1000,
        };
        let mut body = Vec::from(interface.to_le_bytes());
        body.extend(((ticks >> 32) as u32).to_le_bytes());
        body.extend((ticks as u32).to_le_bytes());
        body.extend((frame.len() as u32).to_le_bytes());
        body.extend((frame.len() as u32).to_le_bytes());
        body.extend_from_slice(frame);
        self.block(6, &body)
    }

    /// Adds a block of any type, padded to whole words.
    pub fn block(&mut self, kind: u32, body: &[u8]) -> io::Result<()> {
        let padding = body.len().next_multiple_of(4) - body.len();
        let total = ((body.len() + padding + 12) as u32).to_le_bytes();
        self.out.write_all(&kind.to_le_bytes())?;
        self.out.write_all(&total)?;
        self.out.write_all(body)?;
        self.out.write_all(&[0; 3][..padding])?;
        self.out.write_all(&total)
    }

    /// Ends the file.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }
}
