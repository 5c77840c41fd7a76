//! Packets of any link type, cut from the input.
//!
//! Of each packet: a byte of flags and how much time passes, one for the link type, the number of
//! captured bytes and of those that were not captured (two bytes each), and the captured ones.

use super::bytes::Bytes;
use super::engine;
use super::scene::{START, Step};

/// Link types that are decoded, and one that is not.
pub const LINKS: [u16; 15] = [
    1, 0, 9, 12, 14, 50, 51, 101, 105, 108, 113, 228, 229, 276, 147,
];

/// The clock steps back.
pub const BACK: u8 = 0x80;
/// Time passes without a packet before this one comes.
pub const QUIET: u8 = 0x40;
/// The rest of the first byte: 2 to this power nanoseconds pass, at most 19 hours.
const POWER: u8 = 0x3f;
const MOST_POWER: u8 = 46;

pub fn run(data: &[u8]) {
    engine::check(&steps(data));
}

fn steps(data: &[u8]) -> Vec<Step<'_>> {
    let mut bytes = Bytes(data);
    let mut now = START;
    let mut steps = Vec::new();
    while !bytes.is_empty() {
        let flags = bytes.u8();
        let span = 1 << (flags & POWER).min(MOST_POWER);
        now = match flags & BACK {
            0 => now.saturating_add(span),
            _ => now.saturating_sub(span),
        };
        if flags & QUIET != 0 {
            steps.push(Step::Quiet(now));
        }
        let link = LINKS[usize::from(bytes.u8()) % LINKS.len()];
        let (captured, missing) = (bytes.u16(), bytes.u16());
        let data = bytes.take(captured.into());
        steps.push(Step::Packet {
            time: now,
            link,
            wire_len: data.len() as u32 + u32::from(missing),
            data: data.into(),
        });
    }
    steps
}

/// Appends one packet in the form that [`run`] reads.
pub fn write(out: &mut Vec<u8>, passed: u64, link: u16, wire_len: u32, data: &[u8]) {
    let Some(index) = LINKS.iter().position(|known| *known == link) else {
        return;
    };
    let missing = wire_len
        .saturating_sub(data.len() as u32)
        .min(u16::MAX.into());
    out.extend([
        passed.checked_ilog2().unwrap_or_default() as u8,
        index as u8,
    ]);
    out.extend((data.len() as u16).to_le_bytes());
    out.extend((missing as u16).to_le_bytes());
    out.extend(data);
}
