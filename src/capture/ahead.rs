//! A file that is read by a thread of its own, while what came before is looked at.

use std::mem;
use std::sync::mpsc::{self, Receiver, RecvError, Sender, TryRecvError};
use std::thread;

use super::batch::{Batch, Batches, End};
use super::records::{Record, Records};
use super::{Fault, Plain};

/// Batches that go round: one that is being filled, some that wait, one that is looked at.
const BATCHES: usize = 4;

/// How many are given back at a time: to wake the other thread costs as much as some hundred
/// packets do. Enough are left to read on meanwhile.
const BATCHES_BACK: usize = 2;

/// How often the other thread is asked for more before it is waited for: about 0.1 ms.
const GLANCES: u32 = 256;

/// The end of the thread that takes what was read. The thread ends when this is dropped, as soon as
/// it has found a packet more, or the end.
pub(super) struct Ahead {
    full: Receiver<Batch>,
    empty: Sender<Batch>,
    batch: Batch,
    /// How many packets of the batch were given; one more at the end.
    given: usize,
    /// Batches to be given back.
    spent: Vec<Batch>,
    /// How many frames were read.
    frames: u64,
}

impl Ahead {
    /// Starts to read `records` on, which are given back when no thread can be had.
    pub(super) fn begin(records: Box<Records>) -> Result<Self, Box<Records>> {
        let (frames, stored) = (records.frames(), records.bytes_read());
        let batches = [(); BATCHES].map(|()| Batch::like(records.held()));
        let [mut first, second, others @ ..] = batches;
        let (give, take) = mpsc::channel::<(Box<Records>, Batches)>();
        let thread = thread::Builder::new().name("read".into()).spawn(move || {
            if let Ok((records, batches)) = take.recv() {
                records.pass_on(batches);
            }
        });
        if thread.is_err() {
            return Err(records);
        }
        let (fill, full) = mpsc::channel();
        let (empty, emptied) = mpsc::channel();
        for batch in others {
            // Cannot fail while the other end is here.
            let _ = empty.send(batch);
        }
        give.send((records, Batches::new(second, fill, emptied)))
            .map_err(|mpsc::SendError((records, _))| records)?;
        first.stored = stored;
        Ok(Self {
            full,
            empty,
            batch: first,
            given: 0,
            spent: Vec::new(),
            frames,
        })
    }

    /// The next packet; `None` at the end of the file. After a fault there is no more.
    #[inline]
    pub(super) fn next(&mut self) -> Result<Option<Record>, Fault> {
        loop {
            if let Some(seen) = self.batch.get(self.given) {
                self.given += 1;
                self.frames = seen.number;
                return Ok(Some(seen.record));
            }
            if let Some(end) = self.batch.end.take() {
                return self.end(end);
            }
            self.turn()?;
        }
    }

    #[cold]
    fn end(&mut self, end: End) -> Result<Option<Record>, Fault> {
        self.given += 1;
        self.frames = end.frames;
        end.fault.map_or(Ok(None), Err)
    }

    /// Changes the batch that was looked at for the next one.
    #[cold]
    fn turn(&mut self) -> Result<(), Fault> {
        // A decoder that panicked has said so on standard error.
        let next = self.next_batch().map_err(|_| Fault::Damaged {
            offset: self.batch.offset,
            reason: "cannot be read: the thread that reads it failed".into(),
        })?;
        self.given = 0;
        self.spent.push(mem::replace(&mut self.batch, next));
        if self.spent.len() == BATCHES_BACK {
            for batch in self.spent.drain(..) {
                // The thread is gone when it has read everything.
                let _ = self.empty.send(batch);
            }
        }
        Ok(())
    }

    /// The batch behind this one. A file in memory is read in less time than it takes to fall asleep
    /// and to be woken.
    fn next_batch(&self) -> Result<Batch, RecvError> {
        for _ in 0..GLANCES {
            match self.full.try_recv() {
                Ok(batch) => return Ok(batch),
                Err(TryRecvError::Empty) => thread::yield_now(),
                Err(TryRecvError::Disconnected) => return Err(RecvError),
            }
        }
        self.full.recv()
    }

    /// The headers of the packet that was given last, if they are plain.
    #[inline]
    pub(super) fn plain(&self) -> Option<&Plain> {
        let last = self.batch.get(self.given.checked_sub(1)?)?;
        last.plain.as_ref()
    }

    /// The bytes of the packet that was given last.
    #[inline]
    pub(super) fn data(&self, record: &Record) -> &[u8] {
        self.batch.data(record)
    }

    /// See [`Records::move_secrets`].
    #[inline]
    pub(super) fn move_secrets(&mut self, to: &mut Vec<u8>) {
        if self.batch.has_secrets()
            && let Some(last) = self.given.checked_sub(1)
        {
            self.batch.move_secrets(last, to);
        }
    }

    /// See [`Records::frames`].
    #[inline]
    pub(super) fn frames(&self) -> u64 {
        self.frames
    }

    /// See [`Records::bytes_read`].
    #[inline]
    pub(super) fn bytes_read(&self) -> u64 {
        self.batch.stored
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read};
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
