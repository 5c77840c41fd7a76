//! Who has to go when there is too much: found in constant time, whatever there is.

use std::collections::VecDeque;

use crate::time::Timestamp;

/// Candidates that came about among which the one of least value has to go.
const LOOKS: usize = 16;

/// So few may be about to come about: they are spared as long as there are others.
const FEW: usize = 64;

/// What would be lost with a candidate, and since when it is quiet: the least goes first.
pub(crate) type Price = (u8, Timestamp);

/// Those that may have to go, in the order in which they came. Some may be gone by now, or not
/// be candidates any longer.
#[derive(Debug)]
pub(crate) struct Candidates<K> {
    /// Not known to have come about, oldest first.
    young: VecDeque<K>,
    /// Those that have come about since, in turn.
    settled: VecDeque<K>,
}

impl<K> Default for Candidates<K> {
    fn default() -> Self {
        Self {
            young: VecDeque::new(),
            settled: VecDeque::new(),
        }
    }
}

impl<K: Copy> Candidates<K> {
    /// Adds one of `count`. Those that are not there any more are cleared away when they are most.
    pub(crate) fn add(&mut self, key: K, count: usize, is_there: impl Fn(K) -> bool) {
        let room = 2 * count + LOOKS;
        for queue in [&mut self.young, &mut self.settled] {
            if queue.len() > room {
                queue.retain(|key| is_there(*key));
            }
        }
        self.young.push_back(key);
    }

    /// Takes out who has to go next: the oldest of those worth less than `established` as long as
    /// they are many, else the one of least price among a few. `price` is `None` for who is no candidate any longer.
    pub(crate) fn pop(&mut self, established: u8, price: impl Fn(K) -> Option<Price>) -> Option<K> {
        while let Some(&key) = self.young.front() {
            match price(key) {
                Some((worth, _)) if worth < established => break,
                Some(_) => self.settled.push_back(key),
                None => {}
            }
            self.young.pop_front();
        }
        if self.young.len() > FEW {
            return self.young.pop_front();
        }
        while !self.settled.is_empty() {
            let least = self.least_of_a_few(&price);
            // All that were looked at may be gone.
            if least.is_some() {
                return least;
            }
        }
        self.young.pop_front()
    }

    fn least_of_a_few(&mut self, price: impl Fn(K) -> Option<Price>) -> Option<K> {
        let mut least: Option<(Price, K)> = None;
        for _ in 0..LOOKS.min(self.settled.len()) {
            let key = self.settled.pop_front()?;
            match (price(key), least) {
                (None, _) => {}
                (Some(price), Some((lower, _))) if lower <= price => self.settled.push_back(key),
                (Some(price), spared) => {
                    self.settled.extend(spared.map(|(_, spared)| spared));
                    least = Some((price, key));
                }
            }
        }
        least.map(|(_, key)| key)
    }

    /// Memory that it takes, in bytes.
    pub(crate) fn memory(&self) -> usize {
        (self.young.capacity() + self.settled.capacity()) * size_of::<K>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: u64) -> Timestamp {
        Timestamp::new(second, 0)
    }

    #[test]
    fn who_did_not_come_about_goes_first_and_then_the_quietest() {
        let mut candidates = Candidates::default();
        const COUNT: u32 = 2 * FEW as u32 + 10;
        for key in 0..COUNT {
            candidates.add(key, COUNT as usize, |_| true);
        }
        // Even ones came about; 3 is gone; 4 has been quiet for longest.
        let price = |key: u32| match key {
            3 => None,
            4 => Some((2, at(1))),
            _ => Some((2 - (key % 2) as u8, at(10 + u64::from(key)))),
        };
        let order: Vec<u32> = std::iter::from_fn(|| candidates.pop(2, price)).collect();
        assert_eq!(order.len(), COUNT as usize - 1);
        assert_eq!(order[..6], [1, 5, 7, 9, 11, 13]);
        let quietest = order.iter().position(|key| *key == 4);
        let last = order.iter().position(|key| *key == COUNT - 1);
        assert!(quietest < last, "the youngest are spared");
    }

    #[test]
    fn those_that_are_gone_take_no_room() {
        let mut candidates = Candidates::default();
        for key in 0..100_000u32 {
            candidates.add(key, 10, |other| other + 10 > key);
        }
        assert!(candidates.memory() < 10_000);
        let mut gone: Candidates<u32> = Candidates::default();
        (0..1000).for_each(|key| gone.add(key, 1000, |_| true));
        assert_eq!(gone.pop(1, |key| (key == 0).then_some((1, at(0)))), Some(0));
        assert_eq!(gone.pop(1, |key| (key == 990).then_some((1, at(0)))), None);
    }
}
