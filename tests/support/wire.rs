//! TCP connections: packets with sequence and acknowledgement numbers that fit.

use std::net::{IpAddr, SocketAddr};

use super::packets::{ACK, FIN, Header, Options, PSH, RST, SYN, Tcp, Transport};
use super::planned::{MICRO, MILLI, Payload, Plan, SECOND, SEGMENT};

/// One of the two ends of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Who sent the SYN.
    Opener,
    /// Who listened.
    Listener,
}

impl Side {
    /// The other one.
    pub const fn other(self) -> Self {
        match self {
            Self::Opener => Self::Listener,
            Self::Listener => Self::Opener,
        }
    }
}

/// What one end has sent and acknowledged.
#[derive(Clone, Copy, Debug)]
struct End {
    addr: SocketAddr,
    next: u32,
    /// What the other end has sent and this one not acknowledged.
    owes: bool,
    ip_id: u16,
    /// The latest time stamp of the other end.
    echo: u32,
}

/// A TCP connection between two well-behaved hosts: in order, nothing lost.
#[derive(Clone, Debug)]
pub struct Connection {
    ends: [End; 2],
}

impl Connection {
    /// A connection that `opener` will open; `isn` seeds both initial sequence numbers.
    pub fn new(opener: SocketAddr, listener: SocketAddr, isn: u32) -> Self {
        let end = |addr, next: u32| End {
            addr,
            next,
            owes: false,
            ip_id: next as u16,
            echo: 0,
        };
        Self {
            ends: [
                end(opener, isn),
                end(listener, isn.wrapping_mul(0x9e37_79b1) ^ 0x5bd1),
            ],
        }
    }

    /// The address of one end.
    pub fn addr(&self, side: Side) -> SocketAddr {
        self.ends[side as usize].addr
    }

    /// The end that has this IP address.
    pub fn side_of(&self, ip: IpAddr) -> Side {
        if self.ends[0].addr.ip() == ip {
            Side::Opener
        } else {
            Side::Listener
        }
    }

    /// The three-way handshake.
    pub fn open(&mut self, plan: &mut Plan) {
        self.emit(plan, Side::Opener, SYN, Payload::None);
        plan.wait(plan.latency);
        self.emit(plan, Side::Listener, SYN | ACK, Payload::None);
        plan.wait(plan.latency);
        self.emit(plan, Side::Opener, ACK, Payload::None);
    }

    /// A SYN that is answered by a reset.
    pub fn refused(&mut self, plan: &mut Plan) {
        self.emit(plan, Side::Opener, SYN, Payload::None);
        plan.wait(plan.latency);
        self.emit(plan, Side::Listener, RST | ACK, Payload::None);
    }

    /// `tries` SYNs that nobody answers, one, two, four … seconds apart.
    pub fn unanswered(&mut self, plan: &mut Plan, tries: u32) {
        let first = self.ends[0].next;
        for attempt in 0..tries {
            self.ends[0].next = first;
            self.emit(plan, Side::Opener, SYN, Payload::None);
            plan.wait(SECOND << attempt.min(6));
        }
    }

    /// Bytes from one side, in full segments; the other side acknowledges every second one.
    pub fn send(&mut self, plan: &mut Plan, from: Side, bytes: &[u8]) {
        for (index, part) in bytes.chunks(SEGMENT).enumerate() {
            let last = (index + 1) * SEGMENT >= bytes.len();
            self.segment(plan, from, index, last, Payload::Bytes(part.into()));
        }
    }

    /// As [`Connection::send`], with bytes that need not be kept.
    pub fn send_filler(&mut self, plan: &mut Plan, from: Side, len: u64) {
        let mut left = len;
        for index in 0.. {
            let part = left.min(SEGMENT as u64);
            if part == 0 {
                break;
            }
            left -= part;
            let seed = self.ends[from as usize].next as u16;
            let payload = Payload::Filler {
                len: part as u16,
                seed,
            };
            self.segment(plan, from, index, left == 0, payload);
        }
    }

    /// One data segment and the acknowledgement due after it. A gigabit link takes 12 µs for it.
    fn segment(&mut self, plan: &mut Plan, from: Side, index: usize, last: bool, payload: Payload) {
        self.emit(plan, from, if last { ACK | PSH } else { ACK }, payload);
        plan.wait(11 * MICRO);
        if index % 2 == 1 && !last {
            self.acknowledge(plan, from.other());
        }
    }

    /// An acknowledgement by `side`, if it owes one.
    pub fn acknowledge(&mut self, plan: &mut Plan, side: Side) {
        if self.ends[side as usize].owes {
            self.emit(plan, side, ACK, Payload::None);
        }
    }

    /// Both sides finish, `first` first.
    pub fn close(&mut self, plan: &mut Plan, first: Side) {
        self.emit(plan, first, FIN | ACK, Payload::None);
        plan.wait(plan.latency);
        self.emit(plan, first.other(), FIN | ACK, Payload::None);
        plan.wait(plan.latency);
        self.emit(plan, first, ACK, Payload::None);
    }

    /// `side` resets the connection.
    pub fn reset(&mut self, plan: &mut Plan, side: Side) {
        self.emit(plan, side, RST | ACK, Payload::None);
    }

    /// One packet with any flags; moves the numbers on.
    pub fn emit(&mut self, plan: &mut Plan, from: Side, flags: u8, payload: Payload) {
        let (opener, listener) = self.ends.split_at_mut(1);
        let (sender, receiver) = match from {
            Side::Opener => (&mut opener[0], &mut listener[0]),
            Side::Listener => (&mut listener[0], &mut opener[0]),
        };
        let syn = flags & SYN != 0;
        let stamp = (plan.now / MILLI) as u32;
        let tcp = Tcp {
            seq: sender.next,
            ack: if flags & ACK != 0 { receiver.next } else { 0 },
            flags,
            window: if flags & RST != 0 {
                0
            } else if syn {
                64_240
            } else {
                502
            },
            options: Options {
                mss: syn.then_some(SEGMENT as u16 + 12),
                window_scale: syn.then_some(7),
                timestamp: (flags & RST == 0).then_some((stamp, sender.echo)),
            },
        };
        let length = payload.bytes().len() as u32;
        let occupied = length + u32::from(syn) + u32::from(flags & FIN != 0);
        let (src, dst, ip_id) = (sender.addr, receiver.addr, sender.ip_id);
        sender.next = sender.next.wrapping_add(occupied);
        sender.ip_id = sender.ip_id.wrapping_add(1);
        sender.owes = sender.owes && flags & ACK == 0;
        receiver.owes |= occupied > 0;
        receiver.echo = stamp;
        plan.push(
            Header {
                src,
                dst,
                ttl: 64,
                ip_id,
                transport: Transport::Tcp(tcp),
            },
            payload,
        );
    }
}
