//! Large captures whose content is known exactly: thousands of sessions, interleaved in time.
//!
//! The same kind and size give the same bytes on every machine. Memory grows with the sessions
//! that are open at once, not with the size.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::str::FromStr;

use super::bystander::Bystander;
use super::habits::Manner;
use super::packets::Link;
use super::pcapfile::{Pcap, Resolution};
use super::planned::{MILLI, Planned, SECOND};
use super::random::Random;
use super::session::Session;
use super::world::World;

pub use super::world::Truth;

/// The captures that the project measures itself with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Forty sessions with one large download each.
    Bulk,
    /// Short sessions with small transfers, about 2,500 open at once.
    Chatty,
    /// Web and DNS traffic with 3 % FTP packets among it.
    Mixed,
    /// As chatty; of the control packets 1 % is missing, 1 % repeated, 1 % out of order, 2 % split.
    Lossy,
    /// As chatty, with patient clients: nearly all sessions are open at once.
    Dense,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Bulk,
        Self::Chatty,
        Self::Mixed,
        Self::Lossy,
        Self::Dense,
    ];

    /// What the command line calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bulk => "bulk",
            Self::Chatty => "chatty",
            Self::Mixed => "mixed",
            Self::Lossy => "lossy",
            Self::Dense => "dense",
        }
    }

    fn shape(self, target: u64) -> Shape {
        let short = Manner {
            think: 1_900 * MILLI,
            download: None,
            lossy: false,
        };
        let sessions = Shape {
            manner: short,
            actors: target / SESSION_BYTES,
            gap: 5 * MILLI,
        };
        match self {
            Self::Bulk => {
                let download = Some(target / BULK_SESSIONS * BULK_PAYLOAD / 1000);
                Shape {
                    manner: Manner { download, ..short },
                    actors: BULK_SESSIONS,
                    gap: 250 * MILLI,
                }
            }
            Self::Chatty => sessions,
            Self::Mixed => Shape {
                actors: target * CREW / CREW_BYTES,
                gap: 7 * MILLI,
                ..sessions
            },
            Self::Lossy => Shape {
                manner: Manner {
                    lossy: true,
                    ..short
                },
                ..sessions
            },
            Self::Dense => Shape {
                manner: Manner {
                    think: 110 * SECOND,
                    ..short
                },
                ..sessions
            },
        }
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|kind| kind.name() == name);
        known.ok_or_else(|| format!("no such kind of capture: {name}"))
    }
}

/// Measured: bytes of a chatty capture per session.
const SESSION_BYTES: u64 = 5_655;
/// Sessions of a bulk capture, whatever its size.
const BULK_SESSIONS: u64 = 40;
/// Measured: per mille of a bulk capture that is payload of downloads.
const BULK_PAYLOAD: u64 = 919;
/// Of so many actors of a mixed capture the first is an FTP session.
const CREW: u64 = 37;
/// The next ones, up to here, are web connections; the others are DNS lookups.
const WEB_END: u64 = 19;
/// Measured: bytes of a mixed capture per crew.
const CREW_BYTES: u64 = 1_106_000;
/// When the first packet is seen: 2023-11-14 22:13:20 UTC.
const START: u64 = 1_700_000_000 * SECOND;
/// The seed of everything.
const SEED: u64 = 0x0f7b_5c0e;

/// Who takes part in a capture and when.
struct Shape {
    manner: Manner,
    actors: u64,
    /// Time between the starts of two actors.
    gap: u64,
}

/// Writes a pcap file of about `target` bytes and returns what is in it.
pub fn generate(kind: Kind, target: u64, out: impl Write) -> io::Result<Truth> {
    let mut cast = Cast::new(kind, target);
    let mut file = Pcap::new(out, Link::Ethernet.link_type(), Resolution::Micro)?;
    let mut frame = Vec::with_capacity(2048);
    while let Some(packet) = cast.next() {
        packet.write(&mut frame, Link::Ethernet);
        file.frame(packet.time, &frame)?;
        cast.world.truth.packets += 1;
    }
    cast.world.truth.bytes = file.written();
    file.finish()?;
    Ok(cast.world.truth)
}

/// As [`generate`], to a file at `path`.
pub fn generate_file(kind: Kind, target: u64, path: &Path) -> io::Result<Truth> {
    generate(
        kind,
        target,
        BufWriter::with_capacity(256 * 1024, File::create(path)?),
    )
}

/// As [`generate`], in memory.
pub fn generate_in_memory(kind: Kind, target: u64) -> io::Result<(Vec<u8>, Truth)> {
    let mut bytes = Vec::with_capacity(target as usize * 11 / 10);
    let truth = generate(kind, target, &mut bytes)?;
    Ok((bytes, truth))
}

/// Somebody who sends packets.
enum Actor {
    Ftp(Box<Session>),
    Other(Box<Bystander>),
}

/// All who are on the stage, by the time of their next packet.
struct Cast {
    kind: Kind,
    shape: Shape,
    world: World,
    started: u64,
    /// Time of the next packet and the place that holds it; ties go to the lower place.
    due: BinaryHeap<Reverse<(u64, usize)>>,
    places: Vec<Option<(Planned, Actor)>>,
    free: Vec<usize>,
}

impl Cast {
    fn new(kind: Kind, target: u64) -> Self {
        let shape = kind.shape(target);
        let (due, places, free) = (BinaryHeap::new(), Vec::new(), Vec::new());
        Self {
            kind,
            shape,
            world: World::new(SEED),
            started: 0,
            due,
            places,
            free,
        }
    }

    /// The next packet of anybody.
    fn next(&mut self) -> Option<Planned> {
        while self.started < self.shape.actors {
            let start = START + self.started * self.shape.gap;
            if self
                .due
                .peek()
                .is_some_and(|Reverse((time, _))| *time < start)
            {
                break;
            }
            self.enter(start);
        }
        let Reverse((_, place)) = self.due.pop()?;
        let (packet, actor) = self.places[place].take()?;
        self.wait(place, actor);
        Some(packet)
    }

    /// The next actor enters.
    fn enter(&mut self, start: u64) {
        let number = self.started;
        self.started += 1;
        let seed = Random::new(SEED ^ (number << 20)).bits();
        let world = &mut self.world;
        let actor = match (self.kind, number % CREW) {
            (Kind::Mixed, 1..WEB_END) => Actor::Other(Box::new(Bystander::web(world, seed, start))),
            (Kind::Mixed, WEB_END..) => Actor::Other(Box::new(Bystander::dns(world, seed, start))),
            _ => Actor::Ftp(Box::new(Session::new(
                world,
                seed,
                start,
                self.shape.manner,
            ))),
        };
        let place = self.free.pop().unwrap_or_else(|| {
            self.places.push(None);
            self.places.len() - 1
        });
        self.wait(place, actor);
    }

    /// Keeps an actor until its next packet is due, or lets it go.
    fn wait(&mut self, place: usize, mut actor: Actor) {
        let packet = match &mut actor {
            Actor::Ftp(session) => session.next(&mut self.world),
            Actor::Other(bystander) => bystander.next(),
        };
        match packet {
            Some(packet) => {
                self.due.push(Reverse((packet.time, place)));
                self.places[place] = Some((packet, actor));
            }
            None => self.free.push(place),
        }
    }
}
