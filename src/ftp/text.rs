//! Text from the wire, and how sessions share what all of them hear.

use std::fmt;
use std::hash::BuildHasher;
use std::ops::Deref;
use std::sync::Arc;

use foldhash::fast::RandomState;

/// Texts that are remembered to be shared.
const REMEMBERED: usize = 512;

/// Longer texts are not remembered.
const LONGEST: usize = 1024;

/// What the allocator and the counts of owners add to the bytes of a text.
const OVERHEAD: usize = 32;

/// Bytes that were sent, held once however many hold them: a copy costs nothing. All empty ones are
/// the same, which takes no memory.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(Arc<[u8]>);

impl Text {
    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Memory that it takes, in bytes, beyond its fixed size.
    pub(crate) fn weight(&self) -> usize {
        match self.len() {
            0 => 0,
            length => length + OVERHEAD,
        }
    }
}

impl Deref for Text {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl AsRef<[u8]> for Text {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl From<&[u8]> for Text {
    fn from(bytes: &[u8]) -> Self {
        if bytes.is_empty() {
            return Self::default();
        }
        Self(bytes.into())
    }
}

impl<const N: usize> From<&[u8; N]> for Text {
    fn from(bytes: &[u8; N]) -> Self {
        bytes[..].into()
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        text.as_bytes().into()
    }
}

impl From<Vec<u8>> for Text {
    fn from(bytes: Vec<u8>) -> Self {
        bytes[..].into()
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b\"{}\"", self.escape_ascii())
    }
}

/// The texts that came lately: what servers and clients say, they say again and again. Each has one
/// place, which the next one takes that belongs there.
#[derive(Debug, Default)]
pub(super) struct Texts {
    /// None until something is said.
    places: Vec<Text>,
    hasher: RandomState,
    /// Memory of the texts, in bytes.
    size: usize,
}

impl Texts {
    /// These bytes as a text: the one that is remembered, if it is.
    pub(super) fn share(&mut self, bytes: &[u8]) -> Text {
        if bytes.is_empty() || bytes.len() > LONGEST {
            return bytes.into();
        }
        if self.places.is_empty() {
            self.places.resize(REMEMBERED, Text::default());
        }
        let place = self.hasher.hash_one(bytes) as usize % REMEMBERED;
        let Some(known) = self.places.get_mut(place) else {
            return bytes.into();
        };
        if known.as_bytes() != bytes {
            let text = Text::from(bytes);
            self.size += text.weight();
            self.size -= std::mem::replace(known, text).weight();
        }
        known.clone()
    }

    /// Memory that they take, in bytes.
    pub(super) fn memory(&self) -> usize {
        self.places.capacity() * size_of::<Text>() + self.size
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &Text) -> *const u8 {
        text.as_bytes().as_ptr()
    }

    #[test]
    fn what_is_said_again_is_held_once() {
        let mut texts = Texts::default();
        let said = texts.share(b"Transfer complete.");
        assert_eq!(&said[..], b"Transfer complete.");
        let again = texts.share(b"Transfer complete.");
        assert_eq!(address(&said), address(&again));
        assert_eq!(texts.share(b""), Text::default());
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut texts = Texts::default();
        for number in 0..20_000 {
            let mut long = vec![b'a'; LONGEST - 9];
            long.extend_from_slice(format!("{number:09}").as_bytes());
            texts.share(&long);
        }
        let most = REMEMBERED * (LONGEST + OVERHEAD + size_of::<Text>());
        assert!(texts.memory() <= most, "{}", texts.memory());
        let sum: usize = texts.places.iter().map(Text::weight).sum();
        assert_eq!(texts.size, sum);
        let long = [b'a'; LONGEST + 1];
        assert_ne!(address(&texts.share(&long)), address(&texts.share(&long)));
    }
}
