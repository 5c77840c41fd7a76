//! The filter: a line of text, or a form of which such a line is made.

use super::{App, Effect, Field};
use crate::dashboard::key::Key;
use crate::dashboard::model::Snapshot;
use crate::select::{Completion, Error, Fact, Query, Seen, complete};

/// Expressions that are remembered.
const HISTORY: usize = 50;

/// Rows that are looked at for values to complete with.
const LOOKED_AT: usize = 2000;

/// The filter in force.
#[derive(Clone, Debug, Default)]
pub(crate) struct FilterState {
    /// The expression in force; empty for none.
    pub(crate) text: String,
    /// The number of the order that gave it.
    pub(crate) number: u64,
    /// What was in force before, the latest last.
    history: Vec<String>,
}

/// A filter that is being typed. As soon as it is valid it is in force.
#[derive(Clone, Debug)]
pub(crate) struct FilterLine {
    /// The line.
    pub(crate) field: Field,
    /// What can be typed next.
    pub(crate) completions: Vec<Completion>,
    /// The completion that was put in.
    pub(crate) chosen: Option<usize>,
    /// What is wrong.
    pub(crate) error: Option<Error>,
    /// Line and cursor before a completion was put in.
    base: Field,
    seen: Seen,
    /// The filter before.
    before: String,
    /// Place in the history, from its end.
    back: usize,
}

/// The fields of the form: a key of the language, or none for free text.
pub(crate) const FORM: [(&str, &str); 14] = [
    ("state", "fail, auth, tls, abrt, part, open, ok"),
    ("user", "anon*"),
    ("host", "10.0.4.0/24"),
    ("port", "2121"),
    ("cmd", "RETR,STOR"),
    ("reply", "425, 5xx, none"),
    ("file", "*.iso"),
    ("mode", "pasv, port, active"),
    ("tls", "yes, no"),
    ("cause", "refused"),
    ("bytes", ">1M"),
    ("dur", ">5s"),
    ("since", "-5m, 12:30"),
    ("", "any text"),
];

/// The form that is being filled in.
#[derive(Clone, Debug)]
pub(crate) struct FilterForm {
    /// The fields, in the order of [`FORM`].
    pub(crate) fields: Vec<Field>,
    /// The field that has the keys.
    pub(crate) at: usize,
    /// What is wrong with the whole.
    pub(crate) error: Option<Error>,
}

impl FilterForm {
    /// A form with nothing filled in.
    pub(crate) fn new() -> Self {
        Self {
            fields: vec![Field::default(); FORM.len()],
            at: 0,
            error: None,
        }
    }

    /// The field that has the keys.
    pub(crate) fn field(&mut self) -> Option<&mut Field> {
        self.fields.get_mut(self.at)
    }

    /// Goes to another field.
    pub(crate) fn step(&mut self, by: isize) {
        let count = self.fields.len() as isize;
        self.at = (self.at as isize + by).rem_euclid(count.max(1)) as usize;
    }

    /// The expression that was filled in.
    pub(crate) fn text(&self) -> String {
        let parts = self
            .fields
            .iter()
            .zip(FORM)
            .filter_map(|(field, (key, _))| {
                let value = field.text().trim();
                match (value, key) {
                    ("", _) => None,
                    (value, "") => Some(quoted(value)),
                    (value, key) => Some(format!("{key}:{}", quoted(value))),
                }
            });
        let parts: Vec<String> = parts.collect();
        parts.join(" ")
    }
}

/// In quotes where it has blanks.
fn quoted(value: &str) -> String {
    match value.contains(' ') {
        true => format!("\"{}\"", value.replace('"', "")),
        false => value.to_owned(),
    }
}

impl FilterLine {
    fn new(text: &str, snapshot: &Snapshot) -> Self {
        let field = Field::new(text);
        let mut line = Self {
            base: field.clone(),
            field,
            completions: Vec::new(),
            chosen: None,
            error: None,
            seen: seen(snapshot),
            before: text.to_owned(),
            back: 0,
        };
        line.look();
        line
    }

