//! Frames made by hand, and running them through the engine.

use std::net::{Ipv4Addr, SocketAddr};

use ftpscope::analyzer::{Analyzer, Options};
use ftpscope::output::{self, Context, Format, text};
use ftpscope::time::Precision;

use crate::support::analysis::ethernet;
use crate::support::packets::{ACK, Header, Link, PSH, SYN, Tcp, Transport, write};
use crate::support::planned::{MICRO, SECOND};

pub const START: u64 = 1_700_000_000 * SECOND;
pub const CLIENT: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 9);
pub const SERVER: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 1);

/// Frames, and when they come.
#[derive(Default)]
pub struct Scene {
    pub frames: Vec<(u64, Vec<u8>)>,
    pub now: u64,
    /// The next sequence number of client and server, on the control connection.
    pub next: [u32; 2],
    pub keys: Option<String>,
}

impl Scene {
    pub fn new() -> Self {
        Self {
            now: START,
            next: [1, 1],
            ..Self::default()
        }
    }

    pub fn frame(&mut self, frame: Vec<u8>) {
        self.now += MICRO;
        self.frames.push((self.now, frame));
    }

    pub fn tcp(
        &mut self,
        [src, dst]: [SocketAddr; 2],
        seq: u32,
        ack: u32,
        flags: u8,
        payload: &[u8],
    ) {
        let tcp = Tcp {
            seq,
            ack,
            flags,
            window: 500,
            ..Tcp::default()
        };
        self.packet(src, dst, Transport::Tcp(tcp), payload);
    }

    pub fn packet(
        &mut self,
        src: SocketAddr,
        dst: SocketAddr,
        transport: Transport,
        payload: &[u8],
    ) {
        let header = Header {
            src,
            dst,
            ttl: 64,
            ip_id: self.frames.len() as u16,
            transport,
        };
        let mut frame = Vec::new();
        write(&mut frame, Link::Ethernet, &header, payload);
        self.frame(frame);
    }

    pub fn handshake(&mut self, ends: [SocketAddr; 2]) {
        let back = [ends[1], ends[0]];
        self.tcp(ends, 0, 0, SYN, b"");
        self.tcp(back, 0, 1, SYN | ACK, b"");
        self.tcp(ends, 1, 1, ACK, b"");
        self.next = [1, 1];
    }

    /// One side says something on the connection that was opened last.
    pub fn say(&mut self, ends: [SocketAddr; 2], from: usize, bytes: &[u8]) {
        let flow = [ends[from], ends[1 - from]];
        for part in bytes.chunks(1400) {
            let [seq, ack] = [self.next[from], self.next[1 - from]];
            self.tcp(flow, seq, ack, ACK | PSH, part);
            self.next[from] = seq.wrapping_add(part.len() as u32);
        }
    }

    pub fn login(ends: [SocketAddr; 2]) -> Self {
        let mut scene = Self::new();
        scene.log_in(ends);
        scene
    }

    pub fn log_in(&mut self, ends: [SocketAddr; 2]) {
        self.handshake(ends);
        self.say(ends, 1, b"220 hello\r\n");
        self.say(ends, 0, b"USER alice\r\n");
        self.say(ends, 1, b"331 password\r\n");
        self.say(ends, 0, b"PASS secret\r\n");
        self.say(ends, 1, b"230 welcome\r\n");
    }

    /// Runs all of it through the engine and writes what it tells in two forms.
    pub fn told(self) -> impl FnOnce() {
        move || {
            let mut analyzer = Analyzer::new(&Options::default());
            let mut sinks = [Format::Text, Format::Json]
                .map(|format| output::open(format, std::io::sink(), false, options()));
            let context = Context {
                inputs: &[],
                precision: Precision::Micro,
            };
            let mut events = Vec::new();
            if let Some(keys) = &self.keys {
                analyzer.secrets(keys.as_bytes(), &mut events);
            }
            for (number, (time, data)) in (1..).zip(&self.frames) {
                analyzer.push(&ethernet(number, *time, data), &mut events);
                for sink in &mut sinks {
                    sink.events(&mut events.clone(), context).unwrap();
                }
                events.clear();
            }
            analyzer.finish(&mut events);
            for sink in &mut sinks {
                sink.events(&mut events.clone(), context).unwrap();
                sink.finish(&analyzer.summary(), context).unwrap();
            }
        }
    }
}

fn options() -> text::Options {
    text::Options {
        width: 100,
        colour: false,
        ascii: false,
        summary: false,
        all: false,
        show_passwords: false,
        wireshark: true,
    }
}
