//! A file of whole lines that rotates.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use memchr::{memchr, memrchr};

use super::Rotation;
use crate::escape;

/// The longest torn line that is looked for at the end of a file.
const LONGEST_TORN: u64 = 1024 * 1024;

/// A file of whole lines that rotates.
#[derive(Debug)]
pub(super) struct Rotating {
    path: PathBuf,
    file: File,
    /// Bytes in it, as far as this process wrote or found them.
    size: u64,
    is_regular: bool,
    rotation: Rotation,
    /// Bytes that it may have before it is rotated.
    most: Option<u64>,
    header: &'static [u8],
    begun: Instant,
    /// A rotation that failed; the output goes on.
    pub(super) trouble: Option<io::Error>,
}

impl Rotating {
    /// Opens or creates the file at `path` to append to it.
    pub(super) fn open(
        path: &Path,
        rotation: Rotation,
        header: &'static [u8],
        now: Instant,
    ) -> io::Result<Self> {
        let opened = Opened::at(path).map_err(|error| named(path, error))?;
        if rotation.is_any() && !opened.is_regular {
            let reason = "is no regular file, which alone can be rotated";
            return Err(named(path, io::Error::other(reason)));
        }
        Ok(Self {
            path: path.to_owned(),
            file: opened.file,
            size: opened.size,
            is_regular: opened.is_regular,
            rotation,
            most: rotation.size,
            header,
            begun: now,
            trouble: None,
        })
    }

    /// Opens the file anew under its name.
    pub(super) fn reopen(&mut self) -> io::Result<()> {
        let opened = Opened::at(&self.path).map_err(|error| named(&self.path, error))?;
        (self.file, self.size) = (opened.file, opened.size);
        self.is_regular = opened.is_regular;
        Ok(())
    }

    /// Writes whole lines, over several files where one is full.
    pub(super) fn write(&mut self, mut lines: &[u8]) -> io::Result<()> {
        while !lines.is_empty() {
            if self.size == 0 {
                self.append(self.header)?;
            }
            let fitting = self.fitting(lines);
            if fitting == 0 {
                self.rotate();
                continue;
            }
            let (now, later) = lines.split_at(fitting);
            self.append(now)?;
            lines = later;
        }
        Ok(())
    }

    /// Rotates when the file has been written for long enough.
    pub(super) fn tick(&mut self, now: Instant) {
        let Some(every) = self.rotation.every else {
            return;
        };
        if now.saturating_duration_since(self.begun) < every {
            return;
        }
        self.begun = now;
        if self.size > self.header.len() as u64 {
            self.rotate();
        }
    }

    /// How many bytes of `lines` go into this file: whole lines; at least one line into a file
    /// that has none.
    fn fitting(&self, lines: &[u8]) -> usize {
        let Some(most) = self.most else {
            return lines.len();
        };
        let room = usize::try_from(most.saturating_sub(self.size)).unwrap_or(usize::MAX);
        if room >= lines.len() {
            return lines.len();
        }
        match memrchr(b'\n', &lines[..room]) {
            Some(end) => end + 1,
            None if self.size > self.header.len() as u64 => 0,
            None => memchr(b'\n', lines).map_or(lines.len(), |end| end + 1),
        }
    }

    /// Appends whole lines; of those that do not fit on the disk, the ones that do.
    fn append(&mut self, lines: &[u8]) -> io::Result<()> {
        let mut written = 0;
        while written < lines.len() {
            match self.file.write(&lines[written..]) {
                Ok(0) => return Err(self.cut(lines, written, io::ErrorKind::WriteZero.into())),
                Ok(bytes) => written += bytes,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.cut(lines, written, error)),
            }
        }
        self.size += written as u64;
        Ok(())
    }

    /// Removes the torn line at the end of what was written of `lines`.
    fn cut(&mut self, lines: &[u8], written: usize, error: io::Error) -> io::Error {
        let whole = memrchr(b'\n', &lines[..written]).map_or(0, |end| end + 1);
        if self.is_regular
            && let Ok(metadata) = self.file.metadata()
        {
            let torn = (written - whole) as u64;
            // Shortening needs no room; should it fail all the same, the torn line is removed when
            // the file is opened again.
            let _ = self.file.set_len(metadata.len().saturating_sub(torn));
        }
        named(&self.path, error)
    }

    /// Begins a new file; when that fails, goes on with this one for as long as with another.
    fn rotate(&mut self) {
        let rotated = self
            .rotation
            .shift(&self.path)
            .map_err(|error| named(&self.path, error))
            .and_then(|()| self.reopen());
        let size = self.rotation.size;
        self.most = match &rotated {
            Ok(()) => size,
            Err(_) => size.map(|size| self.size.saturating_add(size)),
        };
        self.trouble = rotated.err();
    }
}

/// An output that was opened to append to it.
struct Opened {
    file: File,
    size: u64,
    is_regular: bool,
}

impl Opened {
    fn at(path: &Path) -> io::Result<Self> {
        // To read back its last line it must be readable, which a pipe need not be.
        let is_regular = fs::metadata(path).map_or(true, |metadata| metadata.is_file());
        let mut options = OpenOptions::new();
        let mut file = options
            .append(true)
            .read(is_regular)
            .create(true)
            .open(path)?;
        let size = if is_regular { mend(&mut file)? } else { 0 };
        Ok(Self {
            file,
            size,
            is_regular,
        })
    }
}

/// Removes a torn line from the end of a file; its size then.
fn mend(file: &mut File) -> io::Result<u64> {
    let size = file.seek(SeekFrom::End(0))?;
    let begin = size.saturating_sub(LONGEST_TORN);
    file.seek(SeekFrom::Start(begin))?;
    let mut tail = Vec::new();
    file.take(LONGEST_TORN).read_to_end(&mut tail)?;
    if tail.last().is_none_or(|last| *last == b'\n') {
        return Ok(size);
    }
    let Some(end) = memrchr(b'\n', &tail) else {
        return Err(io::Error::other(
            "does not consist of lines, so nothing is appended to it: give another name",
        ));
    };
    let size = begin + end as u64 + 1;
    file.set_len(size)?;
    Ok(size)
}

/// The error with the name of the file that it is about.
fn named(path: &Path, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", escape::path(path)))
}

#[cfg(test)]
mod tests;
