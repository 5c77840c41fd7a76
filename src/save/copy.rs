//! The third reading: copies the packets that a plan has marked.

use std::io;
use std::ops::ControlFlow;

use super::file::{Draft, Target};
use super::pcapng::Pcapng;
use super::plan::{PACKETS_A_LOOK, Plan, Problem, open, readable_again};
use crate::capture::{Next, Progress, Source};
use crate::escape;

/// Bytes that are written at once.
const BUFFER: usize = 256 * 1024;

/// What was saved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Saved {
    /// Packets.
    pub packets: u64,
    /// Bytes of the file.
    pub bytes: u64,
}

/// Writes the packets of `plan` to `target` as pcapng: in their order, with their time, link type
/// and lengths, a comment on each that a finding cites, and the keys of TLS that the captures hold.
/// `look` is shown every few thousand packets how far it is, and can end it. The file has its name
/// only once it is whole.
///
/// # Errors
///
/// When the captures are no longer what they were, the file cannot be written, or `look` says so.
pub fn packets(
    plan: &Plan,
    target: &Target,
    look: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Saved, Problem> {
    target.check(&plan.files)?;
    readable_again(&plan.files)?;
    let mut source = open(&plan.files)?;
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => Problem::Exists(target.path.clone()),
        _ => Problem::Io(target.path.clone(), error),
    };
    let mut copy = Copy::begin(plan, target).map_err(failed)?;
    let mut packets = 0;
    while copy.next(&mut source).map_err(failed)? {
        packets += 1;
        if packets == PACKETS_A_LOOK {
            packets = 0;
            if look(source.progress()).is_break() {
                return Err(Problem::Stopped);
            }
        }
    }
    if copy.saved.packets != plan.packets {
        let names = plan
            .files
            .iter()
            .map(|path| escape::path(path).into_owned());
        return Err(Problem::Changed(names.collect::<Vec<_>>().join(", ")));
    }
    copy.finish().map_err(failed)
}

struct Copy<'a> {
    plan: &'a Plan,
    draft: Draft,
    pcapng: Pcapng,
    /// Whole blocks that are not written yet.
    out: Vec<u8>,
    saved: Saved,
}

impl<'a> Copy<'a> {
    fn begin(plan: &'a Plan, target: &Target) -> io::Result<Self> {
        let draft = Draft::begin(target)?;
        let mut out = Vec::with_capacity(BUFFER);
        let pcapng = Pcapng::begin(&mut out, plan.precision);
        Ok(Self {
            plan,
            draft,
            pcapng,
            out,
            saved: Saved::default(),
        })
    }

    /// Copies the next packet if it is marked; whether there was one.
    fn next(&mut self, source: &mut impl Source) -> io::Result<bool> {
        let before = self.out.len();
        let Next::Packet(packet) = source.next() else {
            return Ok(false);
        };
        if self.plan.marks.has(packet.frame) {
            let comment = self.plan.comments.get(&packet.frame);
            let comment = comment.map_or("", String::as_str);
            self.pcapng.packet(&mut self.out, &packet, comment);
            self.saved.packets += 1;
        }
        // They are for this packet and those behind it, and known only with it.
        if let Some(key_log) = source.take_secrets() {
            let behind = self.out.split_off(before);
            self.pcapng.secrets(&mut self.out, &key_log);
            self.out.extend(behind);
        }
        if self.out.len() >= BUFFER {
            self.write()?;
        }
        Ok(true)
    }

    fn write(&mut self) -> io::Result<()> {
        self.draft.write(&self.out)?;
        self.saved.bytes += self.out.len() as u64;
        self.out.clear();
        Ok(())
    }

    fn finish(mut self) -> io::Result<Saved> {
        self.write()?;
        self.draft.finish()?;
        Ok(self.saved)
    }
}
