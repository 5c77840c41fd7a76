//! One control connection: bytes of both ends → commands and replies → state.

use super::announce;
use super::channels::Channels;
use super::command::{Command, Verb};
use super::context::Context;
use super::encryption::{Encryption, Said, Words};
use super::end::End;
use super::event::{
    Anomaly, AnomalyKind, Exchange, LoginAttempt, Opened, Reply, SessionEvent, SessionId,
};
use super::expectation::SlotRef;
use super::history::History;
use super::line::{Line, LineReader};
use super::login::Login;
use super::matching::Ends;
use super::outcome::Asked;
use super::pairing::{Answer, Answered, Pending, Queue};
use super::reply::{ReplyLine, ReplyReader};
use super::state::State;
use super::summary::TlsKind;
use super::transfer::Representation;
use crate::capture::Moment;
use crate::tcp::{Connection, FlowId, Side};
use crate::tls;

/// What was wrong, how often, and where first.
pub(super) type Anomalies = Vec<(AnomalyKind, u64, Moment)>;

/// A session that is being followed.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) slot: SlotRef,
    pub(super) id: SessionId,
    pub(super) flow: FlowId,
    /// Which end of the control connection the client is.
    pub(super) client_side: Side,
    pub(super) client: End,
    pub(super) server: End,
    pub(super) midstream: bool,
    pub(super) state: State,
    pub(super) channels: Channels,
    pub(super) history: History,
    pub(super) encryption: Option<Box<Encryption>>,
    pub(super) commands: u32,
    pub(super) replies: u32,
    pub(super) anomalies: Option<Box<Anomalies>>,
    /// How often it took something in.
    pub(super) turns: u16,
    /// Bytes that were said since then.
    pub(super) heard: u16,
    /// The facts of the control connection, once the flow table has forgotten them.
    pub(super) facts: Option<Box<Connection>>,
    /// How the control connection came to its end; the session waits for its data connections.
    pub(super) ending: Option<Asked>,
    /// The lines of the client, and those of the server.
    lines: [LineReader; 2],
    reply_reader: ReplyReader,
    pub(super) queue: Queue,
    greeted: bool,
    /// What is being taken in came inside TLS.
    protected: bool,
    /// What the client and the server said last came inside TLS.
    inside: [bool; 2],
}

impl Session {
    /// A session on the flow `flow`, whose client is on `client_side`.
    pub(super) fn new(
        slot: SlotRef,
        id: SessionId,
        flow: FlowId,
        client_side: Side,
        ends: Ends,
    ) -> Self {
        Self {
            slot,
            id,
            flow,
            client_side,
            client: ends.address(client_side).into(),
            server: ends.address(client_side.peer()).into(),
            midstream: ends.midstream,
            state: State::new(ends.midstream),
            channels: Channels::default(),
            history: History::default(),
            encryption: None,
            commands: 0,
            replies: 0,
            anomalies: None,
            turns: 0,
            heard: 0,
            facts: None,
            ending: None,
            lines: Default::default(),
            reply_reader: ReplyReader::default(),
            queue: Queue::default(),
            greeted: ends.midstream,
            protected: false,
            inside: [false; 2],
        }
    }

    pub(super) fn opened(&self, at: Moment) -> SessionEvent {
        let Self {
            id: session,
            client,
            server,
            midstream,
            ..
        } = *self;
        SessionEvent::Opened(Opened {
            session,
            client: client.address(),
            server: server.address(),
            at,
            midstream,
        })
    }

    /// Memory of lines, replies and commands that are not complete yet.
    pub(super) fn unread(&self) -> usize {
        let [client, server] = &self.lines;
        client.kept() + server.kept() + self.reply_reader.kept() + self.queue.kept()
    }

    /// Bytes of one end of the control connection, in order.
    pub(super) fn data(&mut self, side: Side, bytes: &[u8], at: Moment, cx: &mut Context<'_>) {
        self.begin_unasked(side, bytes);
        self.heard = self
            .heard
            .saturating_add(bytes.len().try_into().unwrap_or(u16::MAX));
        let Some(encryption) = &mut self.encryption else {
            self.text(side, bytes, at, cx);
            return;
        };
        let replies = encryption.rhythm.replies;
        let mut words = Vec::new();
        encryption.push((side, bytes, at), &mut cx.shared.secrets, &mut words);
        if encryption.is_opaque() && encryption.rhythm.replies > replies {
            let owner = self.owner(cx.flows);
            self.channels.heard(owner, cx);
        }
        self.hear(words, cx);
    }

