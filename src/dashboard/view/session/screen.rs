//! What the screen of a session holds, and what keys do to it.

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::aim::Aim;
use super::canvas::Canvas;
use super::compare::Compare;
use super::ladder::{Colouring, Ladder};
use super::layout::Parts;
use super::list::{List, Move};
use super::times::Columns;
use super::title::{self, Hint};
use super::transcript::{self, Transcript};
use super::{data, detail, pane, raw};
use crate::capture::Frame;
use crate::dashboard::action::Action;
use crate::dashboard::app::{Effect, Look};
use crate::dashboard::model::{Dossier, PacketBytes, SessionRow};
use crate::dashboard::story::{Kin, Row, Story, Tone};
use crate::dashboard::theme::Token;
use crate::ftp::SessionId;

/// Sessions in one picture when those that are related are added.
const MOST_TOGETHER: usize = 8;

/// How a session is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum View {
    /// A picture: arrows between hosts.
    #[default]
    Ladder,
    /// What was said, line by line.
    Transcript,
    /// The data channels.
    Data,
    /// The bytes.
    Raw,
}

impl View {
    /// All of them, in the order in which they follow each other.
    pub(crate) const ALL: [Self; 4] = [Self::Ladder, Self::Transcript, Self::Data, Self::Raw];

    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ladder => "Ladder",
            Self::Transcript => "Transcript",
            Self::Data => "Data",
            Self::Raw => "Raw",
        }
    }

    fn next(self) -> Self {
        match self {
            Self::Ladder => Self::Transcript,
            Self::Transcript => Self::Data,
            Self::Data => Self::Raw,
            Self::Raw => Self::Ladder,
        }
    }
}

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

