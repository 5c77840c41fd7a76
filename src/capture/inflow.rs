//! What fills the window of a capture: its content, here or on a thread that reads ahead.

use std::io;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use super::content::Content;
use super::window::{Fill, Held, Window};

/// Buffers that are read ahead: one that is being filled, and some that wait.
const BUFFERS: usize = 3;

/// The content of a file on its way into the window.
pub(super) enum Inflow {
    /// Read when it is needed.
    Here(Content),
    /// Read by a thread of its own while what came before is looked at.
    Ahead(Ahead),
}

impl Inflow {
    /// How the file is compressed, as long as it is read here.
    pub(super) fn compression(&self) -> Option<&'static str> {
        match self {
            Self::Here(content) => content.compression(),
            Self::Ahead(_) => None,
        }
    }

    /// How many bytes of the file as stored were read for what is in the window.
    #[inline]
    pub(super) fn stored(&self) -> u64 {
        match self {
            Self::Here(content) => content.stored().taken(),
            Self::Ahead(ahead) => ahead.stored,
        }
    }

    pub(super) fn is_ahead(&self) -> bool {
        matches!(self, Self::Ahead(_))
    }

    /// Reads ahead from here on, where a thread can be had.
    fn ahead(self, like: &Held) -> Self {
        match self {
            Self::Here(content) => match Ahead::begin(content, like) {
                Ok(ahead) => Self::Ahead(ahead),
                Err(content) => Self::Here(content),
            },
            ahead @ Self::Ahead(_) => ahead,
        }
    }
}

impl Fill for Inflow {
    fn fill(&mut self, held: &mut Held, count: usize) -> io::Result<usize> {
        match self {
            Self::Here(content) => content.fill(held, count),
            Self::Ahead(ahead) => ahead.fill(held, count),
        }
    }
}

impl Window<Inflow> {
    /// The same window, filled by a thread of its own from here on.
    pub(super) fn ahead(self) -> Self {
        self.map(Inflow::ahead)
    }
}

/// The end of the thread that takes what was read. The thread ends when this is dropped, as soon as
/// it has read what it waits for.
pub(super) struct Ahead {
    filled: Receiver<Portion>,
    empty: Sender<Held>,
    /// How many bytes of the file as stored were read for the portions taken.
    stored: u64,
}

/// What was read at once.
struct Portion {
    held: Held,
    came: io::Result<usize>,
    stored: u64,
}

impl Ahead {
    /// Starts to read `content`, which is given back when no thread can be had.
    fn begin(content: Content, like: &Held) -> Result<Self, Content> {
        let stored = content.stored().taken();
        let (give, take) = mpsc::channel();
        let (full, filled) = mpsc::channel();
        let (empty, emptied) = mpsc::channel();
        let thread = thread::Builder::new().name("read".into()).spawn(move || {
            if let Ok(content) = take.recv() {
                read(content, &emptied, &full);
            }
        });
        if thread.is_err() {
            return Err(content);
        }
        for _ in 0..BUFFERS {
            // Neither can fail while the thread waits for the content.
            let _ = empty.send(like.another());
        }
        give.send(content)
            .map_err(|mpsc::SendError(content)| content)?;
        Ok(Self {
            filled,
            empty,
            stored,
        })
    }
}

/// The work of the thread: fills buffers up to the end, an error, or until nobody wants them.
fn read(mut content: Content, emptied: &Receiver<Held>, full: &Sender<Portion>) {
    while let Ok(mut held) = emptied.recv() {
        let came = held.read(&mut content);
        let is_over = !matches!(came, Ok(1..));
        let stored = content.stored().taken();
        let portion = Portion { held, came, stored };
        if full.send(portion).is_err() || is_over {
            return;
        }
    }
}

