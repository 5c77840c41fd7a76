//! Order: each byte once, each direction in sequence, a reply never before its command.
//!
//! A segment that continues what was delivered goes through without a copy. Anything else is
//! [`Held`] until the hole before it is filled, or until waiting is pointless: the peer
//! acknowledged the hole and a short grace has passed (the capture may have put the
//! acknowledgement first), a cap is hit, or the flow ends.

use std::time::Duration;

use super::held::{Chunk, Held, Wait, part};
use super::track::Track;
use super::{Interest, Side};
use crate::capture::Moment;

/// In mid-stream, how many segments of the flow the first data waits for earlier data.
pub(super) const START_SEGMENTS: u32 = 4;
const START_TIME: Duration = Duration::from_millis(200);
/// How many further segments of the flow bytes may come late that the peer has acknowledged.
const GRACE_SEGMENTS: u32 = 16;
const GRACE_TIME: Duration = Duration::from_secs(1);
/// The same where the peer is not in the capture, so that a hole may be a loss yet to be mended.
const UNHEARD_SEGMENTS: u32 = 64;
const UNHEARD_TIME: Duration = Duration::from_secs(3);
/// Memory that one direction of a flow may hold, in bytes, and pieces.
const HELD_BYTES: usize = 1 << 20;
const HELD_PIECES: usize = 1024;

/// Reassembly of one flow.
#[derive(Debug, Default)]
pub(super) struct Assembler {
    interest: Interest,
    /// The connection is closed: nothing more is delivered.
    ended: bool,
    /// Offset of the byte that each direction is to deliver next, once it is known.
    next: [Option<i64>; 2],
    held: Option<Box<Held>>,
}

/// The time of a flow: packet time and its count of segments.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    pub(super) segment: u32,
    pub(super) at: Moment,
}

/// What reassembly may look at.
#[derive(Debug)]
pub(super) struct View<'a> {
    pub(super) tracks: &'a mut [Track; 2],
    pub(super) heard: [bool; 2],
    pub(super) clock: Clock,
}

/// What became of a segment's payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Offer {
    /// It is not wanted, known already, or held.
    Nothing,
    /// To be delivered at once: the payload from `skip` on, and then `lost` bytes not captured.
    Deliver {
        /// Bytes of the payload that were delivered before.
        skip: usize,
        /// Bytes at the end that a snapshot length cut off.
        lost: u64,
    },
}

/// The next thing to deliver of what was held.
#[derive(Debug)]
pub(super) enum Step {
    /// Bytes that were held, from `skip` on, and then `lost` bytes not captured.
    Data {
        side: Side,
        bytes: Box<[u8]>,
        skip: usize,
        lost: u64,
        at: Moment,
    },
    /// A hole.
    Gap { side: Side, bytes: u64, at: Moment },
}

/// How long to wait for what is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Patience {
    /// As the graces say.
    Graces,
    /// Until this moment: the flow ends, or what it holds is needed for others.
    None,
}

/// Why a direction does not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stall {
    /// Picked up in mid-stream, earlier data may come.
    Beginning,
    /// Bytes up to here are missing and the peer acknowledged them.
    Hole(i64),
    /// Bytes up to here are missing and nobody is there to acknowledge them.
    Unproved(i64),
    /// Bytes up to here are missing; most likely they will be sent again.
    Lost(i64),
    /// It answers what the other direction has not delivered yet.
    Answer,
}

impl Assembler {
    /// What the consumer wants.
    pub(super) fn interest(&self) -> Interest {
        self.interest
    }

    /// Changes what the consumer wants; what is held goes at once when it is no longer wanted,
    /// and bytes that come from here on are delivered when they were not wanted before.
    pub(super) fn set_interest(
        &mut self,
        interest: Interest,
        tracks: &[Track; 2],
        bytes: [u64; 2],
    ) {
        if interest == self.interest {
            return;
        }
        self.interest = interest;
        self.held = None;
        for ((next, track), bytes) in self.next.iter_mut().zip(tracks).zip(bytes) {
            *next = (bytes > 0).then(|| track.reach());
        }
    }

    /// Nothing more is delivered after this.
    pub(super) fn end(&mut self) {
        self.ended = true;
        self.held = None;
    }

    /// Memory held, in bytes.
    pub(super) fn held(&self) -> usize {
        self.held.as_ref().map_or(0, |held| held.size())
    }

    /// Something is held or waited for.
    pub(super) fn is_waiting(&self) -> bool {
        self.held.is_some()
    }

