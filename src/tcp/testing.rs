//! A tiny maker of segments, and a consumer that remembers what it was told.

use std::net::SocketAddr;
use std::time::Duration;

use super::{Connection, Consumer, FlowId, FlowTable, Flows, Interest, Limits, Side, StreamEvent};
use crate::capture::Frame;
use crate::decode::{Flags, Options, Segment, SeqNumber};
use crate::time::Timestamp;

/// A segment that owns its payload.
#[derive(Clone, Debug)]
pub(super) struct Made {
    pub(super) src: SocketAddr,
    pub(super) dst: SocketAddr,
    pub(super) seq: u32,
    pub(super) ack: Option<u32>,
    pub(super) flags: &'static str,
    pub(super) payload: Vec<u8>,
    /// Bytes that a snapshot length cut off the payload.
    pub(super) cut: u32,
    pub(super) window: u16,
    pub(super) options: Options,
    pub(super) ip_id: Option<u16>,
    /// Milliseconds after the previous segment.
    pub(super) after: u64,
}

pub(super) fn client() -> SocketAddr {
    "10.0.0.1:40000".parse().unwrap()
}

pub(super) fn server() -> SocketAddr {
    "10.0.0.2:21".parse().unwrap()
}

impl Made {
    pub(super) fn new(
        src: SocketAddr,
        dst: SocketAddr,
        seq: u32,
        ack: Option<u32>,
        flags: &'static str,
        payload: &[u8],
    ) -> Self {
        Self {
            src,
            dst,
            seq,
            ack,
            flags,
            payload: payload.to_vec(),
            cut: 0,
            window: 1000,
            options: Options::default(),
            ip_id: None,
            after: 1,
        }
    }

    /// From the client, flags as tcpdump writes them: S, F, R.
    pub(super) fn up(seq: u32, ack: Option<u32>, flags: &'static str, payload: &str) -> Self {
        Self::new(client(), server(), seq, ack, flags, payload.as_bytes())
    }

    /// From the server.
    pub(super) fn down(seq: u32, ack: Option<u32>, flags: &'static str, payload: &str) -> Self {
        Self::new(server(), client(), seq, ack, flags, payload.as_bytes())
    }

    pub(super) fn after(mut self, millis: u64) -> Self {
        self.after = millis;
        self
    }

    pub(super) fn window(mut self, window: u16) -> Self {
        self.window = window;
        self
    }

    pub(super) fn id(mut self, id: u16) -> Self {
        self.ip_id = Some(id);
        self
    }

    pub(super) fn at(&self, number: u64, time: Timestamp) -> Segment<'_> {
        let has = |flag: char| self.flags.contains(flag);
        Segment {
            frame: Frame::new(0, number),
            time,
            src: self.src,
            dst: self.dst,
            seq: SeqNumber(self.seq),
            ack: SeqNumber(self.ack.unwrap_or(0)),
            flags: Flags {
                fin: has('F'),
                syn: has('S'),
                rst: has('R'),
                ack: self.ack.is_some(),
                urg: false,
            },
            window: self.window,
            options: self.options,
            len: self.payload.len() as u32 + self.cut,
            payload: &self.payload,
            ttl: 64,
            ip_id: self.ip_id,
        }
    }
}

/// A conversation in lock step: each side acknowledges all that the other sent before.
#[derive(Clone, Debug)]
pub(super) struct Talk {
    pub(super) segments: Vec<Made>,
    /// The next sequence numbers of client and server.
    pub(super) next: [u32; 2],
}

impl Talk {
    pub(super) fn midstream() -> Self {
        Self {
            segments: Vec::new(),
            next: [u32::MAX - 20, 5000],
        }
    }

    pub(super) fn handshake() -> Self {
        let mut talk = Self::midstream();
        talk.push(Side::Initiator, "S", "");
        talk.push(Side::Responder, "S", "");
        talk.push(Side::Initiator, "", "");
        talk
    }

