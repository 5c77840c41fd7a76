//! What follows AUTH: opaque until clear text returns.

use super::command::Verb;
use super::event::TlsKind;
use crate::tls::RecordSkipper;

/// A control connection inside TLS.
#[derive(Debug)]
pub(super) struct Encryption {
    pub(super) kind: TlsKind,
    client: RecordSkipper,
    server: RecordSkipper,
}

impl Encryption {
    /// Whether an answered command begins TLS: AUTH TLS, SSL, TLS-C or TLS-P (RFC 4217 §4).
    ///
    /// AUTH GSSAPI begins none: its tokens and protected commands stay lines (RFC 2228).
    pub(super) fn begins(verb: &Verb, argument: &[u8], code: u16) -> Option<Self> {
        let mechanism = argument.trim_ascii();
        let tls = [&b"TLS"[..], b"SSL", b"TLS-C", b"TLS-P"]
            .iter()
            .any(|name| mechanism.eq_ignore_ascii_case(name));
        let begins = *verb == Verb::Auth && tls && matches!(code, 234 | 334);
        begins.then(|| Self {
            kind: TlsKind::Explicit,
            client: RecordSkipper::default(),
            server: RecordSkipper::default(),
        })
    }

    /// The clear text among the bytes of one end.
    pub(super) fn clear_text<'a>(&mut self, from_client: bool, bytes: &'a [u8]) -> &'a [u8] {
        self.end(from_client).skip(bytes)
    }

    /// Bytes of one end are not in the capture.
    pub(super) fn gap(&mut self, from_client: bool, missing: u64) {
        self.end(from_client).gap(missing);
    }

    fn end(&mut self, from_client: bool) -> &mut RecordSkipper {
        if from_client {
            &mut self.client
        } else {
            &mut self.server
        }
    }
}
