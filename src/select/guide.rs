//! The language in words, for who asks `ftpscope explain filter`.

use super::key::{Key, Kind};

/// The rules of the language: what about, and the rule.
pub const RULES: [(&str, &str); 8] = [
    (
        "joined",
        "a blank is `and`; `or`, `not` or `-` before a condition, and brackets are as usual: \
         state:fail (user:anna or user:b*) -cmd:NOOP",
    ),
    (
        "texts",
        "a bare word is looked for in everything that is shown of a session, also in each line of \
         its transcript; \"with blanks\" in quotes. Passwords are never looked at",
    ),
    (
        "expressions",
        "/regular expression/, with an i behind it for upper and lower case alike: /timed? out/i",
    ),
    (
        "letters",
        "upper and lower case are the same, but in regular expressions",
    ),
    (
        "names",
        "in names `*` stands for any text, and without one the whole name must be the same",
    ),
    (
        "several",
        "a comma is `or` between values: reply:425,5xx. Names of users and files may hold commas \
         of their own",
    ),
    (
        "numbers",
        ">1M, >=5s, <300ms, 10k..2G, 20.. ; k, M, G and T are powers of 1000, Ki, Mi, Gi and Ti of \
         1024; us, ms, s, m, h and d are times, and a time without a unit is in seconds",
    ),
    (
        "times",
        "in UTC. -5m and 12:30 count from the end of the capture, or the day on which it ends; \
         live from the start of the program, in the dashboard from now",
    ),
];

impl Key {
    /// What it asks, its other names and its values, in a sentence.
    pub fn sentence(&self) -> String {
        let mut text = format!("sessions {}", self.what);
        if let Kind::Words(words) = self.kind {
            text += &format!(": {}", words.join(", "));
        } else {
            text += &format!(": {}", self.written(self.examples).join("  "));
        }
        if !self.also.is_empty() {
            text += &format!(" (also {}:)", self.also.join(":, "));
        }
        text
    }

    fn written(&self, values: &[&str]) -> Vec<String> {
        let written = |value: &&str| format!("{}:{value}", self.name);
        values.iter().map(written).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::select::keys;

    #[test]
    fn the_documentation_names_every_key() {
        let text = include_str!("../../docs/filter.md");
        for key in keys() {
            let examples: Vec<String> = match key.kind {
                super::Kind::Words(words) => words.iter().map(|word| format!("`{word}`")).collect(),
                _ => key.examples.iter().map(|one| format!("`{one}`")).collect(),
            };
            let names: Vec<String> = [key.name]
                .iter()
                .chain(key.also)
                .map(|name| format!("`{name}:`"))
                .collect();
            let row = format!(
                "| {} | sessions {} | {} |",
                names.join(" "),
                key.what,
                examples.join(" ")
            );
            assert!(text.contains(&row), "{row}");
        }
    }
}
