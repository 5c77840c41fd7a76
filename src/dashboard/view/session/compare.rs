//! Two sessions side by side, step by step: the good and the bad one.

use std::sync::Arc;

use ratatui::layout::Rect;

use super::canvas::Canvas;
use super::detail;
use super::list::Move;
use super::pane;
use crate::dashboard::model::Dossier;
use crate::dashboard::story::{Comparison, Pair, Sameness, Step, Story, Tone};
use crate::dashboard::theme::Token;

/// Two sessions, and the pair of steps that is selected.
#[derive(Debug, Default)]
pub(super) struct Compare {
    stories: [Story; 2],
    comparison: Comparison,
    secrets: bool,
    cursor: usize,
    top: usize,
    height: usize,
    /// The first difference was shown once.
    shown: bool,
}

impl Compare {
    /// Takes the dossiers of both sessions, in their order; those that are missing are empty.
    pub(super) fn take(&mut self, dossiers: [Option<&Arc<Dossier>>; 2]) {
        self.stories = dossiers.map(|dossier| {
            let dossiers: Vec<_> = dossier.cloned().into_iter().collect();
            Story::new(&dossiers)
        });
        self.compare();
        let both = dossiers.iter().all(Option::is_some);
        if both && !self.shown {
            self.shown = true;
            self.cursor = self.comparison.first_difference().unwrap_or(0);
        }
    }

    fn compare(&mut self) {
        let [one, other] = &self.stories;
        let tone = Tone {
            secrets: self.secrets,
            unfolded: false,
        };
        self.comparison = Comparison::new(one, other, tone);
        let last = self.comparison.pairs.len().saturating_sub(1);
        self.cursor = self.cursor.min(last);
    }

    /// Moves the selection.
    pub(super) fn go(&mut self, to: Move) {
        let last = self.comparison.pairs.len().saturating_sub(1) as i64;
        let cursor = self.cursor as i64;
        let half = self.height.max(2) as i64 / 2;
        let next = match to {
            Move::Lines(lines) => cursor.saturating_add(lines),
            Move::Halves(halves) => cursor.saturating_add(halves * half),
            Move::First => 0,
            Move::Last => last,
        };
        self.cursor = next.clamp(0, last) as usize;
    }

    /// Goes to the next difference.
    pub(super) fn next_difference(&mut self) {
        let next = self.comparison.next_difference(self.cursor);
        self.cursor = next.unwrap_or(self.cursor);
    }

    /// Selects the pair in a line of the window.
    pub(super) fn click(&mut self, line: usize) {
        let pair = self.top + line;
        if line < self.height && pair < self.comparison.pairs.len() {
            self.cursor = pair;
        }
    }

    /// The selected step of each session as a text.
    pub(super) fn copied(&self) -> String {
        let pair = self.comparison.pairs.get(self.cursor);
        let steps = pair
            .into_iter()
            .flat_map(|pair| pair.steps.iter().flatten());
        let lines = steps.map(|step| format!("{} → {}", step.said, step.answer));
        lines.collect::<Vec<String>>().join("\n")
    }

    /// Draws both columns and, below, what is known of the selected steps.
    pub(super) fn draw(&mut self, canvas: &mut Canvas<'_>) {
        if self.secrets != canvas.look.show_secrets {
            self.secrets = canvas.look.show_secrets;
            self.compare();
        }
        let area = canvas.area;
        let below = match area.height {
            0..8 => 0,
            8..14 => 3,
            height => (height / 3).min(12),
        };
        let list = Rect {
            height: area.height - below,
            ..area
        };
        let drawer = Rect {
            y: area.y + list.height,
            height: below,
            ..area
        };
        self.draw_list(&mut canvas.part(list));
        if below > 0 {
            self.draw_drawer(&mut canvas.part(drawer));
        }
    }

