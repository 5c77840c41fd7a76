//! What a handshake tells to everyone who listens, and what the keys told.

use std::fmt;

use super::names;
use crate::capture::Moment;
use crate::tcp::Side;
use crate::time::Timestamp;

/// Alerts kept of one connection.
pub const MAX_ALERTS: usize = 8;

/// Sessions for later resumption that are remembered of one connection.
pub const MAX_ISSUED: usize = 16;

/// All that is known of TLS on one connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The latest ClientHello.
    pub offer: Option<Box<Offer>>,
    /// The latest ServerHello that is no request to try again.
    pub choice: Option<Choice>,
    /// The server's certificate: in clear up to TLS 1.2, and decrypted since.
    pub certificate: Option<Box<Certificate>>,
    /// Alerts of both sides but close_notify, the first [`MAX_ALERTS`] of them.
    pub alerts: Vec<Alert>,
    /// The server asked for another ClientHello (RFC 8446 §4.1.4).
    pub retried: Option<Moment>,
    /// A handshake began inside TLS (RFC 5246 §7.4.1.1). Its messages are encrypted, the type of their
    /// records is not.
    pub renegotiated: Option<Moment>,
    /// The server resumed an earlier TLS session; `None` as long as that is open.
    pub resumed: Option<bool>,
    /// Both sides finished the handshake, as far as that shows without the keys.
    pub completed: Option<Moment>,
    /// Clear text came after records: CCC, or a server that gave TLS up.
    pub left: Option<Moment>,
    /// What the keys opened.
    pub access: Access,
    /// What the server issued for later resumption: session ids and tickets.
    pub issued: Vec<Identity>,
    /// What the initiator and the responder sent.
    pub carried: [Carried; 2],
}

/// What a ClientHello offers (RFC 8446 §4.1.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Where.
    pub at: Moment,
    /// Who sent it: the TLS client.
    pub from: Side,
    /// Versions, the client's favourite first.
    pub versions: Vec<Version>,
    /// Cipher suites, the client's favourite first.
    pub ciphers: Vec<Suite>,
    /// The name of the server that it asks for (RFC 6066 §3).
    pub server_name: Option<Vec<u8>>,
    /// Application protocols (RFC 7301).
    pub alpn: Vec<Vec<u8>>,
    /// How it asks for an earlier session to be resumed.
    pub resumption: Option<Resumption>,
    /// The session that it asks for; `None` where it asks for none.
    pub resumes: Option<Identity>,
    /// It sends data before the handshake is over (RFC 8446 §4.2.10).
    pub early_data: bool,
    /// The JA3 fingerprint: 32 hexadecimal digits.
    pub ja3: String,
    /// The JA4 fingerprint.
    pub ja4: String,
}

/// What a ServerHello chooses (RFC 8446 §4.1.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Where.
    pub at: Moment,
    /// The version.
    pub version: Version,
    /// The cipher suite.
    pub cipher: Suite,
    /// The application protocol. In TLS 1.3 it is encrypted.
    pub alpn: Option<Vec<u8>>,
}

/// A way to resume an earlier session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Resumption {
    /// By the server's session id (RFC 5246 §7.3).
    Id,
    /// By a ticket (RFC 5077).
    Ticket,
    /// By a pre-shared key, which TLS 1.3 makes of a ticket (RFC 8446 §2.2).
    Psk,
}

/// Stands for a session id or a ticket: the same ones have the same identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Identity(pub(super) [u8; 16]);

/// A certificate, as far as it is of use to a reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The packet that completed it.
    pub at: Moment,
    /// Whom it names (RFC 4514).
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// The DNS names and addresses that it is for.
    pub names: Vec<String>,
    /// From when it is valid.
    pub not_before: Timestamp,
    /// Until when it is valid.
    pub not_after: Timestamp,
    /// Subject and issuer are the same.
    pub self_signed: bool,
    /// Certificates that came with it.
    pub chain: usize,
}

