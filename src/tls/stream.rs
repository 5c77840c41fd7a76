//! Both sides of a connection that speaks TLS.

mod sealed;

use super::dialogue::Dialogue;
use super::facts::{Access, Carried, Facts};
use super::handshake::{Messages, message};
use super::held::Held;
use super::keychain::{Keychain, Missed};
use super::record::{HEADER, Piece, Raw, Records, content};
use super::secrets::{Secrets, Share};
use super::told::{Record, Told, What};
use crate::capture::Moment;
use crate::tcp::Side;

/// Bytes of one side within which a handshake must be over to be followed; it has a few thousand.
pub const MAX_HANDSHAKE: u64 = 256 * 1024;

/// A connection inside TLS: takes the bytes of both sides in order and tells what they hold.
#[derive(Debug, Default)]
pub struct Stream {
    dialogue: Dialogue,
    ends: [End; 2],
    held: Held,
    share: Share,
    /// Nothing is decrypted any more.
    stopped: bool,
}

#[derive(Debug, Default)]
struct End {
    records: Records,
    messages: Messages,
    /// Up to TLS 1.2: ChangeCipherSpec was sent.
    sealed: bool,
    /// A record was sealed since.
    finished: bool,
    keys: Option<Keychain>,
    /// Records that went by before the next one that the keys are tried on.
    missed: Missed,
    bytes: u64,
}

impl Stream {
    /// What is known so far.
    pub fn facts(&self) -> &Facts {
        &self.dialogue.facts
    }

    /// Something of it was decrypted.
    pub fn is_decrypted(&self) -> bool {
        self.facts().access == Access::Decrypted
    }

    /// All that comes is decrypted: nothing waits for its keys, and nothing was given up.
    pub fn is_read(&self) -> bool {
        self.is_decrypted() && !self.is_waiting() && !self.stopped
    }

    /// Records wait for their keys.
    pub fn is_waiting(&self) -> bool {
        !self.held.is_empty()
    }

    /// More bytes would tell more: the handshake is not over, or what comes is decrypted or waits
    /// for its keys.
    pub fn is_curious(&self) -> bool {
        let over = self.facts().completed.is_some()
            || self.facts().left.is_some()
            || self.ends.iter().any(|end| end.bytes > MAX_HANDSHAKE);
        !over || (!self.stopped && (self.is_decrypted() || self.is_waiting()))
    }

