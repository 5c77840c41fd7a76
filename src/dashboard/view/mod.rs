//! What is drawn: one file a screen or pane.

pub(crate) mod session;
