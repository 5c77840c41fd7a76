//! The third reading: copies the packets that a plan has marked.

use std::io;
use std::ops::ControlFlow;

use super::file::{Draft, Target};
use super::pcapng::Pcapng;
use super::plan::{PACKETS_A_LOOK, Plan, Problem, open, readable_again};
use crate::capture::{Next, Progress, Source};

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
/// and lengths, and a comment on each that a finding cites. `look` is shown every few thousand
/// packets how far it is, and can end it. The file has its name only once it is whole.
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
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => Problem::Exists(target.path.clone()),
        _ => Problem::Io(target.path.clone(), error),
    };
    let mut draft = Draft::begin(target).map_err(failed)?;
    let mut source = open(&plan.files)?;
    let mut out = Vec::with_capacity(BUFFER);
    let mut pcapng = Pcapng::begin(&mut out, plan.precision);
    let mut saved = Saved::default();
    let mut packets = 0;
    while let Next::Packet(packet) = source.next() {
        if plan.marks.has(packet.frame) {
            let comment = plan.comments.get(&packet.frame);
            pcapng.packet(&mut out, &packet, comment.map_or("", String::as_str));
            saved.packets += 1;
        }
        packets += 1;
        if out.len() >= BUFFER {
            draft.write(&out).map_err(failed)?;
            saved.bytes += out.len() as u64;
            out.clear();
        }
        if packets == PACKETS_A_LOOK {
            packets = 0;
            if look(source.progress()).is_break() {
                return Err(Problem::Stopped);
            }
        }
    }
    if saved.packets != plan.packets {
        let names = plan.files.iter().map(|path| path.display().to_string());
        return Err(Problem::Changed(names.collect::<Vec<_>>().join(", ")));
    }
    draft.write(&out).map_err(failed)?;
    saved.bytes += out.len() as u64;
    draft.finish().map_err(failed)?;
    Ok(saved)
}
