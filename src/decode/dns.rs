//! Names of addresses, from DNS answers (RFC 1035 §4).

use std::net::IpAddr;

/// Answers read of one message; a UDP message rarely holds more than a dozen.
const MAX_ANSWERS: u16 = 64;
/// The longest name as text (RFC 1035 §2.3.4, less the length and the root's byte).
const MAX_NAME: usize = 253;

/// Calls `found` for every IPv4 and IPv6 address in the answer section of `message`, with the name
/// that was *asked for*: what lies between the two (CNAME) is the provider's affair.
///
/// The name is in lower case, of letters, digits, `-`, `_` and dots, and has 1 to 253 bytes; a
/// message about any other name, a question, a refusal, a damaged message gives nothing (more).
pub fn answers(message: &[u8], mut found: impl FnMut(IpAddr, &str)) {
    // A message that is damaged or cut has given what it could.
    let _ = each_answer(message, &mut found);
}

fn each_answer(message: &[u8], found: &mut impl FnMut(IpAddr, &str)) -> Option<()> {
    let header = message.first_chunk::<12>()?;
    let one_question = header[4..6] == [0, 1];
    if !is_answer(header[2], header[3]) || !one_question {
        return None;
    }
    let (name, question) = Name::read(message, header.len())?;
    let name = name.as_str()?;
    // Type and class of the question.
    let mut at = question + 4;
    let count = u16::from_be_bytes([header[6], header[7]]);
    for _ in 0..count.min(MAX_ANSWERS) {
        let (record, end) = Record::read(message, at)?;
        if let Some(address) = record.address() {
            found(address, name);
        }
        at = end;
    }
    Some(())
}

/// A response to a standard query, without an error.
fn is_answer(high: u8, low: u8) -> bool {
    high & 0xf8 == 0x80 && low & 0x0f == 0
}

/// A resource record without its owner and time to live.
struct Record<'a> {
    kind: u16,
    class: u16,
    data: &'a [u8],
}

impl<'a> Record<'a> {
    /// The record at `at`, and where it ends.
    fn read(message: &'a [u8], at: usize) -> Option<(Self, usize)> {
        let fixed_at = name_end(message, at)?;
        let (fixed, rest) = message.get(fixed_at..)?.split_first_chunk::<10>()?;
        let len = usize::from(u16::from_be_bytes([fixed[8], fixed[9]]));
        let record = Self {
            kind: u16::from_be_bytes([fixed[0], fixed[1]]),
            class: u16::from_be_bytes([fixed[2], fixed[3]]),
            data: rest.get(..len)?,
        };
        Some((record, fixed_at + fixed.len() + len))
    }

    fn address(&self) -> Option<IpAddr> {
        const INTERNET: u16 = 1;
        match (self.class, self.kind) {
            (INTERNET, 1) => Some(<[u8; 4]>::try_from(self.data).ok()?.into()),
            (INTERNET, 28) => Some(<[u8; 16]>::try_from(self.data).ok()?.into()),
            _ => None,
        }
    }
}

/// Where the name at `at` ends. A pointer ends it and is not followed, so nothing can loop.
fn name_end(message: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match *message.get(at)? {
            0 => return Some(at + 1),
            len @ 1..=63 => at += 1 + usize::from(len),
            0xc0.. => return Some(at + 2),
            _ => return None,
        }
    }
}

/// A checked name in lower case.
struct Name {
    text: [u8; MAX_NAME],
    len: usize,
}

impl Name {
    /// The name at `at`, and where it ends. It is the message's first, so a pointer in it could
    /// only lead to the header: there is none.
    fn read(message: &[u8], mut at: usize) -> Option<(Self, usize)> {
        let mut name = Self {
            text: [0; MAX_NAME],
            len: 0,
        };
        loop {
            let len = usize::from(*message.get(at)?);
            let start = at + 1;
            match len {
                0 => return Some((name, start)),
                1..=63 => name.push_label(message.get(start..start + len)?)?,
                _ => return None,
            }
            at = start + len;
        }
    }

    fn push_label(&mut self, label: &[u8]) -> Option<()> {
        if self.len > 0 {
            self.push(b'.')?;
        }
        for &byte in label {
            let allowed = byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
            self.push(allowed.then_some(byte.to_ascii_lowercase())?)?;
        }
        Some(())
    }

