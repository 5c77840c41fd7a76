//! Several files as one stream in time order: a ring buffer, or one file an interface.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fmt;
use std::mem;
use std::path::{Path, PathBuf};

use super::reader::{Reader, Record};
use super::stored::{self, is_stdin};
use super::{Fault, Frame, Input, Next, Packet, Source, window};
use crate::time::{Precision, Timestamp};

/// How much of a file is read to learn when it begins.
const GLANCE: usize = 4 * 1024;

/// Opens the capture files at `paths` as one source; `-` is standard input.
///
/// A file that cannot be read does not stop the others: see [`Source::inputs`]. This looks at the
/// first packet of each file, so it waits for the first packet of a pipe.
///
/// # Errors
/// When there are more files than [`Frame::file`] can count.
pub fn open(paths: &[PathBuf]) -> Result<Files, TooMany> {
    if paths.len() > TooMany::LIMIT {
        return Err(TooMany(paths.len()));
    }
    let mut files = Files::new(paths);
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
    /// What is open, in the order of `inputs`.
    open: Vec<Option<Open>>,
    /// When the files that are not `current` go on.
    queue: BinaryHeap<Reverse<Turn>>,
    current: Option<u16>,
    precision: Precision,
    /// Key logs that were read and not asked for.
    secrets: Vec<u8>,
}

/// When a file gives its next packet, and which file.
type Turn = (Timestamp, u16);

struct Open {
    reader: Reader,
    /// Read, but not yet due.
    held: Option<Record>,
}

impl Files {
    fn new(paths: &[PathBuf]) -> Self {
        Self {
            paths: paths.to_vec(),
            inputs: paths.iter().map(|path| input(path)).collect(),
            open: paths.iter().map(|_| None).collect(),
            queue: BinaryHeap::new(),
            current: None,
            precision: Precision::default(),
            secrets: Vec::new(),
        }
    }

    /// Reads the first packet of a file, and closes it again where that is possible and useful.
    fn glance(&mut self, index: u16) {
        let alone = self.paths.len() == 1;
        let again = self.start(index, if alone { window::CAPACITY } else { GLANCE });
        let Some(record) = self.read(index) else {
            return;
        };
        if again && !alone {
            self.slot(index).take();
        } else {
            self.hold(index, record);
        }
        self.queue.push(Reverse((record.time, index)));
    }

    /// Opens a file to read `capacity` bytes of it at once; whether it could be opened again.
    fn start(&mut self, index: u16, capacity: usize) -> bool {
        match self.try_start(index, capacity) {
            Ok((reader, again)) => {
                *self.slot(index) = Some(Open { reader, held: None });
                again
            }
            Err(fault) => {
                self.input(index).fault = Some(fault);
                false
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
        let capacity = if opened.again {
            capacity
        } else {
            window::CAPACITY
        };
        Ok((Reader::new(opened.stored, capacity)?, opened.again))
    }

    /// Reads the next packet that is due.
    #[inline]
    fn advance(&mut self) -> Option<(u16, Record)> {
        loop {
            if let Some(index) = self.current {
                match self.read(index) {
                    Some(record) if self.is_due(record.time, index) => {
                        return Some((index, record));
                    }
                    Some(record) => self.wait(index, record),
                    None => self.current = None,
                }
            }
            let Reverse((_, index)) = self.queue.pop()?;
            self.current = Some(index);
            match self.slot(index) {
                Some(open) => {
                    if let Some(record) = open.held.take() {
                        return Some((index, record));
                    }
                }
                None => {
                    self.start(index, window::CAPACITY);
                }
            }
        }
    }

    /// Reads the next packet of a file, due or not; at its end closes it.
    #[inline]
    fn read(&mut self, index: u16) -> Option<Record> {
        let reader = &mut self.slot(index).as_mut()?.reader;
        let next = reader.next();
        if let Some(secrets) = reader.take_secrets() {
            self.secrets.extend(secrets);
        }
        match next {
            Ok(Some(record)) => Some(record),
            Ok(None) => self.close(index, None),
            Err(fault) => self.close(index, Some(fault)),
        }
    }

    #[cold]
    fn close(&mut self, index: u16, fault: Option<Fault>) -> Option<Record> {
        let open = self.slot(index).take()?;
        let input = self.input(index);
        input.frames = open.reader.frames();
        input.bytes_read = open.reader.bytes_read();
        input.fault = fault;
        None
    }

    #[inline]
    fn is_due(&self, time: Timestamp, index: u16) -> bool {
        self.queue
            .peek()
            .is_none_or(|Reverse(next)| (time, index) <= *next)
    }

    fn wait(&mut self, index: u16, record: Record) {
        self.hold(index, record);
        self.queue.push(Reverse((record.time, index)));
        self.current = None;
    }

    fn hold(&mut self, index: u16, record: Record) {
        if let Some(open) = self.slot(index) {
            open.held = Some(record);
        }
    }

    // An index is always one of those that `open` handed out.
    fn slot(&mut self, index: u16) -> &mut Option<Open> {
        &mut self.open[usize::from(index)]
    }

    fn input(&mut self, index: u16) -> &mut Input {
        &mut self.inputs[usize::from(index)]
    }
}

impl Source for Files {
    fn next(&mut self) -> Next<'_> {
        let Some((index, record)) = self.advance() else {
            return Next::End;
        };
        let Some(open) = &self.open[usize::from(index)] else {
            return Next::End;
        };
        let input = &mut self.inputs[usize::from(index)];
        input.frames = open.reader.frames();
        input.bytes_read = open.reader.bytes_read();
        self.precision = self.precision.max(record.precision);
        Next::Packet(Packet {
            frame: Frame::new(index, input.frames),
            time: record.time,
            link: record.link,
            wire_len: record.wire_len,
            data: open.reader.data(&record),
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
