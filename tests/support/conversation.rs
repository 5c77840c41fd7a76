//! One FTP session, command by command, with its data connections.
//!
//! ```ignore
//! let mut ftp = Conversation::new(client, server, start);
//! ftp.login("alice", "secret");
//! let data = ftp.passive(Announce::Pasv, 50_000);
//! ftp.transfer("RETR report.txt", data, b"content");
//! ftp.quit();
//! let packets = ftp.finish();
//! ```

use std::net::{IpAddr, SocketAddr};

use super::planned::{MICRO, MILLI, Plan, Planned, SECOND};
use super::wire::{Connection, Side};

/// The commands that announce a data connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Announce {
    /// The server listens (RFC 959), IPv4 only.
    Pasv,
    /// The server listens (RFC 2428).
    Epsv,
    /// The client listens (RFC 959), IPv4 only.
    Port,
    /// The client listens (RFC 2428).
    Eprt,
}

/// An announced data connection that nobody has opened yet.
#[derive(Clone, Copy, Debug)]
pub struct Channel {
    /// Who will connect.
    pub from: SocketAddr,
    /// Who listens.
    pub to: SocketAddr,
}

impl Channel {
    /// The connection, before its handshake.
    pub fn connection(self) -> Connection {
        let isn = u32::from(self.from.port()) << 16 | u32::from(self.to.port());
        Connection::new(self.from, self.to, isn.wrapping_mul(0x85eb_ca6b))
    }
}

/// A control connection and what has been said on it.
#[derive(Clone, Debug)]
pub struct Conversation {
    /// Packets so far, and the time of the next one.
    pub plan: Plan,
    /// The control connection; the client is its opener.
    pub control: Connection,
    next_port: u16,
}

impl Conversation {
    /// A session that begins at `start`, in nanoseconds since the epoch.
    pub fn new(client: SocketAddr, server: SocketAddr, start: u64) -> Self {
        let isn = (start / MICRO) as u32 ^ u32::from(client.port());
        Self {
            plan: Plan::new(start, MILLI / 2),
            control: Connection::new(client, server, isn),
            next_port: client.port().wrapping_add(1).max(1024),
        }
    }

    /// A session between two ends as they are written, which begins some day.
    pub fn between(client: &str, server: &str) -> Self {
        let end = |end: &str| end.parse().expect("an address and a port");
        Self::new(end(client), end(server), 1_700_000_000 * SECOND)
    }

    /// The address of the client.
    pub fn client(&self) -> IpAddr {
        self.control.addr(Side::Opener).ip()
    }

    /// The address of the server.
    pub fn server(&self) -> IpAddr {
        self.control.addr(Side::Listener).ip()
    }

    /// Handshake and greeting.
    pub fn open(&mut self, greeting: &str) {
        self.control.open(&mut self.plan);
        self.plan.wait(2 * MILLI);
        self.reply(greeting);
        self.control.acknowledge(&mut self.plan, Side::Opener);
    }

    /// Handshake, greeting, USER and PASS.
    pub fn login(&mut self, user: &str, password: &str) {
        self.open("220 Service ready");
        self.exchange(&format!("USER {user}"), "331 Password required");
        self.exchange(&format!("PASS {password}"), "230 Logged in");
    }

    /// A line of the client, without its line end.
    pub fn command(&mut self, line: &str) {
        self.say(Side::Opener, line);
    }

    /// A reply of the server, without its last line end.
    pub fn reply(&mut self, text: &str) {
        self.say(Side::Listener, text);
    }

    /// A command and its reply.
    pub fn exchange(&mut self, command: &str, reply: &str) {
        self.command(command);
        self.reply(reply);
        self.control.acknowledge(&mut self.plan, Side::Opener);
        self.plan.wait(MILLI);
    }

    fn say(&mut self, from: Side, line: &str) {
        self.send(from, format!("{line}\r\n").as_bytes());
    }

    /// Any bytes on the control connection, for what is not a whole line.
    pub fn send(&mut self, from: Side, bytes: &[u8]) {
        self.control.send(&mut self.plan, from, bytes);
        self.plan.wait(self.plan.latency);
    }

    /// Announces a data connection on `port` of the listening side and has it confirmed.
    pub fn announce(&mut self, how: Announce, port: u16) -> Channel {
        let (command, reply) = announcement(how, self.client(), self.server(), port);
        self.exchange(&command, &reply);
        let own = self.next_port;
        self.next_port = own.wrapping_add(1).max(1024);
        channel(how, self.client(), self.server(), port, own)
    }

    /// A transfer that succeeds, from command to final reply: an upload for the commands that
    /// store, a download for all others.
    pub fn transfer(&mut self, command: &str, channel: Channel, bytes: &[u8]) {
        let verb = command.split(' ').next().unwrap_or_default();
        let upload = matches!(verb, "STOR" | "STOU" | "APPE");
        let mut data = channel.connection();
        let from = data.side_of(if upload { self.client() } else { self.server() });
        let passive = channel.from.ip() == self.client();
        if passive {
            data.open(&mut self.plan);
        }
        self.command(command);
        if !passive {
            data.open(&mut self.plan);
        }
        self.reply("150 Opening data connection");
        data.send(&mut self.plan, from, bytes);
        data.close(&mut self.plan, from);
        self.reply("226 Transfer complete");
        self.control.acknowledge(&mut self.plan, Side::Opener);
    }

    /// QUIT, its reply, and the end of the control connection.
    pub fn quit(&mut self) {
        self.exchange("QUIT", "221 Goodbye");
        self.control.close(&mut self.plan, Side::Listener);
    }

    /// All packets.
    pub fn finish(self) -> Vec<Planned> {
        self.plan.packets.into()
    }
}

/// The command and the reply that announce `port`.
pub fn announcement(how: Announce, client: IpAddr, server: IpAddr, port: u16) -> (String, String) {
    let v4 = |ip: IpAddr| {
        let address = ip.to_string().replace('.', ",");
        format!("{address},{},{}", port >> 8, port & 0xff)
    };
    match how {
        Announce::Pasv => (
            "PASV".into(),
            format!("227 Entering Passive Mode ({}).", v4(server)),
        ),
        Announce::Epsv => (
            "EPSV".into(),
            format!("229 Entering Extended Passive Mode (|||{port}|)"),
        ),
        Announce::Port => (
            format!("PORT {}", v4(client)),
            "200 PORT command successful".into(),
        ),
        Announce::Eprt => {
            let family = if client.is_ipv4() { 1 } else { 2 };
            (
                format!("EPRT |{family}|{client}|{port}|"),
                "200 EPRT command successful".into(),
            )
        }
    }
}

/// The connection that an announcement leads to; `own` is the connecting client's port (a
/// connecting server uses port 20).
pub fn channel(how: Announce, client: IpAddr, server: IpAddr, port: u16, own: u16) -> Channel {
    match how {
        Announce::Pasv | Announce::Epsv => Channel {
            from: SocketAddr::new(client, own),
            to: SocketAddr::new(server, port),
        },
        Announce::Port | Announce::Eprt => Channel {
            from: SocketAddr::new(server, 20),
            to: SocketAddr::new(client, port),
        },
    }
}
