//! One line of text that is being typed.

use ratatui::crossterm::event::{KeyCode, KeyModifiers};

use crate::dashboard::key::Key;

/// Characters that a line may have.
const MOST: usize = 1000;

/// One line of text with a cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Field {
    text: String,
    /// Byte offset of the cursor, on a character boundary.
    cursor: usize,
}

impl Field {
    /// A line with a text, the cursor at its end.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            cursor: text.len(),
            text,
        }
    }

    /// The text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The text before the cursor, and the rest.
    pub(crate) fn parts(&self) -> (&str, &str) {
        self.text.split_at(self.cursor)
    }

    /// Byte offset of the cursor.
    pub(crate) fn cursor(&self) -> usize {
        self.cursor
    }

    /// Another text, the cursor at its end.
    pub(crate) fn set(&mut self, text: impl Into<String>) {
        *self = Self::new(text);
    }

    /// Puts a text in at the cursor; control characters are left out.
    pub(crate) fn insert(&mut self, text: &str) {
        for character in text.chars().filter(|character| !character.is_control()) {
            if self.text.len() < MOST {
                self.text.insert(self.cursor, character);
                self.cursor += character.len_utf8();
            }
        }
    }

    /// Replaces a part of the text; the cursor is behind it then.
    pub(crate) fn replace(&mut self, range: std::ops::Range<usize>, text: &str) {
        if self.text.get(range.clone()).is_some() {
            self.cursor = range.start + text.len();
            self.text.replace_range(range, text);
        }
    }

    /// Does what a key does in a text; false when it means nothing here.
    pub(crate) fn key(&mut self, key: Key) -> bool {
        if let Some(character) = key.typed() {
            self.insert(character.encode_utf8(&mut [0; 4]));
            return true;
        }
        let control = key.modifiers == KeyModifiers::CONTROL;
        match key.code {
            KeyCode::Backspace => self.erase(self.left()),
            KeyCode::Delete => {
                let right = self.right();
                self.text.replace_range(self.cursor..right, "");
            }
            KeyCode::Left => self.cursor = self.left(),
            KeyCode::Right => self.cursor = self.right(),
            KeyCode::Home => self.cursor = 0,
            KeyCode::End => self.cursor = self.text.len(),
            KeyCode::Char('a') if control => self.cursor = 0,
            KeyCode::Char('e') if control => self.cursor = self.text.len(),
            KeyCode::Char('u') if control => self.erase(0),
            KeyCode::Char('w') if control => {
                let before = self.text[..self.cursor].trim_end();
                self.erase(before.rfind(' ').map_or(0, |blank| blank + 1));
            }
            _ => return false,
        }
        true
    }

    fn erase(&mut self, from: usize) {
        self.text.replace_range(from..self.cursor, "");
        self.cursor = from;
    }

    fn left(&self) -> usize {
        let before = self.text[..self.cursor].char_indices().next_back();
        before.map_or(0, |(index, _)| index)
    }

    fn right(&self) -> usize {
        let next = self.text[self.cursor..].chars().next();
        self.cursor + next.map_or(0, char::len_utf8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(keys: &str) -> (String, usize) {
        let mut field = Field::default();
        for key in keys.split(' ') {
            field.key(key.parse().unwrap());
        }
        (field.text().to_owned(), field.cursor())
    }

    #[test]
    fn keys_edit_the_line() {
        assert_eq!(after("a b c left left x"), ("axbc".into(), 2));
        assert_eq!(
            after("a b backspace backspace backspace"),
            (String::new(), 0)
        );
        assert_eq!(after("漢 a left left del"), ("a".into(), 0));
        assert_eq!(after("a space b ctrl-w c"), ("a c".into(), 3));
        assert_eq!(after("a b home c ctrl-u"), ("ab".into(), 0));
    }

    #[test]
    fn control_characters_and_endless_texts_do_not_get_in() {
        let mut field = Field::default();
        field.insert(&"a\x1b\n".repeat(5000));
        assert_eq!(field.text(), "a".repeat(MOST));
    }
}
