//! How much an encrypted connection carried, from what it has on the wire.

use super::Facts;
use super::record::HEADER;
use super::suite::Algorithms;
use crate::tcp::Side;

/// The most that a record carries (RFC 8446 §5.1); who has more to send fills it.
const FULL: u64 = 1 << 14;

/// An alert (RFC 8446 §6): close_notify, with which both sides end.
const ALERT: u64 = 2;

/// A ticket for later resumption, as OpenSSL's servers send it (RFC 8446 §4.6.1).
const TICKET: u64 = 230;

/// What a record of the usual ciphers of TLS 1.3 has beside its data.
const USUAL: usize = 1 + 16;

impl Facts {
    /// About how many bytes of application data one side sent that has `sent` bytes on the wire.
    /// `None` when the handshake did not come to its end.
    ///
    /// Taken off are the handshake, what each record adds, the alert at the end, and in TLS 1.3 the
    /// tickets of the server: two, or one where a session was resumed.
    pub fn estimate(&self, side: Side, sent: u64) -> Option<u64> {
        self.completed?;
        let (version, cipher) = (self.version()?, self.cipher()?);
        let added = Algorithms::of(cipher, version, false).map_or(USUAL, |it| it.overhead());
        let added = (HEADER + added) as u64;
        let protected = sent.saturating_sub(self.carried(side).before);
        let by_server = self.offer.as_ref()?.from != side;
        let tickets = match self.resumed {
            _ if version < super::Version::TLS13 || !by_server => 0,
            Some(true) => 1,
            _ => 2,
        };
        let rest = protected.saturating_sub(ALERT + added + tickets * (TICKET + added));
        Some(rest - (rest.div_ceil(FULL + added) * added).min(rest))
    }
}
