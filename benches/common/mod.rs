//! What the benchmarks share: generated captures on disk, and reading them.

use std::path::{Path, PathBuf};

use ftpscope::capture::{self, Next, Packet, Source};

#[path = "../../tests/support/mod.rs"]
mod support;

pub(crate) use support::generator::Kind;
use support::generator::{Truth, generate_file};

/// One megabyte.
pub(crate) const MB: u64 = 1_000_000;

/// A generated capture. It is in the page cache, as it has just been written.
pub(crate) struct Capture {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// What is in it.
    pub(crate) truth: Truth,
}

impl Capture {
    /// Generates a capture of about `size` bytes.
    pub(crate) fn new(kind: Kind, size: u64) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}.pcap", kind.name()));
        let truth = generate_file(kind, size, &path).expect("the target folder is writable");
        Self { path, truth }
    }

    /// Hands every packet to `each`.
    pub(crate) fn read(&self, mut each: impl FnMut(&Packet<'_>)) {
        let paths = [self.path.clone()];
        let mut source = capture::open(&paths).expect("one file is not too many");
        while let Next::Packet(packet) = source.next() {
            each(&packet);
        }
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        // Nothing depends on it: the next run overwrites the file.
        let _ = std::fs::remove_file(&self.path);
    }
}
