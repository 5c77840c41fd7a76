//! What lies over a screen and takes the keys.

use super::filter::{FilterForm, FilterLine};
use super::save::SaveDialog;
use super::{App, Effect, Field, Screen, palette};
use crate::dashboard::action::{Action, Context};
use crate::dashboard::key::Key;
use crate::dashboard::model::Snapshot;
use crate::dashboard::theme::{Base, Theme};

/// Lines that a page of the help scrolls.
const PAGE: usize = 10;

/// What lies over a screen.
#[derive(Clone, Debug)]
pub(crate) enum Overlay {
    /// The help of a context.
    Help {
        /// Whose keys it tells.
        context: Context,
        /// Lines above the window.
        top: usize,
    },
    /// Any action by its name.
    Palette {
        /// Where the action will work.
        context: Context,
        /// What was typed.
        field: Field,
        /// Place of the choice among those that fit.
        at: usize,
    },
    /// The filter as a line.
    Filter(Box<FilterLine>),
    /// The filter as a form.
    Form(Box<FilterForm>),
    /// A text to find.
    Find(Field),
    /// Which columns a table has.
    Columns {
        /// Place of the choice.
        at: usize,
    },
    /// Which theme there is.
    Themes {
        /// Place of the choice.
        at: usize,
        /// The theme before.
        before: Box<Theme>,
    },
    /// What to save, and where to.
    Save(Box<SaveDialog>),
    /// Really quit?
    Quit,
}

impl Overlay {
    /// Where the keys are.
    pub(crate) fn context(&self) -> Context {
        match self {
            Self::Help { .. } => Context::Help,
            Self::Palette { .. }
            | Self::Filter(_)
            | Self::Form(_)
            | Self::Find(_)
            | Self::Save(_) => Context::Text,
            Self::Columns { .. } | Self::Themes { .. } => Context::Choice,
            Self::Quit => Context::Leaving,
        }
    }
}

impl App {
    /// A key was typed that is no action.
    pub(super) fn type_key(&mut self, key: Key) -> Vec<Effect> {
        let mut overlay = self.overlay.take();
        let mut effects = Vec::new();
        match &mut overlay {
            Some(Overlay::Palette { field, at, .. }) => {
                field.key(key);
                *at = 0;
            }
            Some(Overlay::Filter(line)) => effects = self.type_filter(line, key),
            Some(Overlay::Form(form)) => {
                if let Some(field) = form.field() {
                    field.key(key);
                }
                effects = self.try_form(form);
            }
            Some(Overlay::Find(field)) => {
                field.key(key);
            }
            Some(Overlay::Save(dialog)) => dialog.key(key),
            _ => {}
        }
        self.overlay = overlay;
        effects
    }

    /// A text was pasted.
    pub(super) fn paste(&mut self, text: &str) -> Vec<Effect> {
        let keys = text.chars().filter(|character| !character.is_control());
        let keys = keys.filter_map(|character| character.to_string().parse().ok());
        let keys: Vec<Key> = keys.take(1000).collect();
        match self.overlay {
            None => Vec::new(),
            Some(_) => keys
                .into_iter()
                .flat_map(|key| self.type_key(key))
                .collect(),
        }
    }

    /// Does what an action says, in what lies over the screen.
    pub(super) fn act_overlay(
        &mut self,
        action: Action,
        shown: &Snapshot,
        live: &Snapshot,
    ) -> Vec<Effect> {
        let Some(overlay) = self.overlay.take() else {
            return Vec::new();
        };
        match overlay {
            Overlay::Help { context, top } => {
                let top = scrolled(action, top);
                self.overlay = top.map(|top| Overlay::Help { context, top });
                Vec::new()
            }
            Overlay::Palette { context, field, at } => {
                self.act_palette(action, context, field, at, shown, live)
            }
            Overlay::Filter(line) => self.act_filter(action, line),
            Overlay::Form(form) => self.act_form(action, form),
            Overlay::Find(field) => {
                self.act_find(action, field, shown);
                Vec::new()
            }
            Overlay::Columns { at } => {
                self.act_columns(action, at);
                Vec::new()
            }
            Overlay::Themes { at, before } => {
                self.act_themes(action, at, before);
                Vec::new()
            }
            Overlay::Save(dialog) => self.act_save(action, dialog, shown),
            Overlay::Quit => self.act_quit(action, shown),
        }
    }

    fn act_quit(&mut self, action: Action, shown: &Snapshot) -> Vec<Effect> {
        match action {
            Action::Accept => return vec![Effect::Quit { keep: false }],
            Action::Cancel => {}
            Action::Save => self.open_save_all(shown),
            _ => self.overlay = Some(Overlay::Quit),
        }
        Vec::new()
    }

