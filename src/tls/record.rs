//! Bytes of one side → records (RFC 8446 §5.1), and the clear text between them.

/// The longest record body: 2¹⁴ bytes and the expansion that TLS 1.2 allows (RFC 5246 §6.2.3).
pub(super) const MAX_BODY: usize = (1 << 14) + 2048;

/// Length of a record header: type, version, length.
pub(super) const HEADER: usize = 5;

/// Content types.
pub(super) mod content {
    pub(in crate::tls) const CHANGE_CIPHER_SPEC: u8 = 20;
    pub(in crate::tls) const ALERT: u8 = 21;
    pub(in crate::tls) const HANDSHAKE: u8 = 22;
    pub(in crate::tls) const APPLICATION_DATA: u8 = 23;
}

/// Follows one side of a connection through TLS records to the clear text behind them.
///
/// FTP can leave TLS in mid-connection (CCC, RFC 4217 §8), and a server whose handshake failed may
/// say so in clear. Both begin right behind a record, with a byte that no record begins with.
///
/// Behind a gap it is not known where records begin. What is not to be read is believed to be a
/// record when bytes that were sent at once begin with a header. What is to be read is looked
/// through for anything that could be a header, and the keys decide.
#[derive(Debug, Default)]
pub(super) struct Records {
    state: State,
    header: [u8; HEADER],
    have: usize,
    /// What is kept of the body, or, behind a gap, what is looked through.
    kept: Vec<u8>,
    /// The candidate in `kept` is no record: look behind its first byte.
    behind: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// A record begins here, or its header was begun.
    #[default]
    Header,
    /// A record is being read.
    Body { left: usize, keep: bool, torn: bool },
    /// Where records begin is not known, because bytes are missing or were no TLS.
    Lost,
    /// The same, and `kept` is looked through.
    Searching,
    /// Bytes that were looked through are read as records.
    Found,
    /// Clear text has begun, and goes on until bytes begin with a record again.
    Clear,
}

/// What stands behind a record that was found behind a gap.
enum Found {
    /// A record with a body of this length.
    Record(usize),
    /// Clear text.
    Text,
    /// The beginning of something, or nothing.
    Nothing,
}

/// The next thing among the bytes of one side.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// A record.
    Record(Raw<'a>),
    /// What may be a record, and is one if it can be opened: see [`Records::judge`].
    Perhaps(Raw<'a>),
    /// Clear text.
    Clear(&'a [u8]),
}

/// A record as it stands on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Raw<'a> {
    pub(super) header: [u8; HEADER],
    /// Its body, when that was wanted and nothing of it is missing.
    pub(super) body: Option<&'a [u8]>,
}

impl Raw<'_> {
    pub(super) fn kind(&self) -> u8 {
        self.header[0]
    }

    /// The length of its body.
    pub(super) fn len(&self) -> usize {
        usize::from(u16::from_be_bytes([self.header[3], self.header[4]]))
    }
}

impl Records {
    /// Bytes were sent at once: to be called before [`Records::next`] is asked for what they hold.
    pub(super) fn begin(&mut self, bytes: &[u8]) {
        if matches!(self.state, State::Lost | State::Clear) && begins_record(bytes) {
            self.state = State::Header;
        }
    }

