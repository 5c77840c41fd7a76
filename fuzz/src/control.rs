//! What the two ends of FTP sessions say and do, as text: a line for each thing that happens.
//!
//! The first letter of a line says what, the rest says how:
//!
//! | letter    | what happens                                                                      |
//! |-----------|-----------------------------------------------------------------------------------|
//! | `C` `S`   | client or server send the rest, and a line end                                    |
//! | `c` `s`   | the same without a line end                                                       |
//! | `N`       | another session on this port of the server; `n`: in mid-stream                    |
//! | `P` `A`   | a data connection to this port of the server, or of the client                    |
//! | `p` `a`   | the same, never answered; `r`: to the server, and refused                         |
//! | `U` `D`   | so many bytes go up or down on the latest data connection                         |
//! | `u` `d`   | the rest goes up or down on it                                                    |
//! | `F` `R`   | the data connection is closed or reset by the server; `f`, `x`: by the client     |
//! | `Q` `K`   | the control connection is closed or reset by the server; `q`, `k`: by the client  |
//! | `W` `w`   | 2 to this power milliseconds pass, with or without a packet behind them           |
//! | `L` `X`   | the last packet is lost, or comes twice                                           |
//! | `Y`       | the last two packets come the other way round                                     |
//! | `O`       | the last packet comes again with other bytes                                      |
//! | `V`       | the last packet is cut into two at this byte                                      |
//! | `I`       | an ICMP error of this code answers the last packet                                |
//! | `6`       | further sessions are between IPv6 hosts                                           |

use std::net::SocketAddr;

use super::engine;
use super::scene::{START, Step};
use super::support::disorder;
use super::support::planned::{MILLI, Payload, Plan, Planned, SECOND};
use super::support::wire::{Connection, Side};

/// A scene of more packets tells nothing new.
const MOST_PACKETS: usize = 4000;

/// Client and server, in both address families.
const HOSTS: [[&str; 2]; 2] = [
    ["192.0.2.9", "198.51.100.1"],
    ["2001:db8::9", "2001:db8::1"],
];

pub fn run(data: &[u8]) {
    engine::check(&steps(data));
}

fn steps(data: &[u8]) -> Vec<Step<'static>> {
    let mut play = Play::new();
    for line in data.split(|byte| *byte == b'\n') {
        if play.plan.packets.len() > MOST_PACKETS {
            break;
        }
        if let Some((&letter, rest)) = line.split_first() {
            play.act(letter, rest);
        }
    }
    play.finish()
}

/// What goes on between two hosts.
struct Play {
    plan: Plan,
    /// Times at which the engine is told that it is so late, and how many packets came before.
    quiet: Vec<(usize, u64)>,
    hosts: [std::net::IpAddr; 2],
    control: Option<Connection>,
    data: Option<Connection>,
    /// The next port of a client.
    port: u16,
}

impl Play {
    fn new() -> Self {
        Self {
            plan: Plan::new(START, MILLI / 2),
            quiet: Vec::new(),
            hosts: HOSTS[0].map(|host| host.parse().unwrap()),
            control: None,
            data: None,
            port: 40_000,
        }
    }

    fn act(&mut self, letter: u8, rest: &[u8]) {
        match letter {
            b'C' => self.say(Side::Opener, &[rest, b"\r\n"].concat()),
            b'S' => self.say(Side::Listener, &[rest, b"\r\n"].concat()),
            b'c' => self.say(Side::Opener, rest),
            b's' => self.say(Side::Listener, rest),
            b'N' => self.begin(rest).open(&mut self.plan),
            b'n' => drop(self.begin(rest)),
            b'P' | b'p' | b'r' | b'A' | b'a' => self.connect(letter, number(rest)),
            b'U' | b'D' | b'u' | b'd' | b'F' | b'f' | b'R' | b'x' => self.transfer(letter, rest),
            b'Q' | b'q' | b'K' | b'k' => self.end(letter),
            b'W' | b'w' => self.wait(number(rest).min(24), letter == b'w'),
            b'L' => drop(self.plan.packets.pop_back()),
            b'X' => self.again(|packet| packet),
            b'O' => self.again(overlaps),
            b'Y' => self.swap(),
            b'V' => self.split(number(rest).into()),
            b'I' => self.error(number(rest)),
            b'6' => self.hosts = HOSTS[1].map(|host| host.parse().unwrap()),
            _ => {}
        }
    }

    fn own_port(&mut self) -> u16 {
        let port = self.port;
        self.port = port.wrapping_add(1).max(1024);
        port
    }

    fn begin(&mut self, rest: &[u8]) -> Connection {
        let port = match number(rest) {
            0 => 21,
            port => port,
        };
        let [client, server] = self.hosts;
        let from = SocketAddr::new(client, self.own_port());
        let to = SocketAddr::new(server, port);
        let connection = Connection::new(from, to, u32::from(port) << 16 ^ self.plan.now as u32);
        self.control.insert(connection).clone()
    }

