//! The screen of one session: ladder, transcript, data, raw.
//!
//! [`SessionScreen`] keeps what is selected and draws one of the four views with `detail` beside or
//! below it. A `list` knows which rows of the story are lines of the view and which of them are in
//! the window: no more than those are ever built. Everything is put on the screen through `canvas`,
//! which keeps it inside its area.

mod aim;
mod arrow;
mod canvas;
mod compare;
mod data;
mod detail;
mod find;
mod ladder;
mod layout;
mod list;
mod pane;
mod raw;
mod screen;
mod times;
mod title;
mod transcript;
mod view;

#[cfg(test)]
mod tests;

pub(crate) use aim::Aim;
pub(crate) use screen::SessionScreen;
