//! The state of everything on the screen.

use std::collections::BTreeSet;
use std::sync::Arc;

use ratatui::layout::Rect;

use super::filter::FilterState;
use super::save::SaveDialog;
use super::{
    DataColumn, Effect, Hit, Look, Msg, Overlay, Pager, Problems, SessionColumn, Signal, Table,
};
use crate::dashboard::action::{Context, Keymap};
use crate::dashboard::model::{
    Changes, ChannelRow, Dossier, Problem, Progress, SessionRow, Snapshot,
};
use crate::dashboard::view::session::SessionScreen;
use crate::ftp::SessionId;

/// The screens with a tab.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Screen {
    /// The table of sessions.
    #[default]
    Sessions,
    /// The table of data channels.
    Data,
    /// The problems.
    Problems,
    /// Totals and rates.
    Stats,
    /// The log.
    Log,
}

impl Screen {
    /// All of them, in the order of their tabs.
    pub(crate) const ALL: [Self; 5] = [
        Self::Sessions,
        Self::Data,
        Self::Problems,
        Self::Stats,
        Self::Log,
    ];

    fn context(self) -> Context {
        match self {
            Self::Sessions => Context::Sessions,
            Self::Data => Context::Data,
            Self::Problems => Context::Problems,
            Self::Stats => Context::Stats,
            Self::Log => Context::Log,
        }
    }
}

/// Everything on the screen.
#[derive(Debug)]
pub(crate) struct App {
    /// Which key does what.
    pub(crate) keymap: Keymap,
    /// How things are shown.
    pub(crate) look: Look,
    /// The screen with a tab that is shown, or is below the session.
    pub(crate) screen: Screen,
    /// The session that is open.
    pub(crate) session: Option<SessionScreen>,
    /// What lies over the screen.
    pub(crate) overlay: Option<Overlay>,
    /// The table of sessions.
    pub(crate) sessions: Table<SessionColumn>,
    /// Sessions that are marked.
    pub(crate) marks: BTreeSet<SessionId>,
    /// The table of data channels.
    pub(crate) data: Table<DataColumn>,
    /// The problems.
    pub(crate) problems: Problems,
    /// Scrolling of the totals.
    pub(crate) stats: Pager,
    /// Scrolling of the log.
    pub(crate) log: Pager,
    /// The latest line of the log stays on the screen.
    pub(crate) log_follows: bool,
    /// What was shown when the screen was stopped.
    pub(crate) frozen: Option<Box<Snapshot>>,
    /// The filter in force.
    pub(crate) filter: FilterState,
    /// The filter that everything that is shown satisfies.
    filtered: u64,
    /// Where was saved to last.
    pub(super) saved_to: String,
    /// The dialog of which the saving is under way.
    pub(super) pending_save: Option<Box<SaveDialog>>,
    /// The text that was sought last.
    pub(crate) sought: String,
    /// The screen stands still.
    pub(crate) is_frozen: bool,
    /// The screen is to go on.
    pub(super) thaw: bool,
    /// What is known of the selected session.
    pub(crate) preview: Option<Arc<Dossier>>,
    /// Sessions whose dossiers were asked for.
    pub(super) wanted: Vec<SessionId>,
    /// The failure of the capture has been seen.
    pub(crate) acknowledged: bool,
    /// Something to tell, until the next key.
    pub(crate) notice: Option<String>,
    /// What can be clicked, as it was drawn last.
    pub(crate) hits: Vec<(Rect, Hit)>,
    /// The click before, to tell a double click.
    pub(super) clicked: Option<(u16, u16)>,
    /// Size of the terminal.
    pub(crate) size: (u16, u16),
}

impl App {
    /// A dashboard that has been told nothing.
    pub(crate) fn new(keymap: Keymap, look: Look, is_live: bool) -> Self {
        let mut sessions = Table::new(SessionColumn::Start);
        sessions.descending = is_live;
        sessions.follow = is_live;
        Self {
            keymap,
            look,
            screen: Screen::default(),
            session: None,
            overlay: None,
            sessions,
            marks: BTreeSet::new(),
            data: Table::new(DataColumn::Time),
            problems: Problems::default(),
            stats: Pager::default(),
            log: Pager::default(),
            log_follows: true,
            frozen: None,
            filter: FilterState::default(),
            filtered: 0,
            saved_to: String::new(),
            pending_save: None,
            sought: String::new(),
            is_frozen: false,
            thaw: false,
            preview: None,
            wanted: Vec::new(),
            acknowledged: false,
            notice: None,
            hits: Vec::new(),
            clicked: None,
            size: (0, 0),
        }
    }

    /// Where the keys are.
    pub(crate) fn context(&self) -> Context {
        match (&self.overlay, &self.session) {
            (Some(overlay), _) => overlay.context(),
            (None, Some(session)) if session.is_comparison() => Context::Compare,
            (None, Some(_)) => Context::Session,
            (None, None) => self.screen.context(),
        }
    }

