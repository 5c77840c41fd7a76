//! What the bytes of a flow are: those of a control connection, of a data connection, or of
//! something that has to be looked at first.

use super::content;
use super::context::{DATA_TAG, Shared};
use super::matching::Ends;
use super::probe::{self, Verdict};
use super::streams::Followed;
use super::tracker::{IMPLICIT_TLS_PORT, MAX_PROBES, Observer, Tracker};
use super::transfer::Content;
use crate::capture::Moment;
use crate::tcp::{FlowId, Flows, Interest, Side};
use crate::tls;

/// Bytes in clear of one end of a data connection that may be protected, within which the other end
/// is waited for: it may begin TLS.
const MONOLOGUE: u64 = 64 * 1024;

impl Tracker {
    pub(super) fn data(
        &mut self,
        flows: &mut Flows,
        id: FlowId,
        (side, bytes, at): (Side, &[u8], Moment),
        observer: &mut impl Observer,
    ) {
        match flows.tag(id) {
            0 => self.probe(flows, id, (side, bytes, at), observer),
            DATA_TAG => self.sample(flows, id, (side, bytes, at)),
            tag => self.with_session(self.sessions.tagged(tag), flows, observer, |session, cx| {
                session.data(side, bytes, at, cx);
            }),
        }
    }

    /// Looks at the first bytes of a data connection, and at those of its TLS; the others are only
    /// counted.
    fn sample(&mut self, flows: &mut Flows, id: FlowId, data: (Side, &[u8], Moment)) {
        // It may have been looked into before its announcement came.
        self.probes.remove(id);
        let Shared {
            streams, secrets, ..
        } = &mut self.shared;
        let mut followed = streams.push(id, data, secrets);
        if followed.is_none() && self.may_be_protected(id) {
            let Shared {
                streams, secrets, ..
            } = &mut self.shared;
            if streams.begin(id, data.1) {
                followed = streams.push(id, data, secrets);
            }
        }
        let followed = followed.unwrap_or_else(|| Followed {
            is_curious: self.may_be_protected(id) && is_unanswered(flows, id, data.0),
            content: content::look(data.1),
        });
        self.followed(flows, id, followed);
    }

    /// Takes note of what was seen of a data connection.
    pub(super) fn followed(&mut self, flows: &mut Flows, id: FlowId, followed: Followed) {
        if !followed.is_curious {
            flows.set_interest(id, Interest::Count);
        }
        if followed.content == Content::Unknown {
            return;
        }
        for channel in self.shared.links.get(&id).into_iter().flatten() {
            if let Some(session) = self.sessions.get_mut(channel.slot) {
                session.channels.sampled(channel.key, followed.content);
            }
        }
    }

    /// Whether a session of this data connection has begun TLS.
    fn may_be_protected(&self, id: FlowId) -> bool {
        let channels = self
            .shared
            .links
            .get(&id)
            .map_or(&[][..], |channels| channels);
        channels.iter().any(|channel| {
            let session = self.sessions.get(channel.slot);
            session.is_some_and(|session| session.encryption.is_some())
        })
    }

    /// Looks whether a connection on some other port speaks FTP.
    fn probe(
        &mut self,
        flows: &mut Flows,
        id: FlowId,
        (side, bytes, at): (Side, &[u8], Moment),
        observer: &mut impl Observer,
    ) {
        let known = self.probes.has(id);
        if !known && side == Side::Initiator && is_implicit_tls(flows, id, bytes) {
            self.begin_known(flows, id, (side, bytes, at), observer);
            return;
        }
        let room = known || self.probes.len() < MAX_PROBES;
        if !known && (!room || !probe::plausible(bytes)) {
            self.unprobed += u64::from(!room);
            flows.set_interest(id, Interest::Count);
            return;
        }
        let verdict = self.probes.push(id, side, at, bytes);
        if verdict == Verdict::Perhaps {
            return;
        }
        let Some(probe) = self.probes.remove(id) else {
            return;
        };
        let (Verdict::Ftp(client), Some(ends)) = (verdict, flows.get(id).map(Ends::of)) else {
            flows.set_interest(id, Interest::Count);
            return;
        };
        let slot = self.begin_session(flows, id, client, ends, observer);
        for (side, at, bytes) in probe.into_chunks() {
            self.with_session(slot, flows, observer, |session, cx| {
                session.data(side, &bytes, at, cx);
            });
        }
    }

    /// Begins a session whose first bytes have come already.
    fn begin_known(
        &mut self,
        flows: &mut Flows,
        id: FlowId,
        (side, bytes, at): (Side, &[u8], Moment),
        observer: &mut impl Observer,
    ) {
        let Some(ends) = flows.get(id).map(Ends::of) else {
            return;
        };
        let slot = self.begin_session(flows, id, side, ends, observer);
        self.with_session(slot, flows, observer, |session, cx| {
            session.data(side, bytes, at, cx);
        });
    }
}

/// Only one end of a connection has sent something so far, and not much.
fn is_unanswered(flows: &Flows, id: FlowId, side: Side) -> bool {
    flows.get(id).is_some_and(|facts| {
        facts.half(side.peer()).bytes == 0 && facts.half(side).bytes < MONOLOGUE
    })
}

/// Other services may use the port: only what begins as TLS is taken for FTP inside TLS.
fn is_implicit_tls(flows: &Flows, id: FlowId, bytes: &[u8]) -> bool {
    let port = flows.get(id).map(|facts| facts.responder().port());
    port == Some(IMPLICIT_TLS_PORT) && tls::begins_record(bytes)
}
