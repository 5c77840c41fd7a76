//! The whole screen: header, body, footer, and what lies over them.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{
    card, choice, data, filter, footer, header, help, log, palette, preview, problems, save,
    sessions, stats,
};
use crate::dashboard::app::{App, Hit, Overlay, Screen};
use crate::dashboard::model::Snapshot;

/// Columns and rows below which nothing but a card is drawn.
pub(crate) const LEAST: (u16, u16) = (40, 10);

/// Rows of the screen from which on a preview is as tall as a list.
const TALL: u16 = 30;

/// Draws everything.
pub(crate) fn draw(app: &mut App, live: &Snapshot, area: Rect, buffer: &mut Buffer) {
    app.hits.clear();
    let frozen = app.frozen.take();
    let shown = frozen.as_deref().unwrap_or(live);
    if area.width < LEAST.0 || area.height < LEAST.1 {
        card::draw(area, buffer, app, live);
    } else {
        screen(app, shown, live, area, buffer);
    }
    app.frozen = frozen;
    app.look.glyphs.translate(buffer);
}

fn screen(app: &mut App, shown: &Snapshot, live: &Snapshot, area: Rect, buffer: &mut Buffer) {
    let [head, body, foot] = parts(area);
    header::draw(app, shown, live, head, buffer);
    if let Some(mut session) = app.session.take() {
        app.hits.push((body, Hit::Session));
        session.draw(body, buffer, &app.look);
        app.session = Some(session);
    } else {
        match app.screen {
            Screen::Sessions => {
                let [list, below] = split(body);
                sessions::draw(app, shown, list, buffer);
                preview::draw(app, shown, below, buffer);
            }
            Screen::Data => data::draw(app, shown, body, buffer),
            Screen::Problems => {
                let [list, below] = split(body);
                problems::draw(app, shown, list, buffer);
                problems::why(app, shown, below, buffer);
            }
            Screen::Stats => stats::draw(app, shown, body, buffer),
            Screen::Log => log::draw(app, shown, body, buffer),
        }
    }
    let is_loading = live.capture.is_running() && !live.capture.is_live();
    footer::draw(app, is_loading, foot, buffer);
    match &app.overlay {
        Some(Overlay::Help { .. }) => help::draw(app, body, buffer),
        Some(Overlay::Palette { .. }) => palette::draw(app, area, buffer),
        Some(Overlay::Filter(line)) => filter::line(line, body, buffer, &app.look),
        Some(Overlay::Form(form)) => filter::form(app, form, area, buffer),
        Some(Overlay::Find(field)) => filter::find(field, body, buffer, &app.look),
        Some(Overlay::Columns { at }) => choice::columns(app, *at, area, buffer),
        Some(Overlay::Themes { at, .. }) => choice::themes(app, *at, area, buffer),
        Some(Overlay::Save(dialog)) => save::draw(app, dialog, area, buffer),
        Some(Overlay::Quit) => card::quit(app, area, buffer),
        None => {}
    }
}

/// Header, body, footer.
fn parts(area: Rect) -> [Rect; 3] {
    let head = Rect { height: 2, ..area };
    let body = Rect {
        y: area.y + 2,
        height: area.height - 3,
        ..area
    };
    let foot = Rect {
        y: area.y + area.height - 1,
        height: 1,
        ..area
    };
    [head, body, foot]
}

/// List, and below it what is told of the selection; without room the list alone.
fn split(body: Rect) -> [Rect; 2] {
    let below = match body.height {
        0..9 => 0,
        9..14 => 2,
        14..TALL => body.height * 2 / 5,
        _ => 15,
    };
    let list = Rect {
        height: body.height - below,
        ..body
    };
    let below = Rect {
        y: body.y + list.height,
        height: below,
        ..body
    };
    [list, below]
}
