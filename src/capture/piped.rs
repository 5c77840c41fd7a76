//! A capture that is still being written: a pipe, read by a thread of its own.
//!
//! So who asks for packets never waits longer than [`PATIENCE`], and hears that time goes on while
//! none come. When the packets are not taken fast enough the pipe waits, and whoever writes it
//! decides what is lost: nothing is dropped here.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use std::{io, mem, thread};

use super::{Frame, Input, LinkType, Next, Packet, Source, files};
use crate::time::{Precision, Timestamp};

/// How long a quiet pipe is waited for before time is told to go on.
const PATIENCE: Duration = Duration::from_millis(100);

/// Bytes of packets that wait to be taken.
const MOST_WAITING: usize = 4 * 1024 * 1024;

/// Packets that are later than this were not held back: a clock was set back.
const MOST_LAG: Duration = Duration::from_secs(300);

/// Opens a capture that comes through a pipe, `-` for standard input, and begins to read it. Once
/// `stop` is true the source ends.
///
/// # Errors
///
/// When no thread can be started. What is wrong with the capture itself is told by
/// [`Source::inputs`].
pub fn follow(path: PathBuf, stop: Arc<AtomicBool>) -> io::Result<Piped> {
    let inputs = vec![files::input(&path)];
    let shared = Arc::new(Shared {
        state: Mutex::new(State::new(inputs.clone())),
        came: Condvar::new(),
        taken: Condvar::new(),
    });
    let theirs = Arc::clone(&shared);
    thread::Builder::new()
        .name("pipe".into())
        .spawn(move || read(path, &theirs))?;
    Ok(Piped {
        shared,
        block: Block::default(),
        next: 0,
        inputs,
        precision: Precision::default(),
        secrets: Vec::new(),
        clock: Clock::default(),
        is_over: false,
        stop,
    })
}

/// A capture that comes through a pipe.
pub struct Piped {
    shared: Arc<Shared>,
    block: Block,
    /// Index in `block.records` of the packet to give next.
    next: usize,
    inputs: Vec<Input>,
    precision: Precision,
    /// Key logs that were read and not asked for.
    secrets: Vec<u8>,
    clock: Clock,
    is_over: bool,
    stop: Arc<AtomicBool>,
}

/// What the two threads share.
struct Shared {
    state: Mutex<State>,
    /// There is a packet where there was none, or there will be no more.
    came: Condvar,
    /// There is room again.
    taken: Condvar,
}

struct State {
    block: Block,
    /// Key logs among what was read.
    secrets: Vec<u8>,
    inputs: Vec<Input>,
    precision: Precision,
    is_over: bool,
}

/// Packets one behind the other.
#[derive(Default)]
struct Block {
    bytes: Vec<u8>,
    records: Vec<Record>,
}

/// A packet whose bytes are in a block.
#[derive(Clone, Copy)]
struct Record {
    frame: Frame,
    time: Timestamp,
    link: LinkType,
    wire_len: u32,
    start: usize,
    len: usize,
}

/// Packet time while no packet comes.
#[derive(Default)]
struct Clock {
    /// The time of the latest packet, and when it was taken.
    latest: Option<(Timestamp, Instant)>,
    /// The latest time that was told.
    told: Timestamp,
    /// How far a packet was behind the time that had been told: who writes the pipe holds packets
    /// back for so long.
    lag: Duration,
}

