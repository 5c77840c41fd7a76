//! The packets of one capture file, whatever its format and compression.

use super::batch::Batches;
use super::content::Content;
use super::inflow::Inflow;
use super::lookalike;
use super::pcap::Pcap;
use super::pcapng::Pcapng;
use super::stored::Stored;
use super::window::{Held, Window};
use super::{Fault, LinkType};
use crate::time::{Precision, Timestamp};

/// Reads the packets of one file in its order.
pub(super) struct Records {
    window: Window<Inflow>,
    format: Format,
    frames: u64,
}

enum Format {
    Pcap(Pcap),
    Pcapng(Pcapng),
}

/// A packet that was read; its bytes are in the window until the next one is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record {
    /// When it was captured.
    pub(super) time: Timestamp,
    /// How exact `time` is.
    pub(super) precision: Precision,
    /// What it begins with.
    pub(super) link: LinkType,
    /// Its length on the wire, at least `len`.
    pub(super) wire_len: u32,
    /// Where in the window its bytes are.
    pub(super) mark: u32,
    /// How many they are.
    pub(super) len: u32,
}

impl Records {
    /// Begins to read `stored`, `capacity` bytes at once.
    pub(super) fn new(stored: Stored, capacity: usize) -> Result<Self, Fault> {
        Self::begin(stored, capacity).map_err(Fault::at_the_start)
    }

    fn begin(stored: Stored, capacity: usize) -> Result<Self, Fault> {
        let content = Content::of(stored).map_err(|error| Fault::from_io(&error, 0))?;
        let mut window = Window::new(Inflow::new(content), capacity);
        let format = Format::recognise(&mut window)?;
        Ok(Self {
            window,
            format,
            frames: 0,
        })
    }

    /// Reads the next packet; `None` at the end of the file. After a fault there is no more.
    #[inline]
    pub(super) fn next(&mut self) -> Result<Option<Record>, Fault> {
        match &mut self.format {
            Format::Pcap(pcap) => {
                let record = pcap.next(&mut self.window)?;
                self.frames += u64::from(record.is_some());
                Ok(record)
            }
            Format::Pcapng(pcapng) => pcapng.next(&mut self.window, &mut self.frames),
        }
    }

    /// Moves the key logs among what was read since this was asked for to the end of `to`.
    #[inline]
    pub(super) fn move_secrets(&mut self, to: &mut Vec<u8>) {
        if let Format::Pcapng(pcapng) = &mut self.format {
            pcapng.move_secrets(to);
        }
    }

    /// Reads to the end, or until nobody wants what is read, and passes it on in batches.
    pub(super) fn pass_on(mut self, batches: Batches) {
        self.window.parts().0.pass_on(batches);
        loop {
            let next = self.next();
            let mut secrets = Vec::new();
            self.move_secrets(&mut secrets);
            let (inflow, held) = self.window.parts();
            let Some(batch) = inflow.batch() else {
                return;
            };
            batch.add_secrets(secrets);
            match next {
                Ok(Some(record)) => batch.add(record, self.frames, held),
                end => return inflow.end(held, self.frames, end.err()),
            }
        }
    }

    /// The bytes of the record that was read last.
    #[inline]
    pub(super) fn data(&self, record: &Record) -> &[u8] {
        self.window.held().slice(record.mark, record.len)
    }

    /// How many frames were read, and so the number of the last.
    #[inline]
    pub(super) fn frames(&self) -> u64 {
        self.frames
    }

    /// How many bytes of the file as stored were read.
    #[inline]
    pub(super) fn bytes_read(&self) -> u64 {
        self.window.reader().stored()
    }

    /// The window that the packets are in.
    pub(super) fn held(&self) -> &Held {
        self.window.held()
    }
}

impl Format {
    fn recognise(window: &mut Window<Inflow>) -> Result<Self, Fault> {
        window.holds(4)?;
        if let Some(mut pcap) = Pcap::recognise(window.available()) {
            pcap.begin(window)?;
            return Ok(Self::Pcap(pcap));
        }
        window.holds(12)?;
        if let Some(pcapng) = Pcapng::recognise(window.available()) {
            return Ok(Self::Pcapng(pcapng));
        }
        window.holds(lookalike::ENOUGH)?;
        Err(Fault::Unreadable(in_words(window)))
    }
}

fn in_words(window: &Window<Inflow>) -> String {
    let start = window.available();
    let what = match start {
        [] => "is empty".into(),
        _ => lookalike::describe(start.get(..lookalike::ENOUGH).unwrap_or(start)),
    };
    match window.reader().compression() {
        Some(compression) => format!("is compressed with {compression}; the content {what}"),
        None => what,
    }
}

impl Window<Inflow> {
    /// Whether the next `count` bytes are there, after reading on as necessary.
    #[inline]
    pub(super) fn holds(&mut self, count: usize) -> Result<bool, Fault> {
        self.has(count)
            .map_err(|error| Fault::from_io(&error, self.offset()))
    }

    /// Consumes `count` bytes; `false` when the content ends before.
    pub(super) fn passes(&mut self, count: u64) -> Result<bool, Fault> {
        self.skip(count)
            .map_err(|error| Fault::from_io(&error, self.offset()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::formats::{Compression, LITTLE, Variant, compress, pcap, samples};
    use crate::capture::stored::stored;

    fn refused(file: &[u8]) -> Fault {
        let file = std::io::Cursor::new(file.to_vec());
        Records::new(stored(file), 64)
            .err()
            .expect("must not be taken for a capture")
    }

    fn words(file: &[u8]) -> String {
        match refused(file) {
            Fault::Unreadable(words) => words,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_no_capture_is_refused_in_words() {
        assert_eq!(words(b""), "is empty");
        assert!(words(b"\x01\x02\x03").contains("begins with 01 02 03"));
        assert!(words(b"\x0a\x0d\x0d\x0anot a section").contains("is not a pcap or pcapng"));
        let empty = compress(b"", Compression::Gzip);
        assert_eq!(
            words(&empty),
            "is compressed with gzip; the content is empty"
        );
        let garbage = [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0][..], &[0xff; 50]].concat();
        assert!(words(&garbage).starts_with("the gzip data is damaged"));
    }

    #[test]
    fn an_unknown_version_is_refused() {
        let mut file = pcap(&[], LITTLE, Variant::Micro);
        file[4] = 3;
        assert!(words(&file).contains("unknown version 3"));
    }

    #[test]
    fn a_header_that_is_cut_is_a_capture_that_is_cut() {
        assert_eq!(
            refused(&pcap(&[], LITTLE, Variant::Micro)[..20]),
            Fault::Cut
        );
        assert_eq!(refused(b"\x1f\x8b\x08"), Fault::Cut);
    }

    #[test]
    fn the_bytes_read_are_those_of_the_stored_file() {
        let file = compress(
            &pcap(&samples(999), LITTLE, Variant::Micro),
            Compression::Zstd,
        );
        let len = file.len() as u64;
        let mut reader = Records::new(stored(std::io::Cursor::new(file)), 64)
            .ok()
            .unwrap();
        while reader.next().unwrap().is_some() {}
        assert_eq!((reader.frames(), reader.bytes_read()), (999, len));
    }
}
