//! How long a flow is remembered.

use std::time::Duration;

use super::flow::Flow;
use super::{Consumer, FlowTable, Half};
use crate::time::Timestamp;

/// A connection that is over: late segments of it must not look like a new one.
const LINGER: Duration = Duration::from_secs(10);
/// A SYN without a connection that nobody marked: longer than any stack retries (Linux: 127 s).
const UNANSWERED: Duration = Duration::from_secs(5 * 60);
/// A quiet connection that nobody marked.
const UNMARKED: Duration = Duration::from_secs(10 * 60);
/// A quiet connection that the consumer follows: control connections idle during long transfers.
const MARKED: Duration = Duration::from_secs(4 * 3600);
/// The same when one end has closed it and the other says nothing.
const HALF_CLOSED: Duration = Duration::from_secs(10 * 60);
/// A stack that repeats something waits twice as long each time, so the next repetition is due
/// after all the time since the first, and the first gap (RFC 6298 §2.1: 1 s, once 3 s). One that
/// is overdue by so much more will not come: its sender has given up.
const OVERDUE: Duration = Duration::from_secs(3 + 2);
/// No stack waits longer from one repetition to the next (RFC 6298 §2.4 asks for 60 s at least;
/// Linux: 120 s).
const LONGEST_GAP: Duration = Duration::from_secs(120);
/// So often something must be repeated in vain before it tells that nobody answers: the capture
/// may lack an answer, not all of them.
const IN_VAIN: u32 = 3;

/// How long after its latest segment a flow is forgotten.
pub(super) fn lifetime(flow: &Flow) -> Duration {
    let connection = &flow.connection;
    match worth(flow) {
        0 => LINGER,
        1 => UNANSWERED,
        ESTABLISHED => UNMARKED,
        _ if !connection.established => repeated(connection.first.time, connection.last.time),
        _ => dead(flow).unwrap_or(match connection.ending {
            Some(_) => HALF_CLOSED,
            None => MARKED,
        }),
    }
}

/// How long to wait for the next repetition of what was sent first and last then.
fn repeated(first: Timestamp, last: Timestamp) -> Duration {
    last.since(first).min(LONGEST_GAP) + OVERDUE
}

/// How long to wait when one end, or both, repeats in vain what the other never acknowledges.
fn dead(flow: &Flow) -> Option<Duration> {
    let last = flow.connection.last.time;
    let waits = |half: &Half| {
        let data = half.stuck().filter(|stuck| stuck.times >= IN_VAIN);
        let fin = half
            .fin
            .filter(|_| u32::from(half.fins) >= IN_VAIN && !half.fin_acknowledged());
        let since = data
            .map(|stuck| stuck.since.time)
            .or(fin.map(|fin| fin.time))?;
        Some(repeated(since, last))
    };
    let heard = flow.connection.halves.iter().all(|half| half.segments > 0);
    let waits = flow.connection.halves.iter().filter_map(waits).max();
    waits.filter(|_| heard)
}

/// What an unmarked connection is worth that came about.
pub(super) const ESTABLISHED: u8 = 2;

/// What would be lost with a flow: nothing when it is closed, most when it is marked.
pub(super) fn worth(flow: &Flow) -> u8 {
    let connection = &flow.connection;
    match flow.tag {
        _ if connection.close().is_some() => 0,
        0 if !connection.established => 1,
        0 => ESTABLISHED,
        _ => 3,
    }
}

impl FlowTable {
    /// Forgets the next two flows under the hand if they have been quiet for too long. Done for each
    /// segment, and a segment opens one flow at most: the hand outruns the growth of the table.
    #[inline]
    pub(super) fn turn_hand_a_little(&mut self, now: Timestamp, consumer: &mut impl Consumer) {
        if self.flows.are_two_quiet(self.hand, now) {
            self.move_hand(2);
        } else {
            self.turn_hand(2, now, consumer);
        }
    }

    /// Forgets the flows under the hand that have been quiet for too long.
    pub(super) fn turn_hand(
        &mut self,
        places: usize,
        now: Timestamp,
        consumer: &mut impl Consumer,
    ) {
        let places = places.min(self.flows.places());
        let quiet = self.flows.quiet_places(self.hand, places, now);
        self.move_hand(quiet);
        if quiet < places {
            self.turn_hand_on(places - quiet, now, consumer);
        }
    }