impl Source for Piped {
    fn next(&mut self) -> Next<'_> {
        if self.next >= self.block.records.len() && !self.turn() {
            return match self.is_over {
                true => Next::End,
                false => Next::Idle(self.clock.now()),
            };
        }
        let Some(record) = self.block.records.get(self.next) else {
            return Next::End;
        };
        self.next += 1;
        self.clock
            .packet(record.time, self.next == self.block.records.len());
        Next::Packet(Packet {
            frame: record.frame,
            time: record.time,
            link: record.link,
            wire_len: record.wire_len,
            data: &self.block.bytes[record.start..record.start + record.len],
            plain: None,
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

impl Piped {
    /// Takes the packets that wait in exchange for the block that is done; waits for some.
    fn turn(&mut self) -> bool {
        if self.stop.load(Ordering::Relaxed) {
            self.is_over = true;
            return false;
        }
        let state = self.shared.lock();
        let none = |state: &mut State| state.block.records.is_empty() && !state.is_over;
        let (mut state, _) = self
            .shared
            .came
            .wait_timeout_while(state, PATIENCE, none)
            .unwrap_or_else(PoisonError::into_inner);
        self.block.clear();
        self.next = 0;
        mem::swap(&mut self.block, &mut state.block);
        self.secrets.append(&mut state.secrets);
        self.is_over = state.is_over && self.block.records.is_empty();
        self.precision = state.precision;
        self.inputs.clone_from(&state.inputs);
        drop(state);
        self.shared.taken.notify_one();
        !self.block.records.is_empty()
    }
}

/// The work of the thread: reads until the end of the pipe.
fn read(path: PathBuf, shared: &Shared) {
    // One file is never too many. It is opened here because that waits for its first packet.
    let Ok(mut files) = files::open_here(&[path]) else {
        return shared.end(Vec::new());
    };
    shared
        .lock()
        .secrets
        .extend(files.take_secrets().unwrap_or_default());
    while let Next::Packet(packet) = files.next() {
        shared.put(&packet);
        let mut state = shared.lock();
        state
            .secrets
            .extend(files.take_secrets().unwrap_or_default());
        state.precision = files.precision();
        if let (Some(known), Some(input)) = (state.inputs.first_mut(), files.inputs().first()) {
            (known.frames, known.bytes_read) = (input.frames, input.bytes_read);
        }
    }
    shared.end(files.inputs().to_vec());
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a packet, once there is room.
    fn put(&self, packet: &Packet<'_>) {
        let full = |state: &mut State| state.block.bytes.len() >= MOST_WAITING;
        let mut state = self
            .taken
            .wait_while(self.lock(), full)
            .unwrap_or_else(PoisonError::into_inner);
        let was_empty = state.block.records.is_empty();
        state.block.push(packet);
        drop(state);
        if was_empty {
            self.came.notify_one();
        }
    }

    fn end(&self, inputs: Vec<Input>) {
        let mut state = self.lock();
        state.inputs = inputs;
        state.is_over = true;
        drop(state);
        self.came.notify_one();
    }
}

impl State {
    fn new(inputs: Vec<Input>) -> Self {
        Self {
            block: Block::default(),
            secrets: Vec::new(),
            inputs,
            precision: Precision::default(),
            is_over: false,
        }
    }
}

impl Block {
    fn push(&mut self, packet: &Packet<'_>) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(packet.data);
        self.records.push(Record {
            frame: packet.frame,
            time: packet.time,
            link: packet.link,
            wire_len: packet.wire_len,
            start,
            len: packet.data.len(),
        });
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.records.clear();
    }
}

impl Clock {
    /// A packet was taken; `is_last` of those that are there.
    fn packet(&mut self, time: Timestamp, is_last: bool) {
        let late = self.told.since(time);
        if late <= MOST_LAG {
            self.lag = self.lag.max(late);
        }
        if is_last {
            self.latest = Some((time, instant()));
        }
    }

    /// The time that is safe to tell: no packet before it is still to come, as far as is known.
    fn now(&mut self) -> Timestamp {
        let Some((time, taken)) = self.latest else {
            return Timestamp::default();
        };
        let waited = instant().saturating_duration_since(taken);
        self.told = time + waited.saturating_sub(self.lag);
        self.told
    }
}

/// A quiet pipe does not tell how long it is quiet, so somebody has to look at a real clock; what
/// reaches the engine is packet time all the same.
#[allow(clippy::disallowed_methods)]
fn instant() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn time_goes_on_from_the_latest_packet() {
        let mut clock = Clock::default();
        assert_eq!(clock.now(), Timestamp::default());
        clock.packet(Timestamp::new(1000, 0), true);
        let now = clock.now();
        assert!(now >= Timestamp::new(1000, 0) && now < Timestamp::new(1001, 0));
    }

    #[test]
    fn a_late_packet_makes_the_clock_careful() {
        let mut clock = Clock {
            told: Timestamp::new(1010, 0),
            ..Clock::default()
        };
        clock.packet(Timestamp::new(1003, 0), true);
        assert_eq!(clock.lag, Duration::from_secs(7));
        let latest = Timestamp::new(1003, 0);
        assert_eq!(clock.now(), latest);
    }

    #[test]
    fn a_pipe_that_nobody_takes_from_is_not_read_on() {
        let shared = Shared {
            state: Mutex::new(State::new(Vec::new())),
            came: Condvar::new(),
            taken: Condvar::new(),
        };
        let packet = Packet {
            frame: Frame::new(0, 1),
            time: Timestamp::default(),
            link: LinkType(1),
            wire_len: 64 * 1024,
            data: &[0; 64 * 1024],
            plain: None,
        };
        let most = MOST_WAITING / packet.data.len();
        let (told, put) = mpsc::channel();
        thread::scope(|scope| {
            scope.spawn(|| {
                for _ in 0..=most {
                    shared.put(&packet);
                    told.send(()).unwrap();
                }
            });
            put.iter().take(most).for_each(drop);
            assert!(put.recv_timeout(PATIENCE).is_err(), "the next one waits");
            shared.lock().block.clear();
            shared.taken.notify_one();
            put.recv().unwrap();
        });
        assert_eq!(shared.lock().block.records.len(), 1);
    }
}
