//! What is known so far of whether a session is meant.

use super::fact::Fact;
use super::matcher::Settles;
use super::query::{Node, Query};
use crate::output::Standing;

/// The answers of one session to the conditions of a query: nothing of the session is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trial {
    /// One bit for each condition that is met.
    met: u64,
    /// [`Fact::Opened`] was heard.
    opened: bool,
    /// Something failed, which no later fact can change.
    failed: bool,
}

impl Trial {
    /// Takes a fact in; whether it changes what is known.
    pub fn hear(&mut self, query: &Query, fact: Fact<'_>) -> bool {
        let before = *self;
        self.opened |= matches!(fact, Fact::Opened { .. });
        self.failed |= fact == Fact::State(Standing::Fail);
        for (index, test) in query.tests().iter().enumerate() {
            match test.ask(&fact) {
                Some(true) => self.met |= 1 << index,
                Some(false) => self.met &= !(1 << index),
                None => {}
            }
        }
        *self != before
    }

    /// Whether the session is meant, as soon as no later fact can change it; always when
    /// `is_over`: nothing more will be told.
    pub fn verdict(&self, query: &Query, is_over: bool) -> Option<bool> {
        self.judge(query, query.root(), is_over)
    }

    /// Kleene's logic of three values: yes, no, not yet known.
    fn judge(&self, query: &Query, node: &Node, is_over: bool) -> Option<bool> {
        match node {
            Node::All(nodes) => self.unless(query, nodes, is_over, false),
            Node::Any(nodes) => self.unless(query, nodes, is_over, true),
            Node::Not(node) => self.judge(query, node, is_over).map(|holds| !holds),
            Node::Test(index) => {
                let met = self.met & (1 << index) != 0;
                let settles = query.tests().get(*index)?.settles();
                let settled = match settles {
                    Settles::AtOnce => self.opened,
                    Settles::WhenMet => met,
                    Settles::WhenFailed => self.failed,
                    Settles::AtEnd => false,
                };
                (settled || is_over).then_some(met)
            }
        }
    }

    /// `answer` if one node gives it; its opposite if all do.
    fn unless(&self, query: &Query, nodes: &[Node], is_over: bool, answer: bool) -> Option<bool> {
        let mut all = Some(!answer);
        for node in nodes {
            match self.judge(query, node, is_over) {
                Some(given) if given == answer => return Some(answer),
                Some(_) => {}
                None => all = None,
            }
        }
        all
    }
}
