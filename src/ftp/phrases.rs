//! Phrases that servers use, looked for in any case.

/// A phrase in lower case.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Phrase {
    text: &'static str,
    letters: u32,
}

/// Phrases to look for together.
pub(crate) const fn phrases<const N: usize>(texts: [&'static str; N]) -> [Phrase; N] {
    let mut phrases = [Phrase {
        text: "",
        letters: 0,
    }; N];
    let mut index = 0;
    while index < N {
        let text = texts[index];
        phrases[index] = Phrase {
            text,
            letters: letters(text.as_bytes()),
        };
        index += 1;
    }
    phrases
}

/// Whether a text has one of the phrases. Most texts lack a letter of most phrases, so that few are
/// looked for letter by letter.
pub(crate) fn has_any(text: &[u8], phrases: &[Phrase]) -> bool {
    let there = letters(text);
    let mut possible = phrases.iter().filter(|phrase| phrase.letters & !there == 0);
    possible.any(|phrase| has(text, phrase.text.as_bytes()))
}

fn has(text: &[u8], phrase: &[u8]) -> bool {
    let mut places = text.windows(phrase.len().max(1));
    places.any(|place| place.eq_ignore_ascii_case(phrase))
}

/// Which letters a text has, as bits; both cases of a letter have the same one.
const fn letters(text: &[u8]) -> u32 {
    let mut letters = 0;
    let mut index = 0;
    while index < text.len() {
        letters |= 1 << (text[index] & 31);
        index += 1;
    }
    letters
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SOME: &[Phrase] = &phrases(["no space", "can't open", "file busy"]);

    #[test]
    fn phrases_are_found_in_any_case_and_anywhere() {
        for text in ["NO SPACE", "x: Can't open it", "the file busy"] {
            assert!(has_any(text.as_bytes(), SOME), "{text}");
        }
        for text in [
            "",
            "nospace",
            "ecaps on",
            "can t open",
            "file bus",
            "\x0eo space",
        ] {
            assert!(!has_any(text.as_bytes(), SOME), "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_is_missed(text in "[ '\u{e9}a-zA-Z]{0,60}", at: prop::sample::Index) {
            let mut text = text.into_bytes();
            text.extend_from_slice(SOME[at.index(SOME.len())].text.as_bytes());
            prop_assert!(has_any(&text, SOME));
        }
    }
}
