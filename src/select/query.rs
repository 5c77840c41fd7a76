//! A query: conditions, and how they are joined.

use std::fmt;
use std::ops::ControlFlow;
use std::str::FromStr;

use super::error::Error;
use super::fact::{Fact, Subject, Wants};
use super::parse;
use super::test::Test;
use super::trial::Trial;
use crate::time::Timestamp;

/// Conditions of one query: one bit each of a [`Trial`].
pub(super) const MOST_TESTS: usize = 64;

/// Which sessions are meant. The default means every one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    root: Node,
    tests: Vec<Test>,
}

/// How conditions are joined. No list is directly within a list of its kind, no list has one
/// element, and no negation is directly within another: one meaning has one form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    /// All of them hold; so it is when there is none.
    All(Vec<Node>),
    /// One of them holds.
    Any(Vec<Node>),
    /// It does not hold.
    Not(Box<Node>),
    /// The condition of this number.
    Test(usize),
}

impl Default for Node {
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

impl Node {
    pub(super) fn all(nodes: Vec<Self>) -> Self {
        let open = |node| match node {
            Self::All(nodes) => nodes,
            node => vec![node],
        };
        Self::joined(nodes.into_iter().flat_map(open), Self::All)
    }

    pub(super) fn any(nodes: Vec<Self>) -> Self {
        let open = |node| match node {
            Self::Any(nodes) => nodes,
            node => vec![node],
        };
        Self::joined(nodes.into_iter().flat_map(open), Self::Any)
    }

    /// One alone needs nothing around it.
    fn joined(nodes: impl Iterator<Item = Self>, join: fn(Vec<Self>) -> Self) -> Self {
        let mut nodes: Vec<Self> = nodes.collect();
        match nodes.pop() {
            Some(only) if nodes.is_empty() => only,
            last => {
                nodes.extend(last);
                join(nodes)
            }
        }
    }

    pub(super) fn not(node: Self) -> Self {
        match node {
            Self::Not(node) => *node,
            node => Self::Not(Box::new(node)),
        }
    }

    fn shifted(self, by: usize) -> Self {
        let shift = |nodes: Vec<Self>| nodes.into_iter().map(|node| node.shifted(by)).collect();
        match self {
            Self::All(nodes) => Self::All(shift(nodes)),
            Self::Any(nodes) => Self::Any(shift(nodes)),
            Self::Not(node) => Self::Not(Box::new(node.shifted(by))),
            Self::Test(index) => Self::Test(index + by),
        }
    }
}

impl Query {
    /// Reads a query; an empty text means every session.
    ///
    /// # Errors
    ///
    /// Where the text is wrong and why, or that it is the beginning of a query.
    pub fn parse(text: &str) -> Result<Self, Error> {
        parse::parse(text)
    }

    /// The condition `key:value`, whatever the value is made of.
    ///
    /// # Errors
    ///
    /// When there is no such key or it has no such value; the span is that of the value.
    pub fn term(key: &str, value: &str) -> Result<Self, Error> {
        let known = super::Key::find(key)
            .ok_or_else(|| Error::wrong(0..0, format!("`{key}` is no key")))?;
        let test = Test::keyed(known, value)
            .map_err(|(reason, _)| Error::wrong(0..value.len(), reason))?;
        Ok(Self::new(Node::Test(0), vec![test]))
    }

    /// What one of `queries` means; nothing when there is none.
    ///
    /// # Errors
    ///
    /// When together they have too many conditions.
    pub fn any(queries: impl IntoIterator<Item = Self>) -> Result<Self, Error> {
        Self::join(queries, Node::any)
    }

    /// What all of `queries` mean; every session when there is none.
    ///
    /// # Errors
    ///
    /// When together they have too many conditions.
    pub fn all(queries: impl IntoIterator<Item = Self>) -> Result<Self, Error> {
        Self::join(queries, Node::all)
    }

