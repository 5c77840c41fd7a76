//! The problems: findings in groups that can be unfolded.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use crate::dashboard::model::{Problem, Slots};
use crate::diagnosis::{Confidence, Severity};
use crate::ftp::SessionId;
use crate::time::Timestamp;

/// Findings that an unfolded group shows at first.
const FEW: usize = 8;

/// What the groups have in common.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum By {
    /// The cause.
    #[default]
    Cause,
    /// The server.
    Server,
    /// The client.
    Client,
}

impl By {
    /// Its word.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Cause => "cause",
            Self::Server => "server",
            Self::Client => "client",
        }
    }

    fn next(self) -> Self {
        match self {
            Self::Cause => Self::Server,
            Self::Server => Self::Client,
            Self::Client => Self::Cause,
        }
    }

    fn name(self, problem: &Problem) -> Box<str> {
        match (self, problem.parties) {
            (Self::Cause, _) => problem.finding.cause.into(),
            (Self::Server, Some((_, server))) => server.to_string().into(),
            (Self::Client, Some((client, _))) => client.ip().to_string().into(),
            (_, None) => "several hosts".into(),
        }
    }
}

/// Findings that have something in common.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    /// What they have in common.
    pub(crate) name: Box<str>,
    /// Their numbers.
    pub(crate) members: Vec<u32>,
    /// The sessions that they are in.
    pub(crate) sessions: HashSet<SessionId>,
    /// Their causes.
    pub(crate) causes: BTreeSet<&'static str>,
    /// The worst of them.
    pub(crate) severity: Severity,
    /// The surest of them.
    pub(crate) confidence: Confidence,
    /// When the first and the last could be said.
    pub(crate) times: (Timestamp, Timestamp),
    /// It is unfolded; all of it, or its first few.
    pub(crate) unfolded: Option<Unfolded>,
}

/// How far a group is unfolded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unfolded {
    /// The first few.
    Few,
    /// All.
    All,
}

/// A line of the list, named by what it shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Item {
    /// A group.
    Group(Box<str>),
    /// A finding, by its number.
    Problem(u32),
    /// The rest of a group.
    More(Box<str>),
}

/// The problems.
#[derive(Clone, Debug, Default)]
pub(crate) struct Problems {
    /// What the groups have in common.
    pub(crate) by: By,
    groups: HashMap<Box<str>, Group>,
    items: Vec<Item>,
    selected: Option<Item>,
    at: usize,
    top: usize,
    page: usize,
    is_chosen: bool,
}

impl Problems {
    /// Shows those of all findings that `keep` holds of.
    pub(crate) fn rebuild(&mut self, all: &Slots<Arc<Problem>>, keep: impl Fn(&Problem) -> bool) {
        let unfolded: HashMap<Box<str>, Option<Unfolded>> = self
            .groups
            .drain()
            .map(|(name, group)| (name, group.unfolded))
            .collect();
        for problem in all.iter().filter(|problem| keep(problem)) {
            self.add(problem);
        }
        for (name, state) in unfolded {
            if let Some(group) = self.groups.get_mut(&name) {
                group.unfolded = state;
            }
        }
        self.list();
    }

    /// Some findings are new.
    pub(crate) fn change(
        &mut self,
        all: &Slots<Arc<Problem>>,
        fresh: &[u32],
        keep: impl Fn(&Problem) -> bool,
    ) {
        if fresh.is_empty() {
            return;
        }
        let fresh = fresh.iter().filter_map(|number| all.get(*number));
        for problem in fresh.filter(|problem| keep(problem)) {
            self.add(problem);
        }
        self.list();
    }

    fn add(&mut self, problem: &Problem) {
        let name = self.by.name(problem);
        let finding = &problem.finding;
        let group = self
            .groups
            .entry(name.clone())
            .or_insert_with(|| Group::new(name, problem));
        group.members.push(problem.number);
        group.sessions.extend(finding.session);
        group.causes.insert(finding.cause);
        group.severity = group.severity.max(finding.severity);
        group.confidence = group.confidence.max(finding.confidence);
        let (first, last) = group.times;
        group.times = (first.min(finding.time), last.max(finding.time));
    }

    /// Makes the lines, and finds the selected one again.
    fn list(&mut self) {
        let mut groups: Vec<&Group> = self.groups.values().collect();
        groups.sort_by(|one, other| {
            let weight = |group: &Group| (group.severity, group.members.len());
            weight(other)
                .cmp(&weight(one))
                .then_with(|| one.name.cmp(&other.name))
        });
        let mut items = Vec::new();
        for group in groups {
            items.push(Item::Group(group.name.clone()));
            let shown = match group.unfolded {
                None => 0,
                Some(Unfolded::Few) => FEW.min(group.members.len()),
                Some(Unfolded::All) => group.members.len(),
            };
            let members = &group.members[..shown];
            items.extend(members.iter().map(|number| Item::Problem(*number)));
            if shown > 0 && shown < group.members.len() {
                items.push(Item::More(group.name.clone()));
            }
        }
        self.items = items;
        let was = self.at;
        let found = match (&self.selected, self.is_chosen) {
            (Some(selected), true) => self.items.iter().position(|item| item == selected),
            _ => Some(0),
        };
        self.select_at_quietly(found.unwrap_or(was));
        self.top = (self.top + self.at).saturating_sub(was);
    }

