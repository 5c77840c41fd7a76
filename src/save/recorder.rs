//! Packets to a file while they come.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use super::ring::{Leaves, Ring};
use super::rotation::{Files, Rotation};
use crate::analyzer::{Analyzer, Event};
use crate::capture::Packet;
use crate::time::{Precision, Timestamp};

/// Bytes of packets that wait until it is known whether they are of FTP.
pub const RING_BYTES: usize = 64 << 20;

/// How long they wait, in packet time.
pub const RING_TIME: Duration = Duration::from_secs(10);

/// What is recorded, and where.
#[derive(Clone, Debug)]
pub struct Recording {
    /// The file; with a rotation, what the names of the files are made of.
    pub path: PathBuf,
    /// A file that is there already is replaced; numbered ones never are.
    pub replace: bool,
    /// When another file is begun.
    pub rotation: Rotation,
    /// Which packets.
    pub kept: Kept,
    /// How exact the clock of the packets is.
    pub precision: Precision,
}

/// Which packets are recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kept {
    /// All.
    #[default]
    All,
    /// Those of FTP control and data connections, with their fragments, the ICMP errors about them
    /// and the DNS answers that name their hosts.
    Sessions,
}

/// What was recorded so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Packets.
    pub packets: u64,
    /// Bytes of the files.
    pub bytes: u64,
    /// Files begun.
    pub files: u64,
    /// Packets left out before they had waited their time, because too many waited; were they of
    /// FTP, it was not known yet.
    pub early: u64,
    /// Packets that could not be recorded because writing had failed.
    pub lost: u64,
}

impl fmt::Display for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            packets,
            bytes,
            files,
            early,
            lost,
        } = self;
        let s = if *files == 1 { "" } else { "s" };
        write!(
            f,
            "{packets} packets recorded, {bytes} bytes, {files} file{s}"
        )?;
        if *early > 0 {
            write!(
                f,
                "; {early} packets left out before it was sure that they are not of FTP"
            )?;
        }
        match lost {
            0 => Ok(()),
            lost => write!(f, "; {lost} packets not recorded because writing failed"),
        }
    }
}

/// Writes packets to files while they come.
#[derive(Debug)]
pub struct Recorder {
    files: Files,
    ring: Option<Ring>,
    /// See [`Recorded::early`].
    early: u64,
    /// Packets that came after writing had failed.
    lost: u64,
    has_failed: bool,
}

impl Recorder {
    /// Begins a recording.
    ///
    /// # Errors
    ///
    /// When the first file cannot be created.
    pub fn begin(recording: &Recording) -> io::Result<Self> {
        let Recording {
            path,
            replace,
            rotation,
            kept,
            precision,
        } = recording;
        Ok(Self {
            files: Files::begin(path, *replace, *rotation, *precision)?,
            ring: (*kept == Kept::Sessions).then(|| Ring::new(RING_BYTES, RING_TIME)),
            early: 0,
            lost: 0,
            has_failed: false,
        })
    }

    /// A packet came, which `analyzer` has just taken in.
    ///
    /// # Errors
    ///
    /// That of writing, once: the file then ends behind its last whole block, and what comes from
    /// there on is only counted.
    pub fn packet(&mut self, packet: &Packet<'_>, analyzer: &Analyzer) -> io::Result<()> {
        if self.ring.is_none() {
            return self.write(packet);
        }
        if let Some(ring) = &mut self.ring {
            ring.push(packet, analyzer);
        }
        self.drain(Some(analyzer))
    }

    /// Nothing came, and it is `now` in packet time.
    ///
    /// # Errors
    ///
    /// As [`Recorder::packet`].
    pub fn idle(&mut self, now: Timestamp, analyzer: &Analyzer) -> io::Result<()> {
        if let Some(ring) = &mut self.ring {
            ring.advance(now);
        }
        self.drain(Some(analyzer))?;
        self.flush(now)
    }

    /// The engine has told these events: they name connections of FTP.
    pub fn learn(&mut self, events: &[Event]) {
        if let Some(ring) = &mut self.ring {
            ring.learn(events);
        }
    }

    /// Nothing more will come, and the engine has told all that it knows.
    ///
    /// # Errors
    ///
    /// As [`Recorder::packet`].
    pub fn finish(&mut self) -> io::Result<()> {
        self.drain(None)?;
        self.flush(Timestamp::default())
    }

    /// Begins the file anew when somebody has moved it away, unless it is one of a rotation.
    ///
    /// # Errors
    ///
    /// When it cannot be created: the recording goes on into the old one. When the old one cannot
    /// be written to its end: it goes on into the new one.
    pub fn reopen(&mut self) -> io::Result<()> {
        match self.has_failed {
            true => Ok(()),
            false => self.files.reopen(),
        }
    }

    /// What was recorded so far.
    pub fn recorded(&self) -> Recorded {
        Recorded {
            packets: self.files.packets,
            bytes: self.files.bytes,
            files: self.files.begun,
            early: self.early,
            lost: self.lost + self.files.lost,
        }
    }

    /// Lets go what need not wait any longer; all of it when there is no analyzer any more.
    fn drain(&mut self, analyzer: Option<&Analyzer>) -> io::Result<()> {
        let Some(mut ring) = self.ring.take() else {
            return Ok(());
        };
        let mut result = Ok(());
        while let Some(left) = ring.pop(analyzer, |leaves| match leaves {
            Leaves::Kept(packet) => self.write(&packet),
            Leaves::Dropped { early } => {
                self.early += u64::from(early);
                Ok(())
            }
        }) {
            result = result.and(left);
        }
        self.ring = Some(ring);
        result
    }

    fn write(&mut self, packet: &Packet<'_>) -> io::Result<()> {
        if self.has_failed {
            self.lost += 1;
            return Ok(());
        }
        let result = self.files.packet(packet);
        self.has_failed = result.is_err();
        result
    }

    fn flush(&mut self, now: Timestamp) -> io::Result<()> {
        if self.has_failed {
            return Ok(());
        }
        let result = self.files.flush(now);
        self.has_failed = result.is_err();
        result
    }
}
