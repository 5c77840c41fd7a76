//! A text that is searched for in a story.

use crate::dashboard::story::{Row, Story, Tone};

/// A text that was searched for, and where it is.
#[derive(Debug, Default)]
pub(super) struct Find {
    text: String,
    /// The rows that have it, in order.
    rows: Vec<u32>,
}

impl Find {
    /// Searches a story; an empty text is nowhere.
    pub(super) fn new(text: &str, story: &Story) -> Self {
        let mut find = Self {
            text: text.to_owned(),
            rows: Vec::new(),
        };
        find.again(story);
        find
    }

    /// Searches a story that has grown.
    pub(super) fn again(&mut self, story: &Story) {
        self.rows.clear();
        if self.text.is_empty() {
            return;
        }
        let wanted = self.text.to_lowercase();
        // Secrets are not searched: that would tell them letter by letter.
        let holds = |row: &Row| story.holds(row, &wanted, Tone::default());
        let rows = (0..).zip(story.rows());
        let found = rows.filter(|(_, row)| holds(row)).map(|(at, _)| at);
        self.rows.extend(found);
    }

    /// The rows that have it.
    pub(super) fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// Its first place from a row on; after the last comes the first.
    pub(super) fn from(&self, row: u32) -> Option<u32> {
        let next = self.rows.partition_point(|at| *at < row);
        self.rows.get(next).or(self.rows.first()).copied()
    }

    /// Its place before a row; before the first comes the last.
    pub(super) fn before(&self, row: u32) -> Option<u32> {
        let count = self.rows.partition_point(|at| *at < row);
        let before = self.rows[..count].last();
        before.or(self.rows.last()).copied()
    }

    /// Which of its places a row is, in words; `None` where nothing was searched for.
    pub(super) fn words(&self, row: u32) -> Option<String> {
        let text = &self.text;
        match (text.as_str(), self.rows.len()) {
            ("", _) => None,
            (_, 0) => Some(format!("find: {text:?} not found")),
            (_, count) => {
                let nth = self.rows.partition_point(|at| *at <= row).max(1);
                Some(format!("find: {text:?} {nth}/{count}"))
            }
        }
    }
}