    /// Does so where some may be found, or the end of the table is near.
    fn turn_hand_on(&mut self, mut left: usize, now: Timestamp, consumer: &mut impl Consumer) {
        while left > 0 {
            let index = self.next_place();
            if let Some(id) = self.flows.expired(index, now) {
                self.flows.stats.expired += 1;
                self.remove_as_it_was(id, consumer);
            }
            left -= 1;
            let quiet = self.flows.quiet_places(self.hand, left, now);
            self.move_hand(quiet);
            left -= quiet;
        }
    }

    pub(super) fn next_place(&mut self) -> u32 {
        let index = self.hand;
        self.move_hand(1);
        index
    }

    /// Moves the hand on, to the end of the table at most, from which it begins anew.
    #[inline]
    fn move_hand(&mut self, places: usize) {
        let next = self.hand as usize + places;
        let end = self.flows.places();
        self.hand = if next < end { next as u32 } else { 0 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tcp::testing::*;
    use crate::tcp::{Interest, Limits, StreamEvent};

    fn from_port(port: u16, flags: &'static str) -> Made {
        let mut made = Made::up(1, None, flags, "");
        made.src.set_port(port);
        made
    }

    /// How many flows are left `after` these segments.
    fn left(segments: &[Made], after: Duration) -> usize {
        let mut table = table();
        let mut seen = Seen::default();
        let end = push(&mut table, &mut seen, segments, epoch());
        table.advance(end + after, &mut seen);
        table.flows().len()
    }

    #[test]
    fn time_outs_depend_on_the_state() {
        let second = Duration::from_secs(1);
        let handshake = Talk::handshake();
        let mut over = handshake.clone();
        over.finish();
        for (segments, lifetime) in [
            (vec![from_port(1, "S")], UNANSWERED),
            (handshake.segments, UNMARKED),
            (over.segments, LINGER),
        ] {
            assert_eq!(left(&segments, lifetime - second), 1);
            assert_eq!(left(&segments, lifetime + second), 0);
        }
    }

    #[test]
    fn a_wild_time_stamp_costs_a_few_flows_at_most() {
        let mut table = FlowTable::new(Limits { flows: 10_000 });
        let mut seen = Seen::default();
        let flows: Vec<_> = (1000..5000)
            .map(|port| from_port(port, "S").after(0))
            .collect();
        let end = push(&mut table, &mut seen, &flows, epoch());
        table.push(&from_port(9, "S").at(1, end + MARKED * 1000), &mut seen);
        assert!(table.flows().len() >= 4000 - 2);
    }

    #[test]
    fn a_full_table_gives_up_what_is_worth_least() {
        struct Marker(Seen);
        impl Consumer for Marker {
            fn event(
                &mut self,
                flows: &mut crate::tcp::Flows,
                id: crate::tcp::FlowId,
                event: StreamEvent<'_>,
            ) {
                let marked = flows
                    .get(id)
                    .is_some_and(|facts| facts.initiator().port() == 1);
                if marked && matches!(event, StreamEvent::Open) {
                    flows.set_tag(id, 1);
                }
                self.0.event(flows, id, event);
            }
        }
        let mut table = FlowTable::new(Limits { flows: 3 });
        let mut marker = Marker(Seen {
            interest: Interest::Count,
            ..Seen::default()
        });
        let mut reset = from_port(2, "R");
        reset.seq = 2;
        let mut segments = vec![
            from_port(1, "S"),
            from_port(2, "S"),
            from_port(3, "S"),
            reset,
        ];
        segments.extend((4..8).map(|port| from_port(port, "S")));
        for (number, made) in segments.iter().enumerate() {
            table.push(&made.at(number as u64, epoch()), &mut marker);
        }
        let gone: Vec<_> = marker
            .0
            .gone
            .iter()
            .map(|facts| facts.initiator().port())
            .collect();
        assert_eq!(
            (gone.first(), gone.contains(&1), gone.len()),
            (Some(&2), false, 4)
        );
        assert_eq!(table.stats().evicted, 4);
    }
}
