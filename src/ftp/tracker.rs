//! Which flow is what: a control connection, a data connection that a session expects, or neither.

use std::net::IpAddr;

use super::context::{Context, DATA_TAG, Shared};
use super::event::SessionEvent;
use super::expectation::{ChannelRef, SlotRef};
use super::knocks::Knocks;
use super::matching::Ends;
use super::names::Names;
use super::probe::Probes;
use super::scene::Scene;
use super::session::Session;
use super::sessions::Sessions;
use crate::capture::Moment;
use crate::tcp::{Consumer, FlowId, Flows, Interest, Side, StreamEvent};
use crate::time::Timestamp;
use crate::tls::Secrets;

/// Ports on which control connections are expected: FTP, and GridFTP (gsiftp).
pub const CONTROL_PORTS: [u16; 2] = [21, 2811];

/// The port of FTP that is inside TLS from its first byte (ftps, IANA).
pub const IMPLICIT_TLS_PORT: u16 = 990;

/// Connections whose protocol may be in question at once; further ones are not looked into.
pub const MAX_PROBES: usize = 4096;

/// Receives session facts one at a time, together with the session that they belong to.
pub trait Observer {
    /// `scene` is as it was when the packet that led to the fact had been taken in.
    fn fact(&mut self, event: SessionEvent, scene: &Scene<'_>);
}

/// Follows all FTP sessions of a capture.
#[derive(Debug)]
pub struct Tracker {
    ports: Vec<u16>,
    pub(super) sessions: Sessions,
    pub(super) shared: Shared,
    pub(super) probes: Probes,
    /// Connections that were not looked into, because too many were.
    pub(super) unprobed: u64,
    pub(super) names: Names,
    pub(super) knocks: Knocks,
    events: Vec<SessionEvent>,
    now: Moment,
}

/// A tracker and the observer of what it finds, as the consumer of a flow table.
pub struct Tracking<'a, O> {
    /// The tracker.
    pub tracker: &'a mut Tracker,
    /// Who is told.
    pub observer: &'a mut O,
}

impl Tracker {
    /// A tracker that takes connections to `ports`, beside [`CONTROL_PORTS`], for FTP.
    pub fn new(ports: &[u16]) -> Self {
        Self {
            ports: CONTROL_PORTS.iter().chain(ports).copied().collect(),
            sessions: Sessions::default(),
            shared: Shared::default(),
            probes: Probes::default(),
            unprobed: 0,
            names: Names::default(),
            knocks: Knocks::default(),
            events: Vec::new(),
            now: Moment::default(),
        }
    }

    /// Sets the moment of what comes next.
    pub fn at(&mut self, now: Moment) {
        self.now = now;
    }

    /// A DNS answer named an address.
    pub fn name(&mut self, address: IpAddr, name: &str) {
        self.names.add(address, name);
    }

    /// Who tried which FTP ports without a session coming of it.
    pub fn knocks(&self) -> &Knocks {
        &self.knocks
    }

    /// Announcements that were given up because too many were expected at once.
    pub fn evicted_expectations(&self) -> u64 {
        self.shared.expectations.evicted()
    }

    /// Connections that were not looked into, because too many were in question at once.
    pub fn unprobed(&self) -> u64 {
        self.unprobed
    }

    /// Reviews of data channels that were asked for in vain, because too many were.
    pub fn unreviewed(&self) -> u64 {
        self.shared.unreviewed
    }

    /// Takes in a part of a key log of TLS, and decrypts what waited for it.
    pub fn secrets(&mut self, text: &[u8], flows: &mut Flows, observer: &mut impl Observer) {
        self.shared.secrets.add(text);
        for slot in self.sessions.waiting_for_keys() {
            self.with_session(slot, flows, observer, |session, cx| session.keys_came(cx));
        }
        let Shared {
            streams, secrets, ..
        } = &mut self.shared;
        for (id, followed) in streams.keys_came(secrets) {
            self.followed(flows, id, followed);
        }
    }

    /// The keys of TLS, and what became of them.
    pub fn known_secrets(&self) -> &Secrets {
        &self.shared.secrets
    }

    /// Data connections whose TLS was not followed, because too many were.
    pub fn unfollowed(&self) -> u64 {
        self.shared.streams.refused()
    }