/// A text that was searched for, and where it is.
#[derive(Debug, Default)]
struct Find {
    text: String,
    rows: Vec<u32>,
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
        let found = std::mem::take(&mut self.find.text);
        self.search(&found);
        self.refill();
    }

    /// Does what a key asks for; `None` when that means nothing here.
    pub(crate) fn act(&mut self, action: Action, _: &Look) -> Option<Vec<Effect>> {
        // Who moves already is not moved.
        self.aim = None;
        if let Some(to) = movement(action) {
            self.go(to);
            return Some(Vec::new());
        }
        if let Some(compare) = &mut self.compare {
            match action {
                Action::NextProblem => compare.next_difference(),
                Action::Copy => return Some(vec![Effect::Copy(compare.copied())]),
                _ => return None,
            };
            return Some(Vec::new());
        }
        match action {
            Action::View => self.show(self.view.next()),
            Action::Raw | Action::Hex => self.show(View::Raw),
            Action::Open if self.view != View::Raw => self.show(View::Raw),
            Action::Back if self.in_detail => self.in_detail = false,
            Action::Back if self.view == View::Raw => self.show(View::Ladder),
            Action::NextPane | Action::PreviousPane => self.in_detail = !self.in_detail,
            Action::Right => self.fold(true),
            Action::Left => self.fold(false),
            Action::NextProblem => {
                let next = self.story.next_problem(self.row as usize)?;
                self.select(next as u32);
            }
            Action::FindNext => self.find_from(1),
            Action::FindBack => self.find_from(-1),
            Action::Mark => self.mark(),
            // At the end it stays there.
            Action::Follow => self.go(Move::Last),
            Action::UnmarkAll => self.marked = None,
            Action::Colouring => {
                self.colouring = match self.colouring {
                    Colouring::Role => Colouring::Session,
                    Colouring::Session => Colouring::Channel,
                    Colouring::Channel => Colouring::Role,
                };
            }
            Action::Copy => return Some(vec![Effect::Copy(self.copied())]),
            Action::CopyMarkdown => {
                let fenced = format!("```text\n{}```\n", self.copied());
                return Some(vec![Effect::Copy(fenced)]);
            }
            _ => return None,
        }
        Some(Vec::new())
    }

    /// Finds a text, and goes to its first place; `find-next` and `find-back` go on from there.
    pub(crate) fn find(&mut self, text: &str) {
        self.search(text);
        let next = self.find.rows.partition_point(|row| *row < self.row);
        if let Some(row) = self.find.rows.get(next).or(self.find.rows.first()) {
            self.select(*row);
        }
    }

    fn search(&mut self, text: &str) {
        let wanted = text.to_lowercase();
        self.find.rows.clear();
        if !wanted.is_empty() {
            // Secrets are not searched: that would tell them letter by letter.
            let tone = Tone::default();
            let holds = |row: &Row| self.story.holds(row, &wanted, tone);
            let rows = (0..).zip(self.story.rows());
            self.find.rows = rows
                .filter(|(_, row)| holds(row))
                .map(|(at, _)| at)
                .collect();
        }
        self.find.text = text.to_owned();
    }

    fn find_from(&mut self, step: i64) {
        let rows = &self.find.rows;
        let next = match step > 0 {
            true => rows.iter().find(|&&row| row > self.row).or(rows.first()),
            false => rows
                .iter()
                .rev()
                .find(|&&row| row < self.row)
                .or(rows.last()),
        };
        if let Some(&row) = next {
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

    /// Draws all of it: its title line, its panes. Header and footer are not its own.
    pub(crate) fn draw(&mut self, area: Rect, buffer: &mut Buffer, look: &Look) {
        let mut canvas = Canvas::new(area, buffer, look);
        if let Some(compare) = &mut self.compare {
            self.parts = Parts {
                body: canvas.area,
                ..Parts::default()
            };
            return compare.draw(&mut canvas);
        }
        self.parts = match self.view {
            View::Raw => Parts::with_bytes(canvas.area),
            _ => Parts::of(canvas.area),
        };
        let parts = self.parts;
        self.draw_title(&mut canvas.part(parts.title), &hint(look, parts));
        let columns = Columns::new(look.times, parts.body.width.into(), parts.beside);
        let mut body = canvas.part(parts.body);
        self.draw_body(&mut body, columns);
        self.draw_detail(&mut canvas.part(parts.detail));
    }

    fn draw_title(&self, canvas: &mut Canvas<'_>, times: &str) {
        let heads: Vec<&SessionRow> = self.story.heads().iter().map(|head| &**head).collect();
        let hint = match (&*self.find.text, self.find.rows.len()) {
            ("", _) => {
                return title::draw(canvas, &heads, self.view, Hint::Times(times));
            }
            (text, 0) => format!("find: {text:?} not found"),
            (text, count) => {
                let nth = self.find.rows.partition_point(|row| *row <= self.row);
                format!("find: {text:?} {}/{count}", nth.max(1))
            }
        };
        title::draw(canvas, &heads, self.view, Hint::Found(&hint));
    }

    fn draw_body(&mut self, canvas: &mut Canvas<'_>, columns: Columns) {
        if self.story.rows().is_empty() {
            let given_up = self.dossiers.iter().any(|dossier| dossier.given_up);
            let text = match (self.dossiers.is_empty(), given_up) {
                (true, _) => "…",
                (_, true) => "What happened was given up to keep memory bounded.",
                _ => "Nothing has been told of this session yet.",
            };
            canvas.ink(2, 1, text, Token::Dim);
            return;
        }
        let marked = self.marked_row();
        let story = &self.story;
        let found = &self.find.rows;
        match self.view {
            View::Transcript => Transcript {
                story,
                columns,
                found,
                marked,
            }
            .draw(canvas, &mut self.list),
            View::Data => data::draw(canvas, story, &mut self.list, found),
            _ => Ladder {
                story,
                columns,
                colouring: self.colouring,
                marked,
                found,
            }
            .draw(canvas, &mut self.list),
        }
    }

    fn draw_detail(&mut self, canvas: &mut Canvas<'_>) {
        if canvas.height() == 0 || self.story.rows().is_empty() {
            return;
        }
        let tone = Tone {
            secrets: canvas.look.show_secrets,
            unfolded: false,
        };
        let row = self.row as usize;
        if self.view == View::Raw {
            return self.draw_bytes(canvas, tone);
        }
        self.detail_lines = match self.parts.beside {
            true => {
                let items = detail::of(&self.story, row, tone);
                pane::beside(canvas, &items, self.detail_top, self.in_detail)
            }
            false => {
                let items = detail::brief(&self.story, row, tone, canvas.height() < 6);
                let place = format!("{}/{}", self.list.cursor() + 1, self.list.len());
                pane::below(canvas, &items, self.detail_top, &place, self.in_detail)
            }
        };
    }

    fn draw_bytes(&mut self, canvas: &mut Canvas<'_>, tone: Tone) {
        let Some(row) = self.story.rows().get(self.row as usize) else {
            return;
        };
        let blocks = raw::blocks(&self.story, row, &self.packets, tone);
        let mut inner = match self.parts.beside {
            true => pane::side(canvas, self.in_detail),
            false => {
                let place = format!("{}/{}", self.list.cursor() + 1, self.list.len());
                pane::top(canvas, &place, self.in_detail)
            }
        };
        let a_line = raw::bytes_a_line(inner.width());
        self.detail_lines = raw::lines(&blocks, a_line);
        if blocks.is_empty() {
            inner.ink(1, 0, "The packets are not at hand.", Token::Dim);
        }
        raw::draw(&mut inner, &blocks, self.detail_top);
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

/// How times are shown.
fn hint(look: &Look, parts: Parts) -> String {
    let columns = Columns::new(look.times, parts.body.width.into(), parts.beside);
    format!("t {}", columns.heading())
}

fn movement(action: Action) -> Option<Move> {
    Some(match action {
        Action::Up => Move::Lines(-1),
        Action::Down => Move::Lines(1),
        Action::PageUp => Move::Halves(-2),
        Action::PageDown => Move::Halves(2),
        Action::HalfUp => Move::Halves(-1),
        Action::HalfDown => Move::Halves(1),
        Action::First => Move::First,
        Action::Last => Move::Last,
        _ => return None,
    })
}