    /// TLS without AUTH: from the first byte, or the capture lacks AUTH. No command begins as a record
    /// does.
    fn begin_unasked(&mut self, side: Side, bytes: &[u8]) {
        let begins = side == self.client_side && tls::begins_record(bytes);
        if self.encryption.is_some() || !begins {
            return;
        }
        // A server of clear text may have greeted already.
        let kind = if self.commands == 0 && self.replies <= 1 {
            TlsKind::Implicit
        } else {
            TlsKind::Explicit
        };
        self.encryption = Some(Box::new(Encryption::new(kind, self.client_side)));
    }

    /// Keys came, perhaps those that the control connection waits for.
    pub(super) fn keys_came(&mut self, cx: &mut Context<'_>) {
        let mut words = Vec::new();
        if let Some(encryption) = &mut self.encryption {
            encryption.keys_came(&mut cx.shared.secrets, &mut words);
        }
        self.hear(words, cx);
    }

    fn hear(&mut self, words: Vec<Words>, cx: &mut Context<'_>) {
        for Words { side, at, said } in words {
            match said {
                Said::Clear(text) => {
                    self.protected = false;
                    self.text(side, &text, at, cx);
                }
                Said::Protected(text) => {
                    self.protected = true;
                    self.text(side, &text, at, cx);
                    self.protected = false;
                }
                Said::Lost(bytes) => self.lost(side, bytes, at, cx),
            }
        }
    }

    fn text(&mut self, side: Side, text: &[u8], at: Moment, cx: &mut Context<'_>) {
        // What waited for order in TCP while the session was told as over comes too late.
        if self.ending.is_some() {
            return;
        }
        let last = &mut self.inside[usize::from(side != self.client_side)];
        if std::mem::replace(last, self.protected) != self.protected {
            // Clear text is no part of what was protected: a line does not go on where TLS begins
            // or ends.
            let cut = self.lines(side).flush();
            self.line(side, cut, at, cx);
        }
        let mut rest = text;
        while let Some(line) = self.lines(side).read(&mut rest) {
            self.line(side, Some(line), at, cx);
        }
    }

    /// The lines of one end.
    fn lines(&mut self, side: Side) -> &mut LineReader {
        &mut self.lines[usize::from(side != self.client_side)]
    }

    /// A line of one end, if there is one.
    fn line(&mut self, side: Side, line: Option<Line<'_>>, at: Moment, cx: &mut Context<'_>) {
        match line {
            Some(line) if side == self.client_side => self.client_line(&line, at, cx),
            Some(line) => self.server_line(&line, at, cx),
            None => {}
        }
    }

    /// Bytes of one end are not in the capture.
    pub(super) fn gap(&mut self, side: Side, bytes: u64, at: Moment, cx: &mut Context<'_>) {
        if let Some(encryption) = &mut self.encryption {
            encryption.gap(side, bytes, &mut cx.shared.secrets);
        }
        self.lost(side, bytes, at, cx);
    }

    /// What one end said is not known.
    fn lost(&mut self, side: Side, bytes: u64, at: Moment, cx: &mut Context<'_>) {
        if self.ending.is_some() {
            return;
        }
        let begun = self.lines(side).gap();
        self.line(side, begun, at, cx);
        let from_client = side == self.client_side;
        if !from_client {
            self.server_silent(cx);
            self.queue.doubt();
            self.channels.doubt();
            self.state.directory.forget();
            self.greeted = true;
        }
        // TYPE, or the reply to it, may have been among them.
        self.state.representation = Representation::Unknown;
        let side = if from_client {
            Side::Initiator
        } else {
            Side::Responder
        };
        self.anomaly(AnomalyKind::Gap { side, bytes }, at, cx);
    }

