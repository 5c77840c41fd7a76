//! Events → rows in order.

use super::{Row, What, channel, silence};
use crate::analyzer::Event;
use crate::capture::{Frame, Moment};
use crate::ftp::{
    Exchange, Method, Mode, Reply, SessionEvent, SessionRecord, State, TlsKind, Verb,
};
use crate::tcp::{Connection, Side};
use crate::time::Timestamp;
use std::sync::Arc;

/// Ranks within one packet.
const COMMAND: u8 = 0;
pub(super) const CHANNEL: u8 = 1;
const REPLY: u8 = 2;
pub(super) const ASIDE: u8 = 3;

/// Where a row stands: by time where there are several files, by packet, by rank, and at last in
/// the order in which the engine told.
type Place = (Timestamp, Frame, u8, u32, u16);

/// A row that says where a data channel is expected.
#[derive(Clone, Copy, Debug)]
struct Announcer {
    frame: Frame,
    mode: Mode,
    place: Place,
    taken: bool,
}

/// Collects rows.
#[derive(Debug, Default)]
struct Loom {
    rows: Vec<(Place, Row)>,
    announcers: Vec<Announcer>,
    by_time: bool,
}

/// The rows of these events, in order.
pub(super) fn rows(events: &[Arc<Event>]) -> Vec<Row> {
    let mut loom = Loom {
        by_time: has_several_files(events),
        ..Loom::default()
    };
    for (index, event) in (0..).zip(events) {
        if let Event::Session(event) = &**event {
            loom.event(index, event);
        }
    }
    for (index, event) in (0..).zip(events) {
        if let Event::Session(SessionEvent::Channel(channel)) = &**event {
            loom.announced(index, channel);
        }
    }
    loom.rows.sort_by_key(|(place, _)| *place);
    let rows = loom.rows.into_iter().map(|(_, row)| row).collect();
    silence::marked(rows, events)
}

fn has_several_files(events: &[Arc<Event>]) -> bool {
    let mut files = events.iter().filter_map(|event| match &**event {
        Event::Session(SessionEvent::Opened(opened)) => Some(opened.at.frame.file()),
        Event::Session(SessionEvent::Exchange(exchange)) => Some(exchange.at.frame.file()),
        Event::Session(SessionEvent::Channel(channel)) => Some(channel.at.frame.file()),
        Event::Session(SessionEvent::Ended(record)) => Some(record.ended.frame.file()),
        _ => None,
    });
    files
        .next()
        .is_some_and(|first| files.any(|file| file != first))
}

impl Loom {
    fn event(&mut self, index: u32, event: &SessionEvent) {
        match event {
            SessionEvent::Opened(opened) if !opened.midstream => {
                self.add(opened.at, COMMAND, index, 0, What::Connect);
            }
            SessionEvent::Exchange(exchange) => self.exchange(index, exchange),
            SessionEvent::Reply { reply, .. } => {
                let place = self.place(reply.at, REPLY, index, 0);
                self.reply(place, index, 0, reply);
            }
            SessionEvent::Channel(channel) => {
                for (sub, (at, rank, what)) in (1..).zip(channel::rows(channel)) {
                    self.add(at, rank, index, sub, what);
                }
            }
            SessionEvent::Anomaly(anomaly) => {
                self.add(anomaly.at, ASIDE, index, 0, What::Anomaly);
            }
            SessionEvent::Ended(record) => self.ended(index, record),
            SessionEvent::Opened(_) | SessionEvent::Login(_) => {}
        }
    }

