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
        Self::new(area, columns, lines)
    }

    /// The same with more room for the detail, which are bytes.
    pub(super) fn with_bytes(area: Rect) -> Self {
        Self::new(area, columns_with_bytes, lines_with_bytes)
    }

    fn new(area: Rect, columns: fn(Rect) -> (Rect, Rect), lines: fn(Rect) -> (Rect, Rect)) -> Self {
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
    beside(area, detail)
}

/// Sixteen bytes take 76 columns, eight take 44.
fn columns_with_bytes(area: Rect) -> (Rect, Rect) {
    beside(area, if area.width >= 150 { 76 } else { 44 })
}

fn beside(area: Rect, detail: u16) -> (Rect, Rect) {
    let body = area.width.saturating_sub(detail);
    (
        Rect {
            width: body,
            ..area
        },
        Rect {
            x: area.x + body,
            width: area.width - body,
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
    below(area, detail)
}

fn lines_with_bytes(area: Rect) -> (Rect, Rect) {
    below(area, area.height / 2)
}

fn below(area: Rect, detail: u16) -> (Rect, Rect) {
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
