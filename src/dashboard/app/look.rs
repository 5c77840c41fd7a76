//! How things are shown, whatever they are.

use crate::dashboard::glyphs::Glyphs;
use crate::dashboard::theme::{Theme, Token};
use ratatui::style::Style;

/// How points in time are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Times {
    /// Time of day in UTC.
    #[default]
    Clock,
    /// Since the one before.
    SincePrevious,
    /// Since the first.
    SinceFirst,
}

impl Times {
    /// The one after it; the first after the last.
    pub(super) fn next(self) -> Self {
        match self {
            Self::Clock => Self::SincePrevious,
            Self::SincePrevious => Self::SinceFirst,
            Self::SinceFirst => Self::Clock,
        }
    }
}

/// How everything is shown: what every part of the screen is drawn with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Look {
    /// Colours by meaning.
    pub(crate) theme: Theme,
    /// The signs that can be shown.
    pub(crate) glyphs: Glyphs,
    /// How points in time are shown.
    pub(crate) times: Times,
    /// Passwords are shown.
    pub(crate) show_secrets: bool,
}

impl Look {
    /// The look of a theme.
    pub(crate) fn new(theme: Theme, glyphs: Glyphs) -> Self {
        Self {
            theme,
            glyphs,
            ..Self::default()
        }
    }

    /// The style of a token.
    pub(crate) fn style(&self, token: Token) -> Style {
        self.theme.of(token)
    }
}
