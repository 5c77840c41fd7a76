//! The unfinished data channels of one session.

use std::net::SocketAddr;

use smallvec::SmallVec;

use super::channel::{OpenChannel, OpenTransfer};
use super::command::Verb;
use super::context::{Context, SETTLE};
use super::event::{Reply, SessionId};
use super::expectation::{ChannelRef, SlotRef};
use super::outcome::Asked;
use super::size;
use super::streams::Streams;
use super::text::Text;
use super::transfer::{Channel, Content, Method, Mode};
use crate::capture::Moment;
use crate::tcp::{Connection, FlowId};
use crate::time::Timestamp;

/// Unfinished channels of one session; the oldest is given up for the next.
pub const MAX_OPEN_CHANNELS: usize = 64;

/// The session that the channels belong to, as far as they need to know it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Owner {
    pub(super) id: SessionId,
    pub(super) slot: SlotRef,
    pub(super) client: SocketAddr,
    pub(super) server: SocketAddr,
    pub(super) both_directions: bool,
    pub(super) encrypted: bool,
    pub(super) asked: Asked,
    /// The server was the first to end the control connection.
    pub(super) left_by_server: bool,
}

/// What is known of a channel when it is announced.
#[derive(Clone, Debug)]
pub(super) struct Announcement {
    pub(super) mode: Mode,
    pub(super) method: Method,
    pub(super) at: Moment,
    pub(super) endpoint: Option<SocketAddr>,
    pub(super) reply: Option<Reply>,
}

/// Channels that are held back, oldest first, by their keys.
pub(super) type Held = Vec<(u32, Box<Channel>)>;

/// The channels of a session, and the totals of those that are final.
#[derive(Debug, Default)]
pub(super) struct Channels {
    /// Few clients use more than one at a time.
    pub(super) open: SmallVec<[Box<OpenChannel>; 1]>,
    /// Final, but what comes next may show that the client found another way.
    pub(super) held: Option<Box<Held>>,
    /// Where the latest inferred connection went, and when it began.
    pub(super) inferred_to: Option<Box<(SocketAddr, Timestamp)>>,
    keys: u32,
    numbers: u32,
    pub(super) failed: u64,
    pub(super) downloaded: u64,
    pub(super) uploaded: u64,
}

impl Channels {
    /// Channels that have a number, open or final.
    pub(super) fn count(&self) -> u64 {
        self.numbers.into()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.open.is_empty() && self.held.is_none()
    }

    /// The outcome of some channel is open.
    pub(super) fn are_open(&self) -> bool {
        !self.open.is_empty()
    }

    /// Someone announced the channel, as far as is known while it is open.
    pub(super) fn is_announced(&self, key: u32) -> bool {
        self.open
            .iter()
            .any(|channel| channel.key == key && channel.announcement.is_some())
    }

    /// More channels are open than the bound allows.
    pub(super) fn are_too_many(&self) -> bool {
        self.open.len() > MAX_OPEN_CHANNELS
    }

    /// Adds an announced channel, in whose place no earlier one waits any longer.
    pub(super) fn announce(
        &mut self,
        announcement: Announcement,
        owner: Owner,
        cx: &mut Context<'_>,
    ) -> u32 {
        let Announcement {
            mode,
            method,
            at,
            endpoint,
            reply,
        } = announcement;
        let connected = self.connected_before(endpoint, cx);
        let key = match self.adoptable(mode, at).or(connected) {
            Some(key) => key,
            None => {
                self.supersede(owner, cx);
                self.add(mode, method, at)
            }
        };
        self.number(key);
        let Some(channel) = self.find(key) else {
            return key;
        };
        (channel.mode, channel.method, channel.at) = (mode, method, at);
        (channel.announced, channel.announcement, channel.reply) = (endpoint, Some(at), reply);
        channel.inferred = None;
        self.expect(key, owner, cx);
        key
    }

    /// A channel that the server refused to announce: final at once.
    pub(super) fn refuse(
        &mut self,
        announcement: Announcement,
        owner: Owner,
        cx: &mut Context<'_>,
    ) {
        let key = self.add(announcement.mode, announcement.method, announcement.at);
        self.number(key);
        if let Some(channel) = self.find(key) {
            channel.announcement = Some(announcement.at);
            channel.reply = announcement.reply;
        }
        self.review(key, owner, cx);
    }

