//! The packets of an interface, on the side of the analysis.

use std::mem;
use std::slice;
use std::thread::JoinHandle;

use super::Stopper;
use super::block::{Block, Status};
use super::handover::Taker;
use super::state::{End, State};
use crate::capture::{Drops, Frame, Input, Next, Packet, Source};
use crate::time::Precision;

/// The packets of an interface as they come.
///
/// [`Source::next`] waits for packets; on a quiet interface it gives [`Next::Idle`] ten times a
/// second. Numbers of frames count the packets that were given. Everything it tells ([`drops`],
/// [`state`]) is as of the packet it gave last.
///
/// [`drops`]: Source::drops
/// [`state`]: Self::state
pub struct Live {
    input: Input,
    block: Block,
    /// Index in `block` of the packet to give next.
    at: usize,
    taker: Taker,
    status: Status,
    thread: Option<JoinHandle<(End, Status)>>,
    stopper: Stopper,
}

impl Live {
    pub(super) fn new(
        name: String,
        taker: Taker,
        thread: JoinHandle<(End, Status)>,
        stopper: Stopper,
    ) -> Self {
        Self {
            input: Input {
                name,
                frames: 0,
                bytes_read: 0,
                bytes_total: None,
                fault: None,
            },
            block: Block::default(),
            at: 0,
            taker,
            status: Status::default(),
            thread: Some(thread),
            stopper,
        }
    }

    /// How the capture fares. [`State::Ended`] when [`Source::next`] has given [`Next::End`].
    pub fn state(&self) -> &State {
        &self.status.state
    }

    /// Takes the next block; whether there is one.
    fn renew(&mut self) -> bool {
        let done = mem::take(&mut self.block);
        let next = match done.is_real() {
            true => self.taker.exchange(done),
            false => self.taker.take(),
        };
        match next {
            Some(block) => {
                self.status.clone_from(&block.status);
                self.block = block;
                self.at = 0;
                true
            }
            None => {
                self.end();
                false
            }
        }
    }

    fn end(&mut self) {
        let Some(thread) = self.thread.take() else {
            return;
        };
        let (end, status) = thread.join().unwrap_or_else(|_| {
            let reason = "the thread that reads from the kernel failed".to_owned();
            (End::Failed(reason), self.status.clone())
        });
        self.status = Status {
            state: State::Ended(end),
            drops: status.drops,
        };
    }
}

impl Source for Live {
    fn next(&mut self) -> Next<'_> {
        while self.at == self.block.len() {
            if let Some(time) = self.block.idle.take() {
                return Next::Idle(time);
            }
            if !self.renew() {
                return Next::End;
            }
        }
        let Some((record, data)) = self.block.get(self.at) else {
            return Next::End;
        };
        self.at += 1;
        self.input.frames += 1;
        self.input.bytes_read += data.len() as u64;
        Next::Packet(Packet {
            frame: Frame::new(0, self.input.frames),
            time: record.time,
            link: record.link,
            wire_len: record.wire_len,
            data,
            plain: None,
        })
    }

    fn inputs(&self) -> &[Input] {
        slice::from_ref(&self.input)
    }

    fn precision(&self) -> Precision {
        if cfg!(target_os = "linux") {
            Precision::Nano
        } else {
            Precision::Micro
        }
    }

    fn drops(&self) -> Option<Drops> {
        Some(self.status.drops)
    }

    fn trouble(&self) -> Option<&'static str> {
        match self.status.state {
            State::Away { removed: false, .. } => Some("is down; waiting for it to come up"),
            State::Away { removed: true, .. } => Some("was removed; waiting for it to come back"),
            State::Capturing | State::Ended(_) => None,
        }
    }
}

impl Drop for Live {
    /// Closes the interface.
    fn drop(&mut self) {
        self.stopper.stop();
        self.end();
    }
}
