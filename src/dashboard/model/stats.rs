//! Totals and rates.

use std::collections::BTreeMap;

use crate::analyzer::Summary;
use crate::time::Timestamp;

/// Seconds, or longer spans, of which the rates are kept.
pub(crate) const RATES: usize = 120;

/// Entries of each list of the busiest.
pub(crate) const TOP: usize = 10;

/// What happened within one span of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rate {
    /// Packets.
    pub(crate) packets: u64,
    /// Bytes on the wire.
    pub(crate) bytes: u64,
    /// Sessions that began.
    pub(crate) sessions: u64,
    /// Data channels that failed.
    pub(crate) failures: u64,
}

/// One of the busiest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Top {
    /// Its name, escaped.
    pub(crate) name: Box<str>,
    /// How often.
    pub(crate) count: u64,
}

/// Totals and rates of the whole capture.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stats {
    /// The engine's own totals.
    pub(crate) summary: Summary,
    /// Sessions that are not over.
    pub(crate) open: u64,
    /// Replies by first digit of the code, 1 to 5.
    pub(crate) replies: [u64; 5],
    /// Data channels by how they were announced.
    pub(crate) methods: BTreeMap<&'static str, u64>,
    /// Sessions under TLS.
    pub(crate) protected: u64,
    /// Sessions whose start is not in the capture.
    pub(crate) midstream: u64,
    /// Sessions of which only one direction is in the capture.
    pub(crate) one_sided: u64,
    /// Gaps in control connections.
    pub(crate) gaps: u64,
    /// The busiest servers, clients, users and files.
    pub(crate) servers: Vec<Top>,
    /// See `servers`.
    pub(crate) clients: Vec<Top>,
    /// See `servers`.
    pub(crate) users: Vec<Top>,
    /// See `servers`.
    pub(crate) files: Vec<Top>,
    /// When the first of `rates` began.
    pub(crate) since: Option<Timestamp>,
    /// Seconds that one of `rates` covers.
    pub(crate) span: u64,
    /// What happened, span after span, the latest last.
    pub(crate) rates: Vec<Rate>,
}
