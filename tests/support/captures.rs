//! The captures of the repository: one in each folder of `captures/`.
#![allow(clippy::expect_used, reason = "the repository has them")]

use std::path::{Path, PathBuf};

/// The capture in the folder of this name.
pub fn capture(name: &str) -> PathBuf {
    of_folder(&root().join(name)).expect("a folder with a capture")
}

/// All captures, by name.
pub fn captures() -> Vec<PathBuf> {
    let folders = std::fs::read_dir(root()).expect("captures/ can be read");
    let folders = folders.map(|folder| folder.expect("a folder").path());
    let mut captures: Vec<PathBuf> = folders.filter_map(|folder| of_folder(&folder)).collect();
    captures.sort();
    captures
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("captures")
}

fn of_folder(folder: &Path) -> Option<PathBuf> {
    let files = ["capture.pcap", "capture.pcapng"].map(|name| folder.join(name));
    files.into_iter().find(|file| file.is_file())
}
