//! Traffic that is not FTP: TLS, HTTP and DNS, as it surrounds a few FTP sessions on most links.

use std::net::{Ipv4Addr, SocketAddr};

use super::packets::{Header, Transport};
use super::planned::{MILLI, Payload, Plan, Planned, SECOND};
use super::random::Random;
use super::wire::{Connection, Side};
use super::world::World;

/// Mean bytes of one response.
const RESPONSE: u64 = 20 * 1024;

/// One web connection or one DNS lookup, planned one step ahead.
pub struct Bystander {
    plan: Plan,
    random: Random,
    connection: Connection,
    tls: bool,
    /// Requests that are still to come.
    requests: u64,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    Requests,
    Over,
}

impl Bystander {
    /// A TLS (mostly) or HTTP connection that begins at `start`.
    pub fn web(world: &mut World, seed: u64, start: u64) -> Self {
        let mut random = Random::new(seed);
        let tls = random.chance(800);
        let client = World::client(&mut random);
        let server = Ipv4Addr::new(198, 51, 100, random.within(1..255) as u8);
        let server = SocketAddr::new(server.into(), if tls { 443 } else { 80 });
        let connection = Connection::new(world.port(client), server, random.bits() as u32);
        world.truth.connections += 1;
        let plan = Plan::new(start, random.around(12 * MILLI));
        let requests = random.within(1..5);
        Self {
            plan,
            random,
            connection,
            tls,
            requests,
            state: State::Start,
        }
    }

    /// A DNS lookup at `start`: a question and its answer.
    pub fn dns(world: &mut World, seed: u64, start: u64) -> Self {
        let mut random = Random::new(seed);
        let client = world.port(World::client(&mut random));
        let resolver = SocketAddr::new(Ipv4Addr::new(10, 200, 1, 53).into(), 53);
        let mut plan = Plan::new(start, random.around(5 * MILLI));
        let (id, host) = (random.bits() as u16, random.within(1..255) as u8);
        let header = |src, dst| Header {
            src,
            dst,
            ttl: 64,
            ip_id: id,
            transport: Transport::Udp,
        };
        plan.push(
            header(client, resolver),
            Payload::Bytes(dns_message(id, host, false).into()),
        );
        plan.wait(plan.latency);
        plan.push(
            header(resolver, client),
            Payload::Bytes(dns_message(id, host, true).into()),
        );
        let connection = Connection::new(client, resolver, 0);
        Self {
            plan,
            random,
            connection,
            tls: false,
            requests: 0,
            state: State::Over,
        }
    }

    /// The next packet in time; `None` when there are no more.
    pub fn next(&mut self) -> Option<Planned> {
        while self.plan.packets.is_empty() && self.state != State::Over {
            self.step();
        }
        self.plan.packets.pop_front()
    }

    fn step(&mut self) {
        let plan = &mut self.plan;
        if self.state == State::Start {
            self.connection.open(plan);
            if self.tls {
                self.record(Side::Opener, 22, 512);
                self.record(Side::Listener, 22, 4300);
                self.record(Side::Opener, 20, 1);
            }
            self.state = State::Requests;
        } else if self.requests > 0 {
            self.requests -= 1;
            self.request();
        } else {
            self.connection.close(plan, Side::Opener);
            self.state = State::Over;
        }
    }

    fn request(&mut self) {
        let size = self.random.around(RESPONSE);
        if self.tls {
            self.record(Side::Opener, 23, 420);
            self.record(Side::Listener, 23, size);
        } else {
            let request = "GET /style.css HTTP/1.1\r\nHost: www.example.net\r\nAccept: */*\r\n\r\n";
            let response = format!("HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n");
            self.connection
                .send(&mut self.plan, Side::Opener, request.as_bytes());
            self.plan.wait(self.plan.latency);
            self.connection
                .send(&mut self.plan, Side::Listener, response.as_bytes());
            self.connection
                .send_filler(&mut self.plan, Side::Listener, size);
        }
        self.connection.acknowledge(&mut self.plan, Side::Opener);
        self.plan.wait(self.random.around(SECOND));
    }

    /// TLS records of together `size` bytes from one side.
    fn record(&mut self, from: Side, content: u8, size: u64) {
        let mut left = size;
        while left > 0 {
            let length = left.min(16_384);
            let header = [content, 3, 3, (length >> 8) as u8, length as u8];
            self.connection.send(&mut self.plan, from, &header);
            self.connection.send_filler(&mut self.plan, from, length);
            left -= length;
        }
        self.plan.wait(self.plan.latency);
    }
}

/// A query for the address of `www<host>.example.net`, or its answer (RFC 1035 §4).
fn dns_message(id: u16, host: u8, answer: bool) -> Vec<u8> {
    let mut message = Vec::from(id.to_be_bytes());
    message.extend([
        if answer { 0x81 } else { 0x01 },
        if answer { 0x80 } else { 0 },
    ]);
    message.extend([0, 1, 0, u8::from(answer), 0, 0, 0, 0]);
    for label in [&format!("www{host}"), "example", "net"] {
        message.push(label.len() as u8);
        message.extend(label.as_bytes());
    }
    message.extend([0, 0, 1, 0, 1]);
    if answer {
        message.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, 198, 51, 100, host]);
    }
    message
}
