//! The second reading: which packets belong to a selection, and how many they are.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::flows::Passing;
use super::marks::Marks;
use super::related::{About, Relations};
use super::selection::Selection;
use crate::capture::{self, Frame, Moment, Next, Packet, Progress, Source};
use crate::decode::MAX_DATAGRAMS;
use crate::escape;
use crate::time::Precision;

/// Packets between two looks at whether to go on.
pub(super) const PACKETS_A_LOOK: u32 = 4096;

/// The packets to be saved, and how many they are.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    pub(super) files: Vec<PathBuf>,
    pub(super) marks: Marks,
    pub(super) comments: BTreeMap<Frame, String>,
    pub(super) precision: Precision,
    /// Sessions that something is saved of.
    pub sessions: u64,
    /// Packets.
    pub packets: u64,
    /// Their captured bytes.
    pub bytes: u64,
}

/// Why packets cannot be saved.
#[derive(Debug)]
pub enum Problem {
    /// This input can be read only once.
    Once(String),
    /// This input cannot be read as it was before.
    Changed(String),
    /// They were told to stop.
    Stopped,
    /// This file is there already.
    Exists(PathBuf),
    /// This file cannot be written.
    Io(PathBuf, std::io::Error),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Once(name) => write!(
                f,
                "{name}: can be read only once, but its packets are to be copied after they were \
                 analyzed: save it to a file first"
            ),
            Self::Changed(name) => write!(f, "{name}: is not what it was when it was analyzed"),
            Self::Stopped => f.write_str("stopped; nothing was saved"),
            Self::Exists(path) => write!(f, "{}: is there already", escape::path(path)),
            Self::Io(path, error) => {
                write!(f, "{}: cannot be written: {error}", escape::path(path))
            }
        }
    }
}

impl std::error::Error for Problem {}

/// Tells whether captures can be read more than once.
///
/// # Errors
///
/// The first that cannot: standard input, a pipe.
pub fn readable_again(files: &[PathBuf]) -> Result<(), Problem> {
    let is_file = |path: &Path| path.metadata().is_ok_and(|metadata| metadata.is_file());
    match files.iter().find(|path| !is_file(path)) {
        Some(path) if path.as_os_str() == "-" => Err(Problem::Once("standard input".to_owned())),
        Some(path) => Err(Problem::Once(escape::path(path).into_owned())),
        None => Ok(()),
    }
}

/// Reads `files`, which gave `selection`, once more and marks the packets that belong to it. `look`
/// is shown every few thousand packets how far it is, and can end it.
///
/// All packets of the selected connections are marked, also their fragments, copies, and the ICMP
/// errors about them; DNS answers that name a selected server; and whatever a finding cites.
///
/// # Errors
///
/// When one of `files` can be read only once, or `look` says so.
pub fn plan(
    files: &[PathBuf],
    selection: &Selection,
    look: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Plan, Problem> {
    readable_again(files)?;
    let mut source = open(files)?;
    let mut planner = Planner::new(selection);
    let mut packets = 0;
    while let Next::Packet(packet) = source.next() {
        planner.push(&packet);
        packets += 1;
        if packets == PACKETS_A_LOOK {
            packets = 0;
            if look(source.progress()).is_break() {
                return Err(Problem::Stopped);
            }
        }
    }
    Ok(Plan {
        files: files.to_vec(),
        precision: source.precision(),
        comments: selection.comments.clone(),
        sessions: selection.sessions(),
        ..planner.plan
    })
}

pub(super) fn open(files: &[PathBuf]) -> Result<capture::Files, Problem> {
    capture::open(files).map_err(|error| Problem::Changed(error.to_string()))
}

struct Planner<'a> {
    selection: &'a Selection,
    passing: Passing,
    relations: Relations,
    /// The parts of datagrams that are not known to matter, by datagram.
    parts: BTreeMap<u64, Parts>,
    plan: Plan,
}

/// The parts of one datagram.
#[derive(Default)]
struct Parts {
    frames: Vec<(Frame, usize)>,
    matters: bool,
}

impl<'a> Planner<'a> {
    fn new(selection: &'a Selection) -> Self {
        Self {
            selection,
            passing: Passing::new(selection),
            relations: Relations::default(),
            parts: BTreeMap::new(),
            plan: Plan::default(),
        }
    }

    fn push(&mut self, packet: &Packet<'_>) {
        let now = Moment {
            frame: packet.frame,
            time: packet.time,
        };
        let cited = self.selection.comments.contains_key(&packet.frame);
        let (about, datagrams) = self.relations.of(packet);
        let matters = match about {
            About::Connection(one, other, syn) => self.passing.takes(one, other, syn, now),
            About::Names(names) => names
                .iter()
                .any(|name| self.selection.servers.contains(name)),
            About::Part | About::Other => false,
        };
        let this = (packet.frame, packet.data.len());
        if !datagrams.is_empty() {
            let datagrams = datagrams.to_vec();
            self.part(&datagrams, this, matters);
        }
        if matters || cited {
            mark(&mut self.plan, this);
        }
    }

    /// A part came. What the innermost datagram is about, all parts of those around it are about.
    fn part(&mut self, datagrams: &[u64], this: (Frame, usize), matters: bool) {
        let mut gathered = vec![this];
        let mut matters = matters;
        for datagram in datagrams {
            let parts = self.parts.entry(*datagram).or_default();
            matters |= parts.matters;
            gathered.append(&mut parts.frames);
        }
        if matters {
            for datagram in datagrams {
                self.parts.entry(*datagram).or_default().matters = true;
            }
            gathered
                .into_iter()
                .for_each(|frame| mark(&mut self.plan, frame));
        } else if let Some(innermost) = datagrams.last() {
            self.parts.entry(*innermost).or_default().frames = gathered;
        }
        // No more than these are incomplete at once; the oldest has the lowest number.
        while self.parts.len() > 2 * MAX_DATAGRAMS {
            self.parts.pop_first();
        }
    }
}

fn mark(plan: &mut Plan, (frame, len): (Frame, usize)) {
    if plan.marks.add(frame) {
        plan.packets += 1;
        plan.bytes += len as u64;
    }
}
