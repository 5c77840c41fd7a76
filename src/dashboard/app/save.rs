//! The save dialog: what, in which form, where to.

use std::path::PathBuf;

use super::{App, Effect, Field, Overlay, Screen};
use crate::dashboard::action::Action;
use crate::dashboard::job::{Form, Request, Told};
use crate::dashboard::key::Key;
use crate::dashboard::model::Snapshot;
use crate::ftp::SessionId;

/// What is saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// The session that is selected or open.
    This,
    /// The marked sessions.
    Marked,
    /// The sessions that the filter shows.
    Shown,
    /// All sessions.
    All,
    /// What proves the selected findings.
    Evidence,
}

impl What {
    /// Its words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::This => "this session",
            Self::Marked => "the marked sessions",
            Self::Shown => "the sessions shown",
            Self::All => "all sessions",
            Self::Evidence => "the evidence of these findings",
        }
    }
}

/// The lines of the dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// What is saved.
    What,
    /// In which form.
    Form,
    /// Where to.
    Path,
}

/// The save dialog.
#[derive(Clone, Debug)]
pub(crate) struct SaveDialog {
    /// What can be saved, and how many sessions that are.
    pub(crate) choices: Vec<(What, usize)>,
    /// Which of them is chosen.
    pub(crate) what: usize,
    /// Which form is chosen.
    pub(crate) form: usize,
    /// The file.
    pub(crate) path: Field,
    /// The line that has the keys.
    pub(crate) line: Line,
    /// The file is there already: once more replaces it.
    pub(crate) exists: bool,
    /// What went wrong.
    pub(crate) problem: Option<String>,
}

impl SaveDialog {
    fn step(&mut self, by: isize) {
        let lines = [Line::What, Line::Form, Line::Path];
        let at = lines.iter().position(|line| *line == self.line);
        let next = (at.unwrap_or(0) as isize + by).rem_euclid(lines.len() as isize);
        self.line = lines[next as usize];
    }

    /// Chooses another value on the line that has the keys.
    fn turn(&mut self, by: isize) {
        let turned =
            |at: usize, count: usize| (at as isize + by).rem_euclid(count.max(1) as isize) as usize;
        match self.line {
            Line::What => self.what = turned(self.what, self.choices.len()),
            Line::Form => {
                self.form = turned(self.form, Form::ALL.len());
                let path = PathBuf::from(self.path.text());
                if let Some(form) = Form::ALL.get(self.form) {
                    let path = path.with_extension(form.extension());
                    self.path.set(path.to_string_lossy());
                }
            }
            Line::Path => {}
        }
        self.exists = false;
        self.problem = None;
    }

    /// A key was typed.
    pub(super) fn key(&mut self, key: Key) {
        use ratatui::crossterm::event::KeyCode;
        match (self.line, key.code) {
            (Line::Path, _) => {
                self.path.key(key);
                self.exists = false;
                self.problem = None;
            }
            (_, KeyCode::Left) => self.turn(-1),
            (_, KeyCode::Right | KeyCode::Char(' ')) => self.turn(1),
            _ => {}
        }
    }
}

impl App {
    /// Opens the dialog.
    pub(super) fn open_save(&mut self, shown: &Snapshot) {
        let mut choices = Vec::new();
        let mut offer = |what, count| {
            if count > 0 {
                choices.push((what, count));
            }
        };
        if self.session.is_none() && self.screen == Screen::Problems {
            offer(What::Evidence, self.problems.selection().len());
        }
        offer(What::This, self.these(shown).len());
        offer(What::Marked, self.marks.len());
        offer(What::Shown, self.sessions.list.rows().len());
        offer(What::All, shown.sessions.len());
        if choices.is_empty() {
            self.notice = Some("there is nothing to save".to_owned());
            return;
        }
        let marked = choices.iter().position(|(what, _)| *what == What::Marked);
        let on_list = self.session.is_none() && self.screen == Screen::Sessions;
        let path = match self.saved_to.is_empty() {
            true => "ftpscope.pcapng".to_owned(),
            false => self.saved_to.clone(),
        };
        let extension = PathBuf::from(&path);
        let extension = extension.extension().and_then(|end| end.to_str());
        let form = Form::ALL
            .iter()
            .position(|form| Some(form.extension()) == extension);
        self.overlay = Some(Overlay::Save(Box::new(SaveDialog {
            choices,
            what: marked.filter(|_| on_list).unwrap_or(0),
            form: form.unwrap_or(0),
            path: Field::new(path),
            line: Line::What,
            exists: false,
            problem: None,
        })));
    }

