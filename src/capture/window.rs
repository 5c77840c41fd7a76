//! A window over what a reader gives: the only place where bytes are read.

use std::io::{self, BufRead, Read};

/// How much is read at once: enough to make it cheap to hand on, small enough for the L2 cache.
pub(super) const CAPACITY: usize = 512 * 1024;

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
    held: Held,
    /// How many bytes of the stream were held so far, these included.
    taken: u64,
    ended: bool,
}

/// What a window is filled from. Every [`Read`] is such a thing.
pub(super) trait Fill {
    /// Adds what comes next to the bytes that are held, of which `count` more are wanted; tells how
    /// many bytes came, 0 at the end of the stream. Waits for no more of them than it has to. The
    /// first of those held is at `offset` in the stream.
    fn fill(&mut self, held: &mut Held, count: usize, offset: u64) -> io::Result<usize>;
}

impl<R: Read> Fill for R {
    fn fill(&mut self, held: &mut Held, count: usize, _: u64) -> io::Result<usize> {
        held.make_room(count);
        let came = read_some(self, held.room())?;
        held.end += came;
        Ok(came)
    }
}

/// The bytes of a window, in a buffer that has room before and behind them.
pub(super) struct Held {
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// How much is read at once.
    capacity: usize,
}

impl Held {
    /// Nothing, in a buffer into which `capacity` bytes are read at once.
    pub(super) fn new(capacity: usize) -> Self {
        let start = headroom(capacity);
        Self {
            buffer: vec![0; start + capacity],
            start,
            end: start,
            capacity,
        }
    }

    /// An empty buffer like this one.
    pub(super) fn another(&self) -> Self {
        Self::new(self.capacity)
    }

    #[inline]
    fn bytes(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Where the next bytes go.
    fn room(&mut self) -> &mut [u8] {
        let end = self.buffer.len().min(self.end + self.capacity);
        self.buffer.get_mut(self.end..end).unwrap_or_default()
    }

    /// Makes room for what is read at once, and for `count` bytes in all.
    fn make_room(&mut self, count: usize) {
        if self.buffer.len() - self.end >= self.capacity.max(count) {
            return;
        }
        let len = self.end - self.start;
        let start = headroom(self.capacity).saturating_sub(len);
        self.buffer.copy_within(self.start..self.end, start);
        (self.start, self.end) = (start, start + len);
        let least = self.end + self.capacity.max(count.next_multiple_of(self.capacity));
        if self.buffer.len() < least {
            self.buffer.resize(least, 0);
        }
    }

    /// The bytes that `other` holds, in this buffer, which is empty.
    pub(super) fn copy(&mut self, other: &Self) {
        let bytes = other.bytes();
        self.start = headroom(self.capacity).saturating_sub(bytes.len());
        self.end = self.start + bytes.len();
        if self.buffer.len() < self.end {
            self.buffer.resize(self.end, 0);
        }
        if let Some(room) = self.buffer.get_mut(self.start..self.end) {
            room.copy_from_slice(bytes);
        }
    }

    /// The `len` bytes from the index `mark` on, consumed or not.
    #[inline]
    pub(super) fn slice(&self, mark: u32, len: u32) -> &[u8] {
        let (mark, len) = (mark as usize, len as usize);
        self.buffer
            .get(mark..mark.saturating_add(len))
            .unwrap_or_default()
    }

    /// Holds nothing, in no more room than it needs for what is read at once.
    pub(super) fn clear(&mut self) {
        let start = headroom(self.capacity);
        self.buffer.truncate(start + self.capacity);
        self.buffer.shrink_to_fit();
        (self.start, self.end) = (start, start);
    }
}

/// Room for what is left of a record when the next bytes come.
fn headroom(capacity: usize) -> usize {
    capacity / 8
}

impl<R> Window<R> {
    /// A window that reads `capacity` bytes at once and grows only for a longer record.
    pub(super) fn new(reader: R, capacity: usize) -> Self {
        Self {
            reader,
            held: Held::new(capacity),
            taken: 0,
            ended: false,
        }
    }

    /// The bytes that were read and not consumed; at least as many as [`has`](Self::has) granted.
    #[inline]
    pub(super) fn available(&self) -> &[u8] {
        self.held.bytes()
    }

    /// Takes `count` of the available bytes out of the window.
    #[inline]
    pub(super) fn consume(&mut self, count: usize) {
        self.held.start = self.held.end.min(self.held.start + count);
    }

    /// Where in the stream the next available byte is.
    pub(super) fn offset(&self) -> u64 {
        self.taken - self.available().len() as u64
    }

    /// How many bytes were taken from the reader.
    #[inline]
    pub(super) fn taken(&self) -> u64 {
        self.taken
    }

    /// Whether someone asked for more than the stream has.
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    /// The index that [`Held::slice`] knows the next available byte by.
    #[inline]
    pub(super) fn mark(&self) -> usize {
        self.held.start
    }

    /// The bytes of the window, by what [`mark`](Self::mark) said of them.
    #[inline]
    pub(super) fn held(&self) -> &Held {
        &self.held
    }

    /// The reader behind the window.
    #[inline]
    pub(super) fn reader(&self) -> &R {
        &self.reader
    }

    /// The same, to be changed, and the bytes of the window.
    #[inline]
    pub(super) fn parts(&mut self) -> (&mut R, &mut Held) {
        (&mut self.reader, &mut self.held)
    }
}

impl<R: Fill> Window<R> {
    /// Whether the next `count` bytes are there, after reading on as necessary. The caller keeps
    /// `count` within [`MAX_RECORD`]. Waits for no more bytes than it has to: the source may be a
    /// pipe from a running capture.
    #[inline]
    pub(super) fn has(&mut self, count: usize) -> io::Result<bool> {
        if self.available().len() >= count {
            return Ok(true);
        }
        self.fill(count)
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

    #[cold]
    fn fill(&mut self, count: usize) -> io::Result<bool> {
        while self.available().len() < count && !self.ended {
            let wanted = count - self.available().len();
            let offset = self.offset();
            let came = self.reader.fill(&mut self.held, wanted, offset)?;
            self.taken += came as u64;
            self.ended = came == 0;
        }
        Ok(self.available().len() >= count)
    }
}

impl<R: Read> Window<R> {
    /// Reads past the empty window into a buffer that is at least as large.
    fn read_through(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.ended {
            return Ok(0);
        }
        let count = read_some(&mut self.reader, out)?;
        self.ended = count == 0;
        self.taken += count as u64;
        Ok(count)
    }
}

fn read_some(reader: &mut impl Read, room: &mut [u8]) -> io::Result<usize> {
    loop {
        match reader.read(room) {
            Ok(count) => return Ok(count.min(room.len())),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

impl<R: Read> Read for Window<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.available().is_empty() && out.len() >= self.held.capacity {
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
        assert!(window.held.buffer.len() <= 80 && !window.ended());
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
        let mark = window.mark() as u32;
        window.consume(3);
        assert_eq!(window.held().slice(mark, 3), b"bcd");
        assert_eq!(window.held().slice(mark, u32::MAX), b"");
    }
}
