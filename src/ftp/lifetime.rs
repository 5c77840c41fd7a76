//! What happens to the connections of a session, and how it comes to its end.

use super::context::{Context, DATA_TAG, RESET_TAIL};
use super::event::AnomalyKind;
use super::expectation::ChannelRef;
use super::inference::Claim;
use super::matching::Ends;
use super::outcome::Asked;
use super::session::Session;
use crate::tcp::{Close, FlowId};

/// Stands for the control connection among the keys of channels, which begin at 1.
const CONTROL: u32 = 0;

impl Session {
    /// The control connection was closed by FIN or RST. After a reset, a last reply may be on its
    /// way.
    pub(super) fn control_closed(&mut self, cx: &mut Context<'_>) {
        let control = self.control(cx.flows);
        let reset = control.is_some_and(|control| {
            control.established && matches!(control.close(), Some((Close::Reset(_), _)))
        });
        if reset {
            cx.shared.schedule(
                cx.now.time + RESET_TAIL,
                ChannelRef {
                    slot: self.slot,
                    key: CONTROL,
                },
            );
        } else {
            self.end(Asked::ControlClosed, cx);
        }
    }

    /// The flow table forgets the control connection.
    pub(super) fn control_gone(&mut self, cx: &mut Context<'_>) {
        // One end may have left without the other's consent.
        let closed = self
            .control(cx.flows)
            .is_some_and(|control| control.close().is_some() || control.end().is_some());
        self.end(
            if closed {
                Asked::ControlClosed
            } else {
                Asked::CaptureEnded
            },
            cx,
        );
        self.facts = cx.flows.get(self.flow).cloned().map(Box::new);
        cx.flows.set_tag(self.flow, DATA_TAG);
    }

    fn end(&mut self, how: Asked, cx: &mut Context<'_>) {
        if self.ending.is_none() {
            self.ending = Some(how);
            self.control_ended(cx);
            let owner = self.owner(cx.flows);
            self.channels.review_all(owner, cx);
            self.channels.release(cx);
        }
    }

    /// Nothing more is waited for.
    pub(super) fn abandon(&mut self, cx: &mut Context<'_>) {
        self.end(Asked::CaptureEnded, cx);
        self.ending = Some(Asked::CaptureEnded);
        let owner = self.owner(cx.flows);
        self.channels.review_all(owner, cx);
        self.channels.release(cx);
    }

    /// A connection was found for a channel.
    pub(super) fn attach(&mut self, key: u32, flow: FlowId, cx: &mut Context<'_>) {
        let owner = self.owner(cx.flows);
        self.channels.attach(key, flow, owner, cx);
    }

    /// Takes a connection that nobody announced, if a transfer lacks one.
    pub(super) fn infer(&mut self, flow: FlowId, ends: Ends, claim: &Claim, cx: &mut Context<'_>) {
        let owner = self.owner(cx.flows);
        self.channels.infer(flow, ends, claim, owner, cx);
        self.bound_channels(cx);
    }

    /// Gives up the oldest channels when too many are open.
    pub(super) fn bound_channels(&mut self, cx: &mut Context<'_>) {
        while self.channels.are_too_many() {
            let owner = self.owner(cx.flows);
            self.channels.give_up_oldest(owner, cx);
            self.anomaly(AnomalyKind::TooManyChannels, cx.now, cx);
        }
    }

    /// Something happened to a connection of a channel.
    pub(super) fn review(&mut self, key: u32, cx: &mut Context<'_>) {
        if !self.channels.are_open() {
            return;
        }
        let owner = self.owner(cx.flows);
        self.channels.review(key, owner, cx);
    }

    /// A channel may have come to rest.
    pub(super) fn settle(&mut self, key: u32, cx: &mut Context<'_>) {
        if key == CONTROL {
            self.end(Asked::ControlClosed, cx);
            return;
        }
        let owner = self.owner(cx.flows);
        self.channels.settle(key, owner, cx);
    }
}
