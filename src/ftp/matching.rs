//! Whose data connection a new flow is.

use std::net::{IpAddr, SocketAddr};

use super::expectation::{ChannelRef, SlotRef};
use super::inference::Claim;
use super::tracker::{Observer, Tracker};
use super::transfer::Mode;
use crate::capture::Moment;
use crate::tcp::{Connection, FlowId, Flows, Side};

/// What tells whose connection a flow is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ends {
    pub(super) initiator: SocketAddr,
    pub(super) responder: SocketAddr,
    /// The first packet.
    pub(super) first: Moment,
    /// Its handshake is not in the capture.
    pub(super) midstream: bool,
}

impl Ends {
    pub(super) fn of(facts: &Connection) -> Self {
        Self {
            initiator: facts.initiator(),
            responder: facts.responder(),
            first: facts.first,
            midstream: facts.midstream,
        }
    }

    pub(super) fn address(&self, side: Side) -> SocketAddr {
        match side {
            Side::Initiator => self.initiator,
            Side::Responder => self.responder,
        }
    }
}

impl Tracker {
    /// Whether an announcement waits for this connection; if so it becomes that channel's.
    pub(super) fn is_expected(
        &mut self,
        flows: &mut Flows,
        id: FlowId,
        ends: Ends,
        observer: &mut impl Observer,
    ) -> bool {
        let mut waiting = self.shared.expectations.to(ends.responder);
        let mut from = ends.initiator.ip();
        if waiting.is_empty() && ends.midstream {
            waiting = self.shared.expectations.to(ends.initiator);
            from = ends.responder.ip();
        }
        let channels = self.choose(waiting, from);
        for channel in channels.iter().flatten() {
            self.with_session(channel.slot, flows, observer, |session, cx| {
                session.attach(channel.key, id, cx);
            });
        }
        channels.iter().any(Option::is_some)
    }

    /// Of the channels that expect an endpoint, those that a connection from `from` is for: the
    /// latest whose other end is there, else the latest; and, when the data runs between two
    /// servers, the channel of the other session.
    fn choose(&self, waiting: &[ChannelRef], from: IpAddr) -> [Option<ChannelRef>; 2] {
        let candidates = || {
            waiting.iter().rev().filter_map(|&channel| {
                let session = self.sessions.get(channel.slot)?;
                let (mode, has_connection) = session.channels.expects(channel.key)?;
                let other_end = match mode {
                    Mode::Passive => session.client.ip(),
                    Mode::Active => session.server.ip(),
                };
                Some((channel, mode, other_end == from, has_connection))
            })
        };
        let rank = |(_, _, fits, has_connection): &(_, _, bool, bool)| (*fits, !*has_connection);
        let best = candidates().reduce(|best, next| {
            if rank(&next) > rank(&best) {
                next
            } else {
                best
            }
        });
        let Some((channel, mode, ..)) = best else {
            return [None, None];
        };
        let partner = candidates()
            .find(|(other, other_mode, ..)| other.slot != channel.slot && *other_mode != mode);
        [Some(channel), partner.map(|(other, ..)| other)]
    }

    /// Whether a session of the same two hosts has a transfer, or may have one that is encrypted,
    /// for which nobody announced a channel; if so the connection becomes its data connection. Of
    /// several sessions it is the one that has the best claim.
    pub(super) fn is_inferred(
        &mut self,
        flows: &mut Flows,
        id: FlowId,
        ends: Ends,
        observer: &mut impl Observer,
    ) -> bool {
        let (one, other) = (ends.initiator, ends.responder);
        let mut best: Option<(Claim, SlotRef)> = None;
        for slot in self.sessions.between(one.ip(), other.ip()) {
            let claim = self
                .sessions
                .get(slot)
                .and_then(|session| session.claim(ends, flows));
            if let Some(claim) = claim
                && best.as_ref().is_none_or(|(other, _)| claim > *other)
            {
                best = Some((claim, slot));
            }
        }
        let Some((claim, slot)) = best else {
            return false;
        };
        self.with_session(slot, flows, observer, |session, cx| {
            session.infer(id, ends, &claim, cx);
        });
        true
    }
}