    fn exchange(&mut self, index: u32, exchange: &Exchange) {
        let command = self.place(exchange.at, COMMAND, index, 0);
        self.push(command, exchange.at, index, What::Command);
        if matches!(exchange.verb, Verb::Port | Verb::Eprt | Verb::Lprt) {
            self.announces(exchange.at, Mode::Active, command);
        }
        let mut least = command;
        for (nth, reply) in (0..).zip(&exchange.replies) {
            // A reply never stands before its command, in whatever order they were captured.
            let place = self.place(reply.at, REPLY, index, nth * 2).max((
                least.0,
                least.1,
                REPLY,
                index,
                nth * 2,
            ));
            self.reply(place, index, nth, reply);
            least = place;
        }
        let granted = exchange
            .replies
            .last()
            .filter(|reply| reply.code / 100 == 2);
        if let (Verb::Auth, Some(reply)) = (&exchange.verb, granted) {
            let (time, frame, rank, index, sub) = least;
            self.push(
                (time, frame, rank, index, sub + 1),
                reply.at,
                index,
                What::Tls,
            );
        }
    }

    fn reply(&mut self, place: Place, index: u32, nth: u16, reply: &Reply) {
        self.push(place, reply.at, index, What::Reply(nth));
        if matches!(reply.code, 227..=229) {
            self.announces(reply.at, Mode::Passive, place);
        }
    }

    fn announces(&mut self, at: Moment, mode: Mode, place: Place) {
        self.announcers.push(Announcer {
            frame: at.frame,
            mode,
            place,
            taken: false,
        });
    }

    /// What a row announced, below that row.
    fn announced(&mut self, index: u32, channel: &crate::ftp::Channel) {
        let Some(at) = channel.announcement else {
            return;
        };
        if channel.announced.is_none() || channel.method == Method::Inferred {
            return;
        }
        let fits =
            |one: &&mut Announcer| !one.taken && one.frame == at.frame && one.mode == channel.mode;
        let place = match self.announcers.iter_mut().find(fits) {
            Some(announcer) => {
                announcer.taken = true;
                let (time, frame, rank, seq, sub) = announcer.place;
                (time, frame, rank, seq, sub + 1)
            }
            None => self.place(at, ASIDE, index, 0),
        };
        self.push(place, at, index, What::Announced);
    }

    fn ended(&mut self, index: u32, record: &SessionRecord) {
        let control = &record.control;
        if record
            .tls
            .as_ref()
            .is_some_and(|tls| tls.kind == TlsKind::Implicit)
        {
            self.add(record.started, ASIDE, index, 0, What::Tls);
        }
        // The flow table's initiator is the client, but for captures that begin in mid-stream.
        let client = match control.initiator() == record.client {
            true => Side::Initiator,
            false => Side::Responder,
        };
        for (sub, (at, end)) in (1..).zip(ends(control, client)) {
            self.add(at, ASIDE, index, sub, end);
        }
        if control.halves.iter().any(|half| half.retransmitted() > 0) {
            self.add(record.ended, ASIDE, index, 8, What::Again);
        }
        if record.state == State::Open {
            self.add(record.ended, ASIDE, index, 9, What::StillOpen);
        }
    }

    fn add(&mut self, at: Moment, rank: u8, index: u32, sub: u16, what: What) {
        let place = self.place(at, rank, index, sub);
        self.push(place, at, index, what);
    }

    fn push(&mut self, place: Place, at: Moment, event: u32, what: What) {
        self.rows.push((place, Row { at, event, what }));
    }

    fn place(&self, at: Moment, rank: u8, index: u32, sub: u16) -> Place {
        let time = if self.by_time {
            at.time
        } else {
            Timestamp::default()
        };
        (time, at.frame, rank, index, sub)
    }
}

/// How a control connection that existed ended: the first FIN of each side, and every side's RST.
fn ends(control: &Connection, client: Side) -> Vec<(Moment, What)> {
    if !control.established {
        return Vec::new();
    }
    let role = |side: Side| {
        if side == client {
            Side::Initiator
        } else {
            Side::Responder
        }
    };
    let mut ends = Vec::new();
    for side in [Side::Initiator, Side::Responder] {
        let half = control.half(side);
        ends.extend(half.fin.map(|at| (at, What::End(role(side), false))));
        ends.extend(half.rst().map(|at| (at, What::End(role(side), true))));
    }
    ends.sort_by_key(|(at, _)| *at);
    ends
}
