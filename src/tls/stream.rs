//! Both sides of a connection that speaks TLS.

use super::dialogue::Dialogue;
use super::facts::{Access, Carried, Facts};
use super::handshake::{Messages, message};
use super::held::{Held, Item};
use super::keychain::{Keychain, Missed};
use super::record::{HEADER, Piece, Raw, Records, content};
use super::secrets::{Secrets, Share};
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

/// What became of an encrypted record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Opened,
    /// It waits for its keys.
    Held,
    Closed,
}

/// Length of an alert.
const ALERT: usize = 2;

/// What the bytes of a connection hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told<'a> {
    /// Who sent it.
    pub side: Side,
    /// The packet that completed it.
    pub at: Moment,
    /// What it is.
    pub what: What<'a>,
}

/// See [`Told`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What<'a> {
    /// A record, told before what it holds, and at once even when that has to wait for keys.
    Record(Record),
    /// Clear text between records.
    Clear(&'a [u8]),
    /// Application data, decrypted and authenticated.
    Plain(&'a [u8]),
    /// Application data, at most so many bytes, that cannot be decrypted though other can.
    Lost(u64),
}

/// A record, without what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its content type (RFC 8446 §5.1).
    pub kind: u8,
    /// The length of its body.
    pub length: usize,
    /// Level and description, of an alert that is not encrypted (RFC 8446 §6).
    pub alert: Option<[u8; 2]>,
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

    /// Decrypts an encrypted record, or lets it wait for its keys.
    fn sealed(
        &mut self,
        side: Side,
        raw: &Raw<'_>,
        at: Moment,
        secrets: &mut Secrets,
        tell: &mut impl FnMut(Told<'_>),
    ) -> Fate {
        if self.stopped || !secrets.are_wanted() || self.dialogue.client().is_none() {
            return self.closed(side, raw.kind(), raw.len(), at, tell);
        }
        if self.held.is_empty() && self.has_keys(side, secrets) {
            return if self.open(side, raw, at, secrets, tell) {
                Fate::Opened
            } else {
                self.closed(side, raw.kind(), raw.len(), at, tell)
            };
        }
        let unsupported = self.facts().access == Access::Unsupported;
        if !unsupported && self.held.record(side, raw, at) {
            return Fate::Held;
        }
        self.stop();
        self.closed(side, raw.kind(), raw.len(), at, tell)
    }

    /// A record stays closed.
    fn closed(
        &mut self,
        side: Side,
        kind: u8,
        length: usize,
        at: Moment,
        tell: &mut impl FnMut(Told<'_>),
    ) -> Fate {
        let overhead = self.overhead();
        let open = self.facts().completed.is_none();
        if kind == content::APPLICATION_DATA && !(open && self.dialogue.is_13()) {
            let lost = length.saturating_sub(overhead) as u64;
            let carried = self.carried(side);
            carried.records += 1;
            carried.closed += lost;
            if self.is_decrypted() {
                let what = What::Lost(lost);
                tell(Told { side, at, what });
            }
        }
        Fate::Closed
    }

    /// What the shape of an encrypted record tells of the handshake.
    fn note_sealed(&mut self, side: Side, raw: &Raw<'_>, fate: Fate, at: Moment) {
        let is_13 = self.dialogue.is_13();
        let is_alert_13 = raw.len() == ALERT + self.overhead();
        let from_client = self.dialogue.client() == Some(side);
        let end = self.end(side);
        end.finished |= end.sealed;
        if self.facts().completed.is_some() {
            if !is_13 && from_client && raw.kind() == content::HANDSHAKE {
                self.dialogue.renegotiate(at);
            }
        } else if !is_13 && raw.kind() == content::ALERT && fate == Fate::Closed {
            self.dialogue.alert(side, None, at);
        } else if !is_13 && self.ends.iter().all(|end| end.finished) {
            self.dialogue.complete(at);
        } else if is_13 && from_client && fate == Fate::Closed && is_alert_13 {
            // Anything else that a client may send first is longer.
            self.dialogue.alert(side, None, at);
        } else if is_13 && from_client && fate != Fate::Opened {
            self.dialogue.complete(at);
        }
    }

    /// Decrypts a record and takes in what it holds; false when it cannot be opened.
    fn open(
        &mut self,
        side: Side,
        raw: &Raw<'_>,
        at: Moment,
        secrets: &mut Secrets,
        tell: &mut impl FnMut(Told<'_>),
    ) -> bool {
        let end = self.end(side);
        let Some(keys) = &mut end.keys else {
            return false;
        };
        let Some(body) = raw.body else {
            end.missed.one();
            return false;
        };
        keys.missed(std::mem::take(&mut end.missed));
        let mut buffer = std::mem::take(&mut secrets.buffer);
        let opened = keys.open(&raw.header, body, &mut buffer);
        let exhausted = keys.is_exhausted();
        if let Some(opened) = opened {
            self.dialogue.facts.access = Access::Decrypted;
            let content = buffer.get(opened.skip..opened.skip + opened.len);
            let content = content.unwrap_or_default();
            if opened.kind == content::APPLICATION_DATA {
                self.plain(side, content, at, tell);
            } else {
                self.content(side, opened.kind, content, true, at, secrets);
            }
        } else if self.facts().access == Access::None {
            self.dialogue.facts.access = Access::Unfit;
        }
        secrets.buffer = buffer;
        if exhausted {
            self.stop();
        }
        opened.is_some()
    }

    fn plain(&mut self, side: Side, bytes: &[u8], at: Moment, tell: &mut impl FnMut(Told<'_>)) {
        let carried = self.carried(side);
        carried.records += 1;
        carried.plain += bytes.len() as u64;
        if !bytes.is_empty() {
            let what = What::Plain(bytes);
            tell(Told { side, at, what });
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

    /// Opens what waits, as far as its keys are known.
    fn release(&mut self, secrets: &mut Secrets, tell: &mut impl FnMut(Told<'_>)) {
        while let Some(side) = self.held.first() {
            if !self.has_keys(side, secrets) {
                return;
            }
            match self.held.pop() {
                Some((side, Item::Missing(missed))) => self.end(side).missed.add(missed),
                Some((side, Item::Record { header, body, at })) => {
                    let body = body.as_deref();
                    let raw = Raw { header, body };
                    if !self.open(side, &raw, at, secrets, tell) {
                        self.closed(side, raw.kind(), raw.len(), at, tell);
                    }
                }
                None => {}
            }
        }
    }

    /// Whether the keys of a side are known.
    fn has_keys(&mut self, side: Side, secrets: &mut Secrets) -> bool {
        if self.end(side).keys.is_none() && secrets.are_wanted() {
            self.end(side).keys = self.dialogue.keys(side, secrets);
        }
        self.end(side).keys.is_some()
    }

    fn carried(&mut self, side: Side) -> &mut Carried {
        &mut self.dialogue.facts.carried[usize::from(side == Side::Responder)]
    }

    fn overhead(&self) -> usize {
        self.dialogue.algorithms.map_or(0, |it| it.overhead())
    }

    /// Decrypts nothing any more.
    fn stop(&mut self) {
        self.stopped = true;
        while let Some((side, item)) = self.held.pop() {
            if let Item::Record { header, body, at } = item {
                let body = body.as_deref();
                let raw = Raw { header, body };
                self.closed(side, raw.kind(), raw.len(), at, &mut |_| {});
            }
        }
        for end in &mut self.ends {
            end.keys = None;
            end.records.forget();
        }
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