    /// The next piece of `bytes`, which are advanced; `None` when more bytes are needed. `keep` says
    /// whether the body of a record with this header is wanted.
    pub(super) fn next<'a, 'b: 'a>(
        &'a mut self,
        bytes: &mut &'b [u8],
        mut keep: impl FnMut(&[u8; HEADER]) -> bool,
    ) -> Option<Piece<'a>> {
        loop {
            match self.state {
                State::Lost => {
                    *bytes = &[];
                    return None;
                }
                State::Clear => {
                    let text = std::mem::take(bytes);
                    return (!text.is_empty()).then_some(Piece::Clear(text));
                }
                State::Searching => {
                    self.kept.drain(..std::mem::take(&mut self.behind));
                    self.kept.extend_from_slice(std::mem::take(bytes));
                    return self.search();
                }
                State::Found => match self.follow() {
                    Found::Record(length) => {
                        return self.kept_record(length).map(Piece::Record);
                    }
                    Found::Text => return Some(Piece::Clear(&self.kept)),
                    Found::Nothing => {}
                },
                State::Header => {
                    let first = bytes.first()?;
                    // Before the first record no header can be spoilt: it is clear, whatever it is.
                    let at_first = self.header[0] == 0 && is_word(first);
                    if self.have == 0 && (at_first || begins_text(bytes)) {
                        self.state = State::Clear;
                        continue;
                    }
                    self.read_header(bytes, &mut keep);
                }
                State::Body { left, keep, torn } => {
                    if left > 0 && bytes.is_empty() {
                        return None;
                    }
                    let (body, rest) = bytes
                        .split_at_checked(left)
                        .unwrap_or((std::mem::take(bytes), &[]));
                    *bytes = rest;
                    let left = left - body.len();
                    let whole = left == 0 && self.kept.is_empty();
                    if keep && !whole {
                        self.kept.extend_from_slice(body);
                    }
                    if left > 0 {
                        self.state = State::Body { left, keep, torn };
                        continue;
                    }
                    self.state = State::Header;
                    // What is kept stays until the next body begins.
                    let body = if whole { body } else { &self.kept };
                    return Some(Piece::Record(Raw {
                        header: self.header,
                        body: (keep && !torn).then_some(body),
                    }));
                }
            }
        }
    }

    /// Whether the last [`Piece::Perhaps`] is a record.
    pub(super) fn judge(&mut self, is_record: bool) {
        let whole = self.kept.first_chunk().and_then(body_length);
        if is_record {
            self.behind = whole.map_or(1, |length| HEADER + length);
            self.state = State::Found;
        } else {
            self.behind = 1;
            self.state = State::Searching;
        }
    }

    /// Bytes are missing: the next record has to be found again. With `search` its body will be
    /// asked for.
    pub(super) fn gap(&mut self, missing: u64, search: bool) {
        match &mut self.state {
            State::Clear => {}
            State::Body { left, torn, .. } if missing <= *left as u64 => {
                *left -= missing as usize;
                *torn = true;
            }
            _ => {
                self.forget();
                self.state = if search {
                    State::Searching
                } else {
                    State::Lost
                };
            }
        }
    }

    /// Nothing is to be read any more.
    pub(super) fn forget(&mut self) {
        (self.have, self.behind, self.kept) = (0, 0, Vec::new());
        match &mut self.state {
            State::Body { keep, .. } => *keep = false,
            State::Searching | State::Found => self.state = State::Lost,
            State::Header | State::Lost | State::Clear => {}
        }
    }

    /// What comes next is clear text or records behind a gap.
    pub(super) fn is_lost(&self) -> bool {
        matches!(self.state, State::Lost | State::Searching)
    }

    /// Bytes held.
    pub(super) fn held(&self) -> usize {
        self.kept.len()
    }

    /// Looks for a header and what belongs to it among the bytes that are kept.
    fn search(&mut self) -> Option<Piece<'_>> {
        let mut headers = self.kept.windows(HEADER);
        let is_header = |window: &[u8]| window.first_chunk().and_then(body_length).is_some();
        let found = headers.position(is_header);
        let at = found.unwrap_or((self.kept.len() + 1).saturating_sub(HEADER));
        self.kept.drain(..at);
        let length = self.kept.first_chunk().and_then(body_length)?;
        self.kept_record(length).map(Piece::Perhaps)
    }

    /// Goes on behind a record that was found, among the bytes that are kept.
    fn follow(&mut self) -> Found {
        self.kept.drain(..std::mem::take(&mut self.behind));
        if self.kept.is_empty() {
            self.state = State::Header;
            return Found::Nothing;
        }
        if begins_text(&self.kept) {
            self.state = State::Clear;
            return Found::Text;
        }
        let Some(header) = self.kept.first_chunk().copied() else {
            self.have = self.kept.len();
            self.header
                .iter_mut()
                .zip(&self.kept)
                .for_each(|(to, from)| *to = *from);
            self.state = State::Header;
            return Found::Nothing;
        };
        let Some(length) = body_length(&header) else {
            self.state = State::Searching;
            return Found::Nothing;
        };
        if self.kept.len() >= HEADER + length {
            self.behind = HEADER + length;
            return Found::Record(length);
        }
        self.header = header;
        self.kept.drain(..HEADER);
        self.state = State::Body {
            left: length - self.kept.len(),
            keep: true,
            torn: false,
        };
        Found::Nothing
    }

    /// The record with which the kept bytes begin, if it is whole.
    fn kept_record(&self, length: usize) -> Option<Raw<'_>> {
        Some(Raw {
            header: *self.kept.first_chunk()?,
            body: Some(self.kept.get(HEADER..HEADER + length)?),
        })
    }

    fn read_header(&mut self, bytes: &mut &[u8], keep: &mut impl FnMut(&[u8; HEADER]) -> bool) {
        let wanted = HEADER - self.have;
        let (taken, rest) = bytes.split_at_checked(wanted).unwrap_or((bytes, &[]));
        if let Some(slot) = self.header.get_mut(self.have..self.have + taken.len()) {
            slot.copy_from_slice(taken);
        }
        self.have += taken.len();
        *bytes = rest;
        if self.have < HEADER {
            return;
        }
        self.have = 0;
        self.kept.clear();
        self.state = match body_length(&self.header) {
            Some(left) => State::Body {
                left,
                keep: keep(&self.header),
                torn: false,
            },
            None => State::Lost,
        };
    }
}

/// Whether bytes begin with the header of a record.
pub fn begins_record(bytes: &[u8]) -> bool {
    bytes
        .first_chunk()
        .is_some_and(|header| body_length(header).is_some())
}

/// The length in a record header; `None` when it is no header.
fn body_length(header: &[u8; HEADER]) -> Option<usize> {
    let [20..=24, 3, 0..=4, high, low] = *header else {
        return None;
    };
    let length = usize::from(u16::from_be_bytes([high, low]));
    (length <= MAX_BODY).then_some(length)
}

/// Whether these are words: no control character follows the first byte, as it does in a header that
/// is not what was sent.
fn begins_text(bytes: &[u8]) -> bool {
    let goes_on = |byte: &u8| !byte.is_ascii_control() || b"\r\n\t".contains(byte);
    bytes.first().is_some_and(is_word) && bytes.get(1).is_none_or(goes_on)
}

fn is_word(byte: &u8) -> bool {
    matches!(byte, 0x20..0x7f)
}

#[cfg(test)]
mod tests;
