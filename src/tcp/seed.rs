//! A flow of which only one SYN has come, in little space.
//!
//! A SYN flood opens flows by the million that never go on. Until something else happens to it a
//! flow that nobody marked is kept as the SYN itself; what a [`Flow`] would know is worked out
//! anew from that when it is needed.

use std::net::SocketAddr;

use super::Interest;
use super::arrival;
use super::assembler::Patience;
use super::flow::{Flow, moment};
use crate::decode::Segment;
use crate::time::Timestamp;

/// What there is of a flow.
#[derive(Debug, Default)]
pub(super) enum Kept {
    /// There is none.
    #[default]
    Nothing,
    /// Its SYN.
    Seed(Box<Seed>),
    /// All of it.
    Flow(Box<Flow>),
}

/// The SYN of a flow, and what the consumer said about it.
#[derive(Debug)]
pub(super) struct Seed {
    syn: Segment<'static>,
    opened: u64,
    interest: Interest,
}

impl Seed {
    /// The seed of a flow that `segment` has just opened, if it holds nothing that the segment
    /// does not tell.
    pub(super) fn of(flow: &Flow, segment: &Segment<'_>) -> Option<Self> {
        let plain = segment.len == 0 && segment.payload.is_empty();
        let syn = segment.flags.syn && !segment.flags.fin && !segment.flags.rst;
        let sole = flow.tag == 0 && flow.segments == 1 && !flow.assembler.is_waiting();
        (plain && syn && sole).then(|| Self {
            syn: Segment {
                payload: &[],
                ..*segment
            },
            opened: flow.opened,
            interest: flow.assembler.interest(),
        })
    }

    /// The flow as it was.
    pub(super) fn grow(&self) -> Flow {
        let mut flow = Flow::new(&self.syn, self.opened);
        let side = flow.side(&self.syn);
        flow.segments = 1;
        flow.copies.is_copy(side, &self.syn);
        flow.note(side, &self.syn);
        flow.assembler
            .set_interest(self.interest, &flow.tracks, [0, 0]);
        flow.take_payload(side, &self.syn, 0);
        flow.recount();
        let (assembler, mut view) = flow.reassembly(moment(&self.syn));
        let nothing = assembler.step(&mut view, Patience::Graces(self.syn.time));
        debug_assert!(nothing.is_none());
        flow
    }

    /// When its SYN came.
    pub(super) fn time(&self) -> Timestamp {
        self.syn.time
    }

    /// What the consumer wants of it.
    pub(super) fn interest(&self) -> Interest {
        self.interest
    }
}

impl Kept {
    /// There is something.
    pub(super) fn is_taken(&self) -> bool {
        !matches!(self, Self::Nothing)
    }

    /// The flow, where there is all of it.
    pub(super) fn flow(&self) -> Option<&Flow> {
        match self {
            Self::Flow(flow) => Some(flow),
            Self::Nothing | Self::Seed(_) => None,
        }
    }

    /// All of the flow, in whatever way it is kept.
    pub(super) fn flow_mut(&mut self) -> Option<&mut Flow> {
        if let Self::Seed(seed) = self {
            *self = Self::Flow(Box::new(seed.grow()));
        }
        match self {
            Self::Flow(flow) => Some(flow),
            Self::Nothing | Self::Seed(_) => None,
        }
    }

    /// Who connects, and who listens.
    pub(super) fn ends(&self) -> Option<(SocketAddr, SocketAddr)> {
        match self {
            Self::Nothing => None,
            Self::Seed(seed) => Some(arrival::roles(&seed.syn)),
            Self::Flow(flow) => Some((flow.connection.initiator, flow.connection.responder)),
        }
    }

    /// How many flows were opened before this one.
    pub(super) fn opened(&self) -> Option<u64> {
        match self {
            Self::Nothing => None,
            Self::Seed(seed) => Some(seed.opened),
            Self::Flow(flow) => Some(flow.opened),
        }
    }
}
