//! One condition of a query.

use std::fmt;

use super::fact::Fact;
use super::key::{Key, Kind};
use super::matcher::{Matcher, Settles, read};
use super::number::Wrong;
use super::pattern;
use super::token::{is_end, is_name};
use super::when::When;
use crate::output::stamp;
use crate::time::{Precision, Timestamp};

/// Something that a session does or does not meet.
#[derive(Clone, Debug)]
pub(super) struct Test {
    asks: Asks,
    /// As it is written.
    value: String,
    matcher: Matcher,
}

/// By what it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asks {
    Key(&'static Key),
    Word,
    Expression { ignores_case: bool },
}

impl PartialEq for Test {
    /// What is written the same is the same.
    fn eq(&self, other: &Self) -> bool {
        self.asks == other.asks && self.value == other.value
    }
}

impl Test {
    /// A text that is shown.
    pub(super) fn word(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("there is nothing between the quotes".to_owned());
        }
        Ok(Self {
            asks: Asks::Word,
            value: text.to_owned(),
            matcher: Matcher::Text(pattern::word(text)?),
        })
    }

    /// A regular expression for a text that is shown.
    pub(super) fn expression(source: &str, ignores_case: bool) -> Result<Self, String> {
        Ok(Self {
            asks: Asks::Expression { ignores_case },
            value: source.to_owned(),
            matcher: Matcher::Text(pattern::expression(source, ignores_case)?),
        })
    }

    /// A key and its value.
    pub(super) fn keyed(key: &'static Key, value: &str) -> Result<Self, Wrong> {
        if value.is_empty() && key.kind != Kind::Name {
            let reason = format!("`{}:` needs a value, such as {}", key.name, key.examples[0]);
            return Err((reason, true));
        }
        let (matcher, value) = read(key, value)?;
        Ok(Self {
            asks: Asks::Key(key),
            value,
            matcher,
        })
    }

    /// It asks for a text that is shown.
    pub(super) fn is_text(&self) -> bool {
        matches!(self.matcher, Matcher::Text(_))
    }

    /// It names a time that is known only with the end of the capture.
    pub(super) fn is_relative(&self) -> bool {
        match self.matcher {
            Matcher::Since(when) | Matcher::Until(when) => !matches!(when, When::At(_)),
            _ => false,
        }
    }

    /// The same where the capture ends at `now`.
    pub(super) fn at(&self, now: Timestamp) -> Self {
        let mut test = self.clone();
        if let Matcher::Since(when) | Matcher::Until(when) = &mut test.matcher
            && !matches!(when, When::At(_))
        {
            let time = when.at(now);
            *when = When::At(time);
            test.value = stamp::rfc3339(time, Precision::Nano);
        }
        test
    }

    /// When it is settled.
    pub(super) fn settles(&self) -> Settles {
        self.matcher.settles()
    }

    /// What `fact` says to it; `None` when it says nothing.
    pub(super) fn ask(&self, fact: &Fact<'_>) -> Option<bool> {
        self.matcher.ask(fact)
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.asks {
            Asks::Key(key) => {
                write!(f, "{}:", key.name)?;
                let is_bare = !self.value.is_empty()
                    && !self.value.starts_with('"')
                    && !self.value.contains(is_end);
                write_value(f, &self.value, is_bare)
            }
            Asks::Word => {
                let is_sign = ["or", "and", "not"]
                    .iter()
                    .any(|sign| self.value.eq_ignore_ascii_case(sign));
                let has_key = self
                    .value
                    .split_once(':')
                    .is_some_and(|(name, _)| is_name(name));
                let is_bare = !is_sign
                    && !has_key
                    && !self.value.starts_with(['"', '/', '-'])
                    && !self.value.contains(is_end);
                write_value(f, &self.value, is_bare)
            }
            Asks::Expression { ignores_case } => {
                let flag = if ignores_case { "i" } else { "" };
                write!(f, "/{}/{flag}", self.value.replace('/', r"\/"))
            }
        }
    }
}

fn write_value(f: &mut fmt::Formatter<'_>, value: &str, is_bare: bool) -> fmt::Result {
    if is_bare {
        return f.write_str(value);
    }
    let value = value.replace('\\', r"\\").replace('"', "\\\"");
    write!(f, "\"{value}\"")
}
