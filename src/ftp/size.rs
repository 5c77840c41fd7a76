//! How large a file is, in the server's words.

use std::collections::VecDeque;

use super::event::Reply;
use super::text::Text;
use super::transfer::Announced;
use crate::capture::Moment;

/// Sizes that a session remembers; the oldest gives way.
const MAX_SIZES: usize = 16;

/// What SIZE (RFC 3659 §4) told of files, latest last.
#[derive(Debug, Default)]
pub(super) struct Sizes {
    known: VecDeque<(Text, Option<u64>, Moment)>,
}

impl Sizes {
    /// SIZE was answered with 213. In ASCII mode it counts the line ends as they would be transferred
    /// (RFC 3659 §4), which is not the size of the file.
    pub(super) fn told(&mut self, path: &Text, binary: bool, reply: &Reply) {
        let bytes = number(&reply.text).filter(|_| binary);
        self.known.retain(|(known, ..)| *known != *path);
        if self.known.len() == MAX_SIZES {
            self.known.pop_front();
        }
        self.known.push_back((path.clone(), bytes, reply.at));
    }

    /// The server answered for this file, so that it exists.
    pub(super) fn has(&self, path: &[u8]) -> bool {
        self.known
            .iter()
            .any(|(known, ..)| known.as_bytes() == path)
    }

    /// Memory that the sizes take, in bytes.
    pub(super) fn weight(&self) -> usize {
        let paths = self.known.iter().map(|(path, ..)| path.weight());
        self.known.capacity() * size_of::<(Text, Option<u64>, Moment)>() + paths.sum::<usize>()
    }

    /// What was told of a file.
    pub(super) fn of(&self, path: Option<&[u8]>) -> Option<Announced> {
        let (_, bytes, at) = self
            .known
            .iter()
            .find(|(known, ..)| Some(&known[..]) == path)?;
        Some(Announced {
            bytes: (*bytes)?,
            at: *at,
            by_transfer: false,
        })
    }
}

/// The size in a preliminary reply: `… for a.bin (20000 bytes).`
pub(super) fn of_transfer(reply: &Reply) -> Option<Announced> {
    let word = b" bytes";
    let mut words = reply.text.windows(word.len());
    let before = reply.text.get(..words.rposition(|part| part == word)?)?;
    let digits = before.get(memchr::memrchr(b'(', before)? + 1..)?;
    Some(Announced {
        bytes: number(digits)?,
        at: reply.at,
        by_transfer: true,
    })
}

fn number(text: &[u8]) -> Option<u64> {
    std::str::from_utf8(text.trim_ascii()).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(code: u16, text: &str) -> Reply {
        Reply {
            code,
            text: text.into(),
            at: Moment::default(),
        }
    }

    #[test]
    fn sizes_of_real_servers() {
        let bytes = |text| of_transfer(&reply(150, text)).map(|size| size.bytes);
        let vsftpd = "Opening BINARY mode data connection for /pub/b (60000 bytes).";
        assert_eq!(bytes(vsftpd), Some(60_000));
        assert_eq!(
            bytes("Opening data connection for a(1) (12 bytes)"),
            Some(12)
        );
        assert_eq!(bytes("Accepted data connection"), None);
        assert_eq!(bytes("about to send (many bytes)"), None);
    }

    #[test]
    fn the_latest_size_of_a_path_counts() {
        let mut sizes = Sizes::default();
        sizes.told(&"/a".into(), true, &reply(213, "5"));
        sizes.told(&"/a".into(), true, &reply(213, "7"));
        sizes.told(&"/c".into(), false, &reply(213, "9"));
        assert_eq!(sizes.of(Some(b"/a")).map(|size| size.bytes), Some(7));
        assert_eq!(sizes.of(Some(b"/b")), None);
        assert_eq!(sizes.of(None), None);
        assert_eq!(sizes.of(Some(b"/c")), None);
        assert!(sizes.has(b"/c") && !sizes.has(b"/b"));
    }

    #[test]
    fn the_latest_sizes_are_remembered() {
        let mut sizes = Sizes::default();
        let path = |number: usize| format!("/{number}");
        for number in 0..=MAX_SIZES {
            sizes.told(&path(number).as_str().into(), true, &reply(213, "5"));
        }
        let has = |number| sizes.has(path(number).as_bytes());
        assert_eq!([has(0), has(1), has(MAX_SIZES)], [false, true, true]);
        assert_eq!(sizes.known.len(), MAX_SIZES);
    }
}
