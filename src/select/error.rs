//! What is wrong with a query, for the user who typed it.

use std::fmt;
use std::ops::Range;

/// Why a text is no query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The bytes of the text that are wrong; empty at the end of a text that is incomplete.
    pub span: Range<usize>,
    /// What is wrong, in words that continue no sentence.
    pub reason: String,
    /// What could stand there instead; empty where the reason says it all.
    pub expected: String,
    /// The text is the beginning of a query: more typing can make it right. Else it is wrong.
    pub incomplete: bool,
}

impl Error {
    pub(super) fn wrong(span: Range<usize>, reason: impl Into<String>) -> Self {
        Self {
            span,
            reason: reason.into(),
            expected: String::new(),
            incomplete: false,
        }
    }

    pub(super) fn incomplete(span: Range<usize>, reason: impl Into<String>) -> Self {
        Self {
            incomplete: true,
            ..Self::wrong(span, reason)
        }
    }

    pub(super) fn expecting(mut self, expected: impl Into<String>) -> Self {
        self.expected = expected.into();
        self
    }

    /// The text with a mark under what is wrong, and the reason: three lines for a terminal.
    pub fn pointed(&self, text: &str) -> String {
        let before = text.get(..self.span.start).unwrap_or(text);
        let wrong = text.get(self.span.clone()).unwrap_or_default();
        let blanks = " ".repeat(before.chars().count());
        let marks = "^".repeat(wrong.chars().count().max(1));
        format!(
            "  {}\n  {blanks}{marks} {self}",
            crate::escape::line(text.as_bytes())
        )
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)?;
        if self.expected.is_empty() {
            return Ok(());
        }
        write!(f, "; expected {}", self.expected)
    }
}

impl std::error::Error for Error {}
