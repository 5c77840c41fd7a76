//! Keys by name: `j`, `F7`, `ctrl-c`, `shift-tab`.

use std::fmt;
use std::str::FromStr;

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A key with its modifiers.
///
/// Shift is part of a character (`G`), and counts as a modifier only of the keys that have a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    /// The key.
    pub(crate) code: KeyCode,
    /// Control, Alt, and Shift of a named key.
    pub(crate) modifiers: KeyModifiers,
}

/// The keys that have a name.
const NAMES: &[(&str, KeyCode)] = &[
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("backspace", KeyCode::Backspace),
    ("space", KeyCode::Char(' ')),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("pgup", KeyCode::PageUp),
    ("pgdn", KeyCode::PageDown),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("ins", KeyCode::Insert),
    ("del", KeyCode::Delete),
];

impl Key {
    /// The character that it types, where it types one.
    pub(crate) fn typed(self) -> Option<char> {
        match self.code {
            KeyCode::Char(character) if self.modifiers.is_empty() => Some(character),
            _ => None,
        }
    }
}

impl From<KeyEvent> for Key {
    fn from(event: KeyEvent) -> Self {
        let known = KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SHIFT;
        let (mut code, mut modifiers) = (event.code, event.modifiers & known);
        match code {
            KeyCode::BackTab => {
                code = KeyCode::Tab;
                modifiers |= KeyModifiers::SHIFT;
            }
            KeyCode::Char(character) => {
                modifiers -= KeyModifiers::SHIFT;
                // Some terminals send ctrl-shift-c as a capital.
                if modifiers.contains(KeyModifiers::CONTROL) {
                    code = KeyCode::Char(character.to_ascii_lowercase());
                }
            }
            _ => {}
        }
        Self { code, modifiers }
    }
}

impl FromStr for Key {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "{text:?} is no key: a character, F1 to F12, enter, esc, tab, space, pgup …, or one of these after ctrl-, alt- or shift-"
            )
        };
        let mut modifiers = KeyModifiers::NONE;
        let mut rest = text;
        loop {
            let prefix = [
                ("ctrl-", KeyModifiers::CONTROL),
                ("alt-", KeyModifiers::ALT),
                ("shift-", KeyModifiers::SHIFT),
            ]
            .into_iter()
            .find_map(|(prefix, modifier)| Some((rest.strip_prefix(prefix)?, modifier)));
            match prefix {
                Some((tail, modifier)) if !tail.is_empty() => {
                    rest = tail;
                    modifiers |= modifier;
                }
                _ => break,
            }
        }
        let code = code(rest).ok_or_else(wrong)?;
        Ok(Self { code, modifiers })
    }
}

fn code(name: &str) -> Option<KeyCode> {
    let mut characters = name.chars();
    if let (Some(character), None) = (characters.next(), characters.next()) {
        return (!character.is_control()).then_some(KeyCode::Char(character));
    }
    let named = NAMES.iter().find(|(word, _)| *word == name);
    named.map(|(_, code)| *code).or_else(|| {
        let number: u8 = name.strip_prefix(['F', 'f'])?.parse().ok()?;
        (1..=12).contains(&number).then_some(KeyCode::F(number))
    })
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (modifier, name) in [
            (KeyModifiers::CONTROL, "ctrl-"),
            (KeyModifiers::ALT, "alt-"),
            (KeyModifiers::SHIFT, "shift-"),
        ] {
            if self.modifiers.contains(modifier) {
                f.write_str(name)?;
            }
        }
        match (NAMES.iter().find(|(_, code)| *code == self.code), self.code) {
            (Some((name, _)), _) => f.write_str(name),
            (None, KeyCode::Char(character)) => write!(f, "{character}"),
            (None, KeyCode::F(number)) => write!(f, "F{number}"),
            (None, other) => write!(f, "{other:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_written() {
        for name in [
            "j",
            "G",
            "ctrl-c",
            "F7",
            "shift-tab",
            "space",
            "-",
            "ctrl--",
            "?",
            "alt-x",
        ] {
            assert_eq!(name.parse::<Key>().unwrap().to_string(), name);
        }
        for name in ["", "F13", "ctrl-", "jj", "\u{1b}"] {
            assert!(name.parse::<Key>().is_err(), "{name}");
        }
    }

    #[test]
    fn what_terminals_send_becomes_one_key() {
        let key = |code, modifiers| Key::from(KeyEvent::new(code, modifiers)).to_string();
        assert_eq!(key(KeyCode::BackTab, KeyModifiers::SHIFT), "shift-tab");
        assert_eq!(key(KeyCode::Char('G'), KeyModifiers::SHIFT), "G");
        assert_eq!(key(KeyCode::Char('C'), KeyModifiers::CONTROL), "ctrl-c");
    }
}
