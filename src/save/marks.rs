//! A set of packets.

use crate::capture::Frame;

/// One bit for each packet of each file, up to the last one that is in the set: an eighth of a byte
/// for a packet that takes sixteen bytes and more in its file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks(Vec<Vec<u64>>);

impl Marks {
    /// Adds a packet; whether it is new.
    pub(super) fn add(&mut self, frame: Frame) -> bool {
        let file = usize::from(frame.file());
        if self.0.len() <= file {
            self.0.resize_with(file + 1, Vec::new);
        }
        let Some((words, (place, bit))) = self.0.get_mut(file).zip(place(frame)) else {
            return false;
        };
        if words.len() <= place {
            words.resize(place + 1, 0);
        }
        let is_new = words[place] & bit == 0;
        words[place] |= bit;
        is_new
    }

    /// The set has this packet.
    pub(super) fn has(&self, frame: Frame) -> bool {
        let found = self.0.get(usize::from(frame.file())).zip(place(frame));
        found.is_some_and(|(words, (place, bit))| {
            words.get(place).is_some_and(|word| word & bit != 0)
        })
    }
}

fn place(frame: Frame) -> Option<(usize, u64)> {
    let place = usize::try_from(frame.number() / 64).ok()?;
    Some((place, 1 << (frame.number() % 64)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_is_there() {
        let mut marks = Marks::default();
        let frame = |file, number| Frame::new(file, number);
        for number in [1, 63, 64, 1000] {
            assert!(marks.add(frame(1, number)));
            assert!(!marks.add(frame(1, number)));
            assert!(marks.has(frame(1, number)));
            assert!(!marks.has(frame(0, number)));
            assert!(!marks.has(frame(1, number + 1)) || number == 63);
        }
        assert!(!marks.has(frame(9, 1)));
    }
}
