//! What fills the window of a capture, and passes on what was found in it.

use std::io;

use super::Fault;
use super::batch::{Batch, Batches};
use super::content::Content;
use super::window::{Fill, Held};

/// The content of a file on its way into the window.
pub(super) struct Inflow {
    content: Content,
    /// Who takes the packets that were found, with the window that they are in.
    batches: Option<Batches>,
}

impl Inflow {
    /// The inflow of `content`.
    pub(super) fn new(content: Content) -> Self {
        Self {
            content,
            batches: None,
        }
    }

    /// How the file is compressed.
    pub(super) fn compression(&self) -> Option<&'static str> {
        self.content.compression()
    }

    /// How many bytes of the file as stored were read for what is in the window.
    #[inline]
    pub(super) fn stored(&self) -> u64 {
        self.content.stored().taken()
    }

    /// Passes on what is in the window, from here on, before anything else is read into it.
    pub(super) fn pass_on(&mut self, batches: Batches) {
        self.batches = Some(batches);
    }

    /// What is passed on next.
    #[inline]
    pub(super) fn batch(&mut self) -> Option<&mut Batch> {
        self.batches.as_mut().map(Batches::batch)
    }

    /// There is no more to read: passes on the last of it, of `frames` frames in all.
    pub(super) fn end(&mut self, held: &mut Held, frames: u64, fault: Option<Fault>) {
        let stored = self.stored();
        if let Some(batches) = self.batches.take() {
            batches.end(held, stored, frames, fault);
        }
    }
}

impl Fill for Inflow {
    fn fill(&mut self, held: &mut Held, count: usize, offset: u64) -> io::Result<usize> {
        if let Some(batches) = &mut self.batches {
            batches.pass_on(held, offset, self.content.stored().taken())?;
        }
        self.content.fill(held, count, offset)
    }
}
