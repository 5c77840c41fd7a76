//! The screen of one session, or of several together.

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::dashboard::action::Action;
use crate::dashboard::app::{Effect, Look};
use crate::dashboard::model::Dossier;
use crate::ftp::SessionId;

/// The screen of one session, or of several in one ladder, or of two side by side.
#[derive(Debug)]
pub(crate) struct SessionScreen {
    sessions: Vec<SessionId>,
    dossiers: Vec<Arc<Dossier>>,
}

impl SessionScreen {
    /// A screen of these sessions; their dossiers come by [`Self::take`].
    pub(crate) fn new(sessions: Vec<SessionId>) -> Self {
        Self {
            sessions,
            dossiers: Vec::new(),
        }
    }

    /// The sessions that it shows.
    pub(crate) fn sessions(&self) -> &[SessionId] {
        &self.sessions
    }

    /// Takes what is known of one of its sessions; it comes again whenever that changed.
    pub(crate) fn take(&mut self, dossier: Arc<Dossier>) {
        self.dossiers.retain(|known| known.row.id != dossier.row.id);
        self.dossiers.push(dossier);
    }

    /// Does what a key asks for; `None` when that means nothing here.
    pub(crate) fn act(&mut self, _: Action, _: &Look) -> Option<Vec<Effect>> {
        None
    }

    /// Finds a text, and goes to its first place; `find-next` and `find-back` go on from there.
    pub(crate) fn find(&mut self, _text: &str) {}

    /// A click into the area that was drawn last.
    pub(crate) fn click(&mut self, _column: u16, _row: u16, _twice: bool) {}

    /// The wheel was turned over it, by some lines, upwards when negative.
    pub(crate) fn scroll(&mut self, _lines: i32) {}

    /// Draws all of it: its title line, its panes. Header and footer are not its own.
    pub(crate) fn draw(&mut self, area: Rect, buffer: &mut Buffer, _: &Look) {
        let text = match self.dossiers.first() {
            Some(dossier) => format!("session {}", dossier.row.id),
            None => "…".to_owned(),
        };
        buffer.set_stringn(
            area.x,
            area.y,
            text,
            usize::from(area.width),
            ratatui::style::Style::new(),
        );
    }
}
