//! A table: a list of rows with columns, an order, and perhaps staying with the latest row.

use std::cmp::Ordering;
use std::sync::Arc;

use super::listing::Listing;
use crate::dashboard::model::Slots;

/// A column, and through it a kind of table.
pub(crate) trait Column: Copy + Eq + 'static {
    /// What the table has rows of.
    type Row;

    /// All columns, from left to right.
    const ALL: &'static [Self];

    /// Its name in the configuration.
    fn id(self) -> &'static str;

    /// Its heading.
    fn title(self) -> &'static str;

    /// The order of two rows by this column, the lowest first.
    fn order(self, one: &Self::Row, other: &Self::Row) -> Ordering;
}

/// A table.
#[derive(Clone, Debug)]
pub(crate) struct Table<C> {
    /// Its rows.
    pub(crate) list: Listing,
    /// The columns that are shown, where there is room.
    pub(crate) columns: Vec<C>,
    /// The column that gives the order.
    pub(crate) sort: C,
    /// The highest first.
    pub(crate) descending: bool,
    /// The latest row is selected, whatever comes.
    pub(crate) follow: bool,
}

impl<C: Column> Table<C> {
    /// An empty table in the order of a column.
    pub(crate) fn new(sort: C) -> Self {
        Self {
            list: Listing::default(),
            columns: C::ALL.to_vec(),
            sort,
            descending: false,
            follow: false,
        }
    }

    /// Shows those of all rows that `keep` holds of.
    pub(crate) fn rebuild(&mut self, rows: &Slots<Arc<C::Row>>, keep: impl Fn(&C::Row) -> bool) {
        let mut numbers: Vec<u32> = rows
            .numbered()
            .filter(|(_, row)| keep(row))
            .map(|(number, _)| number)
            .collect();
        numbers.sort_by(|one, other| self.order(rows, *one, *other));
        self.list.replace(numbers);
        self.catch_up();
    }

    /// Some rows are new or changed.
    pub(crate) fn change(
        &mut self,
        rows: &Slots<Arc<C::Row>>,
        touched: &[u32],
        keep: impl Fn(&C::Row) -> bool,
    ) {
        let (sort, descending) = (self.sort, self.descending);
        self.list.change(
            touched,
            |number| rows.get(number).is_some_and(|row| keep(row)),
            |one, other| compare(rows, sort, descending, one, other),
        );
        self.catch_up();
    }

    fn order(&self, rows: &Slots<Arc<C::Row>>, one: u32, other: u32) -> Ordering {
        compare(rows, self.sort, self.descending, one, other)
    }

    /// Orders by the column that is `by` further to the right.
    pub(crate) fn sort_by_next(&mut self, by: isize) {
        let count = self.columns.len() as isize;
        let at = self.columns.iter().position(|column| *column == self.sort);
        let next = (at.map_or(0, |at| at as isize) + by).rem_euclid(count.max(1));
        if let Some(column) = self.columns.get(next as usize) {
            self.sort = *column;
        }
    }

    /// Orders by this column, or turns the order round where it is by this one already.
    pub(crate) fn sort_by(&mut self, column: C, rows: &Slots<Arc<C::Row>>) {
        if self.sort == column {
            self.turn();
        } else {
            self.sort = column;
            self.order_anew(rows);
        }
    }

    /// Turns the order round.
    pub(crate) fn turn(&mut self) {
        self.descending = !self.descending;
        self.list.reverse();
    }

    /// Orders the rows anew.
    pub(crate) fn order_anew(&mut self, rows: &Slots<Arc<C::Row>>) {
        let mut numbers = self.list.rows().to_vec();
        numbers.sort_by(|one, other| self.order(rows, *one, *other));
        self.list.replace(numbers);
    }

    /// All columns that there are.
    pub(crate) fn all(&self) -> &'static [C] {
        C::ALL
    }

    /// Shows a column or hides it, by its place among all; the place.
    pub(crate) fn toggle(&mut self, at: usize) -> usize {
        if let Some(column) = C::ALL.get(at) {
            if self.columns.contains(column) {
                self.columns.retain(|other| other != column);
            } else {
                self.columns.push(*column);
            }
            let columns = &self.columns;
            let sorted = C::ALL
                .iter()
                .copied()
                .filter(|column| columns.contains(column));
            self.columns = sorted.collect();
        }
        at
    }

    /// Stays with the latest row, or no longer.
    pub(crate) fn set_follow(&mut self, follow: bool) {
        self.follow = follow;
        self.catch_up();
    }

    /// Selects the latest row, if that is to be so.
    fn catch_up(&mut self) {
        if self.follow
            && let Some(latest) = self.list.rows().iter().max()
        {
            self.list.select(*latest);
        }
    }
}

fn compare<C: Column>(
    rows: &Slots<Arc<C::Row>>,
    sort: C,
    descending: bool,
    one: u32,
    other: u32,
) -> Ordering {
    let order = match (rows.get(one), rows.get(other)) {
        (Some(a), Some(b)) => sort.order(a, b),
        (a, b) => a.is_some().cmp(&b.is_some()),
    };
    let order = order.then(one.cmp(&other));
    if descending { order.reverse() } else { order }
}
