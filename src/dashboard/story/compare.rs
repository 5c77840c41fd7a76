//! Two sessions side by side: which step of one is which of the other.

use super::label::data;
use super::{Row, Story, Tone, What};
use crate::ftp::Verb;
use crate::output::secret;
use crate::output::text::wording;

/// Steps of each session that are aligned by what they are; further ones are by their place.
const MOST_ALIGNED: usize = 1000;

/// How two steps that belong together agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sameness {
    /// The same was said, and the same was answered.
    Same,
    /// The same command, with another argument.
    Argument,
    /// The same command, with another answer; or a data channel that fared otherwise.
    Answer,
    /// Only one of the sessions has it.
    Alone,
}

/// One step of a session: a command with its final reply, a reply out of the blue, a data channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// The row of its story.
    pub(crate) row: u32,
    /// What was said; escaped.
    pub(crate) said: String,
    /// What was answered, or how it fared.
    pub(crate) answer: String,
    kind: String,
    argument: String,
    result: String,
}

/// A step of one session and that of the other that belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    /// The step of each.
    pub(crate) steps: [Option<Step>; 2],
    /// How they agree.
    pub(crate) sameness: Sameness,
}

/// Two sessions, step by step.
#[derive(Debug, Default)]
pub(crate) struct Comparison {
    /// The steps of both, in order.
    pub(crate) pairs: Vec<Pair>,
}

impl Comparison {
    /// Compares two stories of one session each.
    pub(crate) fn new(one: &Story, other: &Story, tone: Tone) -> Self {
        let (left, right) = (steps(one, tone), steps(other, tone));
        let (head_left, rest_left) = left.split_at(left.len().min(MOST_ALIGNED));
        let (head_right, rest_right) = right.split_at(right.len().min(MOST_ALIGNED));
        let mut pairs = aligned(head_left, head_right);
        for index in 0..rest_left.len().max(rest_right.len()) {
            pairs.push(Pair::new(
                rest_left.get(index).cloned(),
                rest_right.get(index).cloned(),
            ));
        }
        Self { pairs }
    }

    /// Where they begin to differ in more than an argument.
    pub(crate) fn first_difference(&self) -> Option<usize> {
        self.pairs.iter().position(Pair::is_different)
    }

    /// The next difference after a pair, from the beginning again at the end.
    pub(crate) fn next_difference(&self, after: usize) -> Option<usize> {
        let mut places = (0..).zip(&self.pairs);
        let next = places.find(|(index, pair)| *index > after && pair.is_different());
        next.map(|(index, _)| index)
            .or_else(|| self.first_difference())
    }
}

impl Pair {
    fn new(left: Option<Step>, right: Option<Step>) -> Self {
        let sameness = match (&left, &right) {
            (Some(left), Some(right)) if left.result != right.result => Sameness::Answer,
            (Some(left), Some(right)) if left.argument != right.argument => Sameness::Argument,
            (Some(_), Some(_)) => Sameness::Same,
            _ => Sameness::Alone,
        };
        Self {
            steps: [left, right],
            sameness,
        }
    }

    /// They differ in more than an argument.
    fn is_different(&self) -> bool {
        matches!(self.sameness, Sameness::Answer | Sameness::Alone)
    }
}

fn steps(story: &Story, tone: Tone) -> Vec<Step> {
    let rows = (0..).zip(story.rows());
    rows.filter_map(|(index, row)| step(story, index, row, tone))
        .collect()
}

fn step(story: &Story, index: u32, row: &Row, tone: Tone) -> Option<Step> {
    let said = story.label(row, tone);
    let mut step = Step {
        row: index,
        said: said.text.clone(),
        answer: String::new(),
        kind: String::new(),
        argument: String::new(),
        result: String::new(),
    };
    match row.what {
        What::Command => {
            let exchange = story.exchange(row)?;
            step.kind = exchange.verb.as_str().to_owned();
            // Where a data channel is differs from session to session and means nothing.
            let is_place = matches!(exchange.verb, Verb::Port | Verb::Eprt | Verb::Lprt);
            if !is_place && !secret::is_secret(exchange) {
                step.argument = crate::escape::line(&exchange.argument).into_owned();
            }
            match exchange.replies.last() {
                Some(reply) => {
                    step.answer = wording::reply(reply);
                    step.result = reply.code.to_string();
                }
                None => step.answer = "no reply".to_owned(),
            }
        }
        What::Reply(_) if story.exchange(row).is_none() => {
            let reply = story.reply(row)?;
            step.kind = "reply".to_owned();
            step.result = reply.code.to_string();
        }
        What::Attempt | What::DataNote => channel(story, row, &mut step)?,
        What::DataOpen | What::DataBytes | What::DataClose if is_first(story, row) => {
            channel(story, row, &mut step)?;
        }
        What::Connect => step.kind = "connect".to_owned(),
        What::End(_, reset) => {
            step.kind = "end".to_owned();
            step.result = if reset { "RST" } else { "FIN" }.to_owned();
        }
        _ => return None,
    }
    Some(step)
}

fn channel(story: &Story, row: &Row, step: &mut Step) -> Option<()> {
    let channel = story.channel(row)?;
    step.kind = "data".to_owned();
    step.said = data(channel);
    step.answer = match row.what {
        What::Attempt | What::DataNote => wording::on_the_wire(channel),
        _ => wording::outcome(channel),
    };
    step.result = format!("{:?}", channel.outcome);
    Some(())
}

/// The first row of a connected channel stands for it.
fn is_first(story: &Story, row: &Row) -> bool {
    let Some(connection) = story
        .channel(row)
        .and_then(|channel| channel.connection.as_ref())
    else {
        return false;
    };
    match row.what {
        What::DataOpen => true,
        What::DataBytes => connection.facts.midstream,
        _ => false,
    }
}

/// How well two steps belong together; 0 for not at all.
fn fit(left: &Step, right: &Step) -> u32 {
    match left.kind == right.kind {
        false => 0,
        true => {
            2 + u32::from(left.argument == right.argument) + u32::from(left.result == right.result)
        }
    }
}

/// The alignment of greatest fit: a longest common subsequence with weights.
fn aligned(left: &[Step], right: &[Step]) -> Vec<Pair> {
    let columns = right.len() + 1;
    let mut best = vec![0u32; (left.len() + 1) * columns];
    for (row, one) in left.iter().enumerate().rev() {
        for (column, other) in right.iter().enumerate().rev() {
            let at = row * columns + column;
            let skip = best[at + columns].max(best[at + 1]);
            let take = match fit(one, other) {
                0 => 0,
                fit => fit + best[at + columns + 1],
            };
            best[at] = skip.max(take);
        }
    }
    let (mut row, mut column) = (0, 0);
    let mut pairs = Vec::with_capacity(left.len().max(right.len()));
    while let (Some(one), Some(other)) = (left.get(row), right.get(column)) {
        let at = row * columns + column;
        let fit = fit(one, other);
        if fit > 0 && best[at] == fit + best[at + columns + 1] {
            pairs.push(Pair::new(Some(one.clone()), Some(other.clone())));
            (row, column) = (row + 1, column + 1);
        } else if best[at] == best[at + columns] {
            pairs.push(Pair::new(Some(one.clone()), None));
            row += 1;
        } else {
            pairs.push(Pair::new(None, Some(other.clone())));
            column += 1;
        }
    }
    let rest_left = left[row..]
        .iter()
        .map(|one| Pair::new(Some(one.clone()), None));
    pairs.extend(rest_left);
    let rest_right = right[column..]
        .iter()
        .map(|one| Pair::new(None, Some(one.clone())));
    pairs.extend(rest_right);
    pairs
}