    pub(super) fn push(&mut self, side: Side, flags: &'static str, payload: &str) -> &mut Self {
        let (own, peer) = (self.next[side.index()], self.next[side.peer().index()]);
        let first = flags.contains('S') && side == Side::Initiator;
        let ack = (!first).then_some(peer);
        let made = if side == Side::Initiator {
            Made::up
        } else {
            Made::down
        };
        self.segments.push(made(own, ack, flags, payload));
        let used =
            payload.len() + usize::from(flags.contains('S')) + usize::from(flags.contains('F'));
        self.next[side.index()] = own.wrapping_add(used as u32);
        self
    }

    pub(super) fn client(&mut self, payload: &str) -> &mut Self {
        self.push(Side::Initiator, "", payload)
    }

    pub(super) fn server(&mut self, payload: &str) -> &mut Self {
        self.push(Side::Responder, "", payload)
    }

    pub(super) fn finish(&mut self) -> &mut Self {
        self.push(Side::Responder, "F", "")
            .push(Side::Initiator, "F", "")
            .push(Side::Responder, "", "")
    }
}

/// What a consumer was told.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) interest: Interest,
    pub(super) events: Vec<(FlowId, String)>,
    /// The facts of each flow as it was opened and as it went.
    pub(super) opened: Vec<Connection>,
    pub(super) gone: Vec<Connection>,
    pub(super) bytes: Vec<(Side, Vec<u8>)>,
}

impl Seen {
    pub(super) fn story(&self) -> String {
        self.events
            .iter()
            .map(|(_, event)| event.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    }

    pub(super) fn last(&self) -> &Connection {
        self.gone.last().unwrap()
    }

    /// Bytes by side, joined between changes of side.
    fn join(&mut self, side: Side, bytes: &[u8]) {
        match self.bytes.last_mut() {
            Some((last, all)) if *last == side => all.extend_from_slice(bytes),
            _ => self.bytes.push((side, bytes.to_vec())),
        }
    }
}

impl Consumer for Seen {
    fn event(&mut self, flows: &mut Flows, id: FlowId, event: StreamEvent<'_>) {
        let name = |side| if side == Side::Initiator { 'I' } else { 'R' };
        let text = match event {
            StreamEvent::Open => {
                flows.set_interest(id, self.interest);
                self.opened.push(flows.get(id).unwrap().clone());
                "open".into()
            }
            StreamEvent::Established => "established".into(),
            StreamEvent::Data { side, bytes, .. } => {
                self.join(side, bytes);
                format!("{}:{}", name(side), String::from_utf8_lossy(bytes))
            }
            StreamEvent::Gap { side, bytes, .. } => format!("{}-{bytes}", name(side)),
            StreamEvent::Close => "close".into(),
            StreamEvent::Gone => {
                self.gone.push(flows.get(id).unwrap().clone());
                "gone".into()
            }
        };
        self.events.push((id, text));
    }
}

/// Packet time at which the segments of a test begin.
pub(super) fn epoch() -> Timestamp {
    Timestamp::new(1_700_000_000, 0)
}

/// Pushes the segments and tells the time after the last.
pub(super) fn push(
    table: &mut FlowTable,
    seen: &mut Seen,
    segments: &[Made],
    mut time: Timestamp,
) -> Timestamp {
    for (number, made) in segments.iter().enumerate() {
        time = time + Duration::from_millis(made.after);
        table.advance(time, seen);
        table.push(&made.at(number as u64 + 1, time), seen);
    }
    time
}

pub(super) fn table() -> FlowTable {
    FlowTable::new(Limits { flows: 100 })
}

/// What becomes of a whole capture.
pub(super) fn run(segments: &[Made], interest: Interest) -> Seen {
    let mut seen = Seen {
        interest,
        ..Seen::default()
    };
    let mut table = table();
    push(&mut table, &mut seen, segments, epoch());
    table.finish(&mut seen);
    assert_eq!(table.stats().held, 0);
    assert_eq!(table.stats().holes, 0);
    assert!(table.flows().is_empty());
    seen
}
