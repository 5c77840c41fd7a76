//! The filter of the dashboard, applied to the sessions of the store bit by bit.

use std::sync::Arc;
use std::time::Duration;

use super::Store;
use crate::dashboard::model::Filtering;
use crate::ftp::SessionId;
use crate::select::Query;
use crate::time::Timestamp;

/// How often a filter with relative times is applied again, in packet time.
const REFILTER: Duration = Duration::from_secs(1);

/// The filter in force, and how far it was applied.
#[derive(Debug, Default)]
pub(super) struct Filter {
    number: u64,
    query: Option<Query>,
    /// The same, with its relative times as of `as_of`.
    dated: Option<Query>,
    as_of: Timestamp,
    /// Sessions still to look at, the next last.
    left: Vec<SessionId>,
}

impl Filter {
    /// How far it was applied.
    pub(super) fn progress(&self) -> Filtering {
        Filtering {
            number: self.number,
            left: u32::try_from(self.left.len()).unwrap_or(u32::MAX),
        }
    }
}

impl Store {
    /// Shows only the sessions that satisfy the query, or all.
    pub(crate) fn filter(&mut self, number: u64, query: Option<Query>, now: Option<Timestamp>) {
        self.filter.number = number;
        self.filter.query = query;
        self.date_filter(now.unwrap_or_default());
    }

    fn date_filter(&mut self, now: Timestamp) {
        let filter = &mut self.filter;
        filter.as_of = now;
        filter.dated = filter.query.as_ref().map(|query| query.at(now));
        filter.left = self.sessions.numbered().map(|(id, _)| id).collect();
        filter.left.reverse();
    }

    /// Time has come to `now`: a filter that counts from it is applied again, once a second.
    pub(crate) fn advance(&mut self, now: Timestamp) {
        let filter = &self.filter;
        let relative = filter.query.as_ref().is_some_and(Query::is_relative);
        if relative && filter.left.is_empty() && now.since(filter.as_of) >= REFILTER {
            self.date_filter(now);
        }
    }

    /// The filter was not applied to all sessions yet.
    pub(crate) fn is_filtering(&self) -> bool {
        !self.filter.left.is_empty()
    }

    /// Applies the filter to some more sessions.
    pub(crate) fn filter_some(&mut self, most: usize) {
        for _ in 0..most {
            let Some(id) = self.filter.left.pop() else {
                return;
            };
            if self.judge(id) {
                self.changed(id);
            }
        }
    }

    /// Whether the filter now says something else of a session.
    pub(super) fn judge(&mut self, id: SessionId) -> bool {
        let Some(kept) = self.sessions.get_mut(id) else {
            return false;
        };
        let shown = match &self.filter.dated {
            None => true,
            Some(query) => query.matches(kept),
        };
        if kept.row.shown == shown {
            return false;
        }
        Arc::make_mut(&mut kept.row).shown = shown;
        true
    }
}
