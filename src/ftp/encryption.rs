//! What follows AUTH: opaque until clear text returns.

use super::command::Verb;
use super::rhythm::Rhythm;
use super::summary::TlsKind;
use crate::capture::Moment;
use crate::tcp::Side;
use crate::tls::{Record, Secrets, Stream, Told, What};

/// Records of the server that are remembered.
const MAX_REPLIES: usize = 64;

/// Content types of records (RFC 8446 §5.1).
const ALERT: u8 = 21;
const APPLICATION_DATA: u8 = 23;

/// Alerts that tell of no failure: close_notify, user_canceled, no_renegotiation (RFC 5246 §7.2).
const HARMLESS: [u8; 3] = [0, 90, 100];

/// An alert inside TLS 1.3: two bytes, the content type, and the tag (RFC 8446 §5.2).
const HIDDEN_ALERT: usize = 2 + 1 + 16;

/// A control connection inside TLS.
#[derive(Debug)]
pub(super) struct Encryption {
    pub(super) kind: TlsKind,
    pub(super) records: TlsRecords,
    pub(super) rhythm: Rhythm,
    pub(super) stream: Stream,
    /// Which end of the connection the client is.
    client: Side,
}

/// What an encrypted control connection says in words.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) side: Side,
    pub(super) at: Moment,
    pub(super) said: Said,
}

/// See [`Words`].
#[derive(Debug)]
pub(super) enum Said {
    /// Clear text, outside TLS.
    Clear(Vec<u8>),
    /// Inside TLS, decrypted.
    Protected(Vec<u8>),
    /// At most so many bytes inside TLS that could not be decrypted.
    Lost(u64),
}

/// What the records of an encrypted control connection tell without their content.
#[derive(Clone, Debug, Default)]
pub struct TlsRecords {
    /// The alert with which the handshake failed.
    pub alert: Option<TlsAlert>,
    /// Records of the client that hold encrypted commands, alerts left out.
    pub commands: u64,
    /// Lengths of the server's encrypted replies without what TLS adds, latest last.
    pub replies: Vec<(usize, Moment)>,
    /// The server encrypted before the client did, as it does since TLS 1.3.
    server_first: bool,
    /// The server's encrypted records when the client sent its first.
    heard: Option<usize>,
}

/// An alert during the handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TlsAlert {
    /// The client sent it.
    pub from_client: bool,
    /// Its description (RFC 8446 §6); `None` where it is encrypted.
    pub description: Option<u8>,
    /// Where.
    pub at: Moment,
}

impl Encryption {
    /// Memory that it takes, in bytes, without what the secrets account for. The facts of the
    /// handshake take about as much as itself.
    pub(super) fn weight(&self) -> usize {
        2 * size_of::<Self>() + self.records.replies.capacity() * size_of::<(usize, Moment)>()
    }

    /// Whether an answered command begins TLS: AUTH TLS, SSL, TLS-C or TLS-P (RFC 4217 §4).
    ///
    /// AUTH GSSAPI begins none: its tokens and protected commands stay lines (RFC 2228).
    pub(super) fn begins(verb: &Verb, argument: &[u8], code: u16) -> bool {
        *verb == Verb::Auth && names_tls(argument) && matches!(code, 234 | 334)
    }

    /// TLS that begins with the first byte, or by AUTH.
    pub(super) fn new(kind: TlsKind, client: Side) -> Self {
        Self {
            kind,
            records: TlsRecords::default(),
            rhythm: Rhythm::default(),
            stream: Stream::default(),
            client,
        }
    }

    /// Takes in bytes of one end and appends what they say.
    pub(super) fn push(
        &mut self,
        bytes: (Side, &[u8], Moment),
        secrets: &mut Secrets,
        words: &mut Vec<Words>,
    ) {
        let Self {
            records,
            rhythm,
            client,
            stream,
            ..
        } = self;
        let mut tell = |told: Told<'_>| hear((records, rhythm), *client, told, words);
        stream.push(bytes, secrets, &mut tell);
    }

