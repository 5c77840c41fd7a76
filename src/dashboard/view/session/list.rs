//! The lines of a view: which rows of the story they are, the one that is selected, the window.

use std::collections::BTreeSet;

use crate::dashboard::story::{Row, Story, What, folded};

/// One line of a view: a row of the story, or a further line of an unfolded reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Line {
    /// Index of the row.
    pub(super) row: u32,
    /// 0 for the row itself, else which further line.
    pub(super) part: u32,
}

/// The lines of a view, of which one is selected.
#[derive(Debug, Default)]
pub(super) struct List {
    lines: Vec<Line>,
    cursor: usize,
    top: usize,
    height: usize,
    unfolded: BTreeSet<u32>,
}

/// Where to move.
#[derive(Clone, Copy, Debug)]
pub(super) enum Move {
    /// By lines.
    Lines(i64),
    /// By half windows.
    Halves(i64),
    /// To the first.
    First,
    /// To the last.
    Last,
}

impl List {
    /// All lines.
    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    /// `3/17`: which line is selected, of how many; empty where there is none.
    pub(super) fn place(&self) -> String {
        match self.lines.len() {
            0 => String::new(),
            count => format!("{}/{count}", self.cursor + 1),
        }
    }

    /// The selected line.
    pub(super) fn selected(&self) -> Option<Line> {
        self.lines.get(self.cursor).copied()
    }

    /// The last line is selected.
    pub(super) fn is_at_end(&self) -> bool {
        self.cursor + 1 >= self.lines.len()
    }

    /// Takes the lines of another view or of a story that grew; `row` stays selected, or what is
    /// next before it.
    pub(super) fn fill(&mut self, rows: impl Iterator<Item = (u32, Row)>, story: &Story, row: u32) {
        let part = self.selected().map_or(0, |line| line.part);
        let screen_line = self.cursor.saturating_sub(self.top);
        self.lines.clear();
        for (index, row) in rows {
            self.lines.push(Line {
                row: index,
                part: 0,
            });
            if self.unfolded.contains(&index) {
                let further = story.reply(&row).map_or(0, |reply| folded(reply).1 as u32);
                let parts = 1..further.saturating_add(1);
                self.lines
                    .extend(parts.map(|part| Line { row: index, part }));
            }
        }
        self.select(Line { row, part });
        self.top = self.cursor.saturating_sub(screen_line);
    }

    /// Selects a line, or what is next before it.
    pub(super) fn select(&mut self, line: Line) {
        let after = self.lines.partition_point(|one| *one <= line);
        self.cursor = after.saturating_sub(1);
    }

    /// Selects a row.
    pub(super) fn select_row(&mut self, row: u32) {
        self.select(Line { row, part: 0 });
    }

    /// Moves the selection.
    pub(super) fn go(&mut self, to: Move) {
        let last = self.lines.len().saturating_sub(1);
        let by = |cursor: usize, lines: i64| {
            let lines_up = usize::try_from(lines.unsigned_abs()).unwrap_or(usize::MAX);
            match lines < 0 {
                true => cursor.saturating_sub(lines_up),
                false => cursor.saturating_add(lines_up).min(last),
            }
        };
        self.cursor = match to {
            Move::Lines(lines) => by(self.cursor, lines),
            Move::Halves(halves) => by(self.cursor, halves * (self.height.max(2) as i64 / 2)),
            Move::First => 0,
            Move::Last => last,
        };
    }

    /// Selects the line in a line of the window, if there is one.
    pub(super) fn click(&mut self, line: usize) -> bool {
        let hit = line < self.height && self.top + line < self.lines.len();
        if hit {
            self.cursor = self.top + line;
        }
        hit
    }

    /// Folds the reply of a row, or shows all its lines; false where there is nothing to fold.
    /// The lines have to be filled in again.
    pub(super) fn fold(&mut self, story: &Story, row: u32, unfold: bool) -> bool {
        let told = story.rows().get(row as usize);
        let is_long = |row: &Row| {
            matches!(row.what, What::Reply(_))
                && story.reply(row).is_some_and(|reply| folded(reply).1 > 0)
        };
        if !told.is_some_and(is_long) {
            return false;
        }
        match unfold {
            true => self.unfolded.insert(row),
            false => self.unfolded.remove(&row),
        }
    }

    /// The reply of a row is shown with all its lines.
    pub(super) fn is_unfolded(&self, row: u32) -> bool {
        self.unfolded.contains(&row)
    }

    /// Rows got other numbers.
    pub(super) fn renumber(&mut self, number: impl Fn(u32) -> Option<u32>) {
        self.unfolded = self
            .unfolded
            .iter()
            .filter_map(|row| number(*row))
            .collect();
    }

    /// The lines of a window of this height, which is moved so that the selection is in it; with
    /// each whether it is selected.
    pub(super) fn window(&mut self, height: usize) -> impl Iterator<Item = (usize, Line, bool)> {
        self.height = height;
        let least = (self.cursor + 1).saturating_sub(height);
        let most = self.lines.len().saturating_sub(height);
        self.top = self.top.min(most).clamp(least, self.cursor.max(least));
        let cursor = self.cursor;
        let lines = self.lines.iter().enumerate().skip(self.top).take(height);
        let top = self.top;
        lines.map(move |(index, line)| (index - top, *line, index == cursor))
    }

    /// The window begins with the first line.
    pub(super) fn is_at_top(&self) -> bool {
        self.top == 0
    }
}
