//! Order: each byte once, each direction in sequence, a reply never before its command.
//!
//! A segment that continues what was delivered goes through without a copy. Anything else is
//! [`Held`] until the hole before it is filled, or until waiting is pointless: the peer
//! acknowledged the hole and a short grace has passed (the capture may have put the
//! acknowledgement first), a cap is hit, or the flow ends.

use super::held::{Chunk, Held, part};
use super::stall::{Clock, Stall, Wait};
use super::{Half, Interest, Side};
use crate::capture::Moment;
use crate::time::Timestamp;

/// Memory that one direction of a flow may hold, in bytes, and pieces.
const HELD_BYTES: usize = 1 << 20;
const HELD_PIECES: usize = 1024;

/// Reassembly of one flow.
#[derive(Debug, Default)]
pub(super) struct Assembler {
    interest: Interest,
    /// The connection is closed: nothing more is delivered.
    ended: bool,
    next: [Next; 2],
    held: Option<Box<Held>>,
}

/// Offset of the byte that a direction is to deliver next, once it is known.
#[derive(Clone, Copy, Debug)]
struct Next(i64);

impl Default for Next {
    fn default() -> Self {
        Self::UNKNOWN
    }
}

impl Next {
    /// No stream is as long.
    const UNKNOWN: Self = Self(i64::MAX);

    #[inline]
    fn get(self) -> Option<i64> {
        (self.0 != i64::MAX).then_some(self.0)
    }
}

/// What reassembly may look at.
#[derive(Debug)]
pub(super) struct View<'a> {
    pub(super) halves: &'a mut [Half; 2],
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
    /// As the graces say, at this time: that of the packet, or a later one when none comes.
    Graces(Timestamp),
    /// Until this moment: the flow ends, or what it holds is needed for others.
    None,
}

impl Assembler {
    #[inline]
    fn next(&self, side: Side) -> Option<i64> {
        self.next[side.index()].get()
    }

    /// What the consumer wants.
    #[inline]
    pub(super) fn interest(&self) -> Interest {
        self.interest
    }

    /// Changes what the consumer wants; what is held goes at once when it is no longer wanted,
    /// and bytes that come from here on are delivered when they were not wanted before.
    pub(super) fn set_interest(&mut self, interest: Interest, halves: &[Half; 2]) {
        if interest == self.interest {
            return;
        }
        self.interest = interest;
        self.held = None;
        for (next, half) in self.next.iter_mut().zip(halves) {
            *next = match half.bytes {
                0 => Next::UNKNOWN,
                _ => Next(half.track.reach()),
            };
        }
    }

    /// Nothing more is delivered after this.
    pub(super) fn end(&mut self) {
        self.ended = true;
        self.held = None;
    }

    /// Memory held, in bytes.
    #[inline]
    pub(super) fn held(&self) -> usize {
        self.held.as_ref().map_or(0, |held| held.size())
    }

    /// Something is held or waited for.
    #[inline]
    pub(super) fn is_waiting(&self) -> bool {
        self.held.is_some()
    }

    /// One side goes on at `from`, and all was told that it had received, up to `needs`.
    #[inline]
    pub(super) fn is_at(&self, side: Side, from: i64, needs: i64) -> bool {
        let [own, peer] = [side, side.peer()].map(|side| self.next(side));
        own == Some(from) && peer.is_some_and(|peer| needs <= peer)
    }

    /// One side was told up to `to`.
    #[inline]
    pub(super) fn go_on(&mut self, side: Side, to: i64) {
        self.next[side.index()] = Next(to);
    }

    /// Everything before both FINs has been delivered, as far as it is wanted.
    pub(super) fn is_done(&self, halves: &[Half; 2]) -> bool {
        let reached = |(next, half): (&Next, &Half)| {
            let fin = half.track.fin();
            fin.is_some_and(|fin| next.get().unwrap_or(half.track.start()) >= fin)
        };
        !self.is_wanted() || (self.held.is_none() && self.next.iter().zip(halves).all(reached))
    }

