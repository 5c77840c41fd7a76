//! The hosts between which the rows of a story pass.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use super::channel::sender;
use super::{Row, Story, What};
use crate::analyzer::Event;
use crate::dashboard::model::SessionRow;
use crate::ftp::{Channel, ClosedBy, Mode, Outcome, SessionEvent, SessionId};
use crate::tcp::Side;

/// Lanes that a picture has at most; further hosts share the last one.
const MOST_LANES: usize = 8;

/// What a host is in the story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Party {
    /// It opened a control connection.
    Client,
    /// It serves.
    Server,
    /// It is only an end of data connections.
    Other,
}

/// One host.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lane {
    /// What it is.
    pub(crate) party: Party,
    /// Its address, with the port of the control connection or that of the first data connection.
    pub(crate) address: SocketAddr,
    /// Sessions that end here: where there are several, no one port stands for the host.
    pub(crate) sessions: u32,
}

impl Lane {
    /// It is an end of a control connection.
    pub(crate) fn is_party(&self) -> bool {
        self.party != Party::Other
    }
}

/// All hosts: the clients, the servers, the others.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lanes {
    lanes: Vec<Lane>,
    /// The lanes of each session's client and server.
    ends: Vec<(SessionId, usize, usize)>,
}

impl Lanes {
    /// The hosts of these sessions.
    pub(super) fn of(heads: &[Arc<SessionRow>], events: &[Arc<Event>]) -> Self {
        let mut lanes = Self::default();
        let mut clients = Vec::new();
        for head in heads {
            clients.push(lanes.add(Party::Client, head.client));
        }
        for (head, client) in heads.iter().zip(clients) {
            let server = lanes.add(Party::Server, head.server);
            lanes.ends.push((head.id, client, server));
        }
        for event in events {
            if let Event::Session(SessionEvent::Channel(channel)) = &**event {
                lanes.add_others(channel);
            }
        }
        lanes
    }

    /// The hosts, from left to right.
    pub(crate) fn all(&self) -> &[Lane] {
        &self.lanes
    }

    /// The lanes of the client and the server of a session.
    pub(crate) fn ends(&self, session: SessionId) -> (usize, usize) {
        let ends = self.ends.iter().find(|(one, ..)| *one == session);
        ends.map_or((0, 1), |&(_, client, server)| (client, server))
    }

    /// Another session passes between the same lanes.
    pub(crate) fn are_shared(&self, session: SessionId) -> bool {
        let ends = self.ends(session);
        let same = |&&(one, client, server): &&(SessionId, usize, usize)| {
            one != session && (client, server) == ends
        };
        self.ends.iter().any(|one| same(&one))
    }

    /// The lanes of who opens a data connection and who listens.
    fn ends_of_data(&self, channel: &Channel) -> (usize, usize) {
        let (client, server) = self.ends(channel.session);
        let (from, to) = match channel.mode {
            Mode::Passive => (client, server),
            Mode::Active => (server, client),
        };
        match &channel.connection {
            Some(connection) => (
                self.find(connection.from.ip(), from),
                self.find(connection.to.ip(), to),
            ),
            None => {
                let to = channel.announced.map_or(to, |end| self.find(end.ip(), to));
                (from, to)
            }
        }
    }

    /// The lane of an address: `expected` if it is there, else where it is.
    fn find(&self, ip: IpAddr, expected: usize) -> usize {
        let is_here = |lane: &Lane| lane.address.ip().to_canonical() == ip.to_canonical();
        if self.lanes.get(expected).is_some_and(is_here) {
            return expected;
        }
        let servers = |lane: &Lane| is_here(lane) && lane.party == Party::Server;
        let found = self.lanes.iter().position(servers);
        let found = found.or_else(|| self.lanes.iter().position(is_here));
        found.unwrap_or(if self.is_full() {
            self.lanes.len() - 1
        } else {
            expected
        })
    }

    fn is_full(&self) -> bool {
        self.lanes.len() >= MOST_LANES
    }

    fn add(&mut self, party: Party, address: SocketAddr) -> usize {
        let same = |lane: &Lane| lane.party == party && lane.address.ip() == address.ip();
        if let Some(index) = self.lanes.iter().position(same) {
            if let Some(lane) = self.lanes.get_mut(index) {
                lane.sessions += 1;
            }
            return index;
        }
        if self.is_full() {
            return self.lanes.len() - 1;
        }
        self.lanes.push(Lane {
            party,
            address,
            sessions: 1,
        });
        self.lanes.len() - 1
    }

    /// Another host is a lane where data passed, or where the announcement leads to a server that
    /// is no party here. An address at which nobody ever answered is none.
    fn add_others(&mut self, channel: &Channel) {
        let connection = channel.connection.as_ref();
        let ends = match connection {
            Some(connection) if connection.established => {
                [Some(connection.from), Some(connection.to)]
            }
            None if channel.relayed || channel.outcome == Outcome::Unseen => {
                [None, channel.announced]
            }
            _ => return,
        };
        for address in ends.into_iter().flatten() {
            let is_known =
                |lane: &Lane| lane.address.ip().to_canonical() == address.ip().to_canonical();
            if !self.lanes.iter().any(is_known) {
                self.add(Party::Other, address);
            }
        }
    }
}

impl Story {
    /// From which lane to which a row passes; both are the same where it is no arrow.
    pub(crate) fn passage(&self, row: &Row) -> (usize, usize) {
        let session = self.session_of(row.event).unwrap_or_default();
        let (client, server) = self.lanes().ends(session);
        match row.what {
            What::Connect | What::Command => (client, server),
            What::Reply(_) => (server, client),
            What::End(Side::Initiator, _) => (client, server),
            What::End(Side::Responder, _) => (server, client),
            What::Attempt | What::DataOpen | What::DataBytes | What::DataClose => {
                self.passage_of_data(row).unwrap_or((client, client))
            }
            _ => (client, client),
        }
    }

    fn passage_of_data(&self, row: &Row) -> Option<(usize, usize)> {
        let channel = self.channel(row)?;
        let connection = channel.connection.as_ref()?;
        let (from, to) = self.lanes().ends_of_data(channel);
        let backwards = match row.what {
            What::DataBytes => sender(channel, connection) == Side::Responder,
            What::DataClose => {
                let by_client = matches!(
                    connection.closed_by,
                    Some(ClosedBy::Client | ClosedBy::ResetByClient)
                );
                let client_connects = channel.mode == Mode::Passive;
                by_client != client_connects
            }
            _ => false,
        };
        Some(if backwards { (to, from) } else { (from, to) })
    }
}
