//! Where live output goes, in whole lines: standard output, or a file that rotates.
//!
//! Lines are collected and handed to the system together, never a part of one. Whatever ends the
//! program, a file holds whole lines; of what the system itself cut off (a full disk, `kill -9`)
//! the torn line is removed, at once or when the file is opened again.

mod file;
mod rotation;

use std::cell::RefCell;
use std::io::{self, Stdout, Write};
use std::path::Path;
use std::rc::Rc;
use std::time::Instant;

use memchr::memrchr;

pub use rotation::{KEPT, Rotation};

use super::screen::Screen;
use file::Rotating;

/// Bytes that are collected before they are written without being asked for.
const MOST_COLLECTED: usize = 64 * 1024;

/// Where live output goes. Clones write to the same place.
#[derive(Clone, Debug)]
pub struct Spool(Rc<RefCell<Collected>>);

#[derive(Debug)]
struct Collected {
    lines: Vec<u8>,
    place: Place,
    screen: Screen,
}

#[derive(Debug)]
enum Place {
    Stdout(Stdout),
    File(Rotating),
}

impl Spool {
    /// Output that goes to standard output and begins with `header`; `screen` is erased before
    /// each line.
    ///
    /// # Errors
    ///
    /// When the header cannot be written.
    pub fn stdout(header: &str, screen: Screen) -> io::Result<Self> {
        let mut spool = Self::new(Place::Stdout(io::stdout()), screen);
        spool.write_all(header.as_bytes())?;
        Ok(spool)
    }

    /// Output that is appended to the file at `path`; each new file begins with `header`.
    ///
    /// # Errors
    ///
    /// When the file cannot be opened, or its end cannot be that of an output.
    pub fn file(
        path: &Path,
        rotation: Rotation,
        header: &'static str,
        now: Instant,
    ) -> io::Result<Self> {
        let file = Rotating::open(path, rotation, header.as_bytes(), now)?;
        Ok(Self::new(Place::File(file), Screen::default()))
    }

    fn new(place: Place, screen: Screen) -> Self {
        Self(Rc::new(RefCell::new(Collected {
            lines: Vec::with_capacity(MOST_COLLECTED),
            place,
            screen,
        })))
    }

    /// Opens the file anew under its name: somebody else has moved it away.
    ///
    /// # Errors
    ///
    /// When that fails; the output goes on into the file that is open.
    pub fn reopen(&self) -> io::Result<()> {
        let mut this = self.0.borrow_mut();
        this.hand_over()?;
        match &mut this.place {
            Place::File(file) => file.reopen(),
            Place::Stdout(_) => Ok(()),
        }
    }

    /// It is `now`: a file that has been written for long enough is rotated. What went wrong with a
    /// rotation since the last call, and did not stop the output.
    pub fn tick(&self, now: Instant) -> Option<io::Error> {
        match &mut self.0.borrow_mut().place {
            Place::File(file) => {
                file.tick(now);
                file.trouble.take()
            }
            Place::Stdout(_) => None,
        }
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut this = self.0.borrow_mut();
        this.lines.extend_from_slice(bytes);
        if this.lines.len() >= MOST_COLLECTED {
            this.hand_over()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.borrow_mut().hand_over()
    }
}

impl Collected {
    /// Writes the whole lines, and keeps a beginning of another.
    fn hand_over(&mut self) -> io::Result<()> {
        let Some(end) = memrchr(b'\n', &self.lines) else {
            return Ok(());
        };
        let whole = &self.lines[..=end];
        let written = match &mut self.place {
            Place::File(file) => file.write(whole),
            Place::Stdout(out) => {
                self.screen.erase();
                out.write_all(whole).and_then(|()| out.flush())
            }
        };
        self.lines.drain(..=end);
        written
    }
}
