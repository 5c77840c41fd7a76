//! Lines of the server → replies (RFC 959 §4.2), as servers really write them.

use super::event::Reply;
use super::line::Line;
use super::text::Texts;
use crate::capture::Moment;

/// Bytes kept of one reply's text.
pub const MAX_REPLY_TEXT: usize = 64 * 1024;

/// What a line of the server turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ReplyLine {
    /// It belongs to a reply that is not complete yet.
    Pending,
    /// It completes a reply.
    Complete(Reply),
    /// It shows that the reply before it was over without saying so, and is the whole of the next
    /// one or the beginning of it.
    Implied(Reply, Option<Reply>),
    /// It is no part of a reply.
    Stray,
}

/// Joins the lines of the server to replies.
#[derive(Debug, Default)]
pub(super) struct ReplyReader {
    /// Most replies have one line.
    open: Option<Box<OpenReply>>,
}

#[derive(Debug)]
struct OpenReply {
    code: u16,
    text: Vec<u8>,
    at: Moment,
    /// The latest line began with another code and a space: some servers end a reply so.
    ended_by: Option<u16>,
    /// The client sent a command since the latest line.
    client_spoke: bool,
}

impl ReplyReader {
    /// Memory of the unfinished reply, in bytes.
    pub(super) fn kept(&self) -> usize {
        let kept = |open: &OpenReply| size_of::<OpenReply>() + open.text.capacity();
        self.open.as_deref().map_or(0, kept)
    }

    /// Takes one line.
    pub(super) fn line(&mut self, line: &Line<'_>, at: Moment, texts: &mut Texts) -> ReplyLine {
        let parsed = parse(&line.bytes);
        match (self.open.take(), parsed) {
            (
                None,
                Some(Coded {
                    code,
                    more: false,
                    text,
                }),
            ) => ReplyLine::Complete(Reply {
                code,
                text: texts.share(text),
                at,
            }),
            (
                None,
                Some(Coded {
                    code,
                    more: true,
                    text,
                }),
            ) => {
                self.open = Some(Box::new(OpenReply::new(code, text, at)));
                ReplyLine::Pending
            }
            (None, None) => ReplyLine::Stray,
            (Some(open), parsed) => self.continued(open, parsed, (&line.bytes, at), texts),
        }
    }

    /// A command came: a multi-line reply whose last line is missing may be over.
    pub(super) fn client_spoke(&mut self, texts: &mut Texts) -> Option<Reply> {
        let open = self.open.as_mut()?;
        open.client_spoke = true;
        open.ended_by?;
        self.flush(texts)
    }

    /// Nothing more will come, or bytes are missing: gives the reply that was begun.
    pub(super) fn flush(&mut self, texts: &mut Texts) -> Option<Reply> {
        Some(self.open.take()?.finish(texts))
    }

    fn continued(
        &mut self,
        mut open: Box<OpenReply>,
        parsed: Option<Coded<'_>>,
        (line, at): (&[u8], Moment),
        texts: &mut Texts,
    ) -> ReplyLine {
        match parsed {
            Some(coded) if coded.code == open.code => {
                open.add(coded.text, at);
                if !coded.more {
                    return ReplyLine::Complete(open.finish(texts));
                }
            }
            Some(coded) if open.client_spoke => return self.next(*open, &coded, at, texts),
            Some(coded) => {
                open.add(line, at);
                open.ended_by = (!coded.more).then_some(coded.code);
            }
            None => open.add(line, at),
        }
        self.open = Some(open);
        ReplyLine::Pending
    }

    /// The line answers a command that was sent after `open` had its last line.
    fn next(
        &mut self,
        open: OpenReply,
        coded: &Coded<'_>,
        at: Moment,
        texts: &mut Texts,
    ) -> ReplyLine {
        let next = OpenReply::new(coded.code, coded.text, at);
        if coded.more {
            self.open = Some(Box::new(next));
            ReplyLine::Implied(open.finish(texts), None)
        } else {
            ReplyLine::Implied(open.finish(texts), Some(next.finish(texts)))
        }
    }
}

impl OpenReply {
    fn new(code: u16, text: &[u8], at: Moment) -> Self {
        Self {
            code,
            text: text.to_vec(),
            at,
            ended_by: None,
            client_spoke: false,
        }
    }

    fn add(&mut self, line: &[u8], at: Moment) {
        self.ended_by = None;
        self.at = at;
        let room = MAX_REPLY_TEXT.saturating_sub(self.text.len());
        if room > line.len() {
            self.text.push(b'\n');
            self.text.extend_from_slice(line);
        }
    }

