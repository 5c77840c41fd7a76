//! How the parts of a report are written.

use super::Options;
use super::pen::Pen;
use crate::output::Context;

/// How the parts of a report are written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manner {
    /// The terminal.
    pub(super) pen: Pen,
    /// All lines of every reply, and every event.
    pub(super) all: bool,
    /// Passwords are shown.
    pub(super) show_passwords: bool,
    /// Each finding has a display filter for Wireshark.
    pub(super) wireshark: bool,
    /// Frames are named with the number of their input.
    pub(super) several_inputs: bool,
}

impl Manner {
    /// The manner that the options and the inputs ask for.
    pub(super) fn new(pen: Pen, options: &Options, context: Context<'_>) -> Self {
        Self {
            pen,
            all: options.all,
            show_passwords: options.show_passwords,
            wireshark: options.wireshark,
            several_inputs: context.inputs.len() > 1,
        }
    }
}