    /// Opens the dialog to save everything.
    pub(super) fn open_save_all(&mut self, shown: &Snapshot) {
        self.open_save(shown);
        if let Some(Overlay::Save(dialog)) = &mut self.overlay {
            let all = |(what, _): &(What, usize)| *what == What::All;
            dialog.what = dialog.choices.iter().position(all).unwrap_or_default();
        }
    }

    /// The sessions that are open or selected.
    fn these(&self, shown: &Snapshot) -> Vec<SessionId> {
        if let Some(session) = &self.session {
            return session.sessions().to_vec();
        }
        let id = match self.screen {
            Screen::Sessions => self.sessions.list.selected(),
            Screen::Data => {
                let row = self.data.list.selected();
                row.and_then(|number| Some(shown.channels.get(number)?.id.session))
            }
            Screen::Problems => {
                let problem = self.problems.problem();
                problem.and_then(|number| shown.problems.get(number)?.finding.session)
            }
            Screen::Stats | Screen::Log => None,
        };
        id.into_iter().collect()
    }

    pub(super) fn act_save(
        &mut self,
        action: Action,
        mut dialog: Box<SaveDialog>,
        shown: &Snapshot,
    ) -> Vec<Effect> {
        match action {
            Action::Cancel => return Vec::new(),
            Action::Complete | Action::HistoryForward => dialog.step(1),
            Action::CompleteBack | Action::HistoryBack => dialog.step(-1),
            Action::Accept => {
                if let Some(request) = self.request(&dialog, shown) {
                    self.saved_to = dialog.path.text().to_owned();
                    self.pending_save = Some(dialog);
                    self.notice = Some("saving …".to_owned());
                    return vec![Effect::Save(Box::new(request))];
                }
                dialog.problem = Some("a file name is missing".to_owned());
            }
            _ => {}
        }
        self.overlay = Some(Overlay::Save(dialog));
        Vec::new()
    }

    fn request(&self, dialog: &SaveDialog, shown: &Snapshot) -> Option<Request> {
        let (what, _) = dialog.choices.get(dialog.what)?;
        let form = *Form::ALL.get(dialog.form)?;
        let path = dialog.path.text().trim();
        if path.is_empty() {
            return None;
        }
        let mut problems = Vec::new();
        let sessions = match what {
            What::This => self.these(shown),
            What::Marked => self.marks.iter().copied().collect(),
            What::Shown => {
                let mut rows = self.sessions.list.rows().to_vec();
                rows.sort_unstable();
                rows
            }
            What::All => shown.sessions.iter().map(|row| row.id).collect(),
            What::Evidence => {
                let selected = self.problems.selection();
                problems = selected
                    .iter()
                    .filter_map(|number| shown.problems.get(*number).cloned())
                    .collect();
                let sessions = problems
                    .iter()
                    .filter_map(|problem| problem.finding.session);
                let mut sessions: Vec<SessionId> = sessions.collect();
                sessions.sort_unstable();
                sessions.dedup();
                sessions
            }
        };
        Some(Request {
            sessions,
            problems,
            form,
            path: PathBuf::from(path),
            replace: dialog.exists,
            summary: shown.stats.summary.clone(),
        })
    }

    /// A report of what is shown, beside the capture.
    pub(super) fn report(&mut self, shown: &Snapshot) {
        self.open_save(shown);
        if let Some(Overlay::Save(dialog)) = &mut self.overlay {
            let what = dialog
                .choices
                .iter()
                .position(|(what, _)| *what == What::Shown);
            dialog.what = what.unwrap_or(0);
            let form = Form::ALL.iter().position(|form| *form == Form::Report);
            dialog.form = form.unwrap_or(0);
            dialog.path.set("ftpscope.md");
            dialog.line = Line::Path;
        }
    }

    /// The worker tells how saving went.
    pub(super) fn told(&mut self, told: Told) {
        let dialog = self.pending_save.take();
        match told {
            Told::Saved(text) => self.notice = Some(text),
            Told::Exists => {
                self.notice = None;
                if let Some(mut dialog) = dialog {
                    dialog.exists = true;
                    dialog.problem =
                        Some("the file is there already: Enter replaces it".to_owned());
                    self.overlay = Some(Overlay::Save(dialog));
                }
            }
            Told::Failed(text) => {
                self.notice = None;
                match dialog {
                    Some(mut dialog) => {
                        dialog.problem = Some(text);
                        self.overlay = Some(Overlay::Save(dialog));
                    }
                    None => self.notice = Some(text),
                }
            }
        }
    }
}
