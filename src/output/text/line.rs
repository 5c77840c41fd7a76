//! One line of the report: pieces of text, each with what it means.

use std::borrow::Cow;

/// What a piece of text means; a colour is only a second signal of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Ink {
    /// Nothing in particular.
    #[default]
    Plain,
    /// It worked.
    Ok,
    /// It failed.
    Fail,
    /// It is not over, or deserves attention.
    Open,
    /// Facts end here: it is encrypted.
    Tls,
    /// Part of it is not in the capture.
    Part,
    /// A side ended it early.
    Abort,
    /// A login was refused.
    Auth,
    /// The client's.
    Client,
    /// The data connection's.
    Data,
    /// Of second importance.
    Dim,
    /// A heading.
    Strong,
}

/// Pieces of text that are shown on one line.
#[derive(Clone, Debug, Default)]
pub(super) struct Line(pub(super) Vec<(Ink, Cow<'static, str>)>);

impl Line {
    /// A line that begins with blanks.
    pub(super) fn indented(blanks: usize) -> Self {
        Self::default().plain(" ".repeat(blanks))
    }

    /// The line with one more piece.
    pub(super) fn ink(mut self, ink: Ink, text: impl Into<Cow<'static, str>>) -> Self {
        self.0.push((ink, text.into()));
        self
    }

    /// The line with one more piece that means nothing in particular.
    pub(super) fn plain(self, text: impl Into<Cow<'static, str>>) -> Self {
        self.ink(Ink::Plain, text)
    }

    /// The line with one more piece of second importance.
    pub(super) fn dim(self, text: impl Into<Cow<'static, str>>) -> Self {
        self.ink(Ink::Dim, text)
    }

    /// The line with all pieces of another behind it.
    pub(super) fn join(mut self, other: Line) -> Self {
        self.0.extend(other.0);
        self
    }
}
