//! What lies over a screen and takes the keys.

use super::Field;
use crate::dashboard::action::Context;

/// What lies over a screen.
#[derive(Clone, Debug)]
pub(crate) enum Overlay {
    /// The help of a context.
    Help {
        /// Whose keys it tells.
        context: Context,
        /// Lines above the window.
        top: usize,
    },
    /// Any action by its name.
    Palette {
        /// Where the action will work.
        context: Context,
        /// What was typed.
        field: Field,
        /// Place of the choice among those that fit.
        at: usize,
    },
    /// Really quit?
    Quit,
}

impl Overlay {
    /// Where the keys are.
    pub(crate) fn context(&self) -> Context {
        match self {
            Self::Help { .. } => Context::Help,
            Self::Palette { .. } => Context::Text,
            Self::Quit => Context::Choice,
        }
    }
}