/// An alert (RFC 8446 §6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Who sent it.
    pub from: Side,
    /// It ends the connection.
    pub fatal: bool,
    /// What it says; `None` where it is encrypted and the keys are not there.
    pub description: Option<u8>,
    /// Where.
    pub at: Moment,
}

/// What the keys opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Access {
    /// Nothing: the keys are not known.
    #[default]
    None,
    /// Nothing: there are keys for this connection, but no record opens with them.
    Unfit,
    /// Nothing: the cipher suite is none that can be decrypted here.
    Unsupported,
    /// What was encrypted.
    Decrypted,
}

/// What one side sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// Bytes on the wire before its first record of application data.
    pub before: u64,
    /// Records of application data; in TLS 1.3, of anything encrypted.
    pub records: u64,
    /// Decrypted application data, in bytes.
    pub plain: u64,
    /// Application data that was encrypted in records that could not be opened, in bytes, as far as
    /// the lengths of the records tell.
    pub closed: u64,
}

/// A version of TLS as the wire has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub u16);

/// A cipher suite as the wire has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Suite(pub u16);

impl Facts {
    /// What one side sent.
    pub fn carried(&self, side: Side) -> Carried {
        match side {
            Side::Initiator => self.carried[0],
            Side::Responder => self.carried[1],
        }
    }

    /// Bytes of application data of one side, where it was decrypted; what could not be decrypted of
    /// it counts as its records are long.
    pub fn payload(&self, side: Side) -> Option<u64> {
        let Carried { plain, closed, .. } = self.carried(side);
        (self.access == Access::Decrypted).then_some(plain + closed)
    }

    /// The version: the chosen one.
    pub fn version(&self) -> Option<Version> {
        self.choice.as_ref().map(|choice| choice.version)
    }

    /// The cipher suite: the chosen one.
    pub fn cipher(&self) -> Option<Suite> {
        self.choice.as_ref().map(|choice| choice.cipher)
    }

    /// The first fatal alert, or one that is encrypted.
    pub fn failure(&self) -> Option<&Alert> {
        self.alerts.iter().find(|alert| alert.fatal)
    }

    /// It asks for a session that `other` issued. `None` where that cannot be told: what TLS 1.3
    /// issues is encrypted, and of many sessions the first [`MAX_ISSUED`] are known.
    pub fn resumes(&self, other: &Facts) -> Option<bool> {
        let wanted = self.offer.as_ref()?.resumes?;
        match other.issued.contains(&wanted) {
            true => Some(true),
            false if other.issues_openly() && other.issued.len() < MAX_ISSUED => Some(false),
            false => None,
        }
    }

    /// What it issues for resumption shows.
    fn issues_openly(&self) -> bool {
        self.access == Access::Decrypted
            || self
                .version()
                .is_some_and(|version| version < Version::TLS13)
    }

    /// A certificate that is not valid at the time of its packet.
    pub fn is_certificate_outdated(&self) -> Option<bool> {
        self.certificate.as_ref().map(|it| it.is_outdated())
    }
}

impl Certificate {
    /// It is not valid at the time of its packet: not yet, or no longer.
    pub fn is_outdated(&self) -> bool {
        !(self.not_before..=self.not_after).contains(&self.at.time)
    }
}

impl Alert {
    /// Its name (RFC 8446 §6, RFC 5246 §7.2); `None` for an encrypted one.
    pub fn name(&self) -> Option<&'static str> {
        self.description.map(names::alert)
    }
}

impl Version {
    /// TLS 1.2.
    pub const TLS12: Self = Self(0x0303);
    /// TLS 1.3.
    pub const TLS13: Self = Self(0x0304);
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0x0200 | 0x0002 => f.write_str("SSL 2.0"),
            0x0300 => f.write_str("SSL 3.0"),
            0x0301..=0x0304 => write!(f, "TLS 1.{}", self.0 - 0x0301),
            other => write!(f, "TLS 0x{other:04x}"),
        }
    }
}

impl fmt::Display for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match names::suite(self.0) {
            Some(name) => f.write_str(name),
            None => write!(f, "0x{:04x}", self.0),
        }
    }
}
