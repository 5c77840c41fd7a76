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
    let bytes = fs::read(folder.join("capture.pcapng")).expect("the capture can be read");
    let mut kept = Vec::new();
    let mut rest = bytes.as_slice();
    while let Some((header, _)) = rest.split_at_checked(8) {
        let number =
            |at: usize| u32::from_le_bytes(header[at..at + 4].try_into().expect("4 bytes"));
        let (block, next) = rest.split_at(number(4) as usize);
        if number(0) != DECRYPTION_SECRETS {
            kept.extend_from_slice(block);
        }
        rest = next;
    }
    let name = folder.file_name().expect("a folder has a name");
    // Tests run side by side.
    let number = WRITTEN.fetch_add(1, Ordering::Relaxed);
    let file = format!("{}-{number}-{}.pcapng", std::process::id(), name.display());
    let target = place.join(file);
    fs::write(&target, kept).expect("the capture can be written");
    target
}