    /// Everything before both FINs has been delivered, as far as it is wanted.
    pub(super) fn is_done(&self, tracks: &[Track; 2]) -> bool {
        let reached = |(next, track): (&Option<i64>, &Track)| match (next, track.fin()) {
            (Some(next), Some(fin)) => *next >= fin,
            (None, Some(fin)) => track.start() >= fin,
            (_, None) => false,
        };
        !self.is_wanted() || (self.held.is_none() && self.next.iter().zip(tracks).all(reached))
    }

    fn is_wanted(&self) -> bool {
        self.interest == Interest::Bytes && !self.ended
    }

    /// Takes in `len` bytes at `from`, of which `payload` was captured. Their sender had received
    /// the other direction up to `needs`.
    pub(super) fn offer(
        &mut self,
        side: Side,
        from: i64,
        len: u32,
        payload: &[u8],
        needs: Option<i64>,
        view: &mut View<'_>,
    ) -> Offer {
        if !self.is_wanted() {
            return Offer::Nothing;
        }
        self.anchor(view);
        let to = from + i64::from(len);
        let next = self.next[side.index()];
        if next.is_some_and(|next| to <= next) {
            return Offer::Nothing;
        }
        if next.is_some_and(|next| from <= next)
            && self.held.is_none()
            && self.is_due(side, needs, view)
        {
            return self.deliver(side, from, to, payload.len());
        }
        let first = next.map_or(from, |next| next.max(from));
        let bytes = part(payload, first - from, to - from);
        let held = self.held.get_or_insert_default();
        held.insert(side, first, to, bytes, needs, view.clock.at);
        Offer::Nothing
    }

    /// Goes on to `to` with a piece that begins at or before the next byte.
    fn deliver(&mut self, side: Side, from: i64, to: i64, captured: usize) -> Offer {
        let next = self.next[side.index()].unwrap_or(from);
        self.next[side.index()] = Some(to);
        let captured = i64::try_from(captured).unwrap_or(i64::MAX);
        let skip = (next - from).clamp(0, captured);
        let lost = to.saturating_sub(next.max(from.saturating_add(captured)));
        Offer::Deliver {
            skip: usize::try_from(skip).unwrap_or(0),
            lost: u64::try_from(lost).unwrap_or(0),
        }
    }

    /// A direction whose SYN was seen begins after it.
    fn anchor(&mut self, view: &View<'_>) {
        for (next, track) in self.next.iter_mut().zip(view.tracks.iter()) {
            if next.is_none() && track.is_firm() {
                *next = Some(track.start());
            }
        }
    }

    /// All that the sender had received was delivered; or the other side is not in the capture.
    fn is_due(&self, side: Side, needs: Option<i64>, view: &View<'_>) -> bool {
        let peer = side.peer().index();
        let track = &view.tracks[peer];
        let next = self.next[peer].unwrap_or(track.start());
        let needs = needs.map(|needs| track.fin().map_or(needs, |fin| needs.min(fin)));
        !view.heard[peer] || needs.is_none_or(|needs| needs <= next)
    }

    /// The next thing that can be delivered, if any. To be asked until there is none.
    pub(super) fn step(&mut self, view: &mut View<'_>, patience: Patience) -> Option<Step> {
        if !self.is_wanted() {
            return None;
        }
        self.anchor(view);
        loop {
            let stalls = [
                self.stall(Side::Initiator, view),
                self.stall(Side::Responder, view),
            ];
            if self.held.is_none() && stalls == [None, None] {
                return None;
            }
            if let Some(side) = self.ready(stalls) {
                return self.pop(side);
            }
            self.note_waits(stalls, view.clock);
            let Some((side, stall)) = self.overdue(stalls, view.clock, patience) else {
                self.held.take_if(|held| held.is_idle());
                return None;
            };
            if let Some(step) = self.give_up(side, stall, view) {
                return Some(step);
            }
        }
    }

    /// What keeps a direction from going on; `None` also when there is nothing to go on with.
    fn stall(&self, side: Side, view: &View<'_>) -> Option<Stall> {
        let track = &view.tracks[side.index()];
        let front = self.held.as_ref().and_then(|held| held.front(side));
        let acked = if track.ack_known() && view.heard[side.index()] {
            track.acked()
        } else {
            i64::MIN
        };
        let Some(next) = self.next[side.index()] else {
            let something = front.is_some() || acked > track.start();
            return something.then_some(Stall::Beginning);
        };
        match front {
            Some(chunk) if chunk.from <= next => {
                (!self.is_due(side, chunk.needs, view)).then_some(Stall::Answer)
            }
            Some(chunk) if acked > next => Some(Stall::Hole(chunk.from.min(acked))),
            Some(chunk) if !track.ack_known() => Some(Stall::Unproved(chunk.from)),
            Some(chunk) => Some(Stall::Lost(chunk.from)),
            None => (acked > next).then_some(Stall::Hole(acked)),
        }
    }

