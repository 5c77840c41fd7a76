//! Scrolling through lines of which none is selected.

/// A place in a text that is longer than the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pager {
    top: usize,
    page: usize,
    lines: usize,
}

impl Pager {
    /// The first line of `lines` to show on a screen of `page` lines.
    pub(crate) fn window(&mut self, lines: usize, page: usize) -> usize {
        (self.lines, self.page) = (lines, page);
        self.top = self.top.min(lines.saturating_sub(page));
        self.top
    }

    /// Scrolls down, or up when negative.
    pub(crate) fn step(&mut self, by: isize) {
        let most = self.lines.saturating_sub(self.page);
        self.top = self.top.saturating_add_signed(by).min(most);
    }

    /// The first line on the screen.
    pub(crate) fn top(&self) -> usize {
        self.top
    }

    /// Goes to a line.
    pub(crate) fn go(&mut self, line: usize) {
        self.top = line;
    }

    /// The last line is on the screen.
    pub(crate) fn is_at_end(&self) -> bool {
        self.top + self.page >= self.lines
    }

    /// Lines of one page.
    pub(crate) fn page(&self) -> usize {
        self.page.max(1)
    }
}
