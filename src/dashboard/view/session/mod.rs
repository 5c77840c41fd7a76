//! The screen of one session: ladder, transcript, data, raw.

mod screen;

pub(crate) use screen::SessionScreen;