    /// A direction that has something and nothing to wait for.
    fn ready(&self, stalls: [Option<Stall>; 2]) -> Option<Side> {
        let held = self.held.as_ref()?;
        let free = |side: &Side| stalls[side.index()].is_none() && held.front(*side).is_some();
        [Side::Initiator, Side::Responder].into_iter().find(free)
    }

    fn pop(&mut self, side: Side) -> Option<Step> {
        let held = self.held.as_mut()?;
        held.waits[side.index()] = None;
        let Chunk {
            from,
            to,
            bytes,
            at,
            ..
        } = held.pop(side)?;
        match self.deliver(side, from, to, bytes.len()) {
            Offer::Deliver { skip, lost } => Some(Step::Data {
                side,
                bytes,
                skip,
                lost,
                at,
            }),
            Offer::Nothing => None,
        }
    }

    fn note_waits(&mut self, stalls: [Option<Stall>; 2], clock: Clock) {
        let held = self.held.get_or_insert_default();
        for (wait, stall) in held.waits.iter_mut().zip(stalls) {
            match stall {
                // Only an acknowledgement starts the grace.
                None | Some(Stall::Lost(_)) => *wait = None,
                Some(_) => {
                    wait.get_or_insert(Wait {
                        segment: clock.segment,
                        at: clock.at,
                    });
                }
            }
        }
    }

    /// The direction whose patience is at an end. One that misses bytes comes before one that
    /// only answers: giving those bytes up may be all that is needed.
    fn overdue(
        &self,
        stalls: [Option<Stall>; 2],
        clock: Clock,
        patience: Patience,
    ) -> Option<(Side, Stall)> {
        let sides = [Side::Initiator, Side::Responder];
        let candidates = sides
            .into_iter()
            .filter_map(|side| Some((side, stalls[side.index()]?)));
        let overdue = candidates.filter(|&(side, stall)| {
            patience == Patience::None || self.is_overdue(side, stall, clock)
        });
        overdue.min_by_key(|&(_, stall)| match stall {
            Stall::Beginning => 0,
            Stall::Hole(_) => 1,
            Stall::Unproved(_) | Stall::Lost(_) => 2,
            Stall::Answer => 3,
        })
    }

    fn is_overdue(&self, side: Side, stall: Stall, clock: Clock) -> bool {
        let Some(held) = self.held.as_ref() else {
            return false;
        };
        let (size, pieces) = held.load(side);
        if size > HELD_BYTES || pieces > HELD_PIECES {
            return true;
        }
        let (segments, time) = match stall {
            Stall::Beginning => (START_SEGMENTS, START_TIME),
            Stall::Hole(_) | Stall::Answer => (GRACE_SEGMENTS, GRACE_TIME),
            Stall::Unproved(_) => (UNHEARD_SEGMENTS, UNHEARD_TIME),
            Stall::Lost(_) => return false,
        };
        held.waits[side.index()].is_some_and(|wait| {
            clock.segment.wrapping_sub(wait.segment) >= segments
                || clock.at.time.since(wait.at.time) >= time
        })
    }

    /// Goes on without what is missing.
    fn give_up(&mut self, side: Side, stall: Stall, view: &mut View<'_>) -> Option<Step> {
        let held = self.held.as_mut()?;
        let proof = held.waits[side.index()]
            .take()
            .map_or(view.clock.at, |wait| wait.at);
        let front = held.front(side).map(|chunk| chunk.from);
        let track = &mut view.tracks[side.index()];
        match stall {
            Stall::Beginning => {
                self.next[side.index()] =
                    Some(front.map_or(track.start(), |front| front.min(track.start())));
                None
            }
            Stall::Answer => self.pop(side),
            Stall::Hole(to) | Stall::Unproved(to) | Stall::Lost(to) => {
                let next = self.next[side.index()]?;
                if front.is_none() && to - next == 1 && track.fin().is_none() {
                    track.presume_finished(next);
                    return None;
                }
                self.next[side.index()] = Some(to);
                Some(Step::Gap {
                    side,
                    bytes: to.abs_diff(next),
                    at: proof,
                })
            }
        }
    }
}
