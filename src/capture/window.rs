//! A window over what a reader gives: the only place where bytes are read.

use std::io::{self, BufRead, Read};

/// How much is read at once: enough to make system calls cheap, small enough for the L2 cache.
pub(super) const CAPACITY: usize = 256 * 1024;

/// The longest record that is believed, in bytes; a longer one is damage.
///
/// libpcap and Wireshark allow packets of 256 KiB on every link that can carry IP. This leaves
/// room for the records of other links (USB) and for the comments and options of pcapng, and is
/// all the memory that a lie about a length can cost.
pub(super) const MAX_RECORD: usize = 16 * 1024 * 1024;

/// Bytes that were read and not yet consumed, in one piece.
///
/// Consumed bytes stay in place until the next [`has`](Self::has) or `read`.
pub(super) struct Window<R> {
    reader: R,
    bytes: Vec<u8>,
    start: usize,
    end: usize,
    /// Position in the stream of the first of `bytes`.
    base: u64,
    ended: bool,
}

impl<R: Read> Window<R> {
    /// A window that reads `capacity` bytes at once and grows only for a longer record.
    pub(super) fn new(reader: R, capacity: usize) -> Self {
        Self {
            reader,
            bytes: vec![0; capacity],
            start: 0,
            end: 0,
            base: 0,
            ended: false,
        }
    }

    /// Whether the next `count` bytes are there, after reading on as necessary. The caller keeps
    /// `count` within [`MAX_RECORD`]. Waits for no more bytes than it has to: the source may be a
    /// pipe from a running capture.
    pub(super) fn has(&mut self, count: usize) -> io::Result<bool> {
        if self.available().len() >= count {
            return Ok(true);
        }
        self.fill(count)
    }

    /// The bytes that were read and not consumed; at least as many as [`has`](Self::has) granted.
    pub(super) fn available(&self) -> &[u8] {
        self.bytes.get(self.start..self.end).unwrap_or_default()
    }

    /// Takes `count` of the available bytes out of the window.
    pub(super) fn consume(&mut self, count: usize) {
        self.start = self.end.min(self.start + count);
    }

    /// Consumes `count` bytes, however many; `false` when the stream ends before.
    pub(super) fn skip(&mut self, mut count: u64) -> io::Result<bool> {
        while count > 0 {
            if !self.has(1)? {
                return Ok(false);
            }
            let here = self
                .available()
                .len()
                .min(usize::try_from(count).unwrap_or(usize::MAX));
            self.consume(here);
            count -= here as u64;
        }
        Ok(true)
    }

    /// Where in the stream the next available byte is.
    pub(super) fn offset(&self) -> u64 {
        self.base + self.start as u64
    }

    /// How many bytes were taken from the reader.
    pub(super) fn taken(&self) -> u64 {
        self.base + self.end as u64
    }

    /// Whether someone asked for more than the stream has.
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    /// The index that [`slice`](Self::slice) knows the next available byte by.
    pub(super) fn mark(&self) -> usize {
        self.start
    }

    /// The `len` bytes from the index `mark` on, consumed or not.
    pub(super) fn slice(&self, mark: usize, len: usize) -> &[u8] {
        self.bytes
            .get(mark..mark.saturating_add(len))
            .unwrap_or_default()
    }

    /// The reader behind the window.
    pub(super) fn reader(&self) -> &R {
        &self.reader
    }

    #[cold]
    fn fill(&mut self, count: usize) -> io::Result<bool> {
        self.make_room(count);
        while self.available().len() < count && !self.ended {
            let Some(room) = self.bytes.get_mut(self.end..) else {
                break;
            };
            self.end += read_some(&mut self.reader, room, &mut self.ended)?;
        }
        Ok(self.available().len() >= count)
    }

    fn make_room(&mut self, count: usize) {
        self.bytes.copy_within(self.start..self.end, 0);
        self.base += self.start as u64;
        self.end -= self.start;
        self.start = 0;
        if self.bytes.len() < count {
            self.bytes.resize(count.next_multiple_of(CAPACITY), 0);
        }
    }

    /// Reads past the empty window into a buffer that is at least as large.
    fn read_through(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.base += self.end as u64;
        (self.start, self.end) = (0, 0);
        if self.ended {
            return Ok(0);
        }
        let count = read_some(&mut self.reader, out, &mut self.ended)?;
        self.base += count as u64;
        Ok(count)
    }
}

fn read_some(reader: &mut impl Read, room: &mut [u8], ended: &mut bool) -> io::Result<usize> {
    loop {
        match reader.read(room) {
            Ok(count) => {
                *ended = count == 0;
                return Ok(count.min(room.len()));
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

impl<R: Read> Read for Window<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.start == self.end && out.len() >= self.bytes.len() {
            return self.read_through(out);
        }
        let mut here = self.fill_buf()?;
        let count = here.read(out)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: Read> BufRead for Window<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.has(1)?;
        Ok(self.available())
    }

    fn consume(&mut self, count: usize) {
        Self::consume(self, count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::formats::Drip;

    #[test]
    fn a_longer_record_makes_the_window_grow_and_the_offset_is_kept() {
        let content: Vec<u8> = (0..1000_u32).map(|n| n as u8).collect();
        let mut window = Window::new(Drip(&content[..]), 16);
        assert!(window.has(10).unwrap());
        window.consume(10);
        assert!(window.has(500).unwrap());
        assert_eq!((window.available()[0], window.offset()), (10, 10));
        assert!(!window.has(991).unwrap());
        assert_eq!((window.available().len(), window.taken()), (990, 1000));
    }

    #[test]
    fn skipping_holds_no_more_than_the_window() {
        let mut window = Window::new(io::repeat(1).take(1_000_000), 64);
        assert!(window.skip(999_999).unwrap());
        assert!(window.bytes.len() <= 64 && !window.ended());
        assert_eq!(window.offset(), 999_999);
        assert!(!window.skip(2).unwrap() && window.ended());
    }

    #[test]
    fn reading_through_gives_the_same_bytes_in_order() {
        let content: Vec<u8> = (0..=255).collect();
        let mut window = Window::new(&content[..], 8);
        assert!(window.has(3).unwrap());
        window.consume(2);
        let mut all = Vec::new();
        window.read_to_end(&mut all).unwrap();
        assert_eq!(all, &content[2..]);
        assert_eq!((window.taken(), window.ended()), (256, true));
    }

    #[test]
    fn consumed_bytes_can_be_had_by_their_mark() {
        let mut window = Window::new(&b"abcdef"[..], 16);
        assert!(window.has(6).unwrap());
        window.consume(1);
        let mark = window.mark();
        window.consume(3);
        assert_eq!(window.slice(mark, 3), b"bcd");
        assert_eq!(window.slice(mark, usize::MAX), b"");
    }
}
