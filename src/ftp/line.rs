//! Bytes of one direction of a control connection → lines.
//!
//! RFC 959 §2.3.1 makes the control connection a Telnet connection: lines end with CR LF, Telnet
//! commands may stand anywhere (an ABOR is usually preceded by IAC IP, IAC DM). Real software also
//! ends lines with a bare LF, and leaves 0xff undoubled in file names of 8-bit character sets.

use std::borrow::Cow;

/// Bytes kept of one line; of a longer one only the head is kept.
///
/// The longest lines of real sessions are base64 tokens (RFC 2228 ADAT, ENC) of some kilobytes.
pub const MAX_LINE: usize = 16 * 1024;

const IAC: u8 = 0xff;

/// A line without its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// Its bytes, at most [`MAX_LINE`].
    pub bytes: Cow<'a, [u8]>,
    /// Its true length; more than `bytes.len()` when it was too long.
    pub len: u64,
    /// Its end, or its beginning, is not in the capture.
    pub cut: bool,
}

/// Cuts one direction of a control connection into lines.
#[derive(Debug, Default)]
pub struct LineReader {
    /// The beginning of a line whose end has not come yet; few lines come in pieces.
    partial: Option<Box<Partial>>,
    telnet: Telnet,
    /// Bytes are missing before the line that is being read.
    after_gap: bool,
}

#[derive(Debug, Default)]
struct Partial {
    /// Telnet commands are removed.
    bytes: Vec<u8>,
    /// Its length so far, with what was not kept.
    len: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Telnet {
    #[default]
    Text,
    /// After IAC.
    Command,
    /// After IAC WILL, WONT, DO or DONT: an option follows.
    Option,
}

impl LineReader {
    /// Takes bytes in up to the end of a line and gives that line; `None` when none ends in them, and
    /// all are taken in.
    pub fn read<'a>(&mut self, bytes: &mut &'a [u8]) -> Option<Line<'a>> {
        if bytes.is_empty() {
            return None;
        }
        let plain = self.partial.is_none() && self.telnet == Telnet::Text;
        if let Some((line, rest)) = plain.then(|| split_plain_line(bytes)).flatten() {
            *bytes = rest;
            Some(self.plain(line))
        } else if let Some((line, rest)) = split_line(bytes) {
            *bytes = rest;
            Some(self.complete(line))
        } else {
            self.keep(std::mem::take(bytes));
            None
        }
    }

    /// Bytes are missing here: gives the line that was begun as it is, marked as cut.
    pub fn gap(&mut self) -> Option<Line<'static>> {
        self.telnet = Telnet::Text;
        self.after_gap = true;
        self.flush()
    }

    /// No more bytes will come: gives the line that was begun, marked as cut.
    pub fn flush(&mut self) -> Option<Line<'static>> {
        self.telnet = Telnet::Text;
        let partial = self.partial.take()?;
        Some(Line {
            len: partial.len,
            bytes: Cow::Owned(partial.bytes),
            cut: true,
        })
    }

    /// Memory of the unfinished line, in bytes.
    pub(super) fn kept(&self) -> usize {
        let kept = |partial: &Partial| size_of::<Partial>() + partial.bytes.capacity();
        self.partial.as_deref().map_or(0, kept)
    }

    /// Length of the unfinished line.
    pub fn pending(&self) -> u64 {
        self.partial.as_ref().map_or(0, |partial| partial.len)
    }

    /// A line that came in one piece and holds no Telnet command.
    fn plain<'a>(&mut self, line: &'a [u8]) -> Line<'a> {
        let bytes = without_cr(line);
        Line {
            bytes: Cow::Borrowed(bytes.get(..MAX_LINE).unwrap_or(bytes)),
            len: bytes.len() as u64,
            cut: std::mem::take(&mut self.after_gap),
        }
    }

    /// A line whose beginning may have come before.
    fn complete(&mut self, line: &[u8]) -> Line<'static> {
        let cut = std::mem::take(&mut self.after_gap);
        // A CR that is not kept, because the line is too long, does not count either.
        self.keep(without_cr(line));
        // No Telnet command goes on behind the end of a line: this ends a name in an 8-bit character
        // set.
        if std::mem::take(&mut self.telnet) == Telnet::Command {
            self.store(&[IAC]);
        }
        let Partial { mut bytes, len } = *self.partial.take().unwrap_or_default();
        let length = without_cr(&bytes).len();
        let removed = (bytes.len() - length) as u64;
        bytes.truncate(length);
        Line {
            bytes: Cow::Owned(bytes),
            len: len - removed,
            cut,
        }
    }

    /// Stores bytes without a line feed among them.
    fn keep(&mut self, bytes: &[u8]) {
        if self.telnet == Telnet::Text && memchr::memchr(IAC, bytes).is_none() {
            self.store(bytes);
            return;
        }
        for &byte in bytes {
            self.telnet(byte);
        }
    }

    /// RFC 854: IAC introduces a command; two of them are one byte of data.
    fn telnet(&mut self, byte: u8) {
        self.telnet = match (self.telnet, byte) {
            (Telnet::Text, IAC) => Telnet::Command,
            (Telnet::Text, _) => {
                self.store(&[byte]);
                Telnet::Text
            }
            (Telnet::Command, 251..=254) => Telnet::Option,
            (Telnet::Command, 240..=250) | (Telnet::Option, _) => Telnet::Text,
            (Telnet::Command, IAC) => {
                self.store(&[IAC]);
                Telnet::Text
            }
            // No Telnet command: a file name in an 8-bit character set.
            (Telnet::Command, _) => {
                self.store(&[IAC, byte]);
                Telnet::Text
            }
        };
    }

    fn store(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let partial = self.partial.get_or_insert_default();
        let room = MAX_LINE.saturating_sub(partial.bytes.len());
        let kept = bytes.get(..room).unwrap_or(bytes);
        partial.bytes.extend_from_slice(kept);
        partial.len += bytes.len() as u64;
    }
}

