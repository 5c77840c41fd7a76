//! Keys → actions → what they do.

use super::filter::FilterForm;
use super::{App, Effect, Field, Overlay, Screen};
use crate::dashboard::action::{self, Action, Context};
use crate::dashboard::key::Key;
use crate::dashboard::model::Snapshot;
use crate::dashboard::theme::{Base, Theme};
use crate::ftp::SessionId;

impl App {
    pub(super) fn key(&mut self, key: Key, shown: &Snapshot, live: &Snapshot) -> Vec<Effect> {
        self.notice = None;
        self.clicked = None;
        let context = self.context();
        match self.keymap.action(context, key) {
            Some(action) => self.act(action, shown, live),
            None if context == Context::Text => self.type_key(key),
            None => {
                self.notice = Some(format!("{key} does nothing here; ? tells what does"));
                Vec::new()
            }
        }
    }

    /// Does what an action says, in the context that has the keys.
    pub(super) fn act(&mut self, action: Action, shown: &Snapshot, live: &Snapshot) -> Vec<Effect> {
        match action {
            Action::QuitNow => return vec![Effect::Quit { keep: false }],
            Action::Suspend => return vec![Effect::AskToSuspend],
            _ => {}
        }
        if self.overlay.is_some() {
            return self.act_overlay(action, shown, live);
        }
        if let Some(session) = &mut self.session
            && let Some(effects) = session.act(action)
        {
            let copies = |effect: &Effect| matches!(effect, Effect::Copy(_));
            if effects.iter().any(copies) {
                self.notice = Some("copied".to_owned());
            }
            return effects;
        }
        self.act_screen(action, shown, live)
    }

    fn act_screen(&mut self, action: Action, shown: &Snapshot, live: &Snapshot) -> Vec<Effect> {
        match action {
            Action::Quit => return self.quit(live),
            Action::QuitKeeping => return vec![Effect::Quit { keep: true }],
            Action::Back => return self.back(shown),
            Action::ScreenSessions => self.go(Screen::Sessions),
            Action::ScreenData => self.go(Screen::Data),
            Action::ScreenProblems => self.go(Screen::Problems),
            Action::ScreenStats => self.go(Screen::Stats),
            Action::ScreenLog => self.go(Screen::Log),
            Action::Help => {
                let context = self.context();
                self.overlay = Some(Overlay::Help { context, top: 0 });
            }
            Action::Palette => {
                self.overlay = Some(Overlay::Palette {
                    context: self.context(),
                    field: Field::default(),
                    at: 0,
                });
            }
            Action::Find => self.overlay = Some(Overlay::Find(Field::default())),
            Action::FindNext => self.find_in_log(1, shown),
            Action::FindBack => self.find_in_log(-1, shown),
            Action::Save => self.open_save(shown),
            Action::Report => self.report(shown),
            Action::Filter => {
                let line = self.open_filter(shown);
                self.overlay = Some(Overlay::Filter(Box::new(line)));
            }
            Action::FilterForm => {
                self.overlay = Some(Overlay::Form(Box::new(FilterForm::new())));
            }
            Action::Unfilter => return self.filter_by("").unwrap_or_default(),
            Action::Columns => self.overlay = Some(Overlay::Columns { at: 0 }),
            Action::Theme => self.open_themes(),
            Action::Freeze => self.freeze(live),
            Action::Acknowledge => self.acknowledged = true,
            Action::Secrets => self.look.show_secrets = !self.look.show_secrets,
            Action::Times => self.look.times = self.look.times.next(),
            Action::PreviousSession => self.neighbour(-1),
            Action::NextSession => self.neighbour(1),
            Action::Related => self.related(shown),
            _ => return self.act_list(action, shown),
        }
        Vec::new()
    }

