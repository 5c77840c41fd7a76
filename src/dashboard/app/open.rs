//! From a row of a screen to its session.

use std::sync::Arc;

use super::{App, Screen};
use crate::dashboard::model::Snapshot;
use crate::dashboard::view::session::{Aim, SessionScreen};
use crate::ftp::SessionId;

impl App {
    /// Opens what is selected.
    pub(super) fn open(&mut self, shown: &Snapshot) {
        match self.screen {
            Screen::Data => {
                let row = self.data.list.selected();
                let row = row.and_then(|number| shown.channels.get(number));
                if let Some(id) = row.map(|row| row.id) {
                    self.enter_at(vec![id.session], Aim::Channel(id.session, id.number));
                }
            }
            Screen::Problems => {
                let problem = self.problems.problem();
                let problem = problem.and_then(|number| shown.problems.get(number));
                let finding = problem.map(|problem| &problem.finding);
                match finding.and_then(|finding| Some((finding.session?, finding))) {
                    Some((session, finding)) => self.enter_at(vec![session], Aim::at(finding)),
                    None => {
                        self.problems.unfold();
                    }
                }
            }
            Screen::Sessions => self.enter(self.sessions.list.selected().into_iter().collect()),
            Screen::Stats | Screen::Log => {}
        }
    }

    pub(super) fn enter(&mut self, sessions: Vec<SessionId>) {
        self.enter_at(sessions, Aim::default());
    }

    fn enter_at(&mut self, sessions: Vec<SessionId>, aim: Aim) {
        if !sessions.is_empty() {
            self.session = Some(SessionScreen::new(sessions, aim));
            // They are to be sent again, also where they were asked for before.
            self.wanted.clear();
        }
    }

    /// The session that is open or selected together with those that belong to it.
    pub(super) fn related(&mut self, shown: &Snapshot) {
        let rows = shown.sessions.iter().map(|row| &**row);
        let (mut sessions, related) = match (&self.session, &self.preview) {
            (Some(session), _) => (session.sessions().to_vec(), session.related(rows)),
            (None, Some(dossier)) if self.sessions.list.selected() == Some(dossier.row.id) => {
                let mut session = SessionScreen::new(vec![dossier.row.id], Aim::default());
                session.take(Arc::clone(dossier));
                (session.sessions().to_vec(), session.related(rows))
            }
            _ => return,
        };
        if related.is_empty() {
            self.notice = Some("no other session is related to it".to_owned());
            return;
        }
        sessions.extend(related);
        self.enter(sessions);
    }

    /// The two marked sessions side by side.
    pub(super) fn compare(&mut self) {
        let marks: Vec<_> = self.marks.iter().copied().collect();
        match marks.as_slice() {
            [one, other] => {
                self.session = Some(SessionScreen::compare(*one, *other));
                self.wanted.clear();
            }
            _ => self.notice = Some("mark two sessions to compare them".to_owned()),
        }
    }

    /// The session before or after this one in the table.
    pub(super) fn neighbour(&mut self, by: isize) {
        let Some([id]) = self.session.as_ref().map(SessionScreen::sessions) else {
            return;
        };
        self.sessions.list.select(*id);
        self.sessions.list.step(by);
        self.enter(self.sessions.list.selected().into_iter().collect());
    }
}
