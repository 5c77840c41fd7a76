//! Data connections that nobody announced, or whose announcement the capture lacks.
//!
//! A connection between the two hosts of a session is taken for the data connection of a transfer
//! that lacks one; in an encrypted session every such connection is.

use std::time::Duration;

use super::channel::OpenChannel;
use super::channels::{Channels, Owner};
use super::context::{Context, SETTLE};
use super::event::Reply;
use super::transfer::{Method, Mode};
use crate::capture::Moment;
use crate::tcp::{Connection, FlowId};

/// How long before its transfer command a connection may have been opened.
const EARLY: Duration = Duration::from_secs(30);

/// Below it are the ports of services; data connections are not made to them.
const FIRST_FREE_PORT: u16 = 1024;

impl Channels {
    /// Takes a new connection between the two hosts for the data connection of the session, if
    /// something lacks one.
    pub(super) fn infer(
        &mut self,
        flow: FlowId,
        facts: &Connection,
        owner: Owner,
        cx: &mut Context<'_>,
    ) -> bool {
        if facts.responder.port() < FIRST_FREE_PORT {
            return false;
        }
        let lacking = self.open.iter().find(|one| may_have(one, facts, owner));
        let key = match lacking {
            Some(channel) => channel.key,
            None if owner.encrypted => self.add(Mode::Passive, Method::Inferred, facts.first),
            None => return false,
        };
        self.attach_inferred(key, flow, facts, owner, cx);
        true
    }

    /// Looks for the connection of a channel among those that are there already.
    pub(super) fn look_back(&mut self, key: u32, owner: Owner, cx: &mut Context<'_>) {
        let Some(channel) = self.open.iter().find(|channel| channel.key == key) else {
            return;
        };
        let hosts = (owner.client.ip(), owner.server.ip());
        let unmarked = cx.flows.unmarked_between(hosts.0, hosts.1);
        let fits = |flow: &FlowId| {
            cx.flows.get(*flow).is_some_and(|facts| {
                facts.responder.port() >= FIRST_FREE_PORT
                    && is_recent(facts, cx.now)
                    && may_have(channel, facts, owner)
            })
        };
        if let Some(flow) = unmarked.into_iter().find(fits)
            && let Some(facts) = cx.flows.get(flow).cloned()
        {
            self.attach_inferred(key, flow, &facts, owner, cx);
        }
    }

    /// The server confirms a transfer of which nothing else is in the capture but, perhaps, the
    /// data connection: the capture began while it ran.
    pub(super) fn confirmed_unseen(&mut self, reply: &Reply, owner: Owner, cx: &mut Context<'_>) {
        let key = self.add(Mode::Passive, Method::Inferred, reply.at);
        if let Some(channel) = self.find(key) {
            channel.overheard = Some(reply.code);
        }
        self.look_back(key, owner, cx);
        if self
            .find(key)
            .is_some_and(|channel| channel.attempts.is_empty())
        {
            self.open.retain(|channel| channel.key != key);
        }
    }

    fn attach_inferred(
        &mut self,
        key: u32,
        flow: FlowId,
        facts: &Connection,
        owner: Owner,
        cx: &mut Context<'_>,
    ) {
        let by_server = facts.initiator.ip() == owner.server.ip();
        if let Some(channel) = self
            .find(key)
            .filter(|channel| channel.announcement.is_none())
        {
            channel.at = channel.at.min(facts.first);
            channel.mode = if by_server {
                Mode::Active
            } else {
                Mode::Passive
            };
            // RFC 959 §3.2: without PORT the server connects to the client's control port.
            let default = by_server && facts.responder == owner.client;
            channel.method = if default {
                Method::Default
            } else {
                Method::Inferred
            };
        }
        self.attach(key, flow, owner, cx);
    }
}

/// Whether a connection may be the one that a channel lacks: the channel was not announced, or its
/// announcement was cut off and only tells who connects.
fn may_have(channel: &OpenChannel, facts: &Connection, owner: Owner) -> bool {
    let initiator = match channel.mode {
        _ if channel.announcement.is_none() => facts.initiator.ip(),
        Mode::Passive => owner.client.ip(),
        Mode::Active => owner.server.ip(),
    };
    channel.announced.is_none()
        && channel.attempts.is_empty()
        && !channel.superseded
        && !channel.is_replied()
        && facts.initiator.ip() == initiator
}

/// Still open, or just over.
fn is_recent(facts: &Connection, now: Moment) -> bool {
    let opened = facts.midstream || now.time.since(facts.first.time) < EARLY;
    opened && (facts.close.is_none() || now.time.since(facts.last.time) < SETTLE)
}
