//! What is drawn: one file a screen or pane.
//!
//! Everything is drawn straight into the buffer, line by line and only what is visible. No text
//! gets there that did not pass [`crate::escape`].

mod card;
mod choice;
mod data;
mod filter;
mod finding;
mod footer;
mod frame;
mod header;
mod help;
mod log;
mod paint;
mod palette;
mod preview;
mod problems;
mod save;
pub(crate) mod session;
mod sessions;
mod stats;
mod table;

pub(crate) use frame::draw;