    /// The text changed.
    fn look(&mut self) {
        self.completions = complete(self.field.text(), self.field.cursor(), &self.seen);
        self.chosen = None;
        self.base = self.field.clone();
    }

    /// Puts the next completion in, or the one before.
    pub(crate) fn complete(&mut self, by: isize) {
        let count = self.completions.len() as isize;
        if count == 0 {
            return;
        }
        let next = match self.chosen {
            None if by < 0 => count - 1,
            None => 0,
            Some(at) => (at as isize + by).rem_euclid(count),
        };
        let completion = &self.completions[next as usize];
        self.field = self.base.clone();
        self.field
            .replace(completion.replaces.clone(), &completion.text);
        self.chosen = Some(next as usize);
    }
}

impl App {
    /// Opens the line for the filter.
    pub(super) fn open_filter(&mut self, snapshot: &Snapshot) -> FilterLine {
        FilterLine::new(&self.filter.text, snapshot)
    }

    /// A key was typed into the line.
    pub(super) fn type_filter(&mut self, line: &mut FilterLine, key: Key) -> Vec<Effect> {
        line.field.key(key);
        line.look();
        self.try_filter(line)
    }

    /// Puts the line in force, if it is valid.
    pub(super) fn try_filter(&mut self, line: &mut FilterLine) -> Vec<Effect> {
        match self.filter_by(line.field.text()) {
            Ok(effects) => {
                line.error = None;
                effects
            }
            Err(error) => {
                line.error = Some(error);
                Vec::new()
            }
        }
    }

    /// What was in force before, or after that.
    pub(super) fn recall(&mut self, line: &mut FilterLine, by: isize) -> Vec<Effect> {
        let back = line.back.saturating_add_signed(by);
        let count = self.filter.history.len();
        if back > count {
            return Vec::new();
        }
        line.back = back;
        let text = match back {
            0 => line.before.clone(),
            back => self.filter.history[count - back].clone(),
        };
        line.field.set(text);
        line.look();
        self.try_filter(line)
    }

    /// Leaves the line; the filter before is in force again.
    pub(super) fn cancel_filter(&mut self, line: &FilterLine) -> Vec<Effect> {
        self.filter_by(&line.before).unwrap_or_default()
    }

    /// Keeps the filter.
    pub(super) fn remember_filter(&mut self) {
        let text = self.filter.text.clone();
        let history = &mut self.filter.history;
        history.retain(|known| *known != text);
        if !text.is_empty() {
            history.push(text);
        }
        if history.len() > HISTORY {
            history.remove(0);
        }
    }

    /// Puts an expression in force.
    pub(crate) fn filter_by(&mut self, text: &str) -> Result<Vec<Effect>, Error> {
        let text = text.trim();
        let query = Query::parse(text)?;
        if text == self.filter.text {
            return Ok(Vec::new());
        }
        self.filter.number += 1;
        self.filter.text = text.to_owned();
        let query = Some(query).filter(|query| !query.is_empty());
        Ok(vec![Effect::Filter {
            number: self.filter.number,
            query,
        }])
    }
}

/// Values of what is shown, to complete with.
fn seen(snapshot: &Snapshot) -> Seen {
    let mut seen = Seen::default();
    for row in snapshot.sessions.iter().rev().take(LOOKED_AT) {
        seen.hear(&Fact::Opened {
            session: row.id,
            client: row.client,
            server: row.server,
            began: row.started.time,
        });
        if let Some(user) = &row.user {
            seen.hear(&Fact::User(user.as_bytes()));
        }
        if let Some((_, cause)) = row.worst {
            seen.hear(&Fact::Cause(cause));
        }
        if let Some((command, _)) = row.last_said.split_once([' ', '→']) {
            seen.hear(&Fact::Command(command));
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_the_form_makes_a_valid_expression() {
        for (index, (key, example)) in FORM.iter().enumerate() {
            for value in example.split(", ") {
                let mut form = FilterForm::new();
                form.fields[index] = Field::new(value);
                let text = form.text();
                assert!(Query::parse(&text).is_ok(), "{key}: {text}");
            }
        }
    }
}
