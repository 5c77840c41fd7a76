//! Drawing the screen of a session: its title line, the view, the detail.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::SessionScreen;
use crate::dashboard::app::Look;
use crate::dashboard::model::SessionRow;
use crate::dashboard::story::Tone;
use crate::dashboard::theme::Token;
use crate::dashboard::view::session::canvas::Canvas;
use crate::dashboard::view::session::ladder::Ladder;
use crate::dashboard::view::session::layout::Parts;
use crate::dashboard::view::session::times::Columns;
use crate::dashboard::view::session::title::{self, Hint};
use crate::dashboard::view::session::transcript::Transcript;
use crate::dashboard::view::session::view::View;
use crate::dashboard::view::session::{data, detail, pane, raw};

impl SessionScreen {
    /// Draws all of it: its title line, its panes. Header and footer are not its own.
    pub(crate) fn draw(&mut self, area: Rect, buffer: &mut Buffer, look: &Look) {
        let mut canvas = Canvas::new(area, buffer, look);
        if let Some(compare) = &mut self.compare {
            self.parts = Parts {
                body: canvas.area,
                ..Parts::default()
            };
            return compare.draw(&mut canvas);
        }
        self.parts = match self.view {
            View::Raw => Parts::with_bytes(canvas.area),
            _ => Parts::of(canvas.area),
        };
        let parts = self.parts;
        self.draw_title(&mut canvas.part(parts.title), &hint(look, parts));
        let columns = Columns::new(look.times, parts.body.width.into(), parts.beside);
        let mut body = canvas.part(parts.body);
        self.draw_body(&mut body, columns);
        self.draw_detail(&mut canvas.part(parts.detail));
    }

    fn draw_title(&self, canvas: &mut Canvas<'_>, times: &str) {
        let heads: Vec<&SessionRow> = self.story.heads().iter().map(|head| &**head).collect();
        let found = self.find.words(self.row);
        let hint = found.as_deref().map_or(Hint::Times(times), Hint::Found);
        title::draw(canvas, &heads, self.view, hint);
    }

    fn draw_body(&mut self, canvas: &mut Canvas<'_>, columns: Columns) {
        if self.story.rows().is_empty() {
            let given_up = self.dossiers.iter().any(|dossier| dossier.given_up);
            let text = match (self.dossiers.is_empty(), given_up) {
                (true, _) => "…",
                (_, true) => "What happened was given up to keep memory bounded.",
                _ => "Nothing has been told of this session yet.",
            };
            canvas.ink(2, 1, text, Token::Dim);
            return;
        }
        let marked = self.marked_row();
        let story = &self.story;
        let found = self.find.rows();
        match self.view {
            View::Transcript => Transcript {
                story,
                columns,
                found,
                marked,
            }
            .draw(canvas, &mut self.list),
            View::Data => data::draw(canvas, story, &mut self.list, found),
            _ => Ladder {
                story,
                columns,
                colouring: self.colouring,
                marked,
                found,
            }
            .draw(canvas, &mut self.list),
        }
    }

    fn draw_detail(&mut self, canvas: &mut Canvas<'_>) {
        if canvas.height() == 0 || self.story.rows().is_empty() {
            return;
        }
        let tone = Tone {
            secrets: canvas.look.show_secrets,
            unfolded: false,
        };
        let row = self.row as usize;
        if self.view == View::Raw {
            return self.draw_bytes(canvas, tone);
        }
        self.detail_lines = match self.parts.beside {
            true => {
                let items = detail::of(&self.story, row, tone);
                pane::beside(canvas, &items, self.detail_top, self.in_detail)
            }
            false => {
                let items = detail::brief(&self.story, row, tone, canvas.height() < 6);
                let place = self.list.place();
                pane::below(canvas, &items, self.detail_top, &place, self.in_detail)
            }
        };
    }

    fn draw_bytes(&mut self, canvas: &mut Canvas<'_>, tone: Tone) {
        let Some(row) = self.story.rows().get(self.row as usize) else {
            return;
        };
        let blocks = raw::blocks(&self.story, row, &self.packets, tone);
        let mut inner = match self.parts.beside {
            true => pane::side(canvas, self.in_detail),
            false => {
                let place = self.list.place();
                pane::top(canvas, &place, self.in_detail)
            }
        };
        let a_line = raw::bytes_a_line(inner.width());
        self.detail_lines = raw::lines(&blocks, a_line);
        if blocks.is_empty() {
            inner.ink(1, 0, "The packets are not at hand.", Token::Dim);
        }
        raw::draw(&mut inner, &blocks, self.detail_top);
    }
}

/// How times are shown.
fn hint(look: &Look, parts: Parts) -> String {
    let columns = Columns::new(look.times, parts.body.width.into(), parts.beside);
    format!("t {}", columns.heading())
}
