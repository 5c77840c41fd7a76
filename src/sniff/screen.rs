//! The one line of a terminal that is written over and over.

use std::cell::Cell;
use std::io::{self, Write};
use std::rc::Rc;

/// The status line of a terminal, on standard error. Clones are the same line.
#[derive(Clone, Debug, Default)]
pub struct Screen(Rc<Cell<bool>>);

impl Screen {
    /// Shows `line` in place of what is shown.
    pub fn show(&self, line: &str) {
        // A status that cannot be shown is no reason to stop.
        let _ = write!(io::stderr(), "\r{line}\x1b[K");
        self.0.set(true);
    }

    /// Removes the line, so that others can be written.
    pub fn erase(&self) {
        if self.0.replace(false) {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }

    /// Writes whole lines in place of what is shown.
    pub fn tell(&self, lines: &str) {
        self.erase();
        let _ = io::stderr().write_all(lines.as_bytes());
    }
}