    /// Nothing is held, and nothing that was acknowledged is waited for: there is no step to take.
    #[inline]
    pub(super) fn is_even(&self, halves: &[Half; 2]) -> bool {
        let even = |(next, half): (&Next, &Half)| {
            !half.is_confirmed_beyond(next.get().unwrap_or(half.track.start()))
        };
        self.held.is_none() && self.next.iter().zip(halves).all(even)
    }

    /// The consumer wants the bytes.
    #[inline]
    pub(super) fn is_wanted(&self) -> bool {
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
        let next = self.next(side);
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
        let next = self.next(side).unwrap_or(from);
        self.next[side.index()] = Next(to);
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
        for (next, half) in self.next.iter_mut().zip(view.halves.iter()) {
            if next.get().is_none() && half.track.is_firm() {
                *next = Next(half.track.start());
            }
        }
    }

    /// All that the sender had received was delivered; or the other side is not in the capture.
    fn is_due(&self, side: Side, needs: Option<i64>, view: &View<'_>) -> bool {
        let peer = side.peer();
        let half = &view.halves[peer.index()];
        let track = &half.track;
        let next = self.next(peer).unwrap_or(track.start());
        let needs = needs.map(|needs| track.fin().map_or(needs, |fin| needs.min(fin)));
        half.segments == 0 || needs.is_none_or(|needs| needs <= next)
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
        let half = &view.halves[side.index()];
        let track = &half.track;
        let front = self.held.as_ref().and_then(|held| held.front(side));
        let acked = half.confirmed();
        let Some(next) = self.next(side) else {
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
            let Patience::Graces(now) = patience else {
                return true;
            };
            self.is_overdue(side, stall, clock, now)
        });
        overdue.min_by_key(|&(_, stall)| stall.rank())
    }

    fn is_overdue(&self, side: Side, stall: Stall, clock: Clock, now: Timestamp) -> bool {
        let Some(held) = self.held.as_ref() else {
            return false;
        };
        let (size, pieces) = held.load(side);
        if size > HELD_BYTES || pieces > HELD_PIECES {
            return true;
        }
        held.waits[side.index()].is_some_and(|wait| stall.is_over(wait, clock.segment, now))
    }

    /// Goes on without what is missing.
    fn give_up(&mut self, side: Side, stall: Stall, view: &mut View<'_>) -> Option<Step> {
        let held = self.held.as_mut()?;
        let proof = held.waits[side.index()]
            .take()
            .map_or(view.clock.at, |wait| wait.at);
        let front = held.front(side).map(|chunk| chunk.from);
        let track = &mut view.halves[side.index()].track;
        match stall {
            Stall::Beginning => {
                let start = front.map_or(track.start(), |front| front.min(track.start()));
                self.next[side.index()] = Next(start);
                None
            }
            Stall::Answer => self.pop(side),
            Stall::Hole(to) | Stall::Unproved(to) | Stall::Lost(to) => {
                let next = self.next[side.index()].get()?;
                if front.is_none() && to - next == 1 && track.fin().is_none() {
                    track.presume_finished(next);
                    return None;
                }
                self.next[side.index()] = Next(to);
                Some(Step::Gap {
                    side,
                    bytes: to.abs_diff(next),
                    at: proof,
                })
            }
        }
    }
}

impl Half {
    /// Offset up to which the peer acknowledged what this side, which was heard, has sent.
    #[inline]
    fn confirmed(&self) -> i64 {
        if self.track.ack_known() && self.segments > 0 {
            self.track.acked()
        } else {
            i64::MIN
        }
    }

