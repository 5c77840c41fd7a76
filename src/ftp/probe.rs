//! Is this connection on some other port a control connection?
//!
//! Mail and news servers greet with 220 or 200 too, IRC and POP3 clients send USER and PASS. So
//! both ends must speak FTP: the client a command that only FTP has, the server a reply that
//! answers just that command.

use hashbrown::HashMap;

use super::codes::{self, Fit};
use super::command::{Command, Verb};
use crate::capture::Moment;
use crate::tcp::{FlowId, Side};

/// Bytes kept of a connection while it is not known what it is.
pub const MAX_PROBE: usize = 8 * 1024;

/// Pieces in which they may come.
const MAX_CHUNKS: usize = 64;

/// What a connection in question takes beside its bytes: its place, and a few pieces.
const CHUNKS: usize = size_of::<Probe>() + 4 * size_of::<(Side, Moment, Vec<u8>)>();

/// What the bytes seen so far say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Not decided yet.
    Perhaps,
    /// Not FTP.
    No,
    /// FTP, and this end is the client.
    Ftp(Side),
}

/// The beginning of a connection that may be FTP.
#[derive(Debug, Default)]
pub(super) struct Probe {
    chunks: Vec<(Side, Moment, Vec<u8>)>,
    size: usize,
}

/// The connections that are in question.
#[derive(Debug, Default)]
pub(super) struct Probes {
    by_flow: HashMap<FlowId, Probe>,
    /// Memory of their bytes.
    size: usize,
}

impl Probes {
    pub(super) fn len(&self) -> usize {
        self.by_flow.len()
    }

    pub(super) fn has(&self, id: FlowId) -> bool {
        self.by_flow.contains_key(&id)
    }

    /// Takes bytes of a connection in and judges.
    pub(super) fn push(&mut self, id: FlowId, side: Side, at: Moment, bytes: &[u8]) -> Verdict {
        let probe = self.by_flow.entry(id).or_default();
        self.size += bytes.len();
        probe.push(side, at, bytes)
    }

    /// The connection is in question no longer.
    pub(super) fn remove(&mut self, id: FlowId) -> Option<Probe> {
        let probe = self.by_flow.remove(&id)?;
        self.size = self.size.saturating_sub(probe.size);
        Some(probe)
    }

    /// Memory that they take, in bytes.
    pub(super) fn memory(&self) -> usize {
        self.size + self.by_flow.len() * CHUNKS
    }
}

/// Whether the first bytes of one end could be FTP's; cheap, because every connection is asked.
pub(super) fn plausible(bytes: &[u8]) -> bool {
    let line = first_line(bytes);
    greets(line) || Command::parse(line).is_some_and(|command| is_telling(&command))
}

impl Probe {
    /// Takes bytes in and judges.
    pub(super) fn push(&mut self, side: Side, at: Moment, bytes: &[u8]) -> Verdict {
        self.size += bytes.len();
        if self.size > MAX_PROBE || self.chunks.len() == MAX_CHUNKS {
            return Verdict::No;
        }
        self.chunks.push((side, at, bytes.to_vec()));
        self.judge()
    }

    /// The bytes taken in so far, in the order in which they came.
    pub(super) fn into_chunks(self) -> Vec<(Side, Moment, Vec<u8>)> {
        self.chunks
    }

    fn judge(&self) -> Verdict {
        let (one, other) = (self.text(Side::Initiator), self.text(Side::Responder));
        if one.is_empty() || other.is_empty() {
            return Verdict::Perhaps;
        }
        match (spoken(&one, &other), spoken(&other, &one)) {
            (Spoken::Ftp, _) => Verdict::Ftp(Side::Initiator),
            (_, Spoken::Ftp) => Verdict::Ftp(Side::Responder),
            (Spoken::No, Spoken::No) => Verdict::No,
            _ => Verdict::Perhaps,
        }
    }

