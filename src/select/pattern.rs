//! Texts to compare with: names in which `*` stands for any text, words, regular expressions.
//!
//! All of them become regular expressions of the `regex` crate, which takes time in proportion to
//! the text, whatever the expression.

use regex::bytes::{Regex, RegexBuilder};

/// Bytes that one compiled expression may take.
const MOST_BYTES: usize = 1 << 20;

/// How deep one expression may be nested.
const DEEPEST: u32 = 64;

/// A whole name, in which each `*` stands for any text, also for none.
pub(super) fn name(pattern: &str) -> Result<Regex, String> {
    let parts: Vec<String> = pattern.split('*').map(regex::escape).collect();
    compile(&format!(r"\A(?:{})\z", parts.join("(?s-u:.*)")), true)
}

/// A text anywhere.
pub(super) fn word(text: &str) -> Result<Regex, String> {
    compile(&regex::escape(text), true)
}

/// An expression that the user wrote.
pub(super) fn expression(source: &str, ignores_case: bool) -> Result<Regex, String> {
    compile(source, ignores_case)
}

fn compile(source: &str, ignores_case: bool) -> Result<Regex, String> {
    RegexBuilder::new(source)
        .case_insensitive(ignores_case)
        .size_limit(MOST_BYTES)
        .dfa_size_limit(MOST_BYTES)
        .nest_limit(DEEPEST)
        .build()
        .map_err(|error| in_words(&error))
}

fn in_words(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(_) => "the expression is too large".to_owned(),
        // The last line says what is wrong; those before it repeat the expression.
        error => {
            let text = error.to_string();
            let last = text.lines().last().unwrap_or_default();
            last.strip_prefix("error: ").unwrap_or(last).to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        let matches = |pattern, text: &[u8]| name(pattern).unwrap().is_match(text);
        assert!(matches("anna", b"anna"));
        assert!(matches("anna", b"Anna"));
        assert!(!matches("anna", b"annabel"));
        assert!(matches("*", b""));
        assert!(matches("a*a", b"abba"));
        assert!(matches("*b*", b"a\xff\nbba"));
        assert!(!matches("a*b", b"abc"));
        assert!(matches("a.c", b"a.c"));
        assert!(!matches("a.c", b"abc"));
        assert!(matches("größe", "GRÖSSE".replace("SS", "ß").as_bytes()));
    }

    #[test]
    fn an_expression_is_bounded() {
        assert!(
            expression(r"\w{500}{500}", false)
                .unwrap_err()
                .contains("too large")
        );
        let nested = |depth| "(".repeat(depth) + "a" + &")".repeat(depth);
        let refused = |depth| expression(&nested(depth), false).err();
        assert_eq!(refused(DEEPEST as usize), None);
        let refused = refused(DEEPEST as usize + 1).unwrap();
        assert!(refused.contains("nest"), "{refused}");
        assert!(
            expression("a(", false)
                .unwrap_err()
                .contains("unclosed group")
        );
    }
}