    fn select_at_quietly(&mut self, place: usize) {
        self.at = place.min(self.items.len().saturating_sub(1));
        self.selected = self.items.get(self.at).cloned();
    }

    /// Selects the line at a place, or the last.
    pub(crate) fn select_at(&mut self, place: usize) {
        self.is_chosen = true;
        self.select_at_quietly(place);
    }

    /// Selects the line that is `by` further down, or up when negative.
    pub(crate) fn step(&mut self, by: isize) {
        self.select_at(self.at.saturating_add_signed(by));
    }

    /// The selected line.
    pub(crate) fn selected(&self) -> Option<&Item> {
        self.selected.as_ref()
    }

    /// A group by its name.
    pub(crate) fn group(&self, name: &str) -> Option<&Group> {
        self.groups.get(name)
    }

    /// How many groups there are, findings in them, and sessions.
    pub(crate) fn totals(&self) -> (usize, usize, usize) {
        let findings = self.groups.values().map(|group| group.members.len()).sum();
        let sessions: HashSet<SessionId> = self
            .groups
            .values()
            .flat_map(|group| group.sessions.iter().copied())
            .collect();
        (self.groups.len(), findings, sessions.len())
    }

    /// The finding that is selected, or the first of the group that is.
    pub(crate) fn problem(&self) -> Option<u32> {
        match self.selected.as_ref()? {
            Item::Problem(number) => Some(*number),
            Item::Group(name) | Item::More(name) => self.groups.get(name)?.members.first().copied(),
        }
    }

    /// All findings that are selected.
    pub(crate) fn selection(&self) -> Vec<u32> {
        match &self.selected {
            None => Vec::new(),
            Some(Item::Problem(number)) => vec![*number],
            Some(Item::Group(name) | Item::More(name)) => self
                .groups
                .get(name)
                .map_or_else(Vec::new, |group| group.members.clone()),
        }
    }

    /// Unfolds the selected group, or all of it when it is unfolded; whether there was more.
    pub(crate) fn unfold(&mut self) -> bool {
        let Some(Item::Group(name) | Item::More(name)) = &self.selected else {
            return false;
        };
        let Some(group) = self.groups.get_mut(name) else {
            return false;
        };
        let next = match group.unfolded {
            None => Unfolded::Few,
            Some(Unfolded::Few) if group.members.len() > FEW => Unfolded::All,
            Some(_) => return false,
        };
        group.unfolded = Some(next);
        self.is_chosen = true;
        self.list();
        true
    }

    /// Folds the group that is selected, or that the selected finding is in.
    pub(crate) fn fold(&mut self) {
        let name = self.items[..self.items.len().min(self.at + 1)]
            .iter()
            .rev()
            .find_map(|item| match item {
                Item::Group(name) => Some(name.clone()),
                _ => None,
            });
        let Some(name) = name else { return };
        if let Some(group) = self.groups.get_mut(&name) {
            group.unfolded = None;
        }
        self.is_chosen = true;
        self.selected = Some(Item::Group(name));
        self.list();
    }

    /// Groups by something else.
    pub(crate) fn regroup(&mut self) {
        self.by = self.by.next();
        self.groups.clear();
        self.selected = None;
        self.is_chosen = false;
    }

    /// The lines on a screen of `page` lines, and the place of the first of them.
    pub(crate) fn window(&mut self, page: usize) -> (usize, &[Item]) {
        self.page = page;
        let page = page.max(1);
        self.top = self
            .top
            .min(self.at)
            .max((self.at + 1).saturating_sub(page))
            .min(self.items.len().saturating_sub(page));
        let end = self.items.len().min(self.top + page);
        (self.top, &self.items[self.top..end])
    }

    /// Lines of one page.
    pub(crate) fn page(&self) -> usize {
        self.page.max(1)
    }

    /// The place of the selected line, and how many lines there are.
    pub(crate) fn place(&self) -> (usize, usize) {
        (self.at, self.items.len())
    }
}

impl Group {
    fn new(name: Box<str>, first: &Problem) -> Self {
        let finding = &first.finding;
        Self {
            name,
            members: Vec::new(),
            sessions: HashSet::new(),
            causes: BTreeSet::new(),
            severity: finding.severity,
            confidence: finding.confidence,
            times: (finding.time, finding.time),
            unfolded: None,
        }
    }
}
