//! A name, in which `*` stands for any text.

use std::convert::Infallible;
use std::str::FromStr;

/// A name to compare with, byte by byte, in which each `*` stands for any text, also for none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(Vec<u8>);

impl Pattern {
    /// `name` is like this pattern. Takes time in proportion to the product of their lengths.
    pub fn matches(&self, name: &[u8]) -> bool {
        let (mut pattern, mut rest) = (self.0.as_slice(), name);
        // Behind the latest star, and the text that it may still take more of.
        let mut retry: Option<(&[u8], &[u8])> = None;
        loop {
            match (pattern, rest) {
                ([b'*', tail @ ..], _) => {
                    retry = Some((tail, rest));
                    pattern = tail;
                }
                ([wanted, tail @ ..], [byte, others @ ..]) if wanted == byte => {
                    (pattern, rest) = (tail, others);
                }
                ([], []) => return true,
                _ => match retry {
                    Some((tail, [_, others @ ..])) => {
                        retry = Some((tail, others));
                        (pattern, rest) = (tail, others);
                    }
                    _ => return false,
                },
            }
        }
    }
}

impl FromStr for Pattern {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.as_bytes().to_vec()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, name: &str) -> bool {
        let Ok(pattern) = pattern.parse::<Pattern>();
        pattern.matches(name.as_bytes())
    }

    #[test]
    fn a_star_stands_for_any_text() {
        assert!(matches("anna", "anna"));
        assert!(!matches("anna", "Anna"));
        assert!(matches("*", ""));
        assert!(matches("a*a", "abba"));
        assert!(matches("*b*", "abba"));
        assert!(matches("*ab", "aab"));
        assert!(!matches("a*b", "abc"));
        assert!(!matches("", "a"));
    }
}
