//! Records → handshake messages (RFC 8446 §4): a message may span records, a record may hold several.

/// The longest message that is read. A chain of certificates has a few thousand bytes; the protocol
/// allows 16 MiB.
pub const MAX_MESSAGE: usize = 128 * 1024;

/// Type and length.
const HEADER: usize = 4;

/// The messages of one side.
#[derive(Debug, Default)]
pub(super) struct Messages {
    pending: Vec<u8>,
    /// Bytes of an overlong message that are still to come.
    skip: usize,
    /// How many overlong messages there were.
    overlong: u64,
}

/// Types of messages.
pub(super) mod message {
    pub(in crate::tls) const CLIENT_HELLO: u8 = 1;
    pub(in crate::tls) const SERVER_HELLO: u8 = 2;
    pub(in crate::tls) const NEW_SESSION_TICKET: u8 = 4;
    pub(in crate::tls) const ENCRYPTED_EXTENSIONS: u8 = 8;
    pub(in crate::tls) const CERTIFICATE: u8 = 11;
    pub(in crate::tls) const SERVER_HELLO_DONE: u8 = 14;
    pub(in crate::tls) const FINISHED: u8 = 20;
}

impl Messages {
    /// Takes in the content of a record.
    pub(super) fn push(&mut self, mut content: &[u8]) {
        let skipped = self.skip.min(content.len());
        self.skip -= skipped;
        content = content.get(skipped..).unwrap_or_default();
        self.pending.extend_from_slice(content);
    }

    /// The next whole message: its type and its body.
    pub(super) fn next(&mut self) -> Option<(u8, Vec<u8>)> {
        loop {
            let ([kind, high, middle, low], rest) = self.pending.split_first_chunk::<HEADER>()?;
            let length = u32::from_be_bytes([0, *high, *middle, *low]) as usize;
            if length <= MAX_MESSAGE {
                let message = (*kind, rest.get(..length)?.to_vec());
                self.pending.drain(..HEADER + length);
                return Some(message);
            }
            self.overlong += 1;
            let whole = HEADER + length;
            let there = whole.min(self.pending.len());
            self.pending.drain(..there);
            self.skip = whole - there;
        }
    }

    /// Content is missing: what follows begins with a message again, most likely.
    pub(super) fn gap(&mut self) {
        *self = Self {
            overlong: self.overlong,
            ..Self::default()
        };
    }

    /// How many messages were too long, since this was asked for.
    pub(super) fn take_overlong(&mut self) -> u64 {
        std::mem::take(&mut self.overlong)
    }

    /// Bytes held.
    pub(super) fn held(&self) -> usize {
        self.pending.capacity()
    }

    /// Gives memory back that only a long message needed.
    pub(super) fn shrink(&mut self) {
        if self.pending.is_empty() {
            self.pending = Vec::new();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: u8, length: usize) -> Vec<u8> {
        let header = (length as u32).to_be_bytes();
        let mut bytes = vec![kind, header[1], header[2], header[3]];
        bytes.resize(HEADER + length, kind);
        bytes
    }

    #[test]
    fn messages_may_be_cut_anywhere_and_share_records() {
        let all = [message(1, 5), message(2, 0), message(11, 70_000)].concat();
        for piece in [1, 2, 3, 7, 16_384, all.len()] {
            let mut messages = Messages::default();
            let mut seen = Vec::new();
            for content in all.chunks(piece) {
                messages.push(content);
                seen.extend(std::iter::from_fn(|| messages.next()).map(|(k, b)| (k, b.len())));
            }
            assert_eq!(seen, [(1, 5), (2, 0), (11, 70_000)]);
        }
    }

    #[test]
    fn an_overlong_message_is_passed_over_and_counted() {
        let all = [message(11, MAX_MESSAGE + 1), message(20, 12)].concat();
        let mut messages = Messages::default();
        let mut seen = Vec::new();
        for content in all.chunks(1000) {
            messages.push(content);
            seen.extend(std::iter::from_fn(|| messages.next()).map(|(kind, _)| kind));
            assert!(messages.held() < 4096);
        }
        assert_eq!((seen, messages.take_overlong()), (vec![20], 1));
    }
}
