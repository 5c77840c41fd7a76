//! Values that occur, to be offered while a query is typed.

use std::collections::BTreeSet;

use hashbrown::HashMap;

use super::fact::Fact;
use super::key::{self, Key};

/// Values remembered of one key: the first ones that occur.
const MOST_VALUES: usize = 256;

/// Bytes of a value that is remembered.
const LONGEST: usize = 64;

/// The values that were seen, by key.
#[derive(Clone, Debug, Default)]
pub struct Seen(HashMap<&'static str, BTreeSet<String>>);

impl Seen {
    /// Remembers what `fact` says.
    pub fn hear(&mut self, fact: &Fact<'_>) {
        match fact {
            Fact::Opened { client, server, .. } => {
                for (key, end) in [(&key::CLIENT, client), (&key::SERVER, server)] {
                    let address = end.ip().to_string();
                    self.add(&key::HOST, &address);
                    self.add(key, &address);
                }
                self.add(&key::PORT, &server.port().to_string());
            }
            Fact::Name(name) => {
                self.add_text(&key::SERVER, name);
                self.add_text(&key::HOST, name);
            }
            Fact::User(user) => self.add_text(&key::USER, user),
            Fact::Command(verb) => self.add(&key::COMMAND, verb),
            Fact::Reply(code) => self.add(&key::REPLY, &format!("{code:03}")),
            Fact::File(path) => self.add_text(&key::FILE, path),
            Fact::Cause(cause) => self.add(&key::CAUSE, cause),
            Fact::End(end) => self.add(&key::DATA_HOST, &end.ip().to_string()),
            _ => {}
        }
    }

    /// The values of a key, sorted.
    pub fn values(&self, key: &Key) -> impl Iterator<Item = &str> {
        let values = self.0.get(key.name);
        values.into_iter().flatten().map(String::as_str)
    }

    /// Text from the wire is remembered where it can be typed.
    fn add_text(&mut self, key: &'static Key, text: &[u8]) {
        if let Ok(text) = std::str::from_utf8(text)
            && crate::escape::line(text.as_bytes()) == text
            && !text.contains('*')
        {
            self.add(key, text);
        }
    }

    fn add(&mut self, key: &'static Key, value: &str) {
        if value.is_empty() || value.len() > LONGEST {
            return;
        }
        let values = self.0.entry(key.name).or_default();
        if values.len() < MOST_VALUES && !values.contains(value) {
            values.insert(value.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_values_of_a_key_are_offered() {
        let mut seen = Seen::default();
        for number in 0..=MOST_VALUES {
            seen.hear(&Fact::User(format!("u{number:03}").as_bytes()));
        }
        let values: Vec<_> = seen.values(&key::USER).collect();
        assert_eq!((values.len(), values.last()), (MOST_VALUES, Some(&"u255")));
        for (length, count) in [(LONGEST, 1), (LONGEST + 1, 0)] {
            let mut seen = Seen::default();
            seen.hear(&Fact::File("x".repeat(length).as_bytes()));
            assert_eq!(seen.values(&key::FILE).count(), count);
        }
    }
}
