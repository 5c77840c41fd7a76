//! The files of a recording, each complete in itself.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::mem;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::pcapng::Pcapng;
use crate::capture::Packet;
use crate::time::{Precision, Timestamp};

/// Bytes that are collected before they are written without being asked for.
const BUFFER: usize = 128 * 1024;

/// Packet time after which what was collected is written.
const FLUSH: Duration = Duration::from_secs(1);

/// When a recording goes on in another file, and how many are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rotation {
    /// Before a file is longer than this, in bytes.
    pub size: Option<u64>,
    /// When its packets span so much packet time.
    pub every: Option<Duration>,
    /// Files that are kept; all when `None`.
    pub keep: Option<u32>,
}

impl Rotation {
    /// There is more than one file.
    pub fn is_any(&self) -> bool {
        self.size.is_some() || self.every.is_some()
    }
}

/// The files of a recording: FILE alone, or FILE_00001, FILE_00002 and so on, before the suffix.
#[derive(Debug)]
pub(super) struct Files {
    path: PathBuf,
    rotation: Rotation,
    precision: Precision,
    open: Open,
    /// The number of the file that is open.
    number: u64,
    /// The files that are there, oldest first.
    made: VecDeque<PathBuf>,
    /// Files begun.
    pub(super) begun: u64,
    /// Bytes of whole blocks, over all files.
    pub(super) bytes: u64,
    /// Packets in them.
    pub(super) packets: u64,
    /// Packets that were to be in them when writing failed.
    pub(super) lost: u64,
}

/// The file that is being written.
#[derive(Debug)]
struct Open {
    file: File,
    pcapng: Pcapng,
    /// Whole blocks that are not written yet.
    collected: Vec<u8>,
    /// Packets in them.
    waiting: u64,
    /// Bytes of the file: whole blocks.
    written: u64,
    /// The time of its first packet.
    since: Option<Timestamp>,
    /// The time of the packet behind which it was written last.
    flushed: Timestamp,
}

impl Files {
    /// Begins the first file. Numbers go on behind those that are there.
    pub(super) fn begin(
        path: &Path,
        replace: bool,
        rotation: Rotation,
        precision: Precision,
    ) -> io::Result<Self> {
        let made = match rotation.is_any() {
            true => numbered(path)?,
            false => Vec::new(),
        };
        let number = made.last().map_or(0, |last| last.0) + 1;
        let mut made: VecDeque<PathBuf> = made.into_iter().map(|(_, path)| path).collect();
        let first = match rotation.is_any() {
            true => with_number(path, number),
            false => path.to_owned(),
        };
        let open = Open::begin(&first, replace, precision)?;
        made.push_back(first);
        let bytes = open.written;
        let mut files = Self {
            path: path.to_owned(),
            rotation,
            precision,
            open,
            number,
            made,
            begun: 1,
            bytes,
            packets: 0,
            lost: 0,
        };
        files.remove_oldest();
        Ok(files)
    }

    /// Adds a packet, in another file if this one is full.
    pub(super) fn packet(&mut self, packet: &Packet<'_>) -> io::Result<()> {
        if self.is_full(packet)
            && let Err(error) = self.next()
        {
            self.lost += 1;
            return Err(error);
        }
        self.open.packet(packet);
        match self.open.is_due(packet.time) {
            true => self.flush(packet.time),
            false => Ok(()),
        }
    }

    /// Writes what is collected; on an error the file ends behind its last whole block.
    pub(super) fn flush(&mut self, now: Timestamp) -> io::Result<()> {
        let packets = mem::take(&mut self.open.waiting);
        match self.open.flush(now) {
            Ok(bytes) => {
                self.bytes += bytes;
                self.packets += packets;
                Ok(())
            }
            Err(error) => {
                self.lost += packets;
                Err(error)
            }
        }
    }

    /// Begins the file anew when somebody has moved it away. Numbered ones nobody needs to move.
    pub(super) fn reopen(&mut self) -> io::Result<()> {
        if self.rotation.is_any() || self.path.symlink_metadata().is_ok() {
            return Ok(());
        }
        let next = Open::begin(&self.path, false, self.precision)?;
        let written = self.flush(self.open.flushed);
        self.begun += 1;
        self.bytes += next.written;
        self.open = next;
        written
    }

