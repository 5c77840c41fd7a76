//! Several files as one stream in time order: a ring buffer, or one file an interface.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::{mem, thread};

use super::reader::Reader;
use super::records::Record;
use super::stored::{self, is_stdin};
use super::{Fault, Frame, Input, Next, Packet, Source, window};
use crate::time::{Precision, Timestamp};

/// How much of a file is read to learn when it begins.
const GLANCE: usize = 4 * 1024;

/// A file of no more bytes is not worth a thread.
const SHORT: u64 = window::CAPACITY as u64;

/// The most files that are read ahead at the same time, by a thread each.
const MOST_AHEAD: usize = 8;

/// Opens the capture files at `paths` as one source; `-` is standard input.
///
/// A file that cannot be read does not stop the others: see [`Source::inputs`]. This looks at the
/// first packet of each file, so it waits for the first packet of a pipe. Where there is a second
/// core, files are read ahead (and decompressed) on threads of their own; the packets and all that
/// is told of them are the same.
///
/// # Errors
/// When there are more files than [`Frame::file`] can count.
pub fn open(paths: &[PathBuf]) -> Result<Files, TooMany> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    open_with(paths, if cores > 1 { MOST_AHEAD } else { 0 })
}

/// The same without any thread.
///
/// # Errors
/// As [`open`].
pub fn open_here(paths: &[PathBuf]) -> Result<Files, TooMany> {
    open_with(paths, 0)
}

fn open_with(paths: &[PathBuf], most_ahead: usize) -> Result<Files, TooMany> {
    if paths.len() > TooMany::LIMIT {
        return Err(TooMany(paths.len()));
    }
    let mut files = Files::new(paths, most_ahead);
    for index in 0..=u16::MAX {
        if usize::from(index) == paths.len() {
            break;
        }
        files.glance(index);
    }
    Ok(files)
}

/// More files than one source can merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany(pub usize);

impl TooMany {
    /// How many files one source can merge.
    pub const LIMIT: usize = 1 << 16;
}

impl fmt::Display for TooMany {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} files are given, at most {} can be read as one",
            self.0,
            Self::LIMIT
        )
    }
}

impl std::error::Error for TooMany {}

/// Capture files as one stream in time order.
///
/// The packets of one file stay in the order of the file, even where its clock steps back; of two
/// packets at the same time that of the file given first comes first. A file is open only from the
/// time of its first packet to its end, so a ring buffer of a thousand files needs one buffer.
pub struct Files {
    paths: Vec<PathBuf>,
    inputs: Vec<Input>,
    /// What is open and not `current`, in the order of `inputs`.
    open: Vec<Option<Open>>,
    /// When the files that are not `current` go on.
    queue: BinaryHeap<Reverse<Turn>>,
    current: Option<Current>,
    precision: Precision,
    /// Key logs that were read and not asked for.
    secrets: Vec<u8>,
    /// How many files are read ahead, and may be.
    ahead: usize,
    most_ahead: usize,
}

/// When a file gives its next packet, and which file.
type Turn = (Timestamp, u16);

struct Open {
    reader: Reader,
    /// Read, but not yet due.
    held: Record,
}

/// The file whose turn it is.
struct Current {
    index: u16,
    reader: Reader,
    /// When it is the turn of another.
    until: Option<Turn>,
}

/// What reading a file on gave: the next packet, its end, or the fault that is its end.
type Read = Result<Option<Record>, Fault>;

impl Files {
    fn new(paths: &[PathBuf], most_ahead: usize) -> Self {
        Self {
            paths: paths.to_vec(),
            inputs: paths.iter().map(|path| input(path)).collect(),
            open: paths.iter().map(|_| None).collect(),
            queue: BinaryHeap::new(),
            current: None,
            precision: Precision::default(),
            secrets: Vec::new(),
            ahead: 0,
            most_ahead,
        }
    }

    /// Reads the first packet of a file, and closes it again where that is possible and useful.
    fn glance(&mut self, index: u16) {
        let alone = self.paths.len() == 1;
        let capacity = if alone { window::CAPACITY } else { GLANCE };
        let Some((mut reader, again)) = self.start(index, capacity) else {
            return;
        };
        match self.read(&mut reader) {
            Ok(Some(record)) if again && !alone => self.wait(index, record.time),
            read => self.leave(index, reader, read),
        }
    }

    /// Opens a file to read `capacity` bytes of it at once; also whether it could be opened again.
    fn start(&mut self, index: u16, capacity: usize) -> Option<(Reader, bool)> {
        match self.try_start(index, capacity) {
            Ok(started) => Some(started),
            Err(fault) => {
                self.input(index).fault = Some(fault);
                None
            }
        }
    }

