//! Data connections that nobody announced, or whose announcement the capture lacks.
//!
//! A connection between the two hosts of a session is taken for the data connection of a transfer
//! that lacks one. In an encrypted session it is taken for one when something was said before it
//! that may have announced it. Of several sessions that may claim a connection, the one gets it
//! whose latest words are as long as its announcement, or else the one that spoke last.

use std::net::SocketAddr;
use std::time::Duration;

use super::channel::{Attempted, OpenChannel};
use super::channels::{Channels, Owner};
use super::context::{Context, SETTLE};
use super::event::Reply;
use super::matching::Ends;
use super::session::Session;
use super::transfer::{Channel, Clue, Method, Mode};
use crate::capture::Moment;
use crate::tcp::{Connection, FlowId, Flows};
use crate::time::Timestamp;

/// How long before its transfer command a connection may have been opened.
const EARLY: Duration = Duration::from_secs(30);

/// Below it are the ports of services; data connections are not made to them.
const FIRST_FREE_PORT: u16 = 1024;

/// How good a session's claim to a connection is: the greater the better.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Claim {
    /// The encrypted line that is as long as its announcement.
    announced: Option<Timestamp>,
    /// A channel of the session lacks its connection.
    lacking: bool,
    /// What the session said last before the connection, where that is encrypted.
    spoke: Option<Timestamp>,
}

impl Session {
    /// The claim of this session to a connection between its two hosts.
    pub(super) fn claim(&self, ends: Ends, flows: &Flows) -> Option<Claim> {
        if ends.responder.port() < FIRST_FREE_PORT {
            return None;
        }
        let owner = self.owner(flows);
        let lacking = self.channels.lacks(ends, owner);
        let hidden = self.encryption.as_ref().filter(|_| owner.encrypted);
        let rhythm = hidden.map(|encryption| &encryption.rhythm);
        let begun = ends.first.time;
        let mode = mode(ends, owner);
        let announced = rhythm.and_then(|rhythm| rhythm.announcement(mode, ends.responder, begun));
        let spoke = rhythm.and_then(|rhythm| rhythm.latest(begun));
        // What was said before an earlier connection announced that one.
        let used = self.channels.latest_inferred(ends.responder);
        let news = |at: &Moment| used.is_none_or(|used| at.time > used);
        let claim = Claim {
            announced: announced.filter(news).map(|at| at.time),
            lacking,
            spoke: spoke.filter(news).map(|at| at.time),
        };
        (lacking || claim.spoke.is_some()).then_some(claim)
    }
}

impl Session {
    /// What the handshake of a final channel says of where it belongs.
    pub(super) fn compare_tls(&self, channel: &mut Channel) {
        let (Some(inferred), Some(tls), Some(encryption)) =
            (&mut channel.inferred, &channel.tls, &self.encryption)
        else {
            return;
        };
        let asks = tls
            .offer
            .as_ref()
            .is_some_and(|offer| offer.resumes.is_some());
        let fits = tls.resumes(encryption.stream.facts()).unwrap_or(true);
        if asks && fits {
            inferred.add(Clue::Resumption);
        }
    }
}

impl Channels {
    /// Takes a new connection between the two hosts for the data connection of the session.
    pub(super) fn infer(
        &mut self,
        flow: FlowId,
        ends: Ends,
        claim: &Claim,
        owner: Owner,
        cx: &mut Context<'_>,
    ) {
        let lacking = self.open.iter().find(|one| may_have(one, ends, owner));
        let key = match lacking {
            Some(channel) => channel.key,
            None => self.add(Mode::Passive, Method::Inferred, ends.first),
        };
        self.attach_inferred(key, flow, ends, owner, cx);
        if owner.encrypted {
            self.inferred_to = Some(Box::new((ends.responder, ends.first.time)));
            if let Some(channel) = self.find(key) {
                let inferred = channel.inferred.get_or_insert_default();
                if claim.announced.is_some() {
                    inferred.add(Clue::Announcement);
                }
            }
        }
    }

    /// A channel lacks its connection, which may be this one.
    fn lacks(&self, ends: Ends, owner: Owner) -> bool {
        self.open.iter().any(|one| may_have(one, ends, owner))
    }

    /// When the latest inferred connection began that went elsewhere: another one to the same
    /// endpoint is a new attempt.
    fn latest_inferred(&self, endpoint: SocketAddr) -> Option<Timestamp> {
        let elsewhere = self
            .inferred_to
            .as_deref()
            .filter(|(to, _)| *to != endpoint);
        elsewhere.map(|(_, at)| *at)
    }

    /// An encrypted reply came: it tells how the channels stand.
    pub(super) fn heard(&mut self, owner: Owner, cx: &mut Context<'_>) {
        for channel in &mut self.open {
            let how = channel.attempted(cx.flows, cx.now.time);
            if let Some(inferred) = &mut channel.inferred {
                match how {
                    Attempted::Open => inferred.add(Clue::Begun),
                    Attempted::Over => inferred.add(Clue::Ended),
                    Attempted::Unseen | Attempted::Pending | Attempted::Failed => {}
                }
            }
        }
        if self.open.iter().any(|channel| channel.inferred.is_some()) {
            self.review_all(owner, cx);
        }
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
                facts.responder().port() >= FIRST_FREE_PORT
                    && is_recent(facts, cx.now)
                    && may_have(channel, Ends::of(facts), owner)
            })
        };
        if let Some(flow) = unmarked.into_iter().find(fits)
            && let Some(ends) = cx.flows.get(flow).map(Ends::of)
        {
            self.attach_inferred(key, flow, ends, owner, cx);
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
        let in_vain = |channel: &OpenChannel| channel.key == key && channel.attempts.is_empty();
        if let Some(index) = self.open.iter().position(|channel| in_vain(channel)) {
            self.take(index);
        }
    }

    fn attach_inferred(
        &mut self,
        key: u32,
        flow: FlowId,
        ends: Ends,
        owner: Owner,
        cx: &mut Context<'_>,
    ) {
        let mode = mode(ends, owner);
        if let Some(channel) = self
            .find(key)
            .filter(|channel| channel.announcement.is_none())
        {
            channel.at = channel.at.min(ends.first);
            channel.mode = mode;
            // RFC 959 §3.2: without PORT the server connects to the client's control port.
            let default = mode == Mode::Active && ends.responder == owner.client;
            channel.method = if default {
                Method::Default
            } else {
                Method::Inferred
            };
        }
        self.attach(key, flow, owner, cx);
    }
}

/// Who connects.
fn mode(ends: Ends, owner: Owner) -> Mode {
    if ends.initiator.ip() == owner.server.ip() {
        Mode::Active
    } else {
        Mode::Passive
    }
}

/// Whether a connection may be the one that a channel lacks: the channel was not announced, or its
/// announcement was cut off and only tells who connects.
fn may_have(channel: &OpenChannel, ends: Ends, owner: Owner) -> bool {
    let initiator = match channel.mode {
        _ if channel.announcement.is_none() => ends.initiator.ip(),
        Mode::Passive => owner.client.ip(),
        Mode::Active => owner.server.ip(),
    };
    channel.announced.is_none()
        && channel.attempts.is_empty()
        && !channel.superseded
        && !channel.is_replied()
        && ends.initiator.ip() == initiator
}

/// Still open, or just over.
fn is_recent(facts: &Connection, now: Moment) -> bool {
    let opened = facts.midstream || now.time.since(facts.first.time) < EARLY;
    opened && (facts.close().is_none() || now.time.since(facts.last.time) < SETTLE)
}
