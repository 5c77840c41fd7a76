//! A list of rows by number: order, selection, scrolling.
//!
//! Selection and scrolling hold on to a row, never to a place: when rows come, go or change their
//! order, the selected row stays selected and where it is on the screen.

use std::cmp::Ordering;
use std::collections::HashSet;

/// A list of rows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listing {
    rows: Vec<u32>,
    selected: Option<u32>,
    /// Where the selected row is.
    at: usize,
    /// The first row on the screen.
    top: usize,
    /// Rows on the screen.
    page: usize,
    /// The selection was made by somebody; until then it is the first row, whichever that is.
    is_chosen: bool,
}

impl Listing {
    /// All rows in their order.
    pub(crate) fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// The selected row.
    pub(crate) fn selected(&self) -> Option<u32> {
        self.selected
    }

    /// The place of the selected row, from 0.
    pub(crate) fn index(&self) -> Option<usize> {
        self.selected.map(|_| self.at)
    }

    /// The rows on a screen of `page` rows, and the place of the first of them.
    pub(crate) fn window(&mut self, page: usize) -> (usize, &[u32]) {
        self.page = page;
        self.scroll_to_selection();
        let end = self.rows.len().min(self.top + page);
        (self.top, &self.rows[self.top.min(end)..end])
    }

    /// Other rows, or another order of the same.
    pub(crate) fn replace(&mut self, rows: Vec<u32>) {
        self.rows = rows;
        self.find_selection();
    }

    /// The same rows, the last first.
    pub(crate) fn reverse(&mut self) {
        self.rows.reverse();
        self.find_selection();
    }

    /// Some rows are new or changed, or are no longer there: those that `keep` holds of are put
    /// where `order` wants them.
    pub(crate) fn change(
        &mut self,
        touched: &[u32],
        keep: impl Fn(u32) -> bool,
        order: impl Fn(u32, u32) -> Ordering,
    ) {
        if touched.is_empty() {
            return;
        }
        let set: HashSet<u32> = touched.iter().copied().collect();
        let mut fresh: Vec<u32> = set.iter().copied().filter(|row| keep(*row)).collect();
        fresh.sort_unstable_by(|one, other| order(*one, *other));
        self.rows.retain(|row| !set.contains(row));
        self.merge(&fresh, order);
        self.find_selection();
    }

    /// Puts sorted rows among the sorted rows: few comparisons, much copying.
    fn merge(&mut self, fresh: &[u32], order: impl Fn(u32, u32) -> Ordering) {
        let mut merged = Vec::with_capacity(self.rows.len() + fresh.len());
        let mut rest = self.rows.as_slice();
        for row in fresh {
            let before = rest.partition_point(|other| order(*other, *row) == Ordering::Less);
            merged.extend_from_slice(&rest[..before]);
            merged.push(*row);
            rest = &rest[before..];
        }
        merged.extend_from_slice(rest);
        self.rows = merged;
    }

    fn find_selection(&mut self) {
        if !self.is_chosen {
            self.at = 0;
            self.selected = self.rows.first().copied();
            return;
        }
        let was = self.at;
        let found = self
            .selected
            .and_then(|selected| self.rows.iter().position(|row| *row == selected));
        self.at = found.unwrap_or(was.min(self.rows.len().saturating_sub(1)));
        self.selected = self.rows.get(self.at).copied();
        self.top = (self.top + self.at).saturating_sub(was);
    }

    fn scroll_to_selection(&mut self) {
        let page = self.page.max(1);
        self.top = self
            .top
            .min(self.at)
            .max((self.at + 1).saturating_sub(page))
            .min(self.rows.len().saturating_sub(page));
    }

    /// Selects the row at a place, or the last.
    pub(crate) fn select_at(&mut self, place: usize) {
        self.is_chosen = true;
        self.at = place.min(self.rows.len().saturating_sub(1));
        self.selected = self.rows.get(self.at).copied();
    }

    /// Selects a row, if it is in the list.
    pub(crate) fn select(&mut self, row: u32) {
        if let Some(at) = self.rows.iter().position(|other| *other == row) {
            self.select_at(at);
        }
    }

    /// Selects the row that is `by` further down, or up when negative.
    pub(crate) fn step(&mut self, by: isize) {
        self.select_at(self.at.saturating_add_signed(by));
    }

    /// Rows of one page.
    pub(crate) fn page(&self) -> usize {
        self.page.max(1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn by_number(one: u32, other: u32) -> Ordering {
        one.cmp(&other)
    }

    #[test]
    fn the_selected_row_stays_where_it_is_on_the_screen() {
        let mut list = Listing::default();
        list.replace((0..100).collect());
        list.select_at(50);
        list.window(10);
        let (top, _) = list.window(10);
        let line = 50 - top;
        list.change(
            &[200, 10, 11],
            |row| row == 200,
            |one, other| other.cmp(&one),
        );
        assert_eq!(list.selected(), Some(50));
        let (top, rows) = list.window(10);
        assert_eq!(rows[line], 50);
        assert_eq!(list.index(), Some(top + line));
    }

    #[test]
    fn when_the_selected_row_goes_its_neighbour_is_selected() {
        let mut list = Listing::default();
        list.replace(vec![1, 2, 3]);
        assert_eq!(list.selected(), Some(1));
        list.select(2);
        list.change(&[2], |_| false, by_number);
        assert_eq!(list.selected(), Some(3));
        list.change(&[3], |_| false, by_number);
        assert_eq!(list.selected(), Some(1));
        list.change(&[1], |_| false, by_number);
        assert_eq!((list.selected(), list.index()), (None, None));
        list.change(&[7], |_| true, by_number);
        assert_eq!(list.selected(), Some(7));
    }

    proptest! {
        #[test]
        fn changes_keep_order_and_selection(
            steps in prop::collection::vec((prop::collection::vec(0u32..50, 0..8), any::<bool>(), -9isize..9, 1usize..12), 0..20)
        ) {
            let mut list = Listing::default();
            let mut there = HashSet::new();
            for (touched, keep, step, page) in steps {
                for row in &touched {
                    if keep { there.insert(*row); } else { there.remove(row); }
                }
                let before = list.selected();
                list.change(&touched, |row| there.contains(&row), by_number);
                let mut expected: Vec<u32> = there.iter().copied().collect();
                expected.sort_unstable();
                prop_assert_eq!(list.rows(), expected.as_slice());
                if let Some(before) = before.filter(|row| there.contains(row)) {
                    prop_assert_eq!(list.selected(), Some(before));
                }
                list.step(step);
                let selected = list.selected();
                prop_assert_eq!(selected.is_none(), there.is_empty());
                let (_, rows) = list.window(page);
                prop_assert!(rows.len() <= page);
                if let Some(selected) = selected {
                    prop_assert!(rows.contains(&selected));
                }
            }
        }
    }
}