    fn is_full(&self, packet: &Packet<'_>) -> bool {
        let Some(since) = self.open.since else {
            return false;
        };
        // An enhanced packet block and the longest padding.
        let more = packet.data.len() as u64 + 36;
        let size = self.open.written + self.open.collected.len() as u64 + more;
        self.rotation.size.is_some_and(|most| size > most)
            || self
                .rotation
                .every
                .is_some_and(|most| packet.time.since(since) >= most)
    }

    fn next(&mut self) -> io::Result<()> {
        let now = self.open.flushed;
        self.flush(now)?;
        self.number += 1;
        let path = with_number(&self.path, self.number);
        self.open = Open::begin(&path, false, self.precision)?;
        self.made.push_back(path);
        self.begun += 1;
        self.bytes += self.open.written;
        self.remove_oldest();
        Ok(())
    }

    /// One that cannot be removed, or is gone already, is no reason to stop.
    fn remove_oldest(&mut self) {
        let Some(keep) = self.rotation.keep else {
            return;
        };
        while self.made.len() > keep.max(1) as usize
            && let Some(oldest) = self.made.pop_front()
        {
            let _ = fs::remove_file(oldest);
        }
    }
}

impl Open {
    fn begin(path: &Path, replace: bool, precision: Precision) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true);
        match replace {
            true => options.create(true).truncate(true),
            false => options.create_new(true),
        };
        let file = options.open(path)?;
        let mut collected = Vec::with_capacity(BUFFER);
        let pcapng = Pcapng::begin(&mut collected, precision);
        let mut open = Self {
            file,
            pcapng,
            collected,
            waiting: 0,
            written: 0,
            since: None,
            flushed: Timestamp::default(),
        };
        open.flush(Timestamp::default())?;
        Ok(open)
    }

    fn packet(&mut self, packet: &Packet<'_>) {
        if self.since.is_none() {
            (self.since, self.flushed) = (Some(packet.time), packet.time);
        }
        self.pcapng.packet(&mut self.collected, packet, "");
        self.waiting += 1;
    }

    fn is_due(&self, now: Timestamp) -> bool {
        self.collected.len() >= BUFFER || now < self.flushed || now.since(self.flushed) >= FLUSH
    }

    /// Writes what is collected, and tells how much that is.
    fn flush(&mut self, now: Timestamp) -> io::Result<u64> {
        let len = self.collected.len() as u64;
        let result = self.file.write_all(&self.collected);
        self.collected.clear();
        self.flushed = now;
        match result {
            Ok(()) => {
                self.written += len;
                Ok(len)
            }
            Err(error) => {
                // What is left of a block is worth less than a file that every tool reads.
                let _ = self.file.set_len(self.written);
                Err(error)
            }
        }
    }
}

/// The numbered files of a recording that are there, by number.
fn numbered(path: &Path) -> io::Result<Vec<(u64, PathBuf)>> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        if let Some(number) = number_of(path, &name) {
            found.push((number, path.with_file_name(name)));
        }
    }
    found.sort_unstable();
    Ok(found)
}

fn number_of(path: &Path, name: &OsString) -> Option<u64> {
    let stem = path.file_stem()?.to_str()?;
    let rest = name.to_str()?.strip_prefix(stem)?.strip_prefix('_')?;
    let digits = match path.extension() {
        Some(suffix) => rest.strip_suffix(suffix.to_str()?)?.strip_suffix('.')?,
        None => rest,
    };
    let is_number = digits.len() >= 5 && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| is_number)
}

fn with_number(path: &Path, number: u64) -> PathBuf {
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(format!("_{number:05}"));
    if let Some(suffix) = path.extension() {
        name.push(".");
        name.push(suffix);
    }
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_bear_a_number_before_the_suffix() {
        for (path, name) in [("a/x.pcapng", "a/x_00012.pcapng"), ("x", "x_00012")] {
            let path = Path::new(path);
            let numbered = with_number(path, 12);
            assert_eq!(numbered, Path::new(name));
            let name = numbered.file_name().unwrap().to_owned();
            assert_eq!(number_of(path, &name), Some(12));
        }
        for name in [
            "x.pcapng",
            "x_1.pcapng",
            "x_00001.pcap",
            "y_00001.pcapng",
            "x_0000a.pcapng",
        ] {
            assert_eq!(
                number_of(Path::new("x.pcapng"), &name.into()),
                None,
                "{name}"
            );
        }
    }
}
