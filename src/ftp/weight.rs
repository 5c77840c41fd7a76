//! What a session takes of memory: close to the truth, and cheap.

use super::channel::{Attempt, OpenChannel};
use super::channels::Channels;
use super::event::{AnomalyKind, Exchange, Reply};
use super::history::{History, Past, Rarities};
use super::session::{Anomalies, Session};
use super::state::{Extras, State};
use super::text::Text;
use super::transfer::Channel;
use crate::capture::Moment;
use crate::tcp::Connection;

/// What the allocator adds to a block.
const BLOCK: usize = 16;

/// Occasions from one reckoning of a session to the next, at the most.
const TURNS: u16 = 16;

/// Bytes that a session said, behind which it is reckoned whatever the occasion.
const MUCH: u16 = 4096;

/// What finds a session by its two hosts, and its place in the table.
const PLACE: usize = 64;

/// What a final channel takes that is held back.
const HELD: usize = size_of::<Channel>() + size_of::<Connection>() + 256;

/// One anomaly and how often it came.
const ANOMALY: usize = size_of::<(AnomalyKind, u64, Moment)>();

impl Session {
    /// Bytes that it takes in all, when it is time to reckon it anew: soon after it began and then
    /// now and again, because that touches all of it.
    #[inline]
    pub(super) fn weighed(&mut self) -> Option<usize> {
        self.turns = self.turns.wrapping_add(1);
        let due = self.turns.is_multiple_of(TURNS)
            || self.turns < TURNS && self.turns.is_power_of_two()
            || self.heard >= MUCH;
        due.then(|| {
            self.heard = 0;
            self.weight()
        })
    }

    #[inline(never)]
    fn weight(&self) -> usize {
        size_of::<Self>()
            + BLOCK
            + PLACE
            + self.state.weight()
            + self.history.weight()
            + self.channels.weight()
            + self.unread()
            + self.anomalies.as_deref().map_or(0, |anomalies| {
                size_of::<Anomalies>() + BLOCK + anomalies.capacity() * ANOMALY
            })
            + self
                .encryption
                .as_ref()
                .map_or(0, |encryption| encryption.weight())
            + self
                .facts
                .as_ref()
                .map_or(0, |_| size_of::<Connection>() + BLOCK)
    }
}

impl State {
    fn weight(&self) -> usize {
        of_text(self.user.as_ref())
            + of_text(self.password.as_ref())
            + self.software.as_ref().map_or(0, |software| software.len())
            + of_text(self.directory.current())
            + self.extras.as_deref().map_or(0, |extras| {
                size_of::<Extras>()
                    + BLOCK
                    + of_text(extras.server_name.as_ref())
                    + extras.sizes.weight()
            })
    }
}

impl History {
    fn weight(&self) -> usize {
        let of_exchange =
            |exchange: &Option<Box<Exchange>>| exchange.as_deref().map_or(0, of_exchange);
        self.channels.capacity() * size_of::<Past>()
            + self.greeting.as_ref().map_or(0, of_reply)
            + self.rarities.as_deref().map_or(0, |rarities| {
                size_of::<Rarities>()
                    + BLOCK
                    + of_text(rarities.features.as_ref())
                    + of_exchange(&rarities.refused_login)
            })
            + of_exchange(&self.unresolved)
    }
}

impl Channels {
    fn weight(&self) -> usize {
        let open = self.open.iter().map(|channel| channel.weight());
        self.open.len() * (size_of::<OpenChannel>() + BLOCK)
            + open.sum::<usize>()
            + self.held.as_deref().map_or(0, |held| held.len() * HELD)
    }
}

impl OpenChannel {
    /// Beyond its fixed size.
    fn weight(&self) -> usize {
        let gone = self.attempts.iter().filter(|one| one.gone.is_some());
        let texts = self.transfer.as_ref().map_or(0, |transfer| {
            of_text(transfer.path.as_ref())
                + transfer.begun.as_ref().map_or(0, of_reply)
                + transfer.reply.as_ref().map_or(0, of_reply)
        });
        let spilled = self.attempts.spilled();
        let places = if spilled { self.attempts.capacity() } else { 0 };
        places * size_of::<Attempt>()
            + gone.count() * (size_of::<Connection>() + BLOCK)
            + self.reply.as_ref().map_or(0, of_reply)
            + texts
    }
}

fn of_text(text: Option<&Text>) -> usize {
    text.map_or(0, Text::weight)
}

fn of_reply(reply: &Reply) -> usize {
    reply.text.weight()
}

fn of_exchange(exchange: &Exchange) -> usize {
    let replies = exchange.replies.iter().map(of_reply);
    size_of::<Exchange>()
        + exchange.argument.weight()
        + of_text(exchange.path.as_ref())
        + exchange.replies.len() * size_of::<Reply>()
        + replies.sum::<usize>()
}