    fn finish(self, texts: &mut Texts) -> Reply {
        Reply {
            code: self.ended_by.unwrap_or(self.code),
            text: texts.share(&self.text),
            at: self.at,
        }
    }
}

struct Coded<'a> {
    code: u16,
    /// A hyphen follows the code: more lines come.
    more: bool,
    text: &'a [u8],
}

/// A line that begins with a reply code: three digits (the first 1 to 6; RFC 2228 added 6) and a
/// space, a hyphen or nothing. Servers that forget the space before a word are understood.
fn parse(line: &[u8]) -> Option<Coded<'_>> {
    let (&[first @ b'1'..=b'6', second, third], rest) = line.split_first_chunk()? else {
        return None;
    };
    if !second.is_ascii_digit() || !third.is_ascii_digit() {
        return None;
    }
    let digit = |byte: u8| u16::from(byte - b'0');
    let code = digit(first) * 100 + digit(second) * 10 + digit(third);
    let (more, text) = match rest {
        [] => (false, rest),
        [b' ' | b'\t', text @ ..] => (false, text),
        [b'-', text @ ..] => (true, text),
        [b'A'..=b'Z', ..] => (false, rest),
        _ => return None,
    };
    Some(Coded { code, more, text })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(reader: &mut ReplyReader, line: &str) -> ReplyLine {
        let line = Line {
            bytes: line.as_bytes().into(),
            len: line.len() as u64,
            cut: false,
        };
        reader.line(&line, Moment::default(), &mut Texts::default())
    }

    fn reply(code: u16, text: &str) -> Reply {
        Reply {
            code,
            text: text.into(),
            at: Moment::default(),
        }
    }

    #[test]
    fn a_reply_of_one_line() {
        let mut reader = ReplyReader::default();
        assert_eq!(
            feed(&mut reader, "220 hi"),
            ReplyLine::Complete(reply(220, "hi"))
        );
        assert_eq!(
            feed(&mut reader, "220"),
            ReplyLine::Complete(reply(220, ""))
        );
        assert_eq!(
            feed(&mut reader, "226Done"),
            ReplyLine::Complete(reply(226, "Done"))
        );
        for stray in [
            "99 PASV",
            "230_no_space",
            "SYST not supported",
            "",
            "720 x",
            "22",
            "2 20",
        ] {
            assert_eq!(feed(&mut reader, stray), ReplyLine::Stray, "{stray}");
        }
    }

    #[test]
    fn a_multi_line_reply_ends_with_its_own_code() {
        let mut reader = ReplyReader::default();
        for line in ["211-Features:", " MDTM", "150 is no end", "211-more"] {
            assert_eq!(feed(&mut reader, line), ReplyLine::Pending, "{line}");
        }
        let text = "Features:\n MDTM\n150 is no end\nmore\nEnd";
        assert_eq!(
            feed(&mut reader, "211 End"),
            ReplyLine::Complete(reply(211, text))
        );
    }

    #[test]
    fn a_command_closes_what_another_code_ended() {
        let mut reader = ReplyReader::default();
        feed(&mut reader, "553- duplicate check");
        feed(&mut reader, "150 Opening");
        let text = " duplicate check\n150 Opening";
        assert_eq!(
            reader.client_spoke(&mut Texts::default()),
            Some(reply(150, text))
        );
        assert_eq!(reader.client_spoke(&mut Texts::default()), None);
    }

    #[test]
    fn the_next_reply_closes_one_without_a_last_line() {
        let mut reader = ReplyReader::default();
        feed(&mut reader, "220-Welcome");
        assert_eq!(reader.client_spoke(&mut Texts::default()), None);
        let implied = ReplyLine::Implied(reply(220, "Welcome"), Some(reply(331, "Password")));
        assert_eq!(feed(&mut reader, "331 Password"), implied);
    }

    #[test]
    fn the_text_of_a_reply_is_bounded() {
        let mut reader = ReplyReader::default();
        feed(&mut reader, "211-");
        for _ in 0..2 * MAX_REPLY_TEXT / 100 {
            feed(&mut reader, &"x".repeat(99));
        }
        let ReplyLine::Complete(reply) = feed(&mut reader, "211 ") else {
            panic!("complete")
        };
        assert!(reply.text.len() <= MAX_REPLY_TEXT);
    }
}