    fn say(&mut self, from: Side, bytes: &[u8]) {
        if self.control.is_none() {
            self.act(b'N', b"");
        }
        if let Some(control) = &mut self.control {
            control.send(&mut self.plan, from, bytes);
            self.plan.wait(self.plan.latency);
        }
    }

    fn connect(&mut self, letter: u8, port: u16) {
        let [client, server] = self.hosts;
        let own = self.own_port();
        let ends = match letter.to_ascii_uppercase() {
            b'A' => [(server, 20), (client, port)],
            _ => [(client, own), (server, port)],
        };
        let [from, to] = ends.map(|(host, port)| SocketAddr::new(host, port));
        let mut data = Connection::new(from, to, self.plan.now as u32);
        match letter {
            b'p' | b'a' => data.unanswered(&mut self.plan, 1),
            b'r' => data.refused(&mut self.plan),
            _ => data.open(&mut self.plan),
        }
        self.data = Some(data);
    }

    fn transfer(&mut self, letter: u8, rest: &[u8]) {
        let Some(data) = &mut self.data else {
            return;
        };
        let [client, server] = self.hosts.map(|host| data.side_of(host));
        let many = u64::from(number(rest));
        match letter {
            b'U' => data.send_filler(&mut self.plan, client, many),
            b'D' => data.send_filler(&mut self.plan, server, many),
            b'u' => data.send(&mut self.plan, client, rest),
            b'd' => data.send(&mut self.plan, server, rest),
            b'F' => data.close(&mut self.plan, server),
            b'f' => data.close(&mut self.plan, client),
            b'R' => data.reset(&mut self.plan, server),
            _ => data.reset(&mut self.plan, client),
        }
        self.plan.wait(self.plan.latency);
    }

    fn end(&mut self, letter: u8) {
        let Some(control) = &mut self.control else {
            return;
        };
        match letter {
            b'Q' => control.close(&mut self.plan, Side::Listener),
            b'q' => control.close(&mut self.plan, Side::Opener),
            b'K' => control.reset(&mut self.plan, Side::Listener),
            _ => control.reset(&mut self.plan, Side::Opener),
        }
    }

    fn wait(&mut self, power: u16, is_quiet: bool) {
        self.plan.wait(MILLI << power);
        if is_quiet {
            self.quiet.push((self.plan.packets.len(), self.plan.now));
        }
    }

    fn again(&mut self, change: fn(Planned) -> Planned) {
        if let Some(last) = self.plan.packets.back().cloned() {
            let mut packet = change(last);
            self.plan.wait(SECOND / 4);
            packet.time = self.plan.now;
            packet.header.ip_id ^= 0x2000;
            self.plan.packets.push_back(packet);
        }
    }

    fn swap(&mut self) {
        let packets = self.plan.packets.make_contiguous();
        if let [.., one, other] = packets {
            std::mem::swap(&mut one.time, &mut other.time);
            std::mem::swap(one, other);
        }
    }

    fn split(&mut self, at: usize) {
        let Some(last) = self.plan.packets.pop_back() else {
            return;
        };
        if last.tcp().is_none() || at >= last.payload.bytes().len() {
            self.plan.packets.push_back(last);
            return;
        }
        let (head, tail) = disorder::split(last, at);
        self.plan.packets.extend([head, tail]);
    }

    fn error(&mut self, code: u16) {
        let Some(last) = self.plan.packets.back() else {
            return;
        };
        let kind = if last.header.src.is_ipv4() { 3 } else { 1 };
        let reporter = last.header.dst.ip();
        let error = last.icmp_error(self.plan.now, reporter, kind, code as u8, 1400);
        self.plan.packets.push_back(error);
    }

    fn finish(self) -> Vec<Step<'static>> {
        let mut quiet = self.quiet.into_iter().peekable();
        let mut steps = Vec::new();
        for (index, packet) in self.plan.packets.iter().enumerate() {
            while let Some((_, now)) = quiet.next_if(|(before, _)| *before <= index) {
                steps.push(Step::Quiet(now));
            }
            steps.push(packet.into());
        }
        steps.extend(quiet.map(|(_, now)| Step::Quiet(now)));
        steps
    }
}

/// The same bytes of the sequence space, said otherwise.
fn overlaps(mut packet: Planned) -> Planned {
    let bytes = packet.payload.bytes().iter().map(|byte| byte ^ 1);
    packet.payload = Payload::Bytes(bytes.collect());
    packet
}

/// The number in front; 0 where there is none.
fn number(rest: &[u8]) -> u16 {
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |sum: u16, digit| {
        sum.saturating_mul(10).saturating_add((digit - b'0').into())
    })
}
