//! The packets of a capture that cannot be read again: kept in a file without a name.
//!
//! Only packets of FTP are kept, up to [`MOST`]. The file has no name from the beginning on, so
//! that nothing of it is left whatever becomes of this process; it is read through its handle.

use std::fs::{self, File};
use std::io;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

use crate::analyzer::Analyzer;
use crate::capture::Packet;
use crate::save::{Kept, Recorder, Recording, Rotation};
use crate::time::{Precision, Timestamp};

/// Bytes that are kept.
pub(crate) const MOST: u64 = 1 << 30;

/// Where packets are kept.
#[derive(Debug)]
pub(crate) struct Spool {
    recorder: Recorder,
    /// Keeps the file that has no name.
    _file: File,
    is_over: bool,
}

impl Spool {
    /// Begins to keep packets; also where they can be read from as long as this lives.
    ///
    /// # Errors
    /// When there can be no such file.
    pub(crate) fn begin() -> io::Result<(Self, PathBuf)> {
        let name = format!("ftpscope-{}.pcapng", std::process::id());
        let path = std::env::temp_dir().join(name);
        let recorder = Recorder::begin(&Recording {
            path: path.clone(),
            replace: false,
            rotation: Rotation::default(),
            kept: Kept::Sessions,
            precision: Precision::Nano,
        })?;
        let file = File::open(&path);
        fs::remove_file(&path)?;
        let file = file?;
        let handle = Path::new("/proc/self/fd").join(file.as_raw_fd().to_string());
        let spool = Self {
            recorder,
            _file: file,
            is_over: false,
        };
        Ok((spool, handle))
    }

    /// Keeps a packet that the engine has just taken in. Tells once why it keeps no more.
    pub(crate) fn packet(&mut self, packet: &Packet<'_>, analyzer: &Analyzer) -> Option<String> {
        if self.is_over {
            return None;
        }
        let kept = self.recorder.packet(packet, analyzer);
        self.check(kept)
    }

    /// Time has come to `now` without a packet.
    pub(crate) fn idle(&mut self, now: Timestamp, analyzer: &Analyzer) -> Option<String> {
        if self.is_over {
            return None;
        }
        let kept = self.recorder.idle(now, analyzer);
        self.check(kept)
    }

    fn check(&mut self, kept: io::Result<()>) -> Option<String> {
        let bytes = self.recorder.recorded().bytes;
        let why = match kept {
            Err(error) => format!("Packets cannot be kept any more: {error}."),
            Ok(()) if bytes > MOST => format!("Limit of {MOST} bytes of packets reached."),
            Ok(()) => return None,
        };
        self.is_over = true;
        Some(format!(
            "{why} Packets from here on are shown, but cannot be saved."
        ))
    }
}