    fn act_palette(
        &mut self,
        action: Action,
        context: Context,
        field: Field,
        at: usize,
        shown: &Snapshot,
        live: &Snapshot,
    ) -> Vec<Effect> {
        let count = palette(context, field.text()).count();
        let at = match action {
            Action::Cancel => return Vec::new(),
            Action::Accept => {
                let chosen = palette(context, field.text()).nth(at);
                return match chosen {
                    Some(entry) => self.act(entry.action, shown, live),
                    None => Vec::new(),
                };
            }
            Action::HistoryBack | Action::CompleteBack => at.saturating_sub(1),
            Action::HistoryForward | Action::Complete => (at + 1).min(count.saturating_sub(1)),
            _ => at,
        };
        self.overlay = Some(Overlay::Palette { context, field, at });
        Vec::new()
    }

    fn act_filter(&mut self, action: Action, mut line: Box<FilterLine>) -> Vec<Effect> {
        let effects = match action {
            Action::Cancel => return self.cancel_filter(&line),
            Action::Accept if line.error.is_none() => {
                self.remember_filter();
                return Vec::new();
            }
            Action::Complete | Action::CompleteBack => {
                line.complete(if action == Action::Complete { 1 } else { -1 });
                self.try_filter(&mut line)
            }
            Action::HistoryBack => self.recall(&mut line, 1),
            Action::HistoryForward => self.recall(&mut line, -1),
            _ => Vec::new(),
        };
        self.overlay = Some(Overlay::Filter(line));
        effects
    }

    fn act_form(&mut self, action: Action, mut form: Box<FilterForm>) -> Vec<Effect> {
        match action {
            Action::Cancel => return Vec::new(),
            Action::Accept if form.error.is_none() => {
                let effects = self.filter_by(&form.text()).unwrap_or_default();
                self.remember_filter();
                return effects;
            }
            Action::Complete | Action::HistoryForward => form.step(1),
            Action::CompleteBack | Action::HistoryBack => form.step(-1),
            _ => {}
        }
        self.overlay = Some(Overlay::Form(form));
        Vec::new()
    }

    fn try_form(&mut self, form: &mut FilterForm) -> Vec<Effect> {
        form.error = crate::select::Query::parse(&form.text()).err();
        Vec::new()
    }

    fn act_find(&mut self, action: Action, field: Field, shown: &Snapshot) {
        match action {
            Action::Cancel => {}
            Action::Accept => {
                self.sought = field.text().to_owned();
                match &mut self.session {
                    Some(session) => session.find(&self.sought),
                    None => self.find_in_log(1, shown),
                }
            }
            _ => self.overlay = Some(Overlay::Find(field)),
        }
    }

    /// Scrolls the log to the next line with the text that is sought, or to the one before.
    pub(super) fn find_in_log(&mut self, by: isize, shown: &Snapshot) {
        let sought = self.sought.to_lowercase();
        let found = |index: &usize| {
            let line = shown.log.get(*index);
            line.is_some_and(|line| line.text.to_lowercase().contains(&sought))
        };
        let top = self.log.top();
        let place = match by {
            1.. => (top + 1..shown.log.len()).find(found),
            _ => (0..top).rev().find(found),
        };
        match place {
            Some(place) => {
                self.log_follows = false;
                self.log.go(place);
            }
            None => self.notice = Some(format!("{:?} is not there", self.sought)),
        }
    }

    fn act_columns(&mut self, action: Action, at: usize) {
        let is_data = self.screen == Screen::Data;
        let count = if is_data {
            self.data.all().len()
        } else {
            self.sessions.all().len()
        };
        let at = match action {
            Action::Cancel | Action::Accept => return,
            Action::Up => at.saturating_sub(1),
            Action::Down => (at + 1).min(count.saturating_sub(1)),
            Action::Toggle if is_data => self.data.toggle(at),
            Action::Toggle => self.sessions.toggle(at),
            _ => at,
        };
        self.overlay = Some(Overlay::Columns { at });
    }

    fn act_themes(&mut self, action: Action, at: usize, before: Box<Theme>) {
        let at = match action {
            Action::Cancel => {
                self.look.theme = *before;
                return;
            }
            Action::Accept => return,
            Action::Up => at.saturating_sub(1),
            Action::Down => (at + 1).min(Base::ALL.len() - 1),
            _ => at,
        };
        if let Some((_, base)) = Base::ALL.get(at) {
            self.look.theme = Theme::new(*base);
        }
        self.overlay = Some(Overlay::Themes { at, before });
    }
}

/// The line at the top of the help after an action; `None` when it is closed.
fn scrolled(action: Action, top: usize) -> Option<usize> {
    Some(match action {
        Action::Cancel => return None,
        Action::Up => top.saturating_sub(1),
        Action::Down => top + 1,
        Action::PageUp | Action::HalfUp => top.saturating_sub(PAGE),
        Action::PageDown | Action::HalfDown => top + PAGE,
        Action::First => 0,
        Action::Last => usize::MAX / 2,
        _ => top,
    })
}
