//! The screen of a session: what it holds and what is selected.

mod draw;
mod keys;

use std::sync::Arc;

use ratatui::layout::Position;

use super::aim::Aim;
use super::compare::Compare;
use super::find::Find;
use super::layout::Parts;
use super::list::{List, Move};
use super::view::{Colouring, View};
use super::{data, detail, transcript};
use crate::capture::Frame;
use crate::dashboard::model::{Dossier, PacketBytes, SessionRow};
use crate::dashboard::story::{Kin, Row, Story, Tone};
use crate::ftp::SessionId;

/// Sessions in one picture when those that are related are added.
const MOST_TOGETHER: usize = 8;

/// The screen of one session, or of several in one ladder.
#[derive(Debug, Default)]
pub(crate) struct SessionScreen {
    sessions: Vec<SessionId>,
    dossiers: Vec<Arc<Dossier>>,
    story: Story,
    view: View,
    list: List,
    /// The row that is selected, whatever the view.
    row: u32,
    /// The row to be selected once there is a story.
    aim: Option<Aim>,
    marked: Option<Row>,
    colouring: Colouring,
    /// The keys that move go to the detail.
    in_detail: bool,
    detail_top: usize,
    detail_lines: usize,
    find: Find,
    parts: Parts,
    /// Two sessions are compared.
    compare: Option<Compare>,
    packets: Vec<PacketBytes>,
    /// Packets that were asked for, so that they are asked for once.
    asked: Vec<Frame>,
}

impl SessionScreen {
    /// A screen of these sessions; their dossiers come by [`Self::take`].
    pub(crate) fn new(sessions: Vec<SessionId>, aim: Aim) -> Self {
        Self {
            sessions,
            aim: Some(aim),
            ..Self::default()
        }
    }

    /// A screen of two sessions side by side.
    pub(crate) fn compare(one: SessionId, other: SessionId) -> Self {
        Self {
            compare: Some(Compare::default()),
            ..Self::new(vec![one, other], Aim::default())
        }
    }

    /// It shows two sessions side by side.
    pub(crate) fn is_comparison(&self) -> bool {
        self.compare.is_some()
    }

    /// The sessions that it shows.
    pub(crate) fn sessions(&self) -> &[SessionId] {
        &self.sessions
    }

    /// Takes what is known of one of its sessions; it comes again whenever that changed.
    pub(crate) fn take(&mut self, dossier: Arc<Dossier>) {
        if !self.sessions.contains(&dossier.row.id) {
            return;
        }
        self.dossiers.retain(|known| known.row.id != dossier.row.id);
        self.dossiers.push(dossier);
        if let (Some(compare), [one, other]) = (&mut self.compare, self.sessions.as_slice()) {
            let of = |id| self.dossiers.iter().find(|dossier| dossier.row.id == id);
            return compare.take([of(*one), of(*other)]);
        }
        let before = std::mem::replace(&mut self.story, Story::new(&self.dossiers));
        self.carry(&before);
        if self.dossiers.len() == self.sessions.len()
            && let Some(row) = self.aim.take().and_then(|aim| aim.row(&self.story))
        {
            self.select(row);
        }
    }

    /// Keeps selection, folds and marks where they were in a story that has grown.
    fn carry(&mut self, before: &Story) {
        let rows = self.story.rows();
        let number = |old: u32| -> Option<u32> {
            let row = before.rows().get(old as usize)?;
            if rows
                .get(old as usize)
                .is_some_and(|same| same.is_again(row))
            {
                return Some(old);
            }
            rows.iter()
                .position(|one| one.is_again(row))
                .map(|at| at as u32)
        };
        let followed = !before.rows().is_empty() && self.list.is_at_end();
        let last = rows.len().saturating_sub(1) as u32;
        self.row = match followed {
            true => last,
            false => number(self.row).unwrap_or(self.row.min(last)),
        };
        self.list.renumber(number);
        self.find.again(&self.story);
        self.refill();
    }

    /// Finds a text, and goes to its first place; `find-next` and `find-back` go on from there.
    pub(crate) fn find(&mut self, text: &str) {
        self.find = Find::new(text, &self.story);
        self.select_found(self.find.from(self.row));
    }

    fn select_found(&mut self, row: Option<u32>) {
        if let Some(row) = row {
            self.select(row);
        }
    }

    /// Packets that it would show and has not asked for before: to be asked for whenever something
    /// happened to the screen, and to be brought by [`Self::give`].
    pub(crate) fn wanted(&mut self) -> Option<Vec<Frame>> {
        if self.view != View::Raw {
            return None;
        }
        let row = self.story.rows().get(self.row as usize)?;
        let frames = self.story.frames(row);
        let is_new = frames != self.asked;
        self.asked.clone_from(&frames);
        is_new.then_some(frames)
    }

