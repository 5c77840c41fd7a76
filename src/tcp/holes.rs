//! What a direction's sequence numbers skipped so far.

/// A hole this far behind the newest byte is not expected to be filled any more.
const SETTLED_AFTER: i64 = 16 << 20;

/// The byte ranges below the highest byte seen that have not been seen, in order, capped.
///
/// Ranges that are given up (too many, or too far back) stay counted as one sum.
#[derive(Clone, Debug, Default)]
pub(super) struct Holes(Option<Box<Ranges>>);

/// Most directions have none.
#[derive(Clone, Debug, Default)]
struct Ranges {
    open: Vec<(i64, i64)>,
    settled: u64,
    /// The furthest that the sender's own segments without payload spoke of, beyond all bytes seen.
    claimed: i64,
}

impl Holes {
    /// How many ranges are kept.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.open().len()
    }

    #[inline]
    fn open(&self) -> &[(i64, i64)] {
        self.0.as_ref().map_or(&[], |ranges| &ranges.open)
    }

    /// Adds a hole above all others.
    pub(super) fn push_above(&mut self, from: i64, to: i64) {
        if from < to {
            self.0.get_or_insert_default().open.push((from, to));
        }
    }

    /// Adds a hole below all others.
    pub(super) fn push_below(&mut self, from: i64, to: i64) {
        if from < to {
            self.0.get_or_insert_default().open.insert(0, (from, to));
        }
    }

    /// The sender spoke of what lies before `to`.
    pub(super) fn claim(&mut self, to: i64) {
        let ranges = self.0.get_or_insert_default();
        ranges.claimed = ranges.claimed.max(to);
    }

    /// The furthest that the sender spoke of beyond the bytes seen then.
    pub(super) fn claimed(&self) -> i64 {
        self.0.as_ref().map_or(0, |ranges| ranges.claimed)
    }

    /// Takes what `from..to` covers out of the holes; tells how many bytes that were.
    pub(super) fn fill(&mut self, from: i64, to: i64) -> u64 {
        self.0.as_mut().map_or(0, |ranges| ranges.fill(from, to))
    }

    /// Gives up the lowest holes: all but `room`, and those far below `high`.
    pub(super) fn settle(&mut self, room: usize, high: i64) {
        if let Some(ranges) = &mut self.0 {
            ranges.settle(room, high);
        }
    }

    /// Bytes of holes below `bound`, those given up included.
    pub(super) fn below(&self, bound: i64) -> u64 {
        let open = self.open().iter();
        let open = open.map(|&(from, to)| length(from, to.min(bound)));
        self.0.as_ref().map_or(0, |ranges| ranges.settled) + open.sum::<u64>()
    }

    /// No hole reaches beyond `bound`.
    pub(super) fn none_above(&self, bound: i64) -> bool {
        self.open().last().is_none_or(|hole| hole.1 <= bound)
    }

    /// There is no hole (given-up ones aside) below `bound`.
    pub(super) fn none_below(&self, bound: i64) -> bool {
        self.open().first().is_none_or(|hole| hole.0 >= bound)
    }
}

impl Ranges {
    fn fill(&mut self, from: i64, to: i64) -> u64 {
        let first = self.open.partition_point(|hole| hole.1 <= from);
        let mut filled = 0;
        let mut at = first;
        while let Some(&(start, end)) = self.open.get(at) {
            if start >= to {
                break;
            }
            filled += length(start.max(from), end.min(to));
            at = self.replace(at, (start, start.max(from)), (end.min(to), end));
        }
        filled
    }

    /// Puts what is left of the hole at `at` in its place; tells where the next hole is.
    fn replace(&mut self, at: usize, left: (i64, i64), right: (i64, i64)) -> usize {
        let rest = [left, right].into_iter().filter(|(from, to)| from < to);
        let kept = rest.clone().count();
        self.open.splice(at..=at, rest);
        at + kept
    }

    fn settle(&mut self, room: usize, high: i64) {
        let surplus = self.open.len().saturating_sub(room);
        let old = self
            .open
            .partition_point(|hole| hole.1 < high - SETTLED_AFTER);
        let gone = self.open.drain(..surplus.max(old));
        self.settled += gone.map(|(from, to)| length(from, to)).sum::<u64>();
    }
}

/// Bytes from `from` to `to`; none when they are the other way round.
fn length(from: i64, to: i64) -> u64 {
    u64::try_from(to.saturating_sub(from)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn holes(ranges: &[(i64, i64)]) -> Holes {
        Holes(Some(Box::new(Ranges {
            open: ranges.to_vec(),
            settled: 0,
            claimed: 0,
        })))
    }

    #[test]
    fn filling_the_middle_splits_a_hole() {
        let mut set = holes(&[(0, 10), (20, 30)]);
        assert_eq!(set.fill(3, 25), 12);
        assert_eq!(set.open(), [(0, 3), (25, 30)]);
        assert_eq!(set.fill(5, 25), 0);
        assert_eq!(set.fill(1, 2), 1);
        assert_eq!(set.open(), [(0, 1), (2, 3), (25, 30)]);
    }

    #[test]
    fn given_up_holes_stay_counted() {
        let mut set = holes(&[(0, 10), (20, 30), (40, 50)]);
        set.settle(1, 50);
        assert_eq!(set.open(), [(40, 50)]);
        assert_eq!(set.below(45), 25);
        set.settle(8, 51 + SETTLED_AFTER);
        assert_eq!((set.len(), set.below(0)), (0, 30));
    }

    proptest! {
        #[test]
        fn filling_agrees_with_a_set_of_bytes(fills in prop::collection::vec((0i64..60, 1i64..12), 0..20)) {
            let mut set = holes(&[(5, 20), (25, 26), (30, 50)]);
            let mut bytes: std::collections::BTreeSet<i64> = (5..20).chain(25..26).chain(30..50).collect();
            for (from, len) in fills {
                let before = bytes.len();
                bytes.retain(|byte| !(from..from + len).contains(byte));
                prop_assert_eq!(set.fill(from, from + len), (before - bytes.len()) as u64);
                prop_assert_eq!(set.below(100), bytes.len() as u64);
                prop_assert_eq!(set.none_below(100), bytes.is_empty());
            }
        }
    }
}
