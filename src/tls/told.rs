//! What a connection inside TLS tells of the bytes that it takes in.

use crate::capture::Moment;
use crate::tcp::Side;

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