    /// Takes in bytes that one side sent, in order, and tells what they hold.
    pub fn push(
        &mut self,
        (side, bytes, at): (Side, &[u8], Moment),
        secrets: &mut Secrets,
        tell: &mut impl FnMut(Told<'_>),
    ) {
        let end = self.end(side);
        end.bytes += bytes.len() as u64;
        let mut records = std::mem::take(&mut end.records);
        records.begin(bytes);
        let mut rest = bytes;
        loop {
            let keep = |header: &[u8; HEADER]| self.keeps(side, header[0], secrets);
            let is_record = match records.next(&mut rest, keep) {
                None => break,
                Some(Piece::Clear(text)) => {
                    self.clear(side, at);
                    let what = What::Clear(text);
                    tell(Told { side, at, what });
                    continue;
                }
                Some(Piece::Record(raw)) => {
                    self.record(side, &raw, at, secrets, tell);
                    continue;
                }
                Some(Piece::Perhaps(raw)) => self.open(side, &raw, at, secrets, tell),
            };
            records.judge(is_record);
            if self.stopped {
                records.forget();
            }
        }
        self.end(side).records = records;
        self.weigh(secrets);
    }

    /// Bytes of one side are not in the capture.
    pub fn gap(&mut self, side: Side, missing: u64, secrets: &mut Secrets) {
        let search = !self.stopped && self.has_keys(side, secrets);
        let end = self.end(side);
        end.records.gap(missing, search);
        end.messages.gap();
        if end.records.is_lost() {
            let mut missed = Missed::default();
            missed.bytes(missing);
            if self.held.is_empty() {
                self.end(side).missed.add(missed);
            } else if !self.held.missing(side, missed) {
                self.stop();
            }
        }
        self.weigh(secrets);
    }

    /// Secrets came: opens what waits for them.
    pub fn keys_came(&mut self, secrets: &mut Secrets, tell: &mut impl FnMut(Told<'_>)) {
        self.release(secrets, tell);
        self.weigh(secrets);
    }

    fn end(&mut self, side: Side) -> &mut End {
        match side {
            Side::Initiator => &mut self.ends[0],
            Side::Responder => &mut self.ends[1],
        }
    }

    fn is_protected(&self, side: Side, kind: u8) -> bool {
        let sealed = self.ends[usize::from(side == Side::Responder)].sealed;
        // Since TLS 1.3 what is encrypted is application data from outside (RFC 8446 §5.2).
        kind == content::APPLICATION_DATA || (sealed && !self.dialogue.is_13())
    }

    /// Whether the body of a record is of use.
    fn keeps(&self, side: Side, kind: u8, secrets: &Secrets) -> bool {
        !self.is_protected(side, kind) || (!self.stopped && secrets.are_wanted())
    }

    fn record(
        &mut self,
        side: Side,
        raw: &Raw<'_>,
        at: Moment,
        secrets: &mut Secrets,
        tell: &mut impl FnMut(Told<'_>),
    ) {
        let protected = self.is_protected(side, raw.kind());
        let alert = raw
            .body
            .filter(|_| !protected && raw.kind() == content::ALERT);
        let what = What::Record(Record {
            kind: raw.kind(),
            length: raw.len(),
            alert: alert.and_then(|body| body.try_into().ok()),
        });
        tell(Told { side, at, what });
        self.measure(side, raw);
        if protected {
            let fate = self.sealed(side, raw, at, secrets, tell);
            self.note_sealed(side, raw, fate, at);
        } else if let Some(body) = raw.body {
            self.content(side, raw.kind(), body, false, at, secrets);
            self.release(secrets, tell);
        } else {
            self.end(side).messages.gap();
        }
    }

    fn measure(&mut self, side: Side, raw: &Raw<'_>) {
        let facts = &mut self.dialogue.facts;
        let open = facts.completed.is_none();
        if open || raw.kind() != content::APPLICATION_DATA {
            let carried = &mut facts.carried[usize::from(side == Side::Responder)];
            carried.before += (HEADER + raw.len()) as u64;
        }
    }

    /// Takes in what a record holds that is no application data.
    fn content(
        &mut self,
        side: Side,
        kind: u8,
        body: &[u8],
        sealed: bool,
        at: Moment,
        secrets: &mut Secrets,
    ) {
        match kind {
            content::CHANGE_CIPHER_SPEC if self.dialogue.is_sealed_by_change() => {
                self.dialogue.changed_cipher(side);
                let end = self.end(side);
                (end.sealed, end.keys, end.missed) = (true, None, Missed::default());
            }
            content::ALERT => {
                if let Ok(alert) = body.try_into() {
                    self.dialogue.alert(side, Some(alert), at);
                }
            }
            content::HANDSHAKE => {
                let mut messages = std::mem::take(&mut self.end(side).messages);
                messages.push(body);
                while let Some((kind, body)) = messages.next() {
                    self.message(side, kind, &body, sealed, at);
                }
                messages.shrink();
                secrets.overlong_messages += messages.take_overlong();
                self.end(side).messages = messages;
            }
            _ => {}
        }
    }

    fn message(&mut self, side: Side, kind: u8, body: &[u8], sealed: bool, at: Moment) {
        self.dialogue.message((kind, body), sealed, side, at);
        if kind == message::SERVER_HELLO && !sealed {
            self.ends.iter_mut().for_each(|end| end.keys = None);
        }
    }

    /// Clear text: what this side sends next need not be encrypted.
    fn clear(&mut self, side: Side, at: Moment) {
        self.dialogue.facts.left.get_or_insert(at);
        let end = self.end(side);
        (end.sealed, end.finished, end.keys) = (false, false, None);
        end.messages.gap();
    }

    fn carried(&mut self, side: Side) -> &mut Carried {
        &mut self.dialogue.facts.carried[usize::from(side == Side::Responder)]
    }

    /// Keeps within what all connections may hold.
    fn weigh(&mut self, secrets: &mut Secrets) {
        let ends = self.ends.iter();
        let buffered: usize = ends
            .map(|end| end.records.held() + end.messages.held())
            .sum();
        if !self.share.set(buffered + self.held.bytes(), secrets) {
            secrets.dropped += 1;
            self.stop();
            self.ends.iter_mut().for_each(|end| end.messages.gap());
            self.share.set(0, secrets);
        }
    }
}