    /// Takes the packets that were wanted.
    pub(crate) fn give(&mut self, packets: Vec<PacketBytes>) {
        self.packets = packets;
    }

    /// A click into the area that was drawn last.
    pub(crate) fn click(&mut self, column: u16, row: u16, twice: bool) {
        let at = Position::new(column, row);
        if self.parts.detail.contains(at) {
            self.in_detail = true;
        } else if let Some(compare) = &mut self.compare {
            if row > self.parts.body.y {
                compare.click(usize::from(row - self.parts.body.y - 1));
            }
        } else if self.parts.title.contains(at) {
            self.show(self.view.next());
        } else if self.parts.body.contains(at) {
            self.in_detail = false;
            let line = usize::from(row - self.parts.body.y);
            let head = self.heading_lines();
            if line >= head && self.list.click(line - head) {
                self.note_selection();
                if twice {
                    self.show(View::Raw);
                }
            }
        }
    }

    /// The wheel was turned over it, by some lines, upwards when negative.
    pub(crate) fn scroll(&mut self, lines: i32) {
        self.go(Move::Lines(lines.into()));
    }

    /// Lines of the body before those of the list.
    fn heading_lines(&self) -> usize {
        match (self.view, self.parts.body.height) {
            (View::Transcript, _) | (_, 0..4) => 0,
            (View::Data, _) => 1,
            (_, 4..7) => 1,
            _ => 2,
        }
    }

    fn show(&mut self, view: View) {
        self.view = view;
        self.refill();
    }

    fn refill(&mut self) {
        let rows = (0..).zip(self.story.rows().iter().copied());
        let story = &self.story;
        match self.view {
            View::Transcript => {
                let lines = rows.filter(|(_, row)| transcript::is_line(story, row));
                self.list.fill(lines, story, self.row);
            }
            View::Data => {
                let lines = data::rows(story).into_iter();
                self.list.fill(lines, story, self.row);
            }
            _ => self.list.fill(rows, story, self.row),
        }
        self.note_selection();
    }

    fn go(&mut self, to: Move) {
        if let Some(compare) = &mut self.compare {
            return compare.go(to);
        }
        if self.in_detail {
            let last = self.detail_lines.saturating_sub(1);
            let page = usize::from(self.parts.detail.height.max(2)) / 2;
            let by = |lines: i64| {
                let top = self.detail_top as i64 + lines;
                usize::try_from(top).unwrap_or(0).min(last)
            };
            self.detail_top = match to {
                Move::Lines(lines) => by(lines),
                Move::Halves(halves) => by(halves * page as i64),
                Move::First => 0,
                Move::Last => last,
            };
            return;
        }
        self.list.go(to);
        self.note_selection();
    }

    fn select(&mut self, row: u32) {
        self.list.select_row(row);
        self.note_selection();
    }

    fn note_selection(&mut self) {
        if let Some(line) = self.list.selected()
            && line.row != self.row
        {
            self.row = line.row;
            self.detail_top = 0;
        }
    }

    fn fold(&mut self, unfold: bool) {
        let Some(line) = self.list.selected() else {
            return;
        };
        if self.list.fold(&self.story, line.row, unfold) {
            self.refill();
        }
    }

    fn mark(&mut self) {
        let row = self.story.rows().get(self.row as usize).copied();
        self.marked = match self.marked {
            Some(marked) if row.is_some_and(|row| row.is_again(&marked)) => None,
            _ => row,
        };
    }

    fn marked_row(&self) -> Option<u32> {
        let marked = self.marked?;
        let rows = self.story.rows();
        let at = rows.iter().position(|row| row.is_again(&marked))?;
        Some(at as u32)
    }

    /// All that is known of the selected row, without secrets.
    fn copied(&self) -> String {
        detail::text(&detail::of(&self.story, self.row as usize, Tone::default()))
    }

    /// The sessions that belong to what is shown, the closest first; at most a picture full.
    pub(crate) fn related<'a>(&self, rows: impl Iterator<Item = &'a SessionRow>) -> Vec<SessionId> {
        let Some(kin) = Kin::of(&self.story) else {
            return Vec::new();
        };
        let known = rows.filter(|row| !self.sessions.contains(&row.id));
        let mut related: Vec<_> = known
            .filter_map(|row| Some((kin.relation(row)?, row.id)))
            .collect();
        related.sort_unstable();
        let ids = related.into_iter().map(|(_, id)| id);
        ids.take(MOST_TOGETHER.saturating_sub(self.sessions.len()))
            .collect()
    }
}