    fn join(
        queries: impl IntoIterator<Item = Self>,
        join: fn(Vec<Node>) -> Node,
    ) -> Result<Self, Error> {
        let (mut nodes, mut tests) = (Vec::new(), Vec::new());
        for query in queries {
            nodes.push(query.root.shifted(tests.len()));
            tests.extend(query.tests);
        }
        if tests.len() > MOST_TESTS {
            let reason = format!("{} conditions; {MOST_TESTS} are the most", tests.len());
            return Err(Error::wrong(0..0, reason));
        }
        Ok(Self::new(join(nodes), tests))
    }

    pub(super) fn new(root: Node, tests: Vec<Test>) -> Self {
        Self { root, tests }
    }

    /// Every session is meant.
    pub fn is_empty(&self) -> bool {
        matches!(&self.root, Node::All(nodes) if nodes.is_empty())
    }

    /// It names times that count from the end of the capture: see [`Query::at`].
    pub fn is_relative(&self) -> bool {
        self.tests.iter().any(Test::is_relative)
    }

    /// The same query where the capture ends at, or has come to, `now`: without it, a condition
    /// with a relative time or a time of day is met by no session.
    pub fn at(&self, now: Timestamp) -> Self {
        Self {
            root: self.root.clone(),
            tests: self.tests.iter().map(|test| test.at(now)).collect(),
        }
    }

    /// Whether `subject` is meant.
    pub fn matches(&self, subject: &(impl Subject + ?Sized)) -> bool {
        let mut trial = Trial::default();
        let mut hear = |fact: Fact<'_>| {
            let decided = trial.hear(self, fact) && trial.verdict(self, false).is_some();
            match decided {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        };
        let _ = subject.tell(self.wants(), &mut hear);
        trial.verdict(self, true) == Some(true)
    }

    /// Which facts it can tell apart.
    pub fn wants(&self) -> Wants {
        Wants {
            text: self.tests.iter().any(Test::is_text),
        }
    }

    pub(super) fn root(&self) -> &Node {
        &self.root
    }

    pub(super) fn tests(&self) -> &[Test] {
        &self.tests
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, node: &Node) -> fmt::Result {
        match node {
            Node::All(nodes) => self.write_list(f, nodes, " "),
            Node::Any(nodes) => self.write_list(f, nodes, " or "),
            Node::Not(node) => {
                f.write_str("-")?;
                self.write_within(f, node, |inner| matches!(inner, Node::Test(_)))
            }
            Node::Test(index) => match self.tests.get(*index) {
                Some(test) => write!(f, "{test}"),
                None => Ok(()),
            },
        }
    }

    fn write_list(&self, f: &mut fmt::Formatter<'_>, nodes: &[Node], between: &str) -> fmt::Result {
        for (index, node) in nodes.iter().enumerate() {
            if index > 0 {
                f.write_str(between)?;
            }
            self.write_within(f, node, |inner| {
                matches!(inner, Node::Test(_) | Node::Not(_))
                    || (between == " or " && matches!(inner, Node::All(_)))
            })?;
        }
        Ok(())
    }

    fn write_within(
        &self,
        f: &mut fmt::Formatter<'_>,
        node: &Node,
        is_bare: impl Fn(&Node) -> bool,
    ) -> fmt::Result {
        if is_bare(node) {
            return self.write(f, node);
        }
        f.write_str("(")?;
        self.write(f, node)?;
        f.write_str(")")
    }
}

impl FromStr for Query {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

impl fmt::Display for Query {
    /// The text that gives the same query again.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, &self.root)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_conditions_and_one_more() {
        let text = |count: usize| vec!["user:x"; count].join(" ");
        assert!(Query::parse(&text(MOST_TESTS)).is_ok());
        let error = Query::parse(&text(MOST_TESTS + 1)).unwrap_err();
        assert!(
            error.to_string().contains("more than 64 conditions"),
            "{error}"
        );
        let queries = |counts: [usize; 2]| counts.map(|it| Query::parse(&text(it)).unwrap());
        assert!(Query::all(queries([MOST_TESTS - 1, 1])).is_ok());
        assert!(Query::any(queries([MOST_TESTS - 1, 1])).is_ok());
        let one_more = || queries([MOST_TESTS, 1]);
        for error in [Query::all(one_more()), Query::any(one_more())] {
            let error = error.unwrap_err().to_string();
            assert!(error.contains("65 conditions; 64 are the most"), "{error}");
        }
    }
}