    fn push(&mut self, byte: u8) -> Option<()> {
        *self.text.get_mut(self.len)? = byte;
        self.len += 1;
        Some(())
    }

    /// The name; `None` of the root, which has no text.
    fn as_str(&self) -> Option<&str> {
        let text = str::from_utf8(self.text.get(..self.len)?).ok()?;
        (!text.is_empty()).then_some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A response to a question for `labels`, with the given records.
    fn message(labels: &[&[u8]], records: &[&[u8]]) -> Vec<u8> {
        let count = u8::try_from(records.len()).unwrap();
        let mut bytes = vec![0, 7, 0x81, 0x80, 0, 1, 0, count, 0, 0, 0, 0];
        for label in labels {
            bytes.push(u8::try_from(label.len()).unwrap());
            bytes.extend(*label);
        }
        bytes.extend([0, 0, 1, 0, 1]);
        bytes.extend(records.concat());
        bytes
    }

    fn found(message: &[u8]) -> Vec<String> {
        let mut all = Vec::new();
        answers(message, |address, name| {
            all.push(format!("{name} {address}"));
        });
        all
    }

    const CNAME: &[u8] = &[
        0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 6, 3, b'c', b'd', b'n', 0xc0, 12,
    ];
    const A: &[u8] = &[0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1];
    const AAAA: &[u8] = &[
        3, b'c', b'd', b'n', 0, 0, 28, 0, 1, 0, 0, 0, 60, 0, 16, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 9,
    ];

    #[test]
    fn every_address_has_the_name_that_was_asked_for() {
        let message = message(&[b"FTP", b"example", b"org"], &[CNAME, A, AAAA]);
        assert_eq!(
            found(&message),
            ["ftp.example.org 192.0.2.1", "ftp.example.org 2001:db8::9"]
        );
    }

    #[test]
    fn what_was_captured_of_a_cut_message_counts() {
        let whole = message(&[b"a"], &[A, A]);
        assert_eq!(found(&whole[..whole.len() - 1]), ["a 192.0.2.1"]);
    }

    #[test]
    fn questions_and_refusals_give_nothing() {
        let mut message = message(&[b"a"], &[A]);
        message[2] = 0x01;
        assert!(found(&message).is_empty());
        (message[2], message[3]) = (0x81, 0x83);
        assert!(found(&message).is_empty());
    }

    #[test]
    fn names_of_other_characters_are_refused() {
        for label in [&b"a b"[..], b"a.b", b"\x1b[2J", "ü".as_bytes(), b"a\0"] {
            assert!(found(&message(&[label], &[A])).is_empty());
        }
        assert!(found(&message(&[], &[A])).is_empty());
    }

    #[test]
    fn the_longest_name_and_one_more() {
        let (long, rest) = (&[b'a'; 63][..], &[b'b'; 61][..]);
        assert_eq!(found(&message(&[long, long, long, rest], &[A])).len(), 1);
        let over = message(&[long, long, long, &[b'b'; 62]], &[A]);
        assert!(found(&over).is_empty());
    }

    #[test]
    fn of_many_answers_the_first_are_read() {
        let records: Vec<_> = (0..=MAX_ANSWERS as u8)
            .map(|last| [&A[..A.len() - 1], &[last]].concat())
            .collect();
        let records: Vec<_> = records.iter().map(Vec::as_slice).collect();
        let found = found(&message(&[b"a"], &records));
        assert_eq!(found.len(), usize::from(MAX_ANSWERS));
        assert_eq!(found.last().unwrap(), "a 192.0.2.63");
    }

    #[test]
    fn a_pointer_to_itself_ends_the_name() {
        let mut bytes = message(&[], &[A]);
        bytes.splice(12..13, [0xc0, 12]);
        assert!(found(&bytes).is_empty());
    }

    proptest! {
        #[test]
        fn any_bytes_give_only_clean_names(
            mut bytes in proptest::collection::vec(any::<u8>(), 12..200)
        ) {
            bytes[2] = 0x80;
            bytes[3] = 0;
            bytes[4..6].copy_from_slice(&[0, 1]);
            answers(&bytes, |_, name| {
                assert!(!name.is_empty() && name.len() <= MAX_NAME);
                assert!(name.bytes().all(|b| {
                    b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_.".contains(&b)
                }));
            });
        }
    }
}
