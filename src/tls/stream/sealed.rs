//! Encrypted records: opened with their keys, held until these come, or left closed.

use super::Stream;
use crate::capture::Moment;
use crate::tcp::Side;
use crate::tls::facts::Access;
use crate::tls::held::Item;
use crate::tls::record::{Raw, content};
use crate::tls::secrets::Secrets;
use crate::tls::told::{Told, What};

/// What became of an encrypted record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Opened,
    /// It waits for its keys.
    Held,
    Closed,
}

/// Length of an alert.
const ALERT: usize = 2;

impl Stream {
    /// Decrypts an encrypted record, or lets it wait for its keys.
    pub(super) fn sealed(
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
    pub(super) fn note_sealed(&mut self, side: Side, raw: &Raw<'_>, fate: Fate, at: Moment) {
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
    pub(super) fn open(
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

    /// Opens what waits, as far as its keys are known.
    pub(super) fn release(&mut self, secrets: &mut Secrets, tell: &mut impl FnMut(Told<'_>)) {
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
    pub(super) fn has_keys(&mut self, side: Side, secrets: &mut Secrets) -> bool {
        if self.end(side).keys.is_none() && secrets.are_wanted() {
            self.end(side).keys = self.dialogue.keys(side, secrets);
        }
        self.end(side).keys.is_some()
    }

    fn overhead(&self) -> usize {
        self.dialogue.algorithms.map_or(0, |it| it.overhead())
    }

    /// Decrypts nothing any more.
    pub(super) fn stop(&mut self) {
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
}
