//! The screen of a session on captures of the repository, and on what no capture has.

mod hostile;
mod keys;
mod properties;
mod screens;
mod styles;

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Aim, SessionScreen};
use crate::dashboard::action::Action;
use crate::dashboard::app::{Look, Times};
use crate::dashboard::glyphs::Glyphs;
use crate::dashboard::model::Dossier;
use crate::dashboard::packets;
use crate::dashboard::story::testing;
use crate::dashboard::text;
use crate::dashboard::theme::{Base, Theme};

/// A screen with its look and size.
pub(super) struct Shown {
    pub(super) screen: SessionScreen,
    pub(super) look: Look,
    pub(super) size: (u16, u16),
    file: Option<std::path::PathBuf>,
}

impl Shown {
    /// The first session of a capture.
    pub(super) fn first(name: &str) -> Self {
        let mut shown = Self::of(&testing::capture(name)[..1]);
        shown.file = Some(testing::file(name));
        shown
    }

    /// All sessions of a capture together.
    pub(super) fn all(name: &str) -> Self {
        Self::of(&testing::capture(name))
    }

    /// The first sessions of two captures side by side.
    pub(super) fn beside(one: &str, other: &str) -> Self {
        let (one, other) = (testing::capture(one), testing::capture(other));
        let mut second = (*other[0]).clone();
        Arc::make_mut(&mut second.row).id = 2;
        Self::with(
            SessionScreen::compare(one[0].row.id, 2),
            &[one[0].clone(), Arc::new(second)],
        )
    }

    /// Some sessions together.
    pub(super) fn of(dossiers: &[Arc<Dossier>]) -> Self {
        let sessions = dossiers.iter().map(|dossier| dossier.row.id).collect();
        Self::with(SessionScreen::new(sessions, Aim::default()), dossiers)
    }

    fn with(mut screen: SessionScreen, dossiers: &[Arc<Dossier>]) -> Self {
        for dossier in dossiers {
            screen.take(dossier.clone());
        }
        let mut look = Look::new(Theme::new(Base::Default), Glyphs::default());
        look.times = Times::Clock;
        let mut shown = Self {
            screen,
            look,
            size: (120, 33),
            file: None,
        };
        shown.draw();
        shown
    }

    pub(super) fn size(mut self, width: u16, height: u16) -> Self {
        self.size = (width, height);
        self.draw();
        self
    }

    pub(super) fn ascii(mut self) -> Self {
        self.look.glyphs = Glyphs { ascii: true };
        self
    }

    pub(super) fn theme(mut self, base: Base) -> Self {
        self.look.theme = Theme::new(base);
        self
    }

    /// Presses keys, and draws after each; packets come as soon as they are wanted.
    pub(super) fn press(mut self, actions: &[Action]) -> Self {
        for action in actions {
            self.screen.act(*action);
            if let (Some(frames), Some(file)) = (self.screen.wanted(), &self.file) {
                self.screen
                    .give(packets::read(std::slice::from_ref(file), &frames));
            }
            self.draw();
        }
        self
    }

    pub(super) fn draw(&mut self) -> Buffer {
        let area = Rect::new(0, 0, self.size.0, self.size.1);
        let mut buffer = Buffer::empty(area);
        self.screen.draw(area, &mut buffer, &self.look);
        self.look.glyphs.translate(&mut buffer);
        buffer
    }

    /// The screen as lines of text.
    pub(super) fn text(&mut self) -> String {
        lines(&self.draw())
    }
}

/// A buffer as lines of text, without blanks at their ends.
pub(super) fn lines(buffer: &Buffer) -> String {
    let mut lines = String::new();
    for y in 0..buffer.area.height {
        let mut line = String::new();
        let mut x = 0;
        while x < buffer.area.width {
            let symbol = buffer[(x, y)].symbol();
            line.push_str(symbol);
            x += text::width(symbol).max(1) as u16;
        }
        lines.push_str(line.trim_end());
        lines.push('\n');
    }
    lines
}
