//! What can be typed next.

use std::ops::Range;

use super::key::{Key, Kind, keys};
use super::seen::Seen;
use super::token::is_end;

/// Completions offered at once.
const MOST: usize = 100;

/// A text that can stand at the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The bytes that it replaces: what was typed of it.
    pub replaces: Range<usize>,
    /// The text, as it is typed.
    pub text: String,
    /// What it means; empty for a value that was seen.
    pub note: &'static str,
}

/// What can be typed in `text` at byte `cursor`: keys, then the values of the key that stands
/// there, those that are always possible before those `seen`.
pub fn complete(text: &str, cursor: usize, seen: &Seen) -> Vec<Completion> {
    let typed = text.get(..cursor).unwrap_or(text);
    let Some(start) = word_start(typed) else {
        return Vec::new();
    };
    let word = &typed[start..];
    let mut found = match word.split_once(':') {
        None => of_keys(word, start..typed.len()),
        Some((name, value)) => match Key::find(name) {
            Some(key) => of_values(key, value, typed.len(), seen),
            None => Vec::new(),
        },
    };
    found.truncate(MOST);
    found
}

/// Where the word at the end begins; `None` within quotes or an expression.
fn word_start(typed: &str) -> Option<usize> {
    let mut start = 0;
    let mut open = None;
    let mut characters = typed.char_indices().peekable();
    while let Some((index, character)) = characters.next() {
        let at_start = index == start;
        match (open, character) {
            (Some(_), '\\') => {
                characters.next();
            }
            (Some(close), _) if character == close => open = None,
            (Some(_), _) => {}
            (None, _) if is_end(character) => start = index + character.len_utf8(),
            (None, '-') if at_start => start = index + 1,
            (None, '"') if at_start || typed[start..index].ends_with(':') => open = Some('"'),
            (None, '/') if at_start => open = Some('/'),
            (None, _) => {}
        }
    }
    open.is_none().then_some(start)
}

fn of_keys(word: &str, replaces: Range<usize>) -> Vec<Completion> {
    let word = word.to_ascii_lowercase();
    let begins = |key: &&Key| {
        key.name.starts_with(&word)
            || (!word.is_empty() && key.also.iter().any(|one| one.starts_with(&word)))
    };
    let completion = |key: &Key| Completion {
        replaces: replaces.clone(),
        text: format!("{}:", key.name),
        note: key.what,
    };
    keys().filter(begins).map(completion).collect()
}

fn of_values(key: &'static Key, value: &str, end: usize, seen: &Seen) -> Vec<Completion> {
    let piece = match key.is_list() {
        true => value.rsplit(',').next().unwrap_or_default(),
        false => value,
    };
    let wanted = piece.to_lowercase();
    let fits = |known: &str| match key.kind {
        Kind::Cause => known.contains(&wanted),
        _ => known.to_lowercase().starts_with(&wanted),
    };
    let always = key.values();
    // Where a key has words of its own, those seen are among them.
    let seen = seen.values(key).filter(|_| always.is_empty());
    let examples = key.examples.iter().copied();
    let examples = examples.filter(|_| always.is_empty() && wanted.is_empty());
    let completion = |(text, note): (&str, &'static str)| Completion {
        replaces: end - piece.len()..end,
        text: quoted(text),
        note,
    };
    let known = always.iter().map(|text| (*text, ""));
    let seen = seen.map(|text| (text, ""));
    known
        .chain(seen)
        .filter(|(text, _)| fits(text))
        .map(completion)
        .chain(examples.map(|text| Completion {
            replaces: end..end,
            text: text.to_owned(),
            note: "for example",
        }))
        .collect()
}

fn quoted(value: &str) -> String {
    if value.contains(is_end) || value.contains(['"', ',']) {
        let value = value.replace('\\', r"\\").replace('"', "\\\"");
        return format!("\"{value}\"");
    }
    value.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::select::{Fact, Query};

    fn offered(text: &str) -> Vec<String> {
        let mut seen = Seen::default();
        for fact in [
            Fact::User(b"anna"),
            Fact::User(b"a b"),
            Fact::User(b"\x1b[31m"),
            Fact::Command("RETR"),
            Fact::Cause("connection-refused"),
        ] {
            seen.hear(&fact);
        }
        let found = complete(text, text.len(), &seen);
        let apply = |one: Completion| {
            let mut text = text.to_owned();
            text.replace_range(one.replaces, &one.text);
            text
        };
        found.into_iter().map(apply).collect()
    }

    #[test]
    fn keys_and_values_are_offered() {
        assert_eq!(offered("sta"), ["state:"]);
        assert_eq!(offered("(-dia"), ["(-cause:"]);
        assert_eq!(offered("x state:f"), ["x state:fail"]);
        assert_eq!(
            offered("state:fail,o"),
            ["state:fail,open", "state:fail,ok"]
        );
        assert_eq!(offered("cmd:r"), ["cmd:RETR"]);
        assert_eq!(offered("user:A"), ["user:\"a b\"", "user:anna"]);
        assert!(offered("cause:nat").contains(&"cause:nat-address-ignored".to_owned()));
        assert!(offered("").len() > 15);
        assert!(offered("\"sta").is_empty());
        assert!(offered("/sta").is_empty());
        assert!(offered("nokey:x").is_empty());
    }

    #[test]
    fn what_is_offered_is_understood() {
        for key in keys() {
            let mut offered = offered(&format!("{}:", key.name));
            offered.extend(key.examples.iter().map(|one| format!("{}:{one}", key.name)));
            for text in offered {
                assert!(Query::parse(&text).is_ok(), "{text}");
            }
        }
    }
}