impl Fill for Ahead {
    fn fill(&mut self, held: &mut Held, count: usize) -> io::Result<usize> {
        // A decoder that panicked has said so on standard error.
        let broken = |_| io::Error::other("cannot be read: the thread that reads it failed");
        let mut portion = self.filled.recv().map_err(broken)?;
        self.stored = portion.stored;
        let came = portion.came?;
        held.add(&mut portion.held, count);
        // The thread is gone when this was the last.
        let _ = self.empty.send(portion.held);
        Ok(came)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::sync::{Arc, Weak};
    use std::time::Duration;

    use super::*;
    use crate::capture::Fault;
    use crate::capture::formats::{LITTLE, Variant, pcap, sample, samples};
    use crate::capture::reader::Reader;
    use crate::capture::stored::stored;

    /// Gives the bytes of a file, and what `then` says when they are over.
    struct Script<F> {
        file: std::io::Cursor<Vec<u8>>,
        then: F,
        /// Tells that this is still there.
        _mark: Arc<()>,
    }

    impl<F: FnMut() -> io::Result<usize>> Read for Script<F> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            match self.file.read(out)? {
                0 => (self.then)(),
                count => Ok(count),
            }
        }
    }

    fn reader(
        file: Vec<u8>,
        capacity: usize,
        then: impl FnMut() -> io::Result<usize> + Send + 'static,
    ) -> (Reader, Weak<()>) {
        let mark = Arc::new(());
        let script = Script {
            file: std::io::Cursor::new(file),
            then,
            _mark: Arc::clone(&mark),
        };
        let reader = Reader::new(stored(script), capacity).ok().unwrap().ahead();
        assert!(reader.is_ahead());
        (reader, Arc::downgrade(&mark))
    }

    fn count(reader: &mut Reader) -> (u64, Option<Fault>) {
        loop {
            match reader.next() {
                Ok(Some(_)) => {}
                Ok(None) => return (reader.frames(), None),
                Err(fault) => return (reader.frames(), Some(fault)),
            }
        }
    }

    /// Waits for the thread to let go of what it read.
    fn is_gone(mark: &Weak<()>) -> bool {
        let waits = (0..1000).map(|_| thread::sleep(Duration::from_millis(10)));
        mark.strong_count() == 0 || waits.into_iter().any(|()| mark.strong_count() == 0)
    }

    fn file() -> Vec<u8> {
        pcap(&samples(5000), LITTLE, Variant::Micro)
    }

    #[test]
    fn an_error_comes_behind_what_was_read_before_it() {
        let (mut reader, _) = reader(file(), 512, || Err(io::Error::other("the disk is on fire")));
        let (frames, fault) = count(&mut reader);
        assert_eq!(frames, 5000);
        assert!(fault.unwrap().to_string().contains("the disk is on fire"));
    }

    #[test]
    fn a_decoder_that_panics_is_a_fault_of_its_file() {
        let (mut reader, mark) = reader(file(), 512, || panic!("a test of what panics do"));
        let (frames, fault) = count(&mut reader);
        assert_eq!(frames, 5000);
        assert!(fault.unwrap().to_string().contains("cannot be read"));
        assert!(is_gone(&mark));
    }

    #[test]
    fn the_thread_ends_with_the_file_and_with_its_reader() {
        let (mut whole, mark) = reader(file(), 512, || Ok(0));
        assert_eq!(count(&mut whole), (5000, None));
        assert!(is_gone(&mark), "behind the last byte");
        let (dropped, mark) = reader(file(), 512, || Ok(0));
        drop(dropped);
        assert!(is_gone(&mark), "long before the last byte");
    }

    #[test]
    fn a_packet_does_not_wait_for_those_behind_it() {
        let (open, closed) = mpsc::channel::<()>();
        let then = move || closed.recv().map(|()| 0).or(Ok(0));
        let (mut reader, _) = reader(pcap(&samples(3), LITTLE, Variant::Micro), 512, then);
        for _ in 0..3 {
            assert!(reader.next().unwrap().is_some());
        }
        drop(open);
        assert!(reader.next().unwrap().is_none());
    }

    #[test]
    fn records_longer_than_any_buffer_are_whole() {
        let lengths = [100, 5_000, 3, 70_000, 511, 512, 513, 0, 20_000];
        let long: Vec<_> = lengths.map(|len| sample(7_000, len)).into();
        let (mut reader, _) = reader(pcap(&long, LITTLE, Variant::Micro), 512, || Ok(0));
        for sample in long {
            let record = reader.next().unwrap().unwrap();
            assert_eq!(reader.data(&record), sample.data);
        }
    }
}