    /// A transfer command was sent: it uses the channel that was announced last, or, where none
    /// was, one that shows itself later.
    pub(super) fn begin(
        &mut self,
        transfer: OpenTransfer,
        owner: Owner,
        cx: &mut Context<'_>,
    ) -> u32 {
        let unused =
            |channel: &&mut Box<OpenChannel>| channel.waits() && channel.overheard.is_none();
        let waiting = self.open.iter_mut().rev().find(unused);
        if let Some(channel) = waiting {
            channel.transfer = Some(transfer);
            return channel.key;
        }
        let key = self.add(Mode::Active, Method::Default, transfer.at);
        if let Some(channel) = self.find(key) {
            channel.transfer = Some(transfer);
        }
        self.expect(key, owner, cx);
        key
    }

    /// A preliminary reply to the transfer of a channel.
    pub(super) fn begun(&mut self, key: u32, reply: Reply, stored_as: Option<Text>) {
        if let Some(transfer) = self.find(key).and_then(|channel| channel.transfer.as_mut()) {
            transfer.announced = size::of_transfer(&reply).or(transfer.announced);
            transfer.begun = Some(reply);
            transfer.path = stored_as.or(transfer.path.take());
        }
    }

    /// The final reply to the transfer of a channel.
    pub(super) fn replied(&mut self, key: u32, reply: Reply) {
        let Some(channel) = self.find(key) else {
            return;
        };
        let positive = reply.code < 400;
        if let Some(transfer) = channel.transfer.as_mut() {
            transfer.reply = Some(reply);
        }
        if positive || !channel.attempts.is_empty() {
            self.number(key);
        }
    }

    /// The reply that granted or refused what the client announced.
    pub(super) fn granted(&mut self, key: u32, reply: Reply) {
        if let Some(channel) = self.find(key) {
            channel.reply = Some(reply);
        }
    }

    /// A reply to a transfer command that is not in the capture.
    pub(super) fn overheard(&mut self, reply: &Reply, owner: Owner, cx: &mut Context<'_>) {
        let waiting = self.open.iter_mut().rev().find(|channel| channel.waits());
        match waiting {
            Some(channel) => channel.overheard = Some(reply.code),
            None if reply.code >= 200 => self.confirmed_unseen(reply, owner, cx),
            None => {}
        }
    }

    /// The reply to the transfer of a channel will not come.
    pub(super) fn transfer_given_up(&mut self, key: u32) {
        if let Some(channel) = self.find(key) {
            channel.superseded = true;
        }
    }

    /// ABOR was sent.
    pub(super) fn abort(&mut self, at: Moment) {
        let running =
            |channel: &&mut Box<OpenChannel>| channel.transfer.is_some() && !channel.is_replied();
        self.open
            .iter_mut()
            .filter(running)
            .for_each(|channel| channel.aborted = Some(at));
    }

    /// Replies may have been lost.
    pub(super) fn doubt(&mut self) {
        self.open
            .iter_mut()
            .for_each(|channel| channel.doubtful = true);
    }

    /// The client sent a command.
    pub(super) fn client_went_on(
        &mut self,
        verb: &Verb,
        at: Moment,
        owner: Owner,
        cx: &mut Context<'_>,
    ) {
        for channel in self.open.iter_mut().filter(|channel| channel.waits()) {
            channel
                .next_command
                .get_or_insert_with(|| (verb.clone(), at));
        }
        let mut replied = Vec::new();
        for channel in self.open.iter_mut().filter(|channel| channel.is_replied()) {
            channel.client_went_on = true;
            replied.push(channel.key);
        }
        for key in replied {
            self.review(key, owner, cx);
        }
    }

    /// A connection was found for a channel.
    pub(super) fn attach(&mut self, key: u32, flow: FlowId, owner: Owner, cx: &mut Context<'_>) {
        let Some(channel) = self.find(key) else {
            return;
        };
        channel.attach(flow);
        cx.link(
            flow,
            ChannelRef {
                slot: owner.slot,
                key,
            },
        );
        self.number(key);
    }

    /// The first bytes of a connection were seen.
    pub(super) fn sampled(&mut self, key: u32, content: Content) {
        if let Some(channel) = self.find(key)
            && channel.content == Content::Unknown
        {
            channel.content = content;
        }
    }

    /// The facts of a flow are about to be forgotten.
    pub(super) fn keep(&mut self, flow: FlowId, facts: &Connection, streams: &Streams) {
        self.open
            .iter_mut()
            .for_each(|channel| channel.keep(flow, facts, streams));
    }

    /// Whether a connection to one of its endpoints would belong to this channel.
    pub(super) fn expects(&self, key: u32) -> Option<(Mode, bool)> {
        let channel = self.open.iter().find(|channel| channel.key == key)?;
        Some((channel.mode, !channel.attempts.is_empty()))
    }