/// The bytes up to a line feed, and those behind it.
fn split_line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    split_behind(bytes, memchr::memchr(b'\n', bytes)?)
}

/// The same where no IAC stands before the line feed.
fn split_plain_line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr::memchr2(b'\n', IAC, bytes)?;
    split_behind(bytes, end).filter(|_| bytes.get(end) == Some(&b'\n'))
}

fn split_behind(bytes: &[u8], end: usize) -> Option<(&[u8], &[u8])> {
    let (line, rest) = bytes.split_at_checked(end)?;
    Some((line, rest.get(1..)?))
}

/// Drops the CR before the LF, and the NUL that Telnet puts after a CR (RFC 854).
fn without_cr(line: &[u8]) -> &[u8] {
    match line {
        [head @ .., b'\r' | 0] => without_cr(head),
        _ => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines that end in these bytes.
    fn read<'a>(
        reader: &mut LineReader,
        mut bytes: &'a [u8],
    ) -> impl Iterator<Item = Line<'a>> + use<'a> {
        let mut lines = Vec::new();
        while let Some(line) = reader.read(&mut bytes) {
            lines.push(line);
        }
        lines.into_iter()
    }

    fn lines(chunks: &[&[u8]]) -> Vec<(Vec<u8>, u64)> {
        let mut reader = LineReader::default();
        let mut out = Vec::new();
        for chunk in chunks {
            out.extend(read(&mut reader, chunk).map(|line| (line.bytes.to_vec(), line.len)));
        }
        out
    }

    #[test]
    fn a_line_may_come_in_pieces_and_end_without_cr() {
        let expected = vec![(b"USER jane".to_vec(), 9), (b"NOOP".to_vec(), 4)];
        assert_eq!(lines(&[b"USER", b" jane\r", b"\nNOOP\n"]), expected);
        assert_eq!(lines(&[b"USER jane\r\nNOOP\r\n"]), expected);
    }

    #[test]
    fn telnet_commands_are_removed_wherever_they_are_split() {
        let whole = b"\xff\xf4\xff\xf2ABOR\r\n";
        for cut in 0..whole.len() {
            let (head, tail) = whole.split_at(cut);
            assert_eq!(lines(&[head, tail]), vec![(b"ABOR".to_vec(), 4)]);
        }
        assert_eq!(lines(&[b"\xff\xfb\x01HI\n"]), vec![(b"HI".to_vec(), 2)]);
    }

    #[test]
    fn a_doubled_or_bare_ff_is_text() {
        assert_eq!(
            lines(&[b"RETR a\xff\xffb\r\n"]),
            vec![(b"RETR a\xffb".to_vec(), 8)]
        );
        assert_eq!(
            lines(&[b"RETR a\xffb\r\n"]),
            vec![(b"RETR a\xffb".to_vec(), 8)]
        );
    }

    #[test]
    fn a_name_may_end_in_ff_wherever_it_is_split() {
        let whole = b"CWD p\xff\r\nNOOP\r\n";
        for cut in 0..whole.len() {
            let (head, tail) = whole.split_at(cut);
            let expected = vec![(b"CWD p\xff".to_vec(), 6), (b"NOOP".to_vec(), 4)];
            assert_eq!(lines(&[head, tail]), expected, "{cut}");
        }
    }

    #[test]
    fn of_an_overlong_line_the_head_is_kept_and_the_length_told() {
        let long = vec![b'A'; 3 * MAX_LINE];
        let mut reader = LineReader::default();
        for chunk in long.chunks(1000) {
            assert_eq!(read(&mut reader, chunk).count(), 0);
            assert!(reader.kept() <= 2 * MAX_LINE);
        }
        let out = read(&mut reader, b"\r\nNOOP\r\n").map(|line| (line.bytes.len(), line.len));
        assert_eq!(
            out.collect::<Vec<_>>(),
            vec![(MAX_LINE, 3 * MAX_LINE as u64), (4, 4)]
        );
    }

    #[test]
    fn after_a_gap_the_next_line_is_marked() {
        let mut reader = LineReader::default();
        assert_eq!(read(&mut reader, b"RETR a").count(), 0);
        let cut = reader.gap().into_iter();
        let out = cut.chain(read(&mut reader, b"b.txt\r\nNOOP\r\n"));
        let out: Vec<_> = out.map(|line| (line.bytes.to_vec(), line.cut)).collect();
        let expected = vec![
            (b"RETR a".to_vec(), true),
            (b"b.txt".to_vec(), true),
            (b"NOOP".to_vec(), false),
        ];
        assert_eq!(out, expected);
    }
}
