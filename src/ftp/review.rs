//! When a data channel is judged, and when its outcome is told.
//!
//! A channel is judged anew whenever something happens to it. A confirmed transfer whose connection
//! stays open is over once the connection has been quiet for a while; a failure that the client may
//! yet get around is held back until it is known whether it did.

use std::time::Duration;

use super::channel::{Attempted, OpenChannel, direction};
use super::channels::{Channels, Owner, endpoints};
use super::context::{Context, SETTLE};
use super::event::SessionEvent;
use super::expectation::ChannelRef;
use super::outcome::{Asked, Circumstances, judge};
use super::transfer::{Channel, Direction, Outcome};
use crate::time::Timestamp;

/// How long a data connection must be quiet after a reply that tells of a failure.
const SETTLE_FAILED: Duration = Duration::from_millis(1500);

/// For how long a failed channel is held back to see whether the client finds another way.
const HOLD: Duration = Duration::from_secs(2);

/// Channels held back at once; for one more they are all told.
const MAX_HELD: usize = 16;

impl Channels {
    /// Judges one channel anew.
    pub(super) fn review(&mut self, key: u32, owner: Owner, cx: &mut Context<'_>) {
        let Some(index) = self.open.iter().position(|channel| channel.key == key) else {
            return;
        };
        let Some(channel) = self.open.get_mut(index) else {
            return;
        };
        channel.look_at_tls(&cx.shared.streams);
        if owner.asked == Asked::ControlClosed && channel.has_live_flow(cx.flows, cx.now.time) {
            self.schedule_settling(key, owner, cx);
            return;
        }
        match judge(channel, circumstances(owner, cx)) {
            Some(outcome) => {
                let channel = self.take(index);
                self.finish(channel, outcome, owner, cx);
            }
            None => self.schedule_settling(key, owner, cx),
        }
    }

    /// Judges all channels anew, oldest first.
    pub(super) fn review_all(&mut self, owner: Owner, cx: &mut Context<'_>) {
        let keys: Vec<u32> = self.open.iter().map(|channel| channel.key).collect();
        for key in keys {
            self.review(key, owner, cx);
        }
    }

    /// A review is due: once the data connection has been quiet, a confirmed transfer is over.
    pub(super) fn settle(&mut self, key: u32, owner: Owner, cx: &mut Context<'_>) {
        let mut held = self.held.iter().flat_map(|held| held.iter());
        if held.any(|(held, _)| *held == key) {
            self.hold_expired(key, owner, cx);
            return;
        }
        let Some(channel) = self.open.iter().find(|channel| channel.key == key) else {
            return;
        };
        let quiet = match channel.pending_until(cx.flows) {
            // When the next answer may come was reckoned from the latest SYN.
            Some(_) if !channel.is_replied() => Duration::ZERO,
            _ => patience(channel),
        };
        let active = channel
            .connection(cx.flows)
            .map(|connection| connection.last.time);
        let waits = active.filter(|last| cx.now.time.since(*last) < quiet);
        if let Some(channel) = self.find(key) {
            channel.scheduled = waits.is_some();
        }
        if let Some(last) = waits {
            self.schedule(key, last + quiet, owner, cx);
            return;
        }
        let Some(channel) = self.find(key) else {
            return;
        };
        if !channel.is_replied() && !channel.lacks_last_word() {
            self.review(key, owner, cx);
        } else {
            self.review(
                key,
                Owner {
                    asked: Asked::Settled,
                    ..owner
                },
                cx,
            );
        }
    }

    /// Gives up the oldest channel: there are too many.
    pub(super) fn give_up_oldest(&mut self, owner: Owner, cx: &mut Context<'_>) {
        if self.open.is_empty() {
            return;
        }
        let mut channel = self.take(0);
        channel.look_at_tls(&cx.shared.streams);
        let case = Circumstances {
            asked: Asked::CaptureEnded,
            ..circumstances(owner, cx)
        };
        let outcome = judge(&channel, case).unwrap_or(Outcome::Incomplete);
        self.finish(channel, outcome, owner, cx);
    }

