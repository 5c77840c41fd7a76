//! What can be explained: a reply code, a class of codes, or a cause.

use super::codes::{self, Class, ReplyCode};
use super::{Cause, catalogue};

/// Something that can be explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// A code of the catalogue.
    Code(&'static ReplyCode),
    /// A code that has no meaning of its own: its digits say what they can.
    Unlisted(u16, Class),
    /// A cause.
    Cause(&'static Cause),
}

impl Topic {
    /// The topic of a word that a person typed: `425`, `private-address-announced`.
    ///
    /// # Errors
    ///
    /// For an unknown word the nearest one that is known, if any is near.
    pub fn find(word: &str) -> Result<Self, Option<&'static str>> {
        let word = word.trim().to_ascii_lowercase().replace(['_', ' '], "-");
        if let Some(code) = code(&word) {
            return match codes::find(code) {
                Some(known) => Ok(Self::Code(known)),
                None => Class::of(code)
                    .map(|class| Self::Unlisted(code, class))
                    .ok_or(None),
            };
        }
        match catalogue::all().find(|cause| cause.id == word) {
            Some(cause) => Ok(Self::Cause(cause)),
            None => Err(nearest(&word)),
        }
    }
}

fn code(word: &str) -> Option<u16> {
    let is_code = word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_digit());
    word.parse().ok().filter(|_| is_code)
}

/// The cause whose name is most like `word`: one that contains it, or that itself or whose
/// beginning is a few typing errors away.
fn nearest(word: &str) -> Option<&'static str> {
    if word.is_empty() {
        return None;
    }
    let ids = || catalogue::all().map(|cause| cause.id);
    let contains = |id: &&str| word.len() >= 3 && id.contains(word);
    ids().find(contains).or_else(|| {
        ids()
            .map(|id| (distance(word, id), id))
            .min()
            .filter(|(distance, _)| *distance <= word.chars().count() / 4)
            .map(|(_, id)| id)
    })
}

/// Typing errors (letters put in, left out or replaced) between a word and that beginning of a name
/// which is most like it.
fn distance(one: &str, name: &str) -> usize {
    let other: Vec<char> = name.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    // Nobody types more letters than this; the work must stay small for what a script passes.
    for (index, letter) in one.chars().take(100).enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], index + 1);
        for (column, known) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *known);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row.into_iter().min().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_find_their_topic() {
        assert!(matches!(Topic::find("425"), Ok(Topic::Code(code)) if code.code == 425));
        assert!(matches!(
            Topic::find("299"),
            Ok(Topic::Unlisted(299, Class::Success))
        ));
        let refused = Topic::Cause(&catalogue::CONNECTION_REFUSED);
        for word in [
            "connection-refused",
            "Connection_Refused",
            " connection refused ",
        ] {
            assert_eq!(Topic::find(word), Ok(refused), "{word}");
        }
    }

    #[test]
    fn unknown_words_find_what_is_near() {
        assert_eq!(
            Topic::find("conection-refussed"),
            Err(Some("connection-refused"))
        );
        assert_eq!(
            Topic::find("private-address"),
            Err(Some("private-address-announced"))
        );
        assert_eq!(Topic::find("conection"), Err(Some("connection-refused")));
        assert_eq!(Topic::find("frobnicate"), Err(None));
        assert_eq!(Topic::find("999"), Err(None));
        assert_eq!(Topic::find(""), Err(None));
    }
}
