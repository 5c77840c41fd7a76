//! The state of the screens.

/// The screens with a tab.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Screen {
    /// The table of sessions.
    #[default]
    Sessions,
    /// The table of data channels.
    Data,
    /// The problems.
    Problems,
    /// Totals and rates.
    Stats,
    /// The log.
    Log,
}
