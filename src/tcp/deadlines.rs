//! When each place of the slab expires at the earliest: what the hand looks at, many at a time.

use crate::time::Timestamp;

/// When a place expires that has no flow.
const NEVER: Timestamp = Timestamp::from_nanos(u64::MAX);

/// Places that are looked at together.
const CHUNK: usize = 16;

/// Of each place, a time before which its flow will not have been quiet for too long.
#[derive(Debug, Default)]
pub(super) struct Deadlines {
    places: Vec<Timestamp>,
    /// Of each chunk of places, a time that none of them is before.
    chunks: Vec<Timestamp>,
}

impl Deadlines {
    /// What each place takes.
    pub(super) const SIZE: usize = size_of::<Timestamp>() + size_of::<Timestamp>().div_ceil(CHUNK);

    /// Adds a place, without a flow.
    pub(super) fn add(&mut self) {
        if self.places.len().is_multiple_of(CHUNK) {
            self.chunks.push(NEVER);
        }
        self.places.push(NEVER);
    }

    /// Notes when a place expires.
    #[inline]
    pub(super) fn set(&mut self, place: usize, when: Timestamp) {
        if let Some(noted) = self.places.get_mut(place) {
            *noted = when;
        }
        if let Some(earliest) = self.chunks.get_mut(place / CHUNK) {
            *earliest = when.min(*earliest);
        }
    }

    /// A place has no flow any longer.
    pub(super) fn clear(&mut self, place: usize) {
        self.set(place, NEVER);
    }

    /// A place may have expired.
    #[inline]
    pub(super) fn is_late(&self, place: usize, now: Timestamp) -> bool {
        self.places.get(place).is_some_and(|when| *when < now)
    }

    /// Two places from `first` on are there, and quiet.
    #[inline]
    pub(super) fn are_two_quiet(&self, first: usize, now: Timestamp) -> bool {
        let two = self.places.get(first..first.saturating_add(2));
        two.is_some_and(|two| two.iter().all(|when| *when >= now))
    }

    /// Of `count` places from `first` on, how many come before one that may have expired, or the
    /// last.
    pub(super) fn quiet(&mut self, first: usize, count: usize, now: Timestamp) -> usize {
        let end = first.saturating_add(count).min(self.places.len());
        let mut at = first;
        while at < end {
            let next = (at / CHUNK + 1) * CHUNK;
            if self.is_chunk_late(at / CHUNK, now) {
                let places = self.places.get(at..next.min(end)).unwrap_or_default();
                if let Some(quiet) = places.iter().position(|when| *when < now) {
                    return at + quiet - first;
                }
            }
            at = next;
        }
        end.saturating_sub(first)
    }

    /// A place of this chunk may have expired. Looks at all of them if that was so before.
    #[inline]
    fn is_chunk_late(&mut self, chunk: usize, now: Timestamp) -> bool {
        let Some(earliest) = self.chunks.get_mut(chunk) else {
            return false;
        };
        if *earliest < now {
            let places = self.places.get(chunk * CHUNK..).unwrap_or_default();
            let places = places.get(..CHUNK).unwrap_or(places);
            *earliest = places.iter().fold(NEVER, |least, when| least.min(*when));
        }
        *earliest < now
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_look_at_many_places_is_one_at_each(
            changes in prop::collection::vec((0usize..100, 0u64..50), 0..200),
            [first, count] in [0usize..120, 0usize..120],
            times in prop::collection::vec(0u64..60, 1..4),
        ) {
            let mut deadlines = Deadlines::default();
            (0..100).for_each(|_| deadlines.add());
            for part in changes.chunks(40) {
                for &(place, when) in part {
                    match when {
                        0 => deadlines.clear(place),
                        _ => deadlines.set(place, Timestamp::from_nanos(when)),
                    }
                }
                for now in times.iter().map(|now| Timestamp::from_nanos(*now)) {
                    let asked = first..(first + count).min(100).max(first);
                    let quiet = asked.take_while(|place| !deadlines.is_late(*place, now)).count();
                    prop_assert_eq!(deadlines.quiet(first, count, now), quiet);
                    let two = (first..first + 2).all(|place| place < 100 && !deadlines.is_late(place, now));
                    prop_assert_eq!(deadlines.are_two_quiet(first, now), two);
                }
            }
        }
    }
}
