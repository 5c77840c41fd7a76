//! TCP sequence numbers: modular arithmetic that cannot panic.

/// A TCP sequence number (RFC 9293 §3.4): arithmetic is modulo 2³².
///
/// There is no `Ord`: order is only meaningful between two numbers less than 2³¹ apart, and is
/// asked for with [`SeqNumber::distance_from`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SeqNumber(pub u32);

impl SeqNumber {
    /// How far after `other` this is; negative when it is before.
    pub const fn distance_from(self, other: Self) -> i32 {
        self.0.wrapping_sub(other.0) as i32
    }
}

impl std::ops::Add<u32> for SeqNumber {
    type Output = Self;

    fn add(self, len: u32) -> Self {
        Self(self.0.wrapping_add(len))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_survives_the_wrap() {
        let (before, after) = (SeqNumber(u32::MAX - 1), SeqNumber(3));
        assert_eq!(after.distance_from(before), 5);
        assert_eq!(before.distance_from(after), -5);
        assert_eq!(before + 5, after);
    }
}
