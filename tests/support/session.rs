//! An FTP session that behaves at random, planned one step ahead so that a hundred thousand of
//! them can be open at once.

use std::net::SocketAddr;

use super::conversation::{Announce, Conversation, announcement, channel};
use super::habits::{LOOKS, Manner, Task};
use super::mishap::{self, Mishap};
use super::planned::{MILLI, Planned};
use super::random::Random;
use super::wire::{Connection, Side};
use super::world::{Host, World};

/// Data sent in one step, before others have their turn.
const BURST: u64 = 64 * 1024;

/// One FTP session.
pub struct Session {
    ftp: Conversation,
    random: Random,
    manner: Manner,
    client: Host,
    server: Host,
    stage: Stage,
    /// A control packet that will be seen a second time.
    late: Option<Box<Planned>>,
}

enum Stage {
    Greeting,
    Login,
    /// Looking around: which of [`LOOKS`] comes next.
    Look(usize),
    /// How many transfers are left to do.
    Choose(u8),
    /// A transfer under way.
    Data(Box<Transfer>),
    Leave,
    Over,
}

/// A data connection in use.
struct Transfer {
    flow: Connection,
    from: Side,
    left: u64,
    /// How many transfers follow it.
    more: u8,
}

impl Session {
    /// A session that begins at `start`.
    pub fn new(world: &mut World, seed: u64, start: u64, manner: Manner) -> Self {
        let mut random = Random::new(seed);
        let client = World::client(&mut random);
        let server = World::server(&mut random);
        let listener = SocketAddr::new(World::address(server).into(), 21);
        let mut ftp = Conversation::new(world.port(client), listener, start);
        ftp.plan.latency = random.around(8 * MILLI);
        Self {
            ftp,
            random,
            manner,
            client,
            server,
            stage: Stage::Greeting,
            late: None,
        }
    }

    /// The next packet in time; `None` when there are no more.
    pub fn next(&mut self, world: &mut World) -> Option<Planned> {
        while self.ftp.plan.packets.is_empty() && !matches!(self.stage, Stage::Over) {
            self.step(world);
        }
        let due = self
            .ftp
            .plan
            .packets
            .front()
            .map_or(u64::MAX, |packet| packet.time);
        match self.late.take_if(|late| late.time <= due) {
            Some(late) => Some(*late),
            None => self.ftp.plan.packets.pop_front(),
        }
    }

    fn step(&mut self, world: &mut World) {
        self.stage = match std::mem::replace(&mut self.stage, Stage::Over) {
            Stage::Greeting => self.greeting(world),
            Stage::Login => self.login(world),
            Stage::Look(next) => self.look(world, next),
            Stage::Choose(0) => Stage::Leave,
            Stage::Choose(left) => self.transfer(world, left - 1),
            Stage::Data(transfer) => self.data(world, transfer),
            Stage::Leave => self.leave(world),
            Stage::Over => Stage::Over,
        };
    }

    fn greeting(&mut self, world: &mut World) -> Stage {
        world.truth.sessions += 1;
        world.truth.connections += 1;
        self.ftp.control.open(&mut self.ftp.plan);
        self.pause(3 * MILLI);
        let long = "220-Welcome to the archive.\r\n220-All transfers are logged.\r\n220 Ready";
        let greeting = if self.random.chance(100) {
            long
        } else {
            "220 (vsFTPd 3.0.3)"
        };
        self.reply(world, greeting);
        self.think();
        Stage::Login
    }

    fn login(&mut self, world: &mut World) -> Stage {
        let anonymous = self.random.chance(300);
        let user = match anonymous {
            true => "anonymous".into(),
            false => format!("user{}", self.random.within(0..9000)),
        };
        self.exchange(
            world,
            &format!("USER {user}"),
            "331 Please specify the password.",
        );
        let password = if anonymous {
            "ftp@example.net"
        } else {
            "correct horse"
        };
        let accepted = self.manner.download.is_some() || !self.random.chance(20);
        let reply = if accepted {
            "230 Login successful."
        } else {
            "530 Login incorrect."
        };
        self.exchange(world, &format!("PASS {password}"), reply);
        if accepted {
            Stage::Look(0)
        } else {
            Stage::Leave
        }
    }

    fn look(&mut self, world: &mut World, next: usize) -> Stage {
        let Some(look) = LOOKS.get(next) else {
            let two = self.manner.download.is_none() && self.random.chance(140);
            return Stage::Choose(if two { 2 } else { 1 });
        };
        if self.manner.wants(look, &mut self.random) {
            self.exchange(world, look.command, look.reply);
        }
        Stage::Look(next + 1)
    }

    /// Announces a data connection and does something with it.
    fn transfer(&mut self, world: &mut World, more: u8) -> Stage {
        let flow = self.announce(world);
        let task = self.manner.task(&mut self.random);
        match self.random.within(0..1000) {
            _ if self.manner.download.is_some() => {}
            0..36 => {
                world.truth.transfers_failed += 1;
                self.exchange(world, &task.command, "550 Failed to open file.");
                return Stage::Choose(more);
            }
            36..54 => {
                self.unreachable(world, flow, &task.command);
                return Stage::Choose(more);
            }
            _ => {}
        }
        self.begin(world, flow, &task, more)
    }