    fn text(&self, wanted: Side) -> Vec<u8> {
        let of_side = self.chunks.iter().filter(|(side, ..)| *side == wanted);
        of_side.flat_map(|(_, _, bytes)| bytes).copied().collect()
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Spoken {
    Ftp,
    Perhaps,
    No,
}

/// Whether the one end speaks as an FTP client and the other as its server.
fn spoken(client: &[u8], server: &[u8]) -> Spoken {
    let replies: Vec<&[u8]> = lines(server).collect();
    if replies.first().is_some_and(|line| code(line).is_none()) {
        return Spoken::No;
    }
    let mut telling = false;
    for command in lines(client).filter_map(Command::parse) {
        if is_foreign(&command) {
            return Spoken::No;
        }
        if is_telling(&command) {
            telling = true;
            let answered = |line: &&[u8]| code(line).is_some_and(|code| answers(&command, code));
            if replies.iter().any(answered) {
                return Spoken::Ftp;
            }
        }
    }
    let could_be = telling || lines(client).next().is_none();
    if could_be {
        Spoken::Perhaps
    } else {
        Spoken::No
    }
}

/// Commands that FTP has and mail, news and chat have not, or that are answered otherwise there.
fn is_telling(command: &Command<'_>) -> bool {
    use Verb::*;
    matches!(
        command.verb,
        User | Pass
            | Pasv
            | Port
            | Eprt
            | Epsv
            | Type
            | Cwd
            | Pwd
            | Xpwd
            | Retr
            | Stor
            | Syst
            | Feat
            | Size
            | Mdtm
            | Mlsd
            | Mkd
            | Pbsz
            | Prot
            | Adat
            | Rest
            | Clnt
            | Host
    ) || (command.verb == Auth && !command.argument.is_empty())
}

/// Commands of SMTP, LMTP, NNTP, IRC and HTTP.
fn is_foreign(command: &Command<'_>) -> bool {
    let Verb::Other(word) = &command.verb else {
        return false;
    };
    [
        "EHLO",
        "HELO",
        "LHLO",
        "STARTTLS",
        "NICK",
        "JOIN",
        "GROUP",
        "ARTICLE",
        "CAPABILITIES",
        "GET",
    ]
    .contains(&&**word)
}

/// Codes that answer this command in FTP and mean something else, or nothing, elsewhere.
fn answers(command: &Command<'_>, code: u16) -> bool {
    codes::fit(&command.verb, code) == Fit::Listed && !matches!(code, 220 | 334 | 503 | 504)
}

fn greets(line: &[u8]) -> bool {
    matches!(code(line), Some(120 | 220 | 421))
}

fn code(line: &[u8]) -> Option<u16> {
    let (digits, rest) = line.split_first_chunk::<3>()?;
    let separated = matches!(rest.first(), None | Some(b' ' | b'-' | b'\r'));
    let number = std::str::from_utf8(digits).ok()?.parse().ok()?;
    (separated && (100..=659).contains(&number)).then_some(number)
}

fn first_line(bytes: &[u8]) -> &[u8] {
    lines(bytes).next().unwrap_or(bytes)
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split_inclusive(|&byte| byte == b'\n')
        .filter(|line| line.ends_with(b"\n"))
        .map(<[u8]>::trim_ascii_end)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The verdict on a conversation; lines of the responder begin with `<`.
    fn judged(conversation: &[&str]) -> Verdict {
        let mut probe = Probe::default();
        let mut verdict = Verdict::Perhaps;
        for line in conversation {
            let (side, text) = match line.strip_prefix('<') {
                Some(text) => (Side::Responder, text),
                None => (Side::Initiator, *line),
            };
            let text = format!("{text}\r\n");
            if verdict == Verdict::Perhaps {
                if probe.chunks.is_empty() && !plausible(text.as_bytes()) {
                    return Verdict::No;
                }
                verdict = probe.push(side, Moment::default(), text.as_bytes());
            }
        }
        verdict
    }

    #[test]
    fn ftp_is_recognised_with_and_without_its_greeting() {
        let ftp = Verdict::Ftp(Side::Initiator);
        assert_eq!(judged(&["<220 hi", "USER jane", "<331 Password"]), ftp);
        assert_eq!(
            judged(&["<220-hi", "<220 there", "FEAT", "<211-Features"]),
            ftp
        );
        assert_eq!(judged(&["<220 hi", "AUTH TLS", "<234 go"]), ftp);
        assert_eq!(judged(&["PASV", "<227 (1,2,3,4,5,6)"]), ftp);
    }

    #[test]
    fn mail_news_and_chat_are_not() {
        assert_eq!(
            judged(&["<220 mail ESMTP", "EHLO me", "<250 hi"]),
            Verdict::No
        );
        assert_eq!(
            judged(&["<220 mail", "HELP", "<214 help", "QUIT", "<221 bye"]),
            Verdict::No
        );
        assert_eq!(
            judged(&["<+OK", "USER jane", "<+OK", "PASS x", "<+OK"]),
            Verdict::No
        );
        assert_eq!(judged(&["NICK jane", "USER jane 0 * :Jane"]), Verdict::No);
        assert_eq!(
            judged(&["USER jane 0 * :Jane", "<:srv 001 jane"]),
            Verdict::No
        );
        assert_eq!(judged(&["<200 news", "LIST", "<215 list"]), Verdict::No);
        assert_eq!(judged(&["GET / HTTP/1.1", "<HTTP/1.1 200 OK"]), Verdict::No);
        assert_eq!(
            judged(&["<220 mail", "AUTH LOGIN", "<334 VXNlcm5hbWU6"]),
            Verdict::Perhaps
        );
    }

    #[test]
    fn what_says_too_little_for_too_long_is_not_ftp() {
        let no_line = |length| vec![b'x'; length];
        for (pieces, fits) in [
            (vec![no_line(MAX_PROBE - 4)], true),
            (vec![no_line(MAX_PROBE - 3)], false),
            (vec![no_line(1); MAX_CHUNKS - 1], true),
            (vec![no_line(1); MAX_CHUNKS], false),
        ] {
            let mut probe = Probe::default();
            let mut push = |side, bytes: &[u8]| probe.push(side, Moment::default(), bytes);
            push(Side::Responder, b"220 ");
            let verdicts: Vec<_> = pieces.iter().map(|it| push(Side::Responder, it)).collect();
            let (last, others) = verdicts.split_last().unwrap();
            assert!(others.iter().all(|verdict| *verdict == Verdict::Perhaps));
            assert_eq!(*last == Verdict::Perhaps, fits, "{} pieces", pieces.len());
        }
    }
}
