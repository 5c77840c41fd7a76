//! The file that is written: under a temporary name, and under its own when it is whole.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::plan::Problem;

/// Where something is saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The file.
    pub path: PathBuf,
    /// It may be there already, and is replaced then.
    pub replace: bool,
}

impl Target {
    /// Tells whether the file may be written.
    ///
    /// # Errors
    ///
    /// When it is there and may not be replaced, or is one of `inputs`.
    pub fn check(&self, inputs: &[PathBuf]) -> Result<(), Problem> {
        let own = fs::canonicalize(&self.path).ok();
        let is_input = own.is_some()
            && inputs
                .iter()
                .any(|input| fs::canonicalize(input).ok() == own);
        if is_input || (!self.replace && self.path.symlink_metadata().is_ok()) {
            return Err(Problem::Exists(self.path.clone()));
        }
        Ok(())
    }
}

/// A file that is being written. Dropped before [`Draft::finish`], it is removed.
#[derive(Debug)]
pub(super) struct Draft {
    target: Target,
    temporary: PathBuf,
    file: Option<File>,
}

impl Draft {
    pub(super) fn begin(target: &Target) -> io::Result<Self> {
        let temporary = beside(&target.path);
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&temporary)?;
        Ok(Self {
            target: target.clone(),
            temporary,
            file: Some(file),
        })
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.file {
            Some(file) => file.write_all(bytes),
            None => Ok(()),
        }
    }

    /// Gives the file its name.
    pub(super) fn finish(mut self) -> io::Result<()> {
        if let Some(file) = self.file.take() {
            file.sync_all()?;
        }
        if self.target.replace {
            return fs::rename(&self.temporary, &self.target.path);
        }
        // Unlike renaming, a link fails where the name is taken.
        match fs::hard_link(&self.temporary, &self.target.path) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
            // Not every file system has links.
            Err(_) => fs::rename(&self.temporary, &self.target.path),
        }
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.temporary);
    }
}

/// A name in the same folder, which no other process uses.
fn beside(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.part", std::process::id()));
    path.with_file_name(name)
}