    /// The control connection is over: what waits for an answer will not get one.
    pub(super) fn control_ended(&mut self, cx: &mut Context<'_>) {
        for side in [self.client_side, self.client_side.peer()] {
            let at = self.last_said(side, cx);
            let begun = self.lines(side).flush();
            self.line(side, begun, at, cx);
        }
        self.server_silent(cx);
        for pending in self.queue.drain() {
            self.give_up(pending, cx);
        }
    }

    /// The packet that brought the latest bytes of one side.
    fn last_said(&self, side: Side, cx: &Context<'_>) -> Moment {
        let said = self.control(cx.flows).map(|facts| facts.half(side));
        said.and_then(|half| half.last_data).unwrap_or(cx.now)
    }

    /// No line of the server follows the reply that was begun.
    fn server_silent(&mut self, cx: &mut Context<'_>) {
        if let Some(reply) = self.reply_reader.flush(&mut cx.shared.texts) {
            self.reply(reply, cx);
        }
    }

    fn client_line(&mut self, line: &Line<'_>, at: Moment, cx: &mut Context<'_>) {
        self.note_length(line, at, cx);
        let Some(command) = Command::parse(&line.bytes) else {
            return;
        };
        let torn = line.cut && matches!(command.verb, Verb::Other(_));
        if torn && line.len == line.bytes.len() as u64 {
            return;
        }
        if let Some(reply) = self.reply_reader.client_spoke(&mut cx.shared.texts) {
            self.reply(reply, cx);
        }
        self.command(command, at, cx);
    }

    fn server_line(&mut self, line: &Line<'_>, at: Moment, cx: &mut Context<'_>) {
        self.note_length(line, at, cx);
        match self.reply_reader.line(line, at, &mut cx.shared.texts) {
            ReplyLine::Pending => {}
            ReplyLine::Complete(reply) => self.reply(reply, cx),
            ReplyLine::Implied(reply, next) => {
                self.reply(reply, cx);
                if let Some(next) = next {
                    self.reply(next, cx);
                }
            }
            ReplyLine::Stray if line.bytes.is_empty() || line.cut => {}
            ReplyLine::Stray => self.anomaly(AnomalyKind::NotAReply, at, cx),
        }
    }

    fn note_length(&mut self, line: &Line<'_>, at: Moment, cx: &mut Context<'_>) {
        if line.len > line.bytes.len() as u64 {
            self.anomaly(AnomalyKind::LongLine { bytes: line.len }, at, cx);
        }
    }

    fn command(&mut self, command: Command<'_>, at: Moment, cx: &mut Context<'_>) {
        self.commands = self.commands.saturating_add(1);
        self.history.commanded(at);
        if self.channels.are_open() {
            let owner = self.owner(cx.flows);
            self.channels.client_went_on(&command.verb, at, owner, cx);
        }
        let texts = &mut cx.shared.texts;
        let mut pending = Pending::new(at, command.verb, texts.share(command.argument));
        pending.protected = self.protected;
        pending.path = self.state.sent(&pending.verb, &pending.argument, texts);
        pending.channel = announce::sent(self, &pending, cx);
        self.queue.push(pending, &mut cx.shared.places);
        while let Some(oldest) = self.queue.surplus(&mut cx.shared.places) {
            self.give_up(oldest, cx);
            self.anomaly(AnomalyKind::TooManyPending, at, cx);
        }
    }

    fn reply(&mut self, reply: Reply, cx: &mut Context<'_>) {
        self.replies = self.replies.saturating_add(1);
        self.history.replied(&reply);
        if self.is_greeting(&reply) {
            self.state.greeting(&reply, &mut cx.shared.named);
            self.history.greeted(&reply);
            cx.events.push(SessionEvent::Reply {
                session: self.id,
                reply,
            });
            return;
        }
        let Answer { skipped, answered } = self.queue.answer(reply, &mut cx.shared.places);
        for pending in skipped {
            self.give_up(pending, cx);
        }
        match answered {
            Answered::Begun(index) => self.begun(index, cx),
            Answered::Done(index) => self.done(index, cx),
            Answered::Nobody(reply) => {
                announce::overheard(self, &reply, cx);
                cx.events.push(SessionEvent::Reply {
                    session: self.id,
                    reply,
                });
            }
        }
    }