    /// Announces a data connection that is still to be opened.
    fn announce(&mut self, world: &mut World) -> Connection {
        let how = self.manner.announcement(&mut self.random);
        let (listener, own) = match how {
            Announce::Pasv | Announce::Epsv => (world.port(self.server), world.port(self.client)),
            Announce::Port | Announce::Eprt => {
                let port = world.port(self.client);
                (port, port)
            }
        };
        let (client, server) = (self.ftp.client(), self.ftp.server());
        let (command, reply) = announcement(how, client, server, listener.port());
        self.command(world, &command);
        self.reply(world, &reply);
        // A program, not a person: it connects at once.
        self.pause(2 * MILLI);
        channel(how, client, server, listener.port(), own.port()).connection()
    }

    /// A data connection whose SYN is never answered.
    fn unreachable(&mut self, world: &mut World, mut flow: Connection, command: &str) {
        world.truth.connections += 1;
        world.truth.transfers_failed += 1;
        self.command(world, command);
        flow.unanswered(&mut self.ftp.plan, 3);
        self.reply(world, "425 Failed to establish connection.");
        self.think();
    }

    fn begin(&mut self, world: &mut World, mut flow: Connection, task: &Task, more: u8) -> Stage {
        let (client, server) = (self.ftp.client(), self.ftp.server());
        let from = flow.side_of(if task.upload { client } else { server });
        let passive = flow.side_of(client) == Side::Opener;
        world.truth.connections += 1;
        if passive {
            flow.open(&mut self.ftp.plan);
        }
        self.command(world, &task.command);
        if !passive {
            flow.open(&mut self.ftp.plan);
        }
        self.reply(world, "150 Opening BINARY mode data connection.");
        Stage::Data(Box::new(Transfer {
            flow,
            from,
            left: task.size,
            more,
        }))
    }

    /// One burst of a transfer, or its end.
    fn data(&mut self, world: &mut World, mut transfer: Box<Transfer>) -> Stage {
        let burst = transfer.left.min(BURST);
        transfer
            .flow
            .send_filler(&mut self.ftp.plan, transfer.from, burst);
        transfer.left -= burst;
        world.truth.data_bytes += burst;
        if transfer.left > 0 {
            self.pause(2 * MILLI);
            return Stage::Data(transfer);
        }
        transfer.flow.close(&mut self.ftp.plan, transfer.from);
        world.truth.transfers_ok += 1;
        self.reply(world, "226 Transfer complete.");
        self.think();
        Stage::Choose(transfer.more)
    }

    fn leave(&mut self, world: &mut World) -> Stage {
        let ending = if self.manner.download.is_some() {
            999
        } else {
            self.random.within(0..1000)
        };
        let (plan, control) = (&mut self.ftp.plan, &mut self.ftp.control);
        match ending {
            0..20 => world.truth.left_open += 1,
            20..30 => control.reset(plan, Side::Opener),
            30..50 => control.close(plan, Side::Opener),
            _ => {
                self.command(world, "QUIT");
                self.reply(world, "221 Goodbye.");
                self.ftp.control.close(&mut self.ftp.plan, Side::Listener);
            }
        }
        Stage::Over
    }

    fn exchange(&mut self, world: &mut World, command: &str, reply: &str) {
        self.command(world, command);
        self.reply(world, reply);
        self.think();
    }

    fn command(&mut self, world: &mut World, line: &str) {
        world.truth.commands += 1;
        world.truth.damaged_commands += u64::from(self.say(Side::Opener, line));
        self.pause(MILLI);
    }

    fn reply(&mut self, world: &mut World, text: &str) {
        world.truth.replies += 1;
        world.truth.damaged_replies += u64::from(self.say(Side::Listener, text));
    }

    /// Waits as a client does that decides what to do next; its delayed acknowledgement comes
    /// 40 ms after the last packet.
    fn think(&mut self) {
        self.ftp.plan.wait(40 * MILLI);
        self.ftp
            .control
            .acknowledge(&mut self.ftp.plan, Side::Opener);
        self.pause(self.manner.think);
    }

    fn pause(&mut self, mean: u64) {
        self.ftp.plan.wait(self.random.around(mean));
    }

    /// Sends a message and lets happen to it what happens to messages. True when the capture
    /// misses it.
    fn say(&mut self, from: Side, text: &str) -> bool {
        self.ftp.send(from, format!("{text}\r\n").as_bytes());
        match mishap::strike(&mut self.ftp.plan, &mut self.random, self.manner.lossy) {
            Mishap::None => false,
            Mishap::Missing => true,
            Mishap::Repeated(again) => {
                self.late.get_or_insert(again);
                false
            }
        }
    }
}