    /// Whether `advance` has something to do.
    #[inline]
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.shared.expectations.is_due(now) || self.shared.is_due(now)
    }

    /// Lets time pass: transfers settle, announcements expire.
    #[inline]
    pub fn advance(&mut self, now: Timestamp, flows: &mut Flows, observer: &mut impl Observer) {
        self.now.time = now;
        self.shared.expectations.advance(now);
        while let Some(due) = self.shared.next_due(now) {
            self.with_session(due.slot, flows, observer, |session, cx| {
                session.settle(due.key, cx);
            });
        }
    }

    /// Lets a session take something in, tells what it said, and removes it when it is over.
    pub(super) fn with_session(
        &mut self,
        slot: SlotRef,
        flows: &mut Flows,
        observer: &mut impl Observer,
        act: impl FnOnce(&mut Session, &mut Context<'_>),
    ) {
        let Some(session) = self.sessions.get_mut(slot) else {
            return;
        };
        let mut cx = Context {
            flows: &mut *flows,
            shared: &mut self.shared,
            events: &mut self.events,
            now: self.now,
        };
        act(session, &mut cx);
        if session.commands == 1 {
            self.knocks
                .used(session.client.ip(), session.server.address());
        }
        let over = session.ending.is_some() && session.channels.is_empty();
        if over && let Some(record) = session.record(flows, &self.names) {
            self.events.push(SessionEvent::Ended(Box::new(record)));
        }
        let weight = session.weighed();
        if !self.events.is_empty() {
            self.tell(slot, flows, observer);
        }
        if over {
            // Its flow outlives it for a while and must not be taken for the slot's next session.
            if let Some(session) = self.sessions.remove(slot) {
                flows.set_tag(session.flow, DATA_TAG);
            }
        } else if let Some(weight) = weight {
            self.sessions.weigh(slot, weight);
        }
    }

    /// Tells what a session said.
    fn tell(&mut self, slot: SlotRef, flows: &Flows, observer: &mut impl Observer) {
        let Some(session) = self.sessions.get_mut(slot) else {
            return;
        };
        for event in &mut self.events {
            if let SessionEvent::Channel(channel) = event {
                session.compare_tls(channel);
                session.history.finished(channel, session.client.ip());
            }
        }
        let scene = Scene::new(session, flows, self.now);
        for event in self.events.drain(..) {
            observer.fact(event, &scene);
        }
    }

    // This and the others that a connection sees once or twice stay out of the way of its data.
    #[inline(never)]
    fn opened(&mut self, flows: &mut Flows, id: FlowId, observer: &mut impl Observer) {
        let Some(facts) = flows.get(id) else {
            return;
        };
        let (ends, begins) = (Ends::of(facts), facts.syn.is_some());
        if begins {
            self.knocks
                .tried(ends.initiator.ip(), ends.responder, ends.first);
        }
        if let Some(client) = self.control_client(ends) {
            self.begin_session(flows, id, client, ends, observer);
        } else if !self.is_expected(flows, id, ends, observer)
            && !self.is_inferred(flows, id, ends, observer)
        {
            flows.set_interest(id, Interest::Bytes);
        }
    }

    /// The end that is the client, when the other is on a control port.
    fn control_client(&self, ends: Ends) -> Option<Side> {
        if self.ports.contains(&ends.responder.port()) {
            Some(Side::Initiator)
        } else if ends.midstream && self.ports.contains(&ends.initiator.port()) {
            Some(Side::Responder)
        } else {
            None
        }
    }

    pub(super) fn begin_session(
        &mut self,
        flows: &mut Flows,
        id: FlowId,
        client: Side,
        ends: Ends,
        observer: &mut impl Observer,
    ) -> SlotRef {
        let slot = self
            .sessions
            .add(|slot, number| Session::new(slot, number, id, client, ends));
        flows.set_tag(id, Sessions::tag(slot));
        flows.set_interest(id, Interest::Bytes);
        self.with_session(slot, flows, observer, |session, cx| {
            cx.events.push(session.opened(ends.first));
        });
        slot
    }

    #[inline(never)]
    fn gap(
        &mut self,
        flows: &mut Flows,
        id: FlowId,
        (side, bytes, at): (Side, u64, Moment),
        observer: &mut impl Observer,
    ) {
        match flows.tag(id) {
            0 | DATA_TAG => {
                self.probes.remove(id);
                let Shared {
                    streams, secrets, ..
                } = &mut self.shared;
                if !streams.gap(id, side, bytes, secrets) {
                    flows.set_interest(id, Interest::Count);
                }
            }
            tag => self.with_session(self.sessions.tagged(tag), flows, observer, |session, cx| {
                session.gap(side, bytes, at, cx);
            }),
        }
    }

    #[inline(never)]
    fn closed(&mut self, flows: &mut Flows, id: FlowId, observer: &mut impl Observer) {
        match flows.tag(id) {
            0 => {}
            DATA_TAG => {
                let channels = self.shared.links.get(&id).cloned().unwrap_or_default();
                self.review_channels(flows, &channels, observer);
            }
            tag => self.with_session(self.sessions.tagged(tag), flows, observer, |session, cx| {
                session.control_closed(cx);
            }),
        }
    }

    #[inline(never)]
    fn gone(&mut self, flows: &mut Flows, id: FlowId, observer: &mut impl Observer) {
        self.probes.remove(id);
        match flows.tag(id) {
            0 => {}
            DATA_TAG => {
                let channels = self.shared.links.remove(&id).unwrap_or_default();
                self.keep_facts(flows, id, &channels);
                self.review_channels(flows, &channels, observer);
                self.shared.streams.forget(id);
            }
            tag => self.with_session(self.sessions.tagged(tag), flows, observer, |session, cx| {
                session.control_gone(cx);
            }),
        }
    }

    fn review_channels(
        &mut self,
        flows: &mut Flows,
        channels: &[ChannelRef],
        observer: &mut impl Observer,
    ) {
        for channel in channels {
            self.with_session(channel.slot, flows, observer, |session, cx| {
                session.review(channel.key, cx);
            });
        }
    }

    /// Keeps what is known of a data connection that is about to be forgotten.
    fn keep_facts(&mut self, flows: &Flows, id: FlowId, channels: &[ChannelRef]) {
        let Some(facts) = flows.get(id) else {
            return;
        };
        for channel in channels {
            if let Some(session) = self.sessions.get_mut(channel.slot) {
                session.channels.keep(id, facts, &self.shared.streams);
            }
        }
    }
}

impl<O: Observer> Consumer for Tracking<'_, O> {
    fn event(&mut self, flows: &mut Flows, id: FlowId, event: StreamEvent<'_>) {
        let Self { tracker, observer } = self;
        match event {
            StreamEvent::Open => tracker.opened(flows, id, *observer),
            StreamEvent::Established => {}
            StreamEvent::Data { side, bytes, at } => {
                tracker.data(flows, id, (side, bytes, at), *observer);
            }
            StreamEvent::Gap { side, bytes, at } => {
                tracker.gap(flows, id, (side, bytes, at), *observer);
            }
            StreamEvent::Close => tracker.closed(flows, id, *observer),
            StreamEvent::Gone => tracker.gone(flows, id, *observer),
        }
    }
}
