//! All flows: lookup, creation, expiry, caps.

use std::net::SocketAddr;

use super::{Connection, Consumer, Interest};
use crate::decode::{IcmpError, Segment};
use crate::time::Timestamp;

/// Names one flow of a table; never reused, so a stale one finds nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FlowId {
    index: u32,
    generation: u32,
}

/// Bounds on what a flow table keeps.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Flows kept at once.
    pub flows: usize,
}

/// All flows of a table, as the consumer sees them.
#[derive(Debug)]
pub struct Flows {}

impl Flows {
    /// The facts of a flow; `None` once it is gone.
    pub fn get(&self, _id: FlowId) -> Option<&Connection> {
        todo!()
    }

    /// Says what the consumer wants of a flow from here on.
    pub fn set_interest(&mut self, _id: FlowId, _interest: Interest) {
        todo!()
    }

    /// The consumer's own mark on a flow; 0 until it is set.
    pub fn tag(&self, _id: FlowId) -> u32 {
        todo!()
    }

    /// Sets the consumer's own mark.
    pub fn set_tag(&mut self, _id: FlowId, _tag: u32) {
        todo!()
    }

    /// Open flows to this listener that bear no mark, latest first, at most a few.
    pub fn unmarked_to(&self, _responder: SocketAddr) -> impl Iterator<Item = FlowId> {
        std::iter::empty()
    }
}

/// Follows all TCP flows of a capture.
#[derive(Debug)]
pub struct FlowTable {}

impl FlowTable {
    /// An empty table.
    pub fn new(_limits: Limits) -> Self {
        Self {}
    }

    /// Takes one segment in and tells the consumer what it changed.
    pub fn push(&mut self, _segment: &Segment<'_>, _consumer: &mut impl Consumer) {
        todo!()
    }

    /// Notes an ICMP error on the flow that it quotes.
    pub fn icmp(&mut self, _error: &IcmpError, _consumer: &mut impl Consumer) {
        todo!()
    }

    /// Lets time pass: releases what waited for order too long, forgets what has been idle.
    pub fn advance(&mut self, _now: Timestamp, _consumer: &mut impl Consumer) {
        todo!()
    }

    /// Ends every flow, in the order in which they began.
    pub fn finish(&mut self, _consumer: &mut impl Consumer) {
        todo!()
    }
}