    #[inline]
    fn is_confirmed_beyond(&self, next: i64) -> bool {
        self.confirmed() > next
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tcp::StreamEvent;
    use crate::tcp::stall::{GRACE_SEGMENTS, GRACE_TIME, UNHEARD_SEGMENTS};
    use crate::tcp::testing::*;

    /// A handshake; server and client then begin at 5001 and 1000.
    fn begun() -> Vec<Made> {
        vec![
            Made::up(999, None, "S", ""),
            Made::down(5000, Some(1000), "S", ""),
            Made::up(1000, Some(5001), "", ""),
        ]
    }

    fn story(rest: Vec<Made>) -> String {
        let seen = run(&[begun(), rest].concat(), Interest::Bytes);
        seen.story().replace("open established ", "")
    }

    fn acks(count: u32) -> Vec<Made> {
        (0..count)
            .map(|n| Made::up(1000, Some(5010), "", "").window(n as u16 + 1))
            .collect()
    }

    #[test]
    fn the_first_copy_of_a_byte_wins() {
        let story = story(vec![
            Made::down(5004, Some(1000), "", "def"),
            Made::down(5002, Some(1000), "", "BCDEFGH"),
            Made::down(5001, Some(1000), "", "aXX"),
        ]);
        assert_eq!(story, "R:a R:BC R:def R:GH gone");
    }

    #[test]
    fn a_retransmission_fills_the_hole() {
        let mut rest = vec![Made::down(5004, Some(1000), "", "def")];
        rest.extend((0..40).map(|n| Made::up(1000, Some(5001), "", "").window(n + 1)));
        rest.push(Made::down(5001, Some(1000), "", "abc").after(5000));
        assert_eq!(story(rest), "R:abc R:def gone");
    }

    #[test]
    fn a_hole_is_a_gap_some_segments_after_its_acknowledgement() {
        let late = Made::down(5001, Some(1000), "", "abc");
        let rest = vec![Made::down(5004, Some(1000), "", "defghi")];
        let patient = [rest.clone(), acks(GRACE_SEGMENTS), vec![late.clone()]].concat();
        assert_eq!(story(patient), "R:abc R:defghi gone");
        let over = [rest, acks(GRACE_SEGMENTS + 1), vec![late]].concat();
        assert_eq!(story(over), "R-3 R:defghi gone");
    }

    #[test]
    fn a_quiet_capture_lets_time_run_out() {
        let mut table = table();
        let mut seen = Seen {
            interest: Interest::Bytes,
            ..Seen::default()
        };
        let rest = [
            Made::down(5004, Some(1000), "", "def"),
            Made::up(1000, Some(5007), "", ""),
        ];
        let end = push(
            &mut table,
            &mut seen,
            &[begun(), rest.to_vec()].concat(),
            epoch(),
        );
        table.advance(end + GRACE_TIME / 2, &mut seen);
        assert_eq!(seen.story(), "open established");
        table.advance(end + GRACE_TIME, &mut seen);
        assert_eq!(seen.story(), "open established R-3 R:def");
    }

    #[test]
    fn an_acknowledgement_of_unseen_bytes_at_the_end_is_a_gap() {
        assert_eq!(
            story(vec![Made::up(1000, Some(5101), "", "")]),
            "R-100 gone"
        );
        assert_eq!(story(vec![Made::up(1000, Some(5002), "", "")]), "gone");
    }

    #[test]
    fn a_reply_waits_for_its_command() {
        let story = story(vec![
            Made::down(5001, Some(1006), "", "331\n"),
            Made::up(1000, Some(5001), "", "USER\nx"),
        ]);
        assert_eq!(story, "I:USER\nx R:331\n gone");
    }

    #[test]
    fn a_reply_whose_command_the_capture_lacks_follows_the_gap() {
        let reply = Made::down(5001, Some(1006), "", "331\n");
        assert_eq!(story(vec![reply]), "I-6 R:331\n gone");
    }

    #[test]
    fn bytes_that_a_snapshot_length_cut_are_a_gap() {
        let mut cut = Made::down(5001, Some(1000), "", "abc");
        cut.cut = 7;
        let more = Made::down(5011, Some(1000), "", "k");
        assert_eq!(story(vec![cut.clone(), more.clone()]), "R:abc R-7 R:k gone");
        assert_eq!(story(vec![more, cut]), "R:abc R-7 R:k gone");
    }

    #[test]
    fn a_fin_before_earlier_bytes_does_not_lose_them() {
        let story = story(vec![
            Made::down(5004, Some(1000), "F", ""),
            Made::up(1000, Some(5001), "F", ""),
            Made::down(5001, Some(1000), "", "abc"),
        ]);
        assert_eq!(story, "R:abc close gone");
    }

    #[test]
    fn the_caps_make_a_hole_a_gap() {
        let pieces = |n: u32| Made::down(5003 + 2 * n, Some(1000), "", "x");
        let rest: Vec<_> = (0..HELD_PIECES as u32 + 1).map(pieces).collect();
        let seen = run(&[begun(), rest.clone()].concat(), Interest::Bytes);
        assert_eq!(
            seen.events
                .iter()
                .filter(|(_, event)| event == "R-2")
                .count(),
            1
        );
        let last = rest.last().map(|made| made.seq);
        assert_eq!(last, Some(5003 + 2 * HELD_PIECES as u32));
    }

    #[test]
    fn what_the_peer_is_not_there_to_acknowledge_is_given_up_later() {
        let mut rest = vec![
            Made::down(5000, Some(1000), "S", ""),
            Made::down(5004, Some(1000), "", "def"),
        ];
        let more = (0..UNHEARD_SEGMENTS).map(|n| Made::down(5007 + n, Some(1000), "", "x"));
        rest.extend(more);
        let mut seen = Seen {
            interest: Interest::Bytes,
            ..Seen::default()
        };
        push(&mut table(), &mut seen, &rest, epoch());
        assert!(
            seen.story().starts_with("open established R-3 R:def R:x"),
            "{}",
            seen.story()
        );
    }

    #[test]
    fn bytes_begin_and_end_with_the_interest() {
        struct Picky(Vec<u8>);
        impl crate::tcp::Consumer for Picky {
            fn event(
                &mut self,
                flows: &mut crate::tcp::Flows,
                id: crate::tcp::FlowId,
                event: StreamEvent<'_>,
            ) {
                match event {
                    StreamEvent::Open => flows.set_interest(id, Interest::Bytes),
                    StreamEvent::Data { bytes, .. } => {
                        self.0.extend_from_slice(bytes);
                        flows.set_interest(id, Interest::Count);
                    }
                    StreamEvent::Gap { .. } => self.0.push(b'!'),
                    _ => {}
                }
            }
        }
        let mut table = table();
        let mut picky = Picky(Vec::new());
        let rest = [
            Made::down(5003, Some(1000), "", "cde"),
            Made::down(5001, Some(1000), "", "ab"),
        ];
        for (number, made) in begun().iter().chain(&rest).enumerate() {
            table.push(&made.at(number as u64, epoch()), &mut picky);
        }
        assert_eq!(table.stats().held, 0);
        table.finish(&mut picky);
        assert_eq!(picky.0, b"ab");
    }

    #[test]
    fn so_much_waits_for_what_is_missing_and_no_more() {
        let piece = |size: usize| {
            move |n: usize| Made::down(5003 + (n * size) as u32, Some(1000), "", &"x".repeat(size))
        };
        for (size, most) in [(1, HELD_PIECES), (60_000, HELD_BYTES / 60_000)] {
            for (count, gaps) in [(most, 0), (most + 1, 1)] {
                let (mut table, mut seen) = (table(), Seen::default());
                seen.interest = Interest::Bytes;
                let rest: Vec<_> = (0..count).map(piece(size)).collect();
                push(&mut table, &mut seen, &[begun(), rest].concat(), epoch());
                let found = seen.events.iter().filter(|(_, event)| event == "R-2");
                assert_eq!(found.count(), gaps, "{count} of {size}");
            }
        }
    }
}
