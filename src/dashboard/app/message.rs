//! What happens outside the core.

use std::sync::Arc;

use ratatui::crossterm::event::MouseEvent;

use crate::dashboard::job::Told;
use crate::dashboard::key::Key;
use crate::dashboard::model::{Changes, Dossier, PacketBytes};

/// What happened.
#[derive(Clone, Debug)]
pub(crate) enum Msg {
    /// A key was pressed.
    Key(Key),
    /// The mouse did something.
    Mouse(MouseEvent),
    /// A text was pasted.
    Paste(String),
    /// The terminal has another size: columns, rows.
    Resize(u16, u16),
    /// The snapshot changed.
    Changed(Changes),
    /// What is known of a session that was asked for.
    Dossier(Arc<Dossier>),
    /// Packets that were asked for.
    Packets(Vec<PacketBytes>),
    /// How saving went.
    Told(Told),
    /// The process was told something.
    Signal(Signal),
    /// There is no keyboard any more.
    InputEnded,
}

/// What a process can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    /// To end: SIGTERM, SIGHUP, SIGINT.
    End,
    /// To let go of the terminal: SIGTSTP.
    Suspend,
    /// To go on: SIGCONT. The terminal has to be taken anew.
    Continue,
}