    /// The first reply of a session is its greeting, even when commands were sent before it.
    fn is_greeting(&mut self, reply: &Reply) -> bool {
        let first = !self.greeted;
        let greets = matches!(reply.code, 120 | 220) || self.queue.is_empty();
        self.greeted |= reply.code != 120;
        first && greets
    }

    fn begun(&mut self, index: usize, cx: &mut Context<'_>) {
        let Some(pending) = self.queue.get(index) else {
            return;
        };
        let Some(reply) = pending.replies.last() else {
            return;
        };
        if let Some(key) = pending.channel {
            let texts = &mut cx.shared.texts;
            let stored_as = self.state.stored_as(&pending.verb, &reply.text, texts);
            self.channels.begun(key, reply.clone(), stored_as);
        }
    }

    fn done(&mut self, index: usize, cx: &mut Context<'_>) {
        let Some(pending) = self.queue.remove(index, &mut cx.shared.places) else {
            return;
        };
        let Some(reply) = pending.replies.last() else {
            return;
        };
        let argument = &pending.argument;
        let login = self
            .state
            .answered(&pending.verb, argument, reply, cx.shared);
        if pending.verb == Verb::Size {
            self.state.sized(pending.path.as_ref(), reply);
        }
        let attempt = login.map(|login| self.login_attempt(login, reply.at));
        announce::answered(self, &pending, reply, cx);
        let begins = Encryption::begins(&pending.verb, &pending.argument, reply.code);
        // Within TLS it changes nothing, and behind CCC the records go on to be followed.
        if begins && self.encryption.is_none() {
            let encryption = Encryption::new(TlsKind::Explicit, self.client_side);
            self.encryption = Some(Box::new(encryption));
        }
        let key = pending.channel;
        self.exchange(pending, cx);
        if let Some(attempt) = attempt {
            cx.events.push(SessionEvent::Login(attempt));
        }
        if let Some(key) = key {
            let owner = self.owner(cx.flows);
            self.channels.review(key, owner, cx);
        }
    }

    /// A command that never will be answered.
    fn give_up(&mut self, pending: Pending, cx: &mut Context<'_>) {
        if let Some(key) = pending.channel.filter(|_| pending.verb.is_transfer()) {
            self.channels.transfer_given_up(key);
        }
        let key = pending.channel;
        self.exchange(pending, cx);
        if let Some(key) = key {
            let owner = self.owner(cx.flows);
            self.channels.review(key, owner, cx);
        }
    }

    fn exchange(&mut self, pending: Pending, cx: &mut Context<'_>) {
        let Pending {
            at,
            verb,
            argument,
            path,
            replies,
            channel,
            protected,
            ..
        } = pending;
        let session = self.id;
        let prepared = channel.is_some_and(|key| self.channels.is_announced(key));
        let exchange = Exchange {
            session,
            at,
            protected,
            verb,
            argument,
            path,
            replies,
            prepared,
        };
        self.history.exchanged(&exchange);
        cx.events.push(SessionEvent::Exchange(exchange));
    }

    fn login_attempt(&self, login: Login, at: Moment) -> LoginAttempt {
        LoginAttempt {
            session: self.id,
            at,
            user: self.state.user.clone(),
            login,
        }
    }

    pub(super) fn anomaly(&mut self, kind: AnomalyKind, at: Moment, cx: &mut Context<'_>) {
        cx.events.push(SessionEvent::Anomaly(Anomaly {
            session: self.id,
            at,
            kind,
        }));
        let same = |known: &&mut (AnomalyKind, u64, Moment)| {
            std::mem::discriminant(&known.0) == std::mem::discriminant(&kind)
        };
        let anomalies = self.anomalies.get_or_insert_default();
        match anomalies.iter_mut().find(same) {
            Some((_, count, _)) => *count += 1,
            None => anomalies.push((kind, 1, at)),
        }
    }
}
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_small() {
        assert!(size_of::<Session>() <= 456, "{}", size_of::<Session>());
    }
}