    /// Takes a message in; `live` is what is known, whatever is shown.
    pub(crate) fn update(&mut self, msg: Msg, live: &Snapshot) -> Vec<Effect> {
        // What is shown is borrowed while it is worked on.
        let frozen = self.frozen.take();
        let shown = frozen.as_deref().unwrap_or(live);
        let mut effects = self.handle(msg, shown, live);
        if self.frozen.is_none() {
            self.frozen = frozen;
        }
        if std::mem::take(&mut self.thaw) {
            self.frozen = None;
            self.rebuild(live);
        }
        effects.extend(self.want());
        let packets = self.session.as_mut().and_then(SessionScreen::wanted);
        effects.extend(packets.map(Effect::Packets));
        effects
    }

    fn handle(&mut self, msg: Msg, shown: &Snapshot, live: &Snapshot) -> Vec<Effect> {
        match msg {
            Msg::Key(key) => self.key(key, shown, live),
            Msg::Mouse(event) => self.mouse(event, shown, live),
            Msg::Paste(text) => self.paste(&text),
            Msg::Resize(columns, rows) => {
                self.size = (columns, rows);
                Vec::new()
            }
            Msg::Changed(changes) => {
                if std::ptr::eq(shown, live) {
                    self.change(&changes, live);
                }
                Vec::new()
            }
            Msg::Dossier(dossier) => {
                self.take(dossier);
                Vec::new()
            }
            Msg::Packets(packets) => {
                if let Some(session) = &mut self.session {
                    session.give(packets);
                }
                Vec::new()
            }
            Msg::Told(told) => {
                self.told(told);
                Vec::new()
            }
            Msg::Signal(Signal::End) | Msg::InputEnded => vec![Effect::Quit { keep: false }],
            Msg::Signal(Signal::Suspend) => vec![Effect::Suspend],
            Msg::Signal(Signal::Continue) => Vec::new(),
        }
    }

    fn change(&mut self, changes: &Changes, snapshot: &Snapshot) {
        let filtering = snapshot.filtering;
        if filtering.left == 0 && filtering.number != self.filtered {
            self.filtered = filtering.number;
            self.rebuild(snapshot);
        }
        for id in &changes.given_up {
            self.marks.remove(id);
        }
        self.sessions
            .change(&snapshot.sessions, &changes.sessions, is_shown);
        if !changes.given_up.is_empty() {
            self.sessions
                .change(&snapshot.sessions, &changes.given_up, |_| false);
        }
        let in_shown = |row: &_| session_of(row, snapshot);
        self.data
            .change(&snapshot.channels, &changes.channels, in_shown);
        self.problems
            .change(&snapshot.problems, &changes.problems, |problem| {
                concerns_shown(problem, snapshot)
            });
    }

    /// Everything may have changed.
    pub(super) fn rebuild(&mut self, snapshot: &Snapshot) {
        self.sessions.rebuild(&snapshot.sessions, is_shown);
        self.data
            .rebuild(&snapshot.channels, |row| session_of(row, snapshot));
        self.problems.rebuild(&snapshot.problems, |problem| {
            concerns_shown(problem, snapshot)
        });
    }

    fn take(&mut self, dossier: Arc<Dossier>) {
        let id = dossier.row.id;
        if let Some(session) = self.session.as_mut()
            && session.sessions().contains(&id)
        {
            session.take(Arc::clone(&dossier));
        }
        if self.sessions.list.selected() == Some(id) {
            self.preview = Some(dossier);
        }
    }

    /// Asks for the sessions that are looked at, when they are others than before.
    fn want(&mut self) -> Option<Effect> {
        let wanted = match (&self.session, self.screen) {
            (Some(session), _) => session.sessions().to_vec(),
            (None, Screen::Sessions) => self.sessions.list.selected().into_iter().collect(),
            (None, _) => Vec::new(),
        };
        if wanted == self.wanted {
            return None;
        }
        self.wanted.clone_from(&wanted);
        Some(Effect::Dossiers(wanted))
    }

    /// The failure of the capture, until it has been seen.
    pub(crate) fn failure<'a>(&self, snapshot: &'a Snapshot) -> Option<&'a str> {
        match &snapshot.capture.progress {
            Progress::Failed(why) if !self.acknowledged => Some(why),
            _ => None,
        }
    }
}

fn is_shown(row: &SessionRow) -> bool {
    row.shown
}

fn session_of(row: &ChannelRow, snapshot: &Snapshot) -> bool {
    let session = snapshot.sessions.get(row.id.session);
    session.is_some_and(|session| session.shown)
}

fn concerns_shown(problem: &Problem, snapshot: &Snapshot) -> bool {
    let session = problem.finding.session;
    let session = session.and_then(|session| snapshot.sessions.get(session));
    session.is_none_or(|session| session.shown)
}
