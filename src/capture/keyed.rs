//! Key logs of TLS beside a capture: files that may grow while packets come.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::{Drops, Input, Next, Progress, Source};
use crate::time::Precision;

/// Packets between two looks at the key logs.
const PACKETS_A_LOOK: u32 = 16;

/// Bytes of a key log that are read at a time.
const MOST_AT_ONCE: u64 = 4 << 20;

/// A source, and the key logs for its packets.
///
/// They are looked at before the first packet, whenever no packet comes, and every few packets.
#[derive(Debug)]
pub struct Keyed<S> {
    source: S,
    logs: Vec<KeyLog>,
    /// Packets since the last look; `None` before the first.
    packets: Option<u32>,
}

/// A key log that is followed. Only whole lines are given; a file that became shorter, or was
/// replaced, is read from its beginning.
#[derive(Debug)]
pub struct KeyLog {
    path: PathBuf,
    file: Option<File>,
    /// How much of it was given.
    read: u64,
}

impl KeyLog {
    /// A key log that need not be there yet. If it is, it is opened now, before privileges are
    /// given up.
    pub fn follow(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            file: File::open(path).ok(),
            read: 0,
        }
    }

    /// Appends the lines that came since this was asked for. A log that cannot be read has none.
    /// False when there may be more.
    fn lines(&mut self, text: &mut Vec<u8>) -> bool {
        self.look_for_another();
        let start = text.len();
        if self.part(text).is_err() {
            text.truncate(start);
        }
        let came = text.get(start..).unwrap_or_default();
        let whole = match memchr::memrchr(b'\n', came) {
            Some(end) => end + 1,
            // What has no end for so long is no line.
            None if came.len() as u64 == MOST_AT_ONCE => came.len(),
            None => 0,
        };
        let is_all = (came.len() as u64) < MOST_AT_ONCE;
        text.truncate(start + whole);
        self.read += whole as u64;
        is_all
    }

    fn look_for_another(&mut self) {
        let open = self.file.as_ref().and_then(|file| file.metadata().ok());
        let named = fs::metadata(&self.path).ok();
        let is_other = match (&open, &named) {
            (Some(open), Some(named)) => (open.dev(), open.ino()) != (named.dev(), named.ino()),
            (None, Some(_)) => true,
            (_, None) => false,
        };
        if is_other {
            (self.file, self.read) = (File::open(&self.path).ok(), 0);
        } else if open.is_some_and(|open| open.len() < self.read) {
            self.read = 0;
        }
    }

    fn part(&mut self, text: &mut Vec<u8>) -> io::Result<usize> {
        let Some(file) = &mut self.file else {
            return Ok(0);
        };
        file.seek(SeekFrom::Start(self.read))?;
        file.take(MOST_AT_ONCE).read_to_end(text)
    }
}

impl<S: Source> Keyed<S> {
    /// `source` with the keys of `logs`.
    pub fn new(source: S, logs: Vec<KeyLog>) -> Self {
        Self {
            source,
            logs,
            packets: None,
        }
    }

    /// The source itself.
    pub fn source(&self) -> &S {
        &self.source
    }

    /// Whether it is time to look at the logs.
    fn is_due(&mut self) -> bool {
        let due = self.packets.is_none_or(|packets| packets >= PACKETS_A_LOOK);
        if due {
            self.packets = Some(0);
        }
        due && !self.logs.is_empty()
    }
}

impl<S: Source> Source for Keyed<S> {
    fn next(&mut self) -> Next<'_> {
        let next = self.source.next();
        let more = match next {
            Next::Packet(_) => 1,
            Next::Idle(_) | Next::End => PACKETS_A_LOOK,
        };
        self.packets = self.packets.map(|packets| packets.saturating_add(more));
        next
    }

    fn inputs(&self) -> &[Input] {
        self.source.inputs()
    }

    fn precision(&self) -> Precision {
        self.source.precision()
    }

    fn progress(&self) -> Progress {
        self.source.progress()
    }

    fn take_secrets(&mut self) -> Option<Vec<u8>> {
        let first = self.packets.is_none();
        let inner = self.source.take_secrets();
        if !self.is_due() {
            return inner;
        }
        let mut text = inner.unwrap_or_default();
        for log in &mut self.logs {
            if !log.lines(&mut text) {
                self.packets = Some(PACKETS_A_LOOK);
            }
        }
        // Even nothing says that keys may come.
        (first || !text.is_empty()).then_some(text)
    }

    fn drops(&self) -> Option<Drops> {
        self.source.drops()
    }

    fn trouble(&self) -> Option<&'static str> {
        self.source.trouble()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::capture::files;
    use crate::capture::formats::{LITTLE, Variant, pcap, samples};

    fn lines(log: &mut KeyLog) -> String {
        let mut text = Vec::new();
        log.lines(&mut text);
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn a_log_is_followed_line_by_line_and_into_the_file_that_replaces_it() {
        let path = std::env::temp_dir().join(format!("ftpscope-keys-{}", std::process::id()));
        let moved = path.with_extension("1");
        let mut log = KeyLog::follow(&path);
        assert_eq!(lines(&mut log), "");
        let mut file = File::create(&path).unwrap();
        file.write_all(b"one\ntw").unwrap();
        assert_eq!(lines(&mut log) + &lines(&mut log), "one\n");
        file.write_all(b"o\nthree\n").unwrap();
        assert_eq!(lines(&mut log), "two\nthree\n");
        fs::write(&path, "new\n").unwrap();
        assert_eq!(lines(&mut log), "new\n");
        fs::rename(&path, &moved).unwrap();
        assert_eq!(lines(&mut log), "");
        fs::write(&path, "another file\n").unwrap();
        assert_eq!(lines(&mut log), "another file\n");
        fs::remove_file(&path).unwrap();
        fs::remove_file(&moved).unwrap();
    }

    #[test]
    fn a_long_log_is_read_in_parts_between_the_packets() {
        let folder = std::env::temp_dir().join(format!("ftpscope-parts-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let (path, keys) = (folder.join("packets"), folder.join("keys"));
        let count = PACKETS_A_LOOK as usize + 1;
        fs::write(&path, pcap(&samples(count as u64), LITTLE, Variant::Micro)).unwrap();
        // Two parts, the second of which has no end and is no line.
        let most = MOST_AT_ONCE as usize;
        let line = "CLIENT_RANDOM 00 11\n";
        let lines = line.repeat(most / line.len() + 1);
        fs::write(&keys, format!("{lines}{}\nlast\n", "x".repeat(most))).unwrap();
        let mut source = Keyed::new(files::open(&[path]).unwrap(), vec![KeyLog::follow(&keys)]);
        let mut parts = Vec::new();
        loop {
            parts.extend(source.take_secrets());
            if matches!(source.next(), Next::End) {
                break;
            }
        }
        parts.extend(source.take_secrets());
        let whole = most / line.len() * line.len();
        let lengths: Vec<_> = parts.iter().map(Vec::len).collect();
        assert_eq!(lengths, [whole, line.len(), most, "\nlast\n".len()]);
        fs::remove_dir_all(folder).unwrap();
    }
}