    fn act_list(&mut self, action: Action, shown: &Snapshot) -> Vec<Effect> {
        let page = self.page();
        match action {
            Action::Up => self.step(-1),
            Action::Down => self.step(1),
            Action::PageUp => self.step(-page),
            Action::PageDown => self.step(page),
            Action::HalfUp => self.step(-(page / 2).max(1)),
            Action::HalfDown => self.step((page / 2).max(1)),
            Action::First => self.step(isize::MIN),
            Action::Last => self.step(isize::MAX),
            Action::Follow => match self.screen {
                Screen::Data => self.data.set_follow(!self.data.follow),
                Screen::Log => self.log_follows = !self.log_follows,
                _ => self.sessions.set_follow(!self.sessions.follow),
            },
            Action::Open => self.open(shown),
            Action::Right if self.screen == Screen::Problems => {
                let unfolded = self.problems.unfold();
                self.problems.step(isize::from(!unfolded));
            }
            Action::Left if self.screen == Screen::Problems => self.problems.fold(),
            Action::Group => {
                self.problems.regroup();
                self.rebuild(shown);
            }
            Action::Mark => self.mark(),
            Action::MarkAll => self.marks.extend(self.sessions.list.rows()),
            Action::UnmarkAll => self.marks.clear(),
            Action::SortNext => self.sort_by_next(1, shown),
            Action::SortBack => self.sort_by_next(-1, shown),
            Action::SortTurn if self.screen == Screen::Data => self.data.turn(),
            Action::SortTurn => self.sessions.turn(),
            Action::Ladder => self.enter(self.marked_or_selected()),
            Action::Compare => self.compare(),
            Action::Copy | Action::CopyMarkdown => {
                let text = self.copied(shown, action == Action::CopyMarkdown);
                self.notice = Some("copied".to_owned());
                return text.map(Effect::Copy).into_iter().collect();
            }
            _ => {}
        }
        Vec::new()
    }

    /// Marks the selected session, or takes its mark away, and goes on to the next.
    fn mark(&mut self) {
        if let Some(id) = self.sessions.list.selected() {
            if !self.marks.remove(&id) {
                self.marks.insert(id);
            }
            self.step(1);
        }
    }

    fn marked_or_selected(&self) -> Vec<SessionId> {
        match self.marks.is_empty() {
            true => self.sessions.list.selected().into_iter().collect(),
            false => self.marks.iter().copied().collect(),
        }
    }

    /// Orders by another column, so many to the right.
    fn sort_by_next(&mut self, by: isize, shown: &Snapshot) {
        if self.screen == Screen::Data {
            self.data.sort_by_next(by);
            self.data.order_anew(&shown.channels);
        } else {
            self.sessions.sort_by_next(by);
            self.sessions.order_anew(&shown.sessions);
        }
    }

    fn open_themes(&mut self) {
        let before = Box::new(self.look.theme.clone());
        let same = |(_, base): &(_, Base)| Theme::new(*base) == *before;
        let at = Base::ALL.iter().position(same).unwrap_or_default();
        self.overlay = Some(Overlay::Themes { at, before });
    }

    pub(super) fn go(&mut self, screen: Screen) {
        self.session = None;
        self.screen = screen;
    }

    fn quit(&mut self, live: &Snapshot) -> Vec<Effect> {
        if live.capture.is_live() && live.capture.packets > 0 {
            self.overlay = Some(Overlay::Quit);
            return Vec::new();
        }
        vec![Effect::Quit { keep: false }]
    }

    fn back(&mut self, shown: &Snapshot) -> Vec<Effect> {
        if self.session.take().is_some() {
            return Vec::new();
        }
        if shown.capture.is_running() && !shown.capture.is_live() {
            return vec![Effect::StopReading];
        }
        Vec::new()
    }

    fn freeze(&mut self, live: &Snapshot) {
        if self.is_frozen {
            self.thaw = true;
        } else {
            self.frozen = Some(Box::new(live.clone()));
        }
        self.is_frozen = !self.is_frozen;
    }

    /// Moves the selection or scrolls; that ends following.
    pub(super) fn step(&mut self, by: isize) {
        match self.screen {
            Screen::Sessions => {
                self.sessions.list.step(by);
                self.sessions.follow = false;
            }
            Screen::Data => {
                self.data.list.step(by);
                self.data.follow = false;
            }
            Screen::Problems => self.problems.step(by),
            Screen::Stats => self.stats.step(by),
            Screen::Log => {
                self.log.step(by);
                self.log_follows = self.log.is_at_end();
            }
        }
    }

    /// Selects the row at a place.
    pub(super) fn select(&mut self, place: usize) {
        match self.screen {
            Screen::Sessions => self.sessions.list.select_at(place),
            Screen::Data => self.data.list.select_at(place),
            Screen::Problems => self.problems.select_at(place),
            Screen::Stats | Screen::Log => {}
        }
    }

    fn page(&self) -> isize {
        let page = match self.screen {
            Screen::Sessions => self.sessions.list.page(),
            Screen::Data => self.data.list.page(),
            Screen::Problems => self.problems.page(),
            Screen::Stats => self.stats.page(),
            Screen::Log => self.log.page(),
        };
        page as isize
    }
}

/// The actions of a context whose name or help has a text in it.
pub(crate) fn palette<'a>(
    context: Context,
    text: &'a str,
) -> impl Iterator<Item = &'static action::Entry> + 'a {
    let text = text.to_lowercase();
    action::of_context(context)
        .filter(move |entry| entry.id.contains(&text) || entry.help.to_lowercase().contains(&text))
}