    fn schedule_settling(&mut self, key: u32, owner: Owner, cx: &mut Context<'_>) {
        let Some(channel) = self.find(key) else {
            return;
        };
        let is_over = channel.attempted(cx.flows, cx.now.time) == Attempted::Over;
        let waits = channel.is_replied() || channel.lacks_last_word() && is_over;
        if waits && !channel.scheduled {
            channel.scheduled = true;
            let when = cx.now.time + patience(channel);
            self.schedule(key, when, owner, cx);
        } else if owner.asked == Asked::ControlClosed && !channel.scheduled {
            // Who closed the control connection does not repeat a SYN that is not answered.
            // What is past by now, and decided nothing, would be due again at once and for ever.
            let awaited = channel.pending_until(cx.flows);
            let awaited = awaited.filter(|when| *when > cx.now.time);
            channel.scheduled = awaited.is_some();
            if let Some(when) = awaited {
                self.schedule(key, when, owner, cx);
            }
        }
    }

    /// Asks for a review in the time to come; at the end of all time there is none.
    fn schedule(&self, key: u32, when: Timestamp, owner: Owner, cx: &mut Context<'_>) {
        if when <= cx.now.time {
            return;
        }
        cx.shared.schedule(
            when,
            ChannelRef {
                slot: owner.slot,
                key,
            },
        );
    }

    fn finish(
        &mut self,
        mut channel: Box<OpenChannel>,
        outcome: Outcome,
        owner: Owner,
        cx: &mut Context<'_>,
    ) {
        let reference = ChannelRef {
            slot: owner.slot,
            key: channel.key,
        };
        for endpoint in endpoints(&channel, owner).into_iter().flatten() {
            cx.shared.expectations.remove(endpoint, reference);
        }
        let Some(number) = channel.number else { return };
        let bytes = channel.bytes(cx.flows);
        self.count_bytes(&channel, bytes);
        self.failed += u64::from(outcome == Outcome::Failed);
        let key = channel.key;
        channel.relayed = channel
            .announced
            .is_some_and(|endpoint| cx.shared.is_relayed(endpoint));
        let channel = Box::new(channel.told((owner.id, number), outcome, bytes, cx.flows));
        if may_be_repaired(&channel) && owner.asked == Asked::Meanwhile {
            if self
                .held
                .as_ref()
                .is_some_and(|held| held.len() >= MAX_HELD)
            {
                self.release(cx);
            }
            self.held.get_or_insert_default().push((key, channel));
            self.schedule(key, cx.now.time + HOLD, owner, cx);
        } else {
            self.release(cx);
            cx.events.push(SessionEvent::Channel(channel));
        }
    }

    /// Tells the channels that were held back.
    pub(super) fn release(&mut self, cx: &mut Context<'_>) {
        if let Some(held) = self.held.take() {
            let told = |(_, channel)| SessionEvent::Channel(channel);
            cx.events.extend(held.into_iter().map(told));
        }
    }

    /// A channel has been held back for long enough, unless the next one is being used just now.
    fn hold_expired(&mut self, key: u32, owner: Owner, cx: &mut Context<'_>) {
        let in_use =
            |channel: &OpenChannel| channel.attempted(cx.flows, cx.now.time) == Attempted::Open;
        if self.open.iter().any(|channel| in_use(channel)) {
            self.schedule(key, cx.now.time + HOLD, owner, cx);
        } else {
            self.release(cx);
        }
    }

    fn count_bytes(&mut self, channel: &OpenChannel, (down, up): (u64, u64)) {
        match channel
            .transfer
            .as_ref()
            .map(|transfer| direction(&transfer.verb))
        {
            Some(Direction::Download | Direction::Listing) => self.downloaded += down,
            Some(Direction::Upload) => self.uploaded += up,
            None => {
                self.downloaded += down;
                self.uploaded += up;
            }
        }
    }
}

/// How long the data connection of a channel must be quiet after the final reply.
fn patience(channel: &OpenChannel) -> Duration {
    let reply = channel
        .transfer
        .as_ref()
        .and_then(|transfer| transfer.reply.as_ref());
    match reply {
        Some(reply) if reply.code >= 400 => SETTLE_FAILED,
        _ => SETTLE,
    }
}

/// Whether the client may yet find another way, so that the failure did not matter: it tries the
/// next method when an announcement is refused or its connection does not come about.
fn may_be_repaired(channel: &Channel) -> bool {
    match channel.outcome {
        Outcome::Refused => true,
        Outcome::Failed => channel.transfer.is_none(),
        Outcome::Unused => channel.connection.is_none(),
        _ => false,
    }
}

fn circumstances<'a>(owner: Owner, cx: &'a Context<'_>) -> Circumstances<'a> {
    Circumstances {
        flows: cx.flows,
        now: cx.now.time,
        asked: owner.asked,
        both_directions: owner.both_directions,
        encrypted: owner.encrypted,
        left_by_server: owner.left_by_server,
    }
}
