//! When a file is rotated, and which old ones are kept.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::escape;

/// Old files that are kept unless somebody says otherwise.
pub const KEPT: u32 = 10;

/// When a file is rotated, and how many old ones are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// Before it is longer than this, in bytes.
    pub size: Option<u64>,
    /// When it has been written for so long.
    pub every: Option<Duration>,
    /// Old files that are kept: FILE.1, the latest, to FILE.keep.
    pub keep: u32,
}

impl Default for Rotation {
    fn default() -> Self {
        Self {
            size: None,
            every: None,
            keep: KEPT,
        }
    }
}

impl Rotation {
    /// The file is rotated at all.
    pub fn is_any(&self) -> bool {
        self.size.is_some() || self.every.is_some()
    }

    /// Moves FILE to FILE.1, FILE.1 to FILE.2 and so on; the oldest that is kept goes.
    ///
    /// # Errors
    ///
    /// When a file cannot be moved; those moved before stay where they are then, which loses
    /// nothing and is made good by the next rotation.
    pub(super) fn shift(&self, path: &Path) -> io::Result<()> {
        for number in (1..self.keep.max(1)).rev() {
            rename(&old(path, number), &old(path, number + 1))?;
        }
        rename(path, &old(path, 1))
    }

    /// Tries out whether files can be created and removed beside `path`, which a rotation needs:
    /// rights that are missing are told at once, not hours later.
    ///
    /// # Errors
    ///
    /// That of the system, with the name of the folder.
    pub fn rehearse(&self, path: &Path) -> io::Result<()> {
        let probe = with_suffix(path, ".rotate");
        let tried = fs::File::create_new(&probe).and_then(|_| fs::remove_file(&probe));
        tried.map_err(|error| {
            let folder = path
                .parent()
                .filter(|folder| !folder.as_os_str().is_empty());
            let folder = folder.unwrap_or(Path::new("."));
            let reason = format!(
                "{}: no file can be created here, which rotation needs: {error}; give the folder \
                 to the user that ftpscope becomes, or name its owner with --user",
                escape::path(folder)
            );
            io::Error::new(error.kind(), reason)
        })
    }
}

/// Moves a file, if it is there.
fn rename(from: &Path, to: &Path) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// FILE.1, FILE.2, …
fn old(path: &Path, number: u32) -> PathBuf {
    with_suffix(path, &format!(".{number}"))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}
