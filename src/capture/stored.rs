//! A file as it is stored: opened, and in words why not.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;

use super::Fault;
use super::window::Window;

/// The bytes of a file as stored, whatever they turn out to be.
pub(super) type Stored = Window<Box<dyn Read + Send>>;

/// How much of a file is read at once when a decompressor asks for little.
const CAPACITY: usize = 64 * 1024;

/// The number of the error that a process has as many files open as it may (EMFILE).
const TOO_MANY_OPEN: i32 = 24;

/// What was opened.
pub(super) struct Opened {
    /// The bytes.
    pub(super) stored: Stored,
    /// Its size, where it has one.
    pub(super) size: Option<u64>,
    /// Whether it gives the same bytes when opened again: a pipe does not.
    pub(super) again: bool,
}

/// Whether `path` stands for standard input.
pub(super) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Opens the file at `path`, or standard input for `-`. Opening a fifo waits for its writer.
pub(super) fn open(path: &Path) -> Result<Opened, Fault> {
    if is_stdin(path) {
        return Ok(Opened {
            stored: stored(io::stdin()),
            size: None,
            again: false,
        });
    }
    let (file, metadata) = file(path).map_err(|error| Fault::Unreadable(in_words(&error)))?;
    if metadata.is_dir() {
        return Err(Fault::Unreadable(
            "is a directory: name the captures in it".into(),
        ));
    }
    let again = metadata.is_file();
    Ok(Opened {
        stored: stored(file),
        size: again.then_some(metadata.len()),
        again,
    })
}

/// Reads from `reader` as if it were a file.
pub(super) fn stored(reader: impl Read + Send + 'static) -> Stored {
    Window::new(Box::new(reader), CAPACITY)
}

fn file(path: &Path) -> io::Result<(File, Metadata)> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    Ok((file, metadata))
}

fn in_words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "does not exist".into(),
        io::ErrorKind::PermissionDenied => "may not be read by this user: permission denied".into(),
        _ if error.raw_os_error() == Some(TOO_MANY_OPEN) => {
            "cannot be opened beside the others of the same time: more files than this process may \
             have open (`ulimit -n`)"
                .into()
        }
        _ => format!("cannot be opened: {error}"),
    }
}
