//! The mouse: an extra to the keys.

use ratatui::crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

use super::{App, DataColumn, Effect, Screen, SessionColumn};
use crate::dashboard::action::Action;
use crate::dashboard::model::Snapshot;

/// Lines that one step of the wheel moves.
const WHEEL: isize = 3;

/// What can be clicked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hit {
    /// A tab.
    Tab(Screen),
    /// A row of the list, by its place.
    Row(usize),
    /// A heading of the table of sessions.
    SessionHeading(SessionColumn),
    /// A heading of the table of data channels.
    DataHeading(DataColumn),
    /// The screen of one session.
    Session,
}

impl App {
    pub(super) fn mouse(
        &mut self,
        event: MouseEvent,
        shown: &Snapshot,
        live: &Snapshot,
    ) -> Vec<Effect> {
        match event.kind {
            MouseEventKind::Down(MouseButton::Left) => {
                let place = (event.column, event.row);
                let twice = self.clicked.replace(place) == Some(place);
                if twice {
                    self.clicked = None;
                }
                self.click(place, twice, shown, live)
            }
            MouseEventKind::ScrollDown => self.wheel(WHEEL),
            MouseEventKind::ScrollUp => self.wheel(-WHEEL),
            _ => Vec::new(),
        }
    }

    fn click(
        &mut self,
        place: (u16, u16),
        twice: bool,
        shown: &Snapshot,
        live: &Snapshot,
    ) -> Vec<Effect> {
        if self.overlay.is_some() {
            return Vec::new();
        }
        let position = Position::new(place.0, place.1);
        let hit = self.hits.iter().find(|(area, _)| area.contains(position));
        match hit.map(|(_, hit)| *hit) {
            Some(Hit::Tab(screen)) => self.go(screen),
            Some(Hit::Row(place)) => {
                self.select(place);
                if twice {
                    return self.act(Action::Open, shown, live);
                }
            }
            Some(Hit::SessionHeading(column)) => self.sessions.sort_by(column, &shown.sessions),
            Some(Hit::DataHeading(column)) => self.data.sort_by(column, &shown.channels),
            Some(Hit::Session) => {
                if let Some(session) = &mut self.session {
                    session.click(place.0, place.1, twice);
                }
            }
            None => {}
        }
        Vec::new()
    }

    fn wheel(&mut self, lines: isize) -> Vec<Effect> {
        match (&mut self.overlay, &mut self.session) {
            (None, Some(session)) => session.scroll(lines as i32),
            _ => self.step(lines),
        }
        Vec::new()
    }
}