    /// A transfer that was sent right behind PASV waits for the announcement in its reply.
    fn adoptable(&self, mode: Mode, announced: Moment) -> Option<u32> {
        let mut open = self.open.iter().map(Box::as_ref);
        let waits = |channel: &&OpenChannel| {
            mode == Mode::Passive
                && channel.announcement.is_none()
                && channel.attempts.is_empty()
                && channel.transfer.as_ref().is_some_and(|transfer| {
                    transfer.begun.is_none() && transfer.reply.is_none() && transfer.at <= announced
                })
        };
        open.find(waits).map(|channel| channel.key)
    }

    /// A connection that was taken for a data connection before its announcement could be read: the
    /// keys came late.
    fn connected_before(&self, endpoint: Option<SocketAddr>, cx: &Context<'_>) -> Option<u32> {
        let endpoint = endpoint?;
        let mut open = self.open.iter().map(Box::as_ref);
        let goes_there = |channel: &&OpenChannel| {
            let connection = channel.connection(cx.flows);
            channel.announcement.is_none()
                && channel.transfer.is_none()
                && connection.is_some_and(|connection| connection.responder() == endpoint)
        };
        open.find(goes_there).map(|channel| channel.key)
    }

    fn supersede(&mut self, owner: Owner, cx: &mut Context<'_>) {
        let waiting: Vec<u32> = self
            .open
            .iter_mut()
            .filter(|channel| channel.transfer.is_none())
            .map(|channel| {
                channel.superseded = true;
                channel.key
            })
            .collect();
        for key in waiting {
            self.review(key, owner, cx);
        }
    }

    pub(super) fn add(&mut self, mode: Mode, method: Method, at: Moment) -> u32 {
        self.keys += 1;
        let channel = OpenChannel::new(self.keys, mode, method, at);
        self.open.push(Box::new(channel));
        self.keys
    }

    /// Takes a channel out.
    pub(super) fn take(&mut self, index: usize) -> Box<OpenChannel> {
        let channel = self.open.remove(index);
        if self.open.is_empty() {
            // Sessions are idle for most of their time.
            self.open.shrink_to_fit();
        }
        channel
    }

    pub(super) fn find(&mut self, key: u32) -> Option<&mut OpenChannel> {
        let channel = self.open.iter_mut().find(|channel| channel.key == key)?;
        Some(channel)
    }

    pub(super) fn number(&mut self, key: u32) {
        let next = self.numbers + 1;
        let Some(channel) = self.find(key) else {
            return;
        };
        if channel.number.is_none() {
            channel.number = Some(next);
            self.numbers = next;
        }
    }

    /// Expects connections to the endpoint of a channel, and takes those that are there already.
    fn expect(&mut self, key: u32, owner: Owner, cx: &mut Context<'_>) {
        let Some(channel) = self.find(key) else {
            return;
        };
        let reference = ChannelRef {
            slot: owner.slot,
            key,
        };
        if let (Mode::Active, Some(endpoint)) = (channel.mode, channel.announced)
            && endpoint.ip() != owner.client.ip()
        {
            cx.shared.relay(endpoint, reference);
        }
        for endpoint in endpoints(channel, owner).into_iter().flatten() {
            cx.shared.expectations.add(endpoint, reference, cx.now.time);
            for flow in cx.flows.unmarked_to(endpoint) {
                let is_recent = cx.flows.get(flow).is_some_and(|facts| {
                    facts.close().is_none() || channel.at.time.since(facts.last.time) < SETTLE
                });
                if is_recent && channel.attach(flow) {
                    cx.link(flow, reference);
                }
            }
        }
        if !channel.attempts.is_empty() {
            self.number(key);
        } else if channel.announced.is_none() {
            self.look_back(key, owner, cx);
        }
    }
}

/// Where a connection of a channel may go: the announced endpoint, or the same port of the control
/// connection's peer (address translation, clients that distrust the announced address).
pub(super) fn endpoints(channel: &OpenChannel, owner: Owner) -> [Option<SocketAddr>; 2] {
    let listener = match channel.mode {
        Mode::Passive => owner.server,
        Mode::Active => owner.client,
    };
    match channel.announced {
        Some(announced) => {
            let peer = SocketAddr::new(listener.ip(), announced.port());
            [Some(announced), (peer != announced).then_some(peer)]
        }
        // RFC 959 §3.2: without PORT the server connects to the client's control port.
        None if channel.method == Method::Default => [Some(listener), None],
        None => [None, None],
    }
}
