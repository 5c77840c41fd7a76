//! The words of a query.

use std::ops::Range;

use super::error::Error;
use super::key::{Key, keys};

/// A piece of a query, and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) what: Lexeme,
    pub(super) span: Range<usize>,
}

/// What a piece of a query is.
#[derive(Clone, Debug)]
pub(super) enum Lexeme {
    Open,
    Close,
    Or,
    And,
    Not,
    /// A text to look for.
    Word(String),
    /// A regular expression.
    Expression {
        source: String,
        ignores_case: bool,
    },
    /// A key and its value; `open` while the value could go on.
    Term {
        key: &'static Key,
        value: String,
        place: Range<usize>,
        open: bool,
    },
}

/// Takes a text apart.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Error> {
    let mut reader = Reader { text, at: 0 };
    let mut tokens = Vec::new();
    while let Some(first) = reader.skip_blanks() {
        let start = reader.at;
        let what = reader.lexeme(first)?;
        tokens.push(Token {
            what,
            span: start..reader.at,
        });
    }
    Ok(tokens)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    /// The first character that is no blank.
    fn skip_blanks(&mut self) -> Option<char> {
        let rest = self.rest().trim_start();
        self.at = self.text.len() - rest.len();
        rest.chars().next()
    }

    fn lexeme(&mut self, first: char) -> Result<Lexeme, Error> {
        let sign = match first {
            '(' => Lexeme::Open,
            ')' => Lexeme::Close,
            '-' => Lexeme::Not,
            '"' => return self.quoted().map(Lexeme::Word),
            '/' => return self.expression(),
            _ => return self.word(),
        };
        self.at += first.len_utf8();
        Ok(sign)
    }

    /// A word that is not in quotes: an operator, a key with its value, or a text.
    fn word(&mut self) -> Result<Lexeme, Error> {
        let start = self.at;
        let word = self.run();
        if let Some((name, _)) = word.split_once(':').filter(|(name, _)| is_name(name)) {
            let end = start + name.len();
            let key = Key::find(name).ok_or_else(|| unknown(name, start..end + 1))?;
            self.at = end + 1;
            return self.term(key);
        }
        self.at = start + word.len();
        Ok(match word.to_ascii_lowercase().as_str() {
            "or" => Lexeme::Or,
            "and" => Lexeme::And,
            "not" => Lexeme::Not,
            _ => Lexeme::Word(word.to_owned()),
        })
    }

    fn term(&mut self, key: &'static Key) -> Result<Lexeme, Error> {
        let start = self.at;
        let is_quoted = self.rest().starts_with('"');
        let value = if is_quoted {
            self.quoted()?
        } else {
            let run = self.run().to_owned();
            self.at += run.len();
            run
        };
        Ok(Lexeme::Term {
            key,
            value,
            place: start..self.at,
            open: !is_quoted && self.at == self.text.len(),
        })
    }

    /// The text in quotes; in it, `\"` and `\\` stand for the second character.
    fn quoted(&mut self) -> Result<String, Error> {
        let start = self.at;
        let mut value = String::new();
        let mut characters = self.rest().char_indices().skip(1).peekable();
        while let Some((index, character)) = characters.next() {
            match (character, characters.peek()) {
                ('"', _) => {
                    self.at = start + index + 1;
                    return self.ends(start, "the quotes").map(|()| value);
                }
                ('\\', Some(&(_, next @ ('"' | '\\')))) => {
                    value.push(next);
                    characters.next();
                }
                _ => value.push(character),
            }
        }
        let span = start..self.text.len();
        Err(Error::incomplete(span, "the quotes are not closed").expecting("`\"`"))
    }

    /// A regular expression between slashes; in it, `\/` is a slash. An `i` behind it: upper and
    /// lower case are the same.
    fn expression(&mut self) -> Result<Lexeme, Error> {
        let start = self.at;
        let mut source = String::new();
        let mut characters = self.rest().char_indices().skip(1);
        while let Some((index, character)) = characters.next() {
            match character {
                '/' => {
                    self.at = start + index + 1;
                    let ignores_case = self.rest().starts_with('i');
                    self.at += usize::from(ignores_case);
                    let what = "the expression (a path is written in quotes: \"/pub\")";
                    self.ends(start, what)?;
                    return Ok(Lexeme::Expression {
                        source,
                        ignores_case,
                    });
                }
                '\\' => match characters.next() {
                    Some((_, '/')) => source.push('/'),
                    Some((_, next)) => source.extend(['\\', next]),
                    None => {}
                },
                _ => source.push(character),
            }
        }
        let span = start..self.text.len();
        Err(Error::incomplete(span, "the expression is not closed").expecting("`/`"))
    }

    /// Behind quotes comes a blank, a bracket or the end.
    fn ends(&self, start: usize, what: &str) -> Result<(), Error> {
        match self.rest().chars().next() {
            Some(next) if !is_end(next) => Err(Error::wrong(
                start..self.at + next.len_utf8(),
                format!("`{next}` right behind {what}"),
            )
            .expecting("a blank")),
            _ => Ok(()),
        }
    }

    /// What comes up to a blank or a bracket.
    fn run(&self) -> &'a str {
        let rest = self.rest();
        rest.split(is_end).next().unwrap_or_default()
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }
}

/// Ends a word that is not in quotes.
pub(super) fn is_end(character: char) -> bool {
    character.is_whitespace() || matches!(character, '(' | ')')
}

/// What could be the name of a key.
pub(super) fn is_name(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'-';
    !text.is_empty() && text.bytes().all(is_letter)
}

fn unknown(name: &str, span: Range<usize>) -> Error {
    let all: Vec<&str> = keys().map(|key| key.name).collect();
    let near = all.iter().find(|key| is_near(key, name));
    let reason = match near {
        Some(near) => format!("`{name}` is no key; `{near}` is one"),
        None => format!("`{name}` is no key (a text with a colon is written in quotes)"),
    };
    Error::wrong(span, reason).expecting(format!("one of {}", all.join(", ")))
}

/// One begins like the other, or has the same letters but one.
fn is_near(key: &str, name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let (one, other) = (key.as_bytes(), name.as_bytes());
    let same = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let behind = one[same..].iter().rev().zip(other[same..].iter().rev());
    let same_behind = behind.take_while(|(a, b)| a == b).count();
    same >= 3 || (same + same_behind + 1 >= one.len().max(other.len()) && one.len() > 2)
}
