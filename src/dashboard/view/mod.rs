//! What is drawn: one file a screen or pane.
//!
//! Everything is drawn straight into the buffer, line by line and only what is visible. No text
//! gets there that did not pass [`crate::escape`].

mod card;
mod footer;
mod frame;
mod header;
mod help;
mod paint;
mod palette;
mod preview;
pub(crate) mod session;
mod sessions;

pub(crate) use frame::draw;
pub(crate) use paint::{line, right, rule};