    /// Secrets came: appends what waited for them.
    pub(super) fn keys_came(&mut self, secrets: &mut Secrets, words: &mut Vec<Words>) {
        let Self {
            records,
            rhythm,
            client,
            stream,
            ..
        } = self;
        let mut tell = |told: Told<'_>| hear((records, rhythm), *client, told, words);
        stream.keys_came(secrets, &mut tell);
    }

    /// Bytes of one end are not in the capture.
    pub(super) fn gap(&mut self, side: Side, missing: u64, secrets: &mut Secrets) {
        self.stream.gap(side, missing, secrets);
    }

    /// What is said cannot be read.
    pub(super) fn is_opaque(&self) -> bool {
        !self.stream.is_read()
    }
}

fn hear(
    (records, rhythm): (&mut TlsRecords, &mut Rhythm),
    client: Side,
    told: Told<'_>,
    words: &mut Vec<Words>,
) {
    let Told { side, at, what } = told;
    let said = match what {
        What::Record(record) => {
            if record.kind == APPLICATION_DATA {
                rhythm.note(side == client, record.length, at);
            }
            records.note(side == client, record, at);
            return;
        }
        What::Clear(text) => Said::Clear(text.to_vec()),
        What::Plain(text) => Said::Protected(text.to_vec()),
        What::Lost(bytes) => Said::Lost(bytes),
    };
    words.push(Words { side, at, said });
}

/// Whether the argument of AUTH asks for TLS (RFC 4217 §2).
pub(super) fn names_tls(argument: &[u8]) -> bool {
    let mechanism = argument.trim_ascii();
    [&b"TLS"[..], b"SSL", b"TLS-C", b"TLS-P"]
        .iter()
        .any(|name| mechanism.eq_ignore_ascii_case(name))
}

impl TlsRecords {
    fn note(&mut self, from_client: bool, record: Record, at: Moment) {
        match (record.kind, record.alert) {
            (ALERT, Some([_, description])) if !HARMLESS.contains(&description) => {
                self.fail(from_client, Some(description), at);
            }
            (APPLICATION_DATA, _) if from_client => {
                // The first thing that a client encrypts is longer, unless it is an alert. A client
                // that does not like the certificate may look at it only after a command or two,
                // and leaves before any answer.
                let unheard = *self.heard.get_or_insert(self.replies.len()) == self.replies.len();
                if record.length == HIDDEN_ALERT && self.server_first && unheard {
                    self.commands = 0;
                    self.fail(true, None, at);
                } else {
                    self.commands += 1;
                }
            }
            (APPLICATION_DATA, _) => self.replied(record.length, at),
            _ => {}
        }
    }

    fn fail(&mut self, from_client: bool, description: Option<u8>, at: Moment) {
        if self.commands == 0 {
            self.alert.get_or_insert(TlsAlert {
                from_client,
                description,
                at,
            });
        }
    }

    fn replied(&mut self, length: usize, at: Moment) {
        self.server_first |= self.commands == 0;
        // TLS 1.3 adds the content type and a tag; TLS 1.2, with the usual ciphers, a nonce and a
        // tag (RFC 5288 §3).
        let added = if self.server_first { 1 + 16 } else { 8 + 16 };
        if self.replies.len() == MAX_REPLIES {
            self.replies.remove(0);
        }
        self.replies.push((length.saturating_sub(added), at));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_replies_are_remembered() {
        let mut records = TlsRecords::default();
        for length in 0..=MAX_REPLIES {
            let record = Record {
                kind: APPLICATION_DATA,
                length: 1000 + length,
                alert: None,
            };
            records.note(false, record, Moment::default());
        }
        let lengths: Vec<_> = records.replies.iter().map(|(length, _)| *length).collect();
        // Without the content type and the tag.
        let first = 1001 - 17;
        assert_eq!(lengths, (first..first + MAX_REPLIES).collect::<Vec<_>>());
    }
}
