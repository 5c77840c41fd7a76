//! Where the parts of the screen are, by its size alone.

use ratatui::layout::Rect;

/// Columns from which the detail stands at the right.
const WIDE: u16 = 110;

/// The parts of the screen.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Parts {
    /// The line that says which session.
    pub(super) title: Rect,
    /// The picture or list.
    pub(super) body: Rect,
    /// The detail; empty where there is no room for it.
    pub(super) detail: Rect,
    /// The detail stands at the right.
    pub(super) beside: bool,
}

impl Parts {
    /// The parts of an area.
    pub(super) fn of(area: Rect) -> Self {
        let title = Rect {
            height: area.height.min(1),
            ..area
        };
        let rest = Rect {
            y: area.y + title.height,
            height: area.height - title.height,
            ..area
        };
        let (body, detail) = match rest.width >= WIDE {
            true => columns(rest),
            false => lines(rest),
        };
        Self {
            title,
            body,
            detail,
            beside: rest.width >= WIDE,
        }
    }
}

fn columns(area: Rect) -> (Rect, Rect) {
    let detail = (u32::from(area.width) * 37 / 100).clamp(40, 72) as u16;
    let body = area.width - detail;
    (
        Rect {
            width: body,
            ..area
        },
        Rect {
            x: area.x + body,
            width: detail,
            ..area
        },
    )
}

fn lines(area: Rect) -> (Rect, Rect) {
    let detail = match area.height {
        0..7 => 0,
        7..10 => 2,
        10..14 => 3,
        14..18 => 5,
        18..26 => 7,
        height => height * 2 / 5,
    };
    let body = area.height - detail;
    (
        Rect {
            height: body,
            ..area
        },
        Rect {
            y: area.y + body,
            height: detail,
            ..area
        },
    )
}
