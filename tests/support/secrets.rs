//! Recordings without their keys.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The block of pcapng that holds secrets.
const DECRYPTION_SECRETS: u32 = 10;

static WRITTEN: AtomicUsize = AtomicUsize::new(0);

/// The capture of a scenario, the blocks of a pcapng that hold secrets left out; written to `place`
/// where there are any.
pub fn without(folder: &Path, place: &Path) -> PathBuf {
    let plain = folder.join("capture.pcap");
    if plain.exists() {
        return plain;
    }
    let (kept, _) =
        apart(&fs::read(folder.join("capture.pcapng")).expect("the capture can be read"));
    let name = folder.file_name().expect("a folder has a name");
    // Tests run side by side.
    let number = WRITTEN.fetch_add(1, Ordering::Relaxed);
    let file = format!("{}-{number}-{}.pcapng", std::process::id(), name.display());
    let target = place.join(file);
    fs::write(&target, kept).expect("the capture can be written");
    target
}

/// The blocks of a pcapng, and those of them that hold secrets.
pub fn apart(pcapng: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let (secrets, others): (Vec<_>, Vec<_>) =
        blocks(pcapng).partition(|block| block[..4] == DECRYPTION_SECRETS.to_le_bytes());
    (others.concat(), secrets.concat())
}

/// A pcapng up to `part` of a hundred of its blocks, with `secrets` behind its first one.
pub fn beginning(pcapng: &[u8], part: usize, secrets: &[u8]) -> Vec<u8> {
    let mut all: Vec<_> = blocks(pcapng).collect();
    all.truncate(all.len() * part / 100);
    all.insert(1, secrets);
    all.concat()
}

/// A block that holds a key log without a key.
pub const NO_KEY: [u8; 24] = *b"\x0a\0\0\0\x18\0\0\0KSLT\x02\0\0\0#\n\0\0\x18\0\0\0";

fn blocks(mut rest: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let length = rest.get(4..8)?.try_into().expect("4 bytes");
        let (block, next) = rest.split_at(u32::from_le_bytes(length) as usize);
        rest = next;
        Some(block)
    })
}
