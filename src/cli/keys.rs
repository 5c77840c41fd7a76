//! `--keylog`: the keys of TLS.

use std::env;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::analyzer::Analyzer;
#[cfg(any(feature = "live", feature = "dashboard"))]
use crate::capture::KeyLog;
use crate::escape;

/// Where TLS clients and servers are told to write their keys.
const VARIABLE: &str = "SSLKEYLOGFILE";

/// Bytes of a key log that are read at a time.
const PART: usize = 1 << 20;

/// Which key logs are read.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Keys {
    /// Decrypt TLS with the keys of this key log; may be given several times. Without it the file
    /// that $SSLKEYLOGFILE names is read, if it is there
    #[arg(long, value_name = "FILE")]
    keylog: Vec<PathBuf>,
}

impl Keys {
    /// Reads all key logs for captures that are complete.
    ///
    /// # Errors
    ///
    /// In words, when one that is given cannot be read.
    pub(super) fn read(&self, analyzer: &mut Analyzer) -> Result<(), String> {
        for path in &self.keylog {
            read(path, analyzer).map_err(|error| unreadable(path, &error))?;
        }
        if let Some(path) = self.by_default() {
            // It is meant for other programs: where it cannot be read there are no keys.
            let _ = read(&path, analyzer);
        }
        Ok(())
    }

    /// The key logs that grow while packets come. They need not be there yet, but for the folders
    /// of those that are given.
    ///
    /// # Errors
    ///
    /// In words, when one that is given can never be read.
    #[cfg(any(feature = "live", feature = "dashboard"))]
    pub(super) fn follow(&self) -> Result<Vec<KeyLog>, String> {
        for path in &self.keylog {
            match File::open(path) {
                Err(error) if !is_to_come(path, &error) => {
                    return Err(unreadable(path, &error));
                }
                _ => {}
            }
        }
        let paths = self.keylog.iter().cloned().chain(self.by_default());
        Ok(paths.map(|path| KeyLog::follow(&path)).collect())
    }

    /// The key logs that are given and not there yet.
    #[cfg(feature = "live")]
    pub(super) fn to_come(&self) -> impl Iterator<Item = &Path> {
        let paths = self.keylog.iter().map(PathBuf::as_path);
        paths.filter(|path| !path.exists())
    }

    /// The folders in which key logs are, or will be.
    #[cfg(feature = "live")]
    pub(super) fn folders(&self) -> impl Iterator<Item = PathBuf> {
        let paths = self.keylog.iter().cloned().chain(self.by_default());
        let folders = paths.map(|path| super::folder(&path));
        folders.filter(|folder| folder.is_dir())
    }

    fn by_default(&self) -> Option<PathBuf> {
        let named = env::var_os(VARIABLE).filter(|name| !name.is_empty())?;
        self.keylog.is_empty().then(|| named.into())
    }
}

#[cfg(any(feature = "live", feature = "dashboard"))]
fn is_to_come(path: &Path, error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound && super::folder(path).is_dir()
}

fn unreadable(path: &Path, error: &io::Error) -> String {
    let name = escape::path(path);
    format!("{name}: the key log cannot be read: {error}")
}

fn read(path: &Path, analyzer: &mut Analyzer) -> io::Result<()> {
    // Before the first packet nothing waits for keys.
    let events = &mut Vec::new();
    let mut file = File::open(path)?;
    let mut part = vec![0; PART];
    loop {
        match file.read(&mut part)? {
            0 => break,
            count => analyzer.secrets(part.get(..count).unwrap_or_default(), events),
        }
    }
    // The last line may lack its end.
    analyzer.secrets(b"\n", events);
    Ok(())
}
