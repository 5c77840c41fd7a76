//! The summary of a session when it is over.

use std::time::Duration;

use super::channels::Owner;
use super::names::Names;
use super::outcome::Asked;
use super::session::Session;
use super::summary::{Directions, SessionRecord, State as ControlState, Tls, Vantage};
use super::text::Text;
use crate::tcp::{Close, Connection, Flows, Side};

/// A side of the round trip this many times shorter than the other is the near one.
const NEAR: u32 = 8;

/// A round trip shorter than this does not tell where the capture was taken.
const SHORTEST_TELLING: Duration = Duration::from_micros(400);

impl Session {
    /// What the channels need to know of the session.
    pub(super) fn owner(&self, flows: &Flows) -> Owner {
        let control = self.control(flows);
        Owner {
            id: self.id,
            slot: self.slot,
            client: self.client.address(),
            server: self.server.address(),
            both_directions: control
                .is_some_and(|control| directions(self, control) == Directions::Both),
            encrypted: self
                .encryption
                .as_ref()
                .is_some_and(|encryption| encryption.is_opaque()),
            asked: self.ending.unwrap_or(Asked::Meanwhile),
            left_by_server: control.is_some_and(|control| {
                control.end().is_some_and(|end| {
                    end.side != self.client_side && !control.is_reset_foreign(end.side)
                })
            }),
        }
    }

    /// What is known of TLS.
    pub(super) fn tls(&self) -> Option<Tls> {
        self.encryption.as_ref().map(|encryption| Tls {
            kind: encryption.kind,
            data_protection: self.state.protection,
            facts: encryption.stream.facts().clone(),
        })
    }

    /// The facts of the control connection.
    pub(super) fn control<'a>(&'a self, flows: &'a Flows) -> Option<&'a Connection> {
        self.facts.as_deref().or_else(|| flows.get(self.flow))
    }

    /// What the client calls the server: HOST, or the name that it asks for in TLS.
    fn server_name(&self) -> Option<Text> {
        let offered = || {
            let facts = self.encryption.as_ref()?.stream.facts();
            facts.offer.as_ref()?.server_name.as_deref().map(Text::from)
        };
        let extras = self.state.extras.as_deref();
        let told = extras.and_then(|extras| extras.server_name.clone());
        told.or_else(offered)
    }

    /// All that is known of the session.
    pub(super) fn record(&self, flows: &Flows, names: &Names) -> Option<SessionRecord> {
        let control = self.control(flows)?;
        let name = || names.get(self.server.ip()).map(Text::from);
        Some(SessionRecord {
            id: self.id,
            client: self.client.address(),
            server: self.server.address(),
            server_name: self.server_name().or_else(name),
            started: control.first,
            ended: control.last,
            state: state(control),
            midstream: self.midstream,
            directions: directions(self, control),
            vantage: vantage(control),
            user: self.state.user.clone(),
            password: self.state.password.clone(),
            login: self.state.login,
            software: self.state.software.clone(),
            tls: self.tls().map(Box::new),
            mechanism: self
                .state
                .extras
                .as_deref()
                .and_then(|extras| extras.mechanism.clone()),
            commands: self.commands.into(),
            replies: self.replies.into(),
            channels: self.channels.count(),
            failed_channels: self.channels.failed,
            bytes_downloaded: self.channels.downloaded,
            bytes_uploaded: self.channels.uploaded,
            anomalies: self.anomalies.as_deref().cloned().unwrap_or_default(),
            control: Box::new(control.clone()),
        })
    }
}

fn state(control: &Connection) -> ControlState {
    match control.close() {
        _ if control.established => match control.close() {
            Some((Close::Reset(_), _)) => ControlState::Reset,
            Some((Close::Finished(_), _)) => ControlState::Closed,
            None => ControlState::Open,
        },
        _ if control.half(Side::Responder).rst().is_some() => ControlState::Refused,
        _ if control.icmp.is_some() => ControlState::Unreachable,
        _ => ControlState::Unanswered,
    }
}

pub(super) fn directions(session: &Session, control: &Connection) -> Directions {
    let seen = |side: Side| control.half(side).segments > 0;
    match (seen(session.client_side), seen(session.client_side.peer())) {
        (true, false) => Directions::Client,
        (false, true) => Directions::Server,
        _ => Directions::Both,
    }
}

/// SYN to SYN/ACK is the way to the server and back, SYN/ACK to ACK that to the client.
pub(super) fn vantage(control: &Connection) -> Vantage {
    let (Some(syn), Some(syn_ack), Some(ack)) =
        (control.last_syn(), control.syn_ack, control.handshake_ack)
    else {
        return Vantage::Unknown;
    };
    let (to_server, to_client) = (syn_ack.time.since(syn.time), ack.time.since(syn_ack.time));
    if to_server + to_client < SHORTEST_TELLING {
        Vantage::Unknown
    } else if to_client * NEAR < to_server {
        Vantage::Client
    } else if to_server * NEAR < to_client {
        Vantage::Server
    } else {
        Vantage::Between
    }
}