    fn try_start(&mut self, index: u16, capacity: usize) -> Result<(Reader, bool), Fault> {
        let at = usize::from(index);
        let path = &self.paths[at];
        if is_stdin(path) && self.paths[..at].iter().any(|path| is_stdin(path)) {
            return Err(Fault::Unreadable(
                "is given twice: it can be read only once".into(),
            ));
        }
        let opened = stored::open(path)?;
        self.inputs[at].bytes_total = opened.size;
        let whole = capacity == window::CAPACITY || !opened.again;
        let capacity = if whole { window::CAPACITY } else { capacity };
        let mut reader = Reader::new(opened.stored, capacity)?;
        let is_short = opened.size.is_some_and(|size| size <= SHORT);
        if whole && !is_short && self.ahead < self.most_ahead {
            reader = reader.ahead();
            self.ahead += usize::from(reader.is_ahead());
        }
        Ok((reader, opened.again))
    }

    /// Reads the next packet that is due.
    #[inline]
    fn advance(&mut self) -> Option<Record> {
        loop {
            if let Some(current) = &mut self.current {
                let read = current.reader.next();
                current.reader.move_secrets(&mut self.secrets);
                match read {
                    Ok(Some(record)) if current.is_due(&record) => return Some(record),
                    read => self.pause(read),
                }
            }
            if let Some(held) = self.turn()? {
                return Some(held);
            }
        }
    }

    /// Reads the next packet of a file, due or not.
    fn read(&mut self, reader: &mut Reader) -> Read {
        let read = reader.next();
        reader.move_secrets(&mut self.secrets);
        read
    }

    /// Ends the turn of a file.
    #[cold]
    fn pause(&mut self, read: Read) {
        if let Some(Current { index, reader, .. }) = self.current.take() {
            self.leave(index, reader, read);
        }
    }

    /// Keeps a file with a packet that is not due, and closes any other.
    fn leave(&mut self, index: u16, reader: Reader, read: Read) {
        let fault = match read {
            Ok(Some(held)) => {
                *self.slot(index) = Some(Open { reader, held });
                return self.wait(index, held.time);
            }
            Ok(None) => None,
            Err(fault) => Some(fault),
        };
        self.ahead -= usize::from(reader.is_ahead());
        let input = self.input(index);
        input.frames = reader.frames();
        input.bytes_read = reader.bytes_read();
        input.fault = fault;
    }

    fn wait(&mut self, index: u16, until: Timestamp) {
        self.queue.push(Reverse((until, index)));
    }

    /// Gives the next file its turn, and the packet that it holds; `None` when none is left.
    #[cold]
    fn turn(&mut self) -> Option<Option<Record>> {
        let Reverse((_, index)) = self.queue.pop()?;
        let until = self.queue.peek().map(|Reverse(turn)| *turn);
        let (reader, held) = match self.slot(index).take() {
            Some(Open { reader, held }) => (reader, Some(held)),
            None => match self.start(index, window::CAPACITY) {
                Some((reader, _)) => (reader, None),
                None => return Some(None),
            },
        };
        self.current = Some(Current {
            index,
            reader,
            until,
        });
        Some(held)
    }

    // An index is always one of those that `open` handed out.
    fn slot(&mut self, index: u16) -> &mut Option<Open> {
        &mut self.open[usize::from(index)]
    }

    fn input(&mut self, index: u16) -> &mut Input {
        &mut self.inputs[usize::from(index)]
    }
}

impl Current {
    #[inline]
    fn is_due(&self, record: &Record) -> bool {
        self.until
            .is_none_or(|until| (record.time, self.index) <= until)
    }
}

impl Source for Files {
    #[inline]
    fn next(&mut self) -> Next<'_> {
        let Some(record) = self.advance() else {
            return Next::End;
        };
        let Some(Current { index, reader, .. }) = &self.current else {
            return Next::End;
        };
        let input = &mut self.inputs[usize::from(*index)];
        input.frames = reader.frames();
        input.bytes_read = reader.bytes_read();
        self.precision = self.precision.max(record.precision);
        Next::Packet(Packet {
            frame: Frame::new(*index, input.frames),
            time: record.time,
            link: record.link,
            wire_len: record.wire_len,
            data: reader.data(&record),
            plain: reader.plain(),
        })
    }

    fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    fn precision(&self) -> Precision {
        self.precision
    }

    fn take_secrets(&mut self) -> Option<Vec<u8>> {
        (!self.secrets.is_empty()).then(|| mem::take(&mut self.secrets))
    }
}

/// An input of which nothing was read yet.
pub(super) fn input(path: &Path) -> Input {
    let name = path.display().to_string();
    Input {
        name,
        frames: 0,
        bytes_read: 0,
        bytes_total: None,
        fault: None,
    }
}

#[cfg(test)]
mod tests;