    fn draw_list(&mut self, canvas: &mut Canvas<'_>) {
        let head = usize::from(canvas.height() > 3);
        let [left, right] = halves(canvas.width());
        if head > 0 {
            for (story, (x, room)) in self.stories.iter().zip([left, right]) {
                let Some(row) = story.heads().first() else {
                    continue;
                };
                let state = format!(
                    "#{} {} {}",
                    row.id,
                    row.standing.sign(),
                    row.standing.word()
                );
                let style = canvas.style(row.standing.token());
                let used = canvas.put(x, 0, room, &state, style);
                let ends = format!("  {} → {}", row.client, row.server);
                let plain = canvas.style(Token::Title);
                canvas.put(x + used, 0, room.saturating_sub(used), &ends, plain);
            }
        }
        let height = canvas.height().saturating_sub(head);
        self.height = height;
        let least = (self.cursor + 1).saturating_sub(height);
        let most = self.comparison.pairs.len().saturating_sub(height);
        self.top = self.top.min(most).clamp(least, self.cursor.max(least));
        let first = self.comparison.first_difference();
        let pairs = self.comparison.pairs.iter().enumerate();
        for (y, (index, pair)) in pairs.skip(self.top).take(height).enumerate() {
            line(canvas, head + y, pair, first == Some(index));
            if index == self.cursor {
                let selection = canvas.style(Token::Selection);
                canvas.paint(head + y, selection);
                canvas.sign(0, head + y, '▌', selection);
            }
        }
    }

    fn draw_drawer(&self, canvas: &mut Canvas<'_>) {
        let place = format!("{}/{}", self.cursor + 1, self.comparison.pairs.len());
        let what = match self.comparison.first_difference() {
            None => "no difference".to_owned(),
            Some(first) => format!("they differ from step {} on", first + 1),
        };
        let mut inner = pane::top(canvas, &place, false);
        let [left, right] = halves(inner.width());
        let Some(pair) = self.comparison.pairs.get(self.cursor) else {
            inner.ink(1, 0, &what, Token::Dim);
            return;
        };
        let tone = Tone {
            secrets: self.secrets,
            unfolded: false,
        };
        for ((story, step), (x, room)) in self.stories.iter().zip(&pair.steps).zip([left, right]) {
            let area = Rect {
                x: inner.area.x + x as u16 - 1,
                width: (room + 1) as u16,
                ..inner.area
            };
            let Some(step) = step else { continue };
            let items = detail::brief(story, step.row as usize, tone, false);
            pane::plain(&mut inner.part(area), &items);
        }
        canvas.put(2, 0, 1, " ", canvas.style(Token::Dim));
        let used = canvas.ink(3, 0, &what, Token::Title);
        canvas.put(3 + used, 0, 1, " ", canvas.style(Token::Dim));
    }
}

/// First column and width of the halves; between them is the mark.
fn halves(width: usize) -> [(usize, usize); 2] {
    let room = width.saturating_sub(5) / 2;
    [(1, room), (room + 4, width.saturating_sub(room + 4))]
}

fn line(canvas: &mut Canvas<'_>, y: usize, pair: &Pair, first: bool) {
    let [left, right] = halves(canvas.width());
    let (sign, token) = match pair.sameness {
        Sameness::Same => ('│', Token::Dim),
        Sameness::Argument => ('~', Token::Open),
        Sameness::Answer => ('≠', Token::Fail),
        Sameness::Alone if pair.steps[0].is_some() => ('◄', Token::Fail),
        Sameness::Alone => ('►', Token::Fail),
    };
    let style = canvas.style(token);
    canvas.sign(left.1 + 2, y, sign, style);
    for (side, step) in pair.steps.iter().enumerate() {
        let (x, room) = if side == 0 { left } else { right };
        if let Some(step) = step {
            put(canvas, y, x, room, step, pair.sameness);
        }
    }
    if first {
        let style = canvas.style(Token::Fail);
        canvas.sign(left.1 + 1, y, '►', style);
        canvas.sign(left.1 + 3, y, '◄', style);
    }
}

fn put(canvas: &mut Canvas<'_>, y: usize, x: usize, room: usize, step: &Step, sameness: Sameness) {
    let (said, answer) = match sameness {
        Sameness::Same => (Token::Dim, Token::Dim),
        Sameness::Argument => (Token::Open, Token::Server),
        Sameness::Answer => (Token::Server, Token::Fail),
        Sameness::Alone => (Token::Server, Token::Server),
    };
    let (said, answer) = (canvas.style(said), canvas.style(answer));
    let wanted = canvas.columns(&step.said);
    let least = match step.answer.is_empty() {
        true => room,
        false => room * 45 / 100,
    };
    let used = canvas.put(x, y, wanted.min(least), &step.said, said);
    if !step.answer.is_empty() && room > used + 4 {
        let arrow = canvas.put(x + used, y, 3, " → ", answer);
        let at = used + arrow;
        canvas.put(x + at, y, room - at, &step.answer, answer);
    }
}
