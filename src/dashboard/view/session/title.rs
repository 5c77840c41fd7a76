//! The line that says which session is shown, how it fared, and in which view.

use super::canvas::Canvas;
use super::view::View;
use crate::dashboard::model::SessionRow;
use crate::dashboard::text;
use crate::dashboard::theme::Token;

/// Columns that are kept for what was searched for.
const LONGEST_FIND: usize = 32;

/// Columns that are left to who is in the session.
const LEAST_HEAD: usize = 40;

/// What is told beside the names of the views.
#[derive(Clone, Copy, Debug)]
pub(super) enum Hint<'a> {
    /// How times are shown, where there is room.
    Times(&'a str),
    /// What a search found.
    Found(&'a str),
}

/// Draws the title line of one or several sessions.
pub(super) fn draw(canvas: &mut Canvas<'_>, heads: &[&SessionRow], view: View, hint: Hint<'_>) {
    let (hint, brief) = match hint {
        Hint::Times(text) => (text, false),
        Hint::Found(text) => (text, true),
    };
    let end = views(canvas, view, brief);
    let mut x = 1;
    // What was searched for has its room before who is in the session has all of his.
    let kept = match brief {
        true => (canvas.columns(hint) + 2)
            .min(LONGEST_FIND)
            .min(end.saturating_sub(LEAST_HEAD)),
        false => 0,
    };
    let room = end.saturating_sub(2 + kept);
    x += match heads {
        [] => canvas.put(x, 0, room, "…", canvas.style(Token::Dim)),
        [head] => one(canvas, x, room, head),
        heads => several(canvas, x, room, heads),
    };
    let room = end.saturating_sub(x + 2);
    if brief && room > 8 {
        let shown = text::shorten(hint, room, canvas.look.glyphs);
        canvas.put_right(end - 1, 0, &shown, canvas.style(Token::Title));
    } else if canvas.columns(hint) <= room {
        canvas.put_right(end.saturating_sub(2), 0, hint, canvas.style(Token::Dim));
    }
}

/// The names of the views at the right, as many as there is room for; gives the column before them.
fn views(canvas: &mut Canvas<'_>, view: View, brief: bool) -> usize {
    let width = canvas.width();
    let names: Vec<&str> = View::ALL.iter().map(|view| view.name()).collect();
    let all = names.join("|");
    if width < 76 || brief {
        let name = view.name();
        let start = width.saturating_sub(name.len() + 3);
        if width >= 36 {
            canvas.ink(start, 0, "v", Token::Dim);
            canvas.ink(start + 2, 0, name, Token::Title);
        }
        return start;
    }
    let start = width - all.len() - 3;
    canvas.ink(start, 0, "v", Token::Dim);
    let mut x = start + 2;
    for (index, one) in View::ALL.into_iter().enumerate() {
        if index > 0 {
            x += canvas.ink(x, 0, "|", Token::Dim);
        }
        let style = match one == view {
            true => canvas
                .style(Token::Title)
                .patch(canvas.style(Token::Selection)),
            false => canvas.style(Token::Dim),
        };
        x += canvas.put(x, 0, width, one.name(), style);
    }
    start
}

/// The parts in the order of their places; those without room are left out, the state never.
fn one(canvas: &mut Canvas<'_>, x: usize, room: usize, head: &SessionRow) -> usize {
    let number = format!("‹ #{} ›", head.id);
    let standing = head.standing;
    let state = format!("{} {}", standing.sign(), standing.word());
    let ends = format!("{} → {}", head.client.ip(), head.server);
    let failed = match head.channels_failed {
        0 => String::new(),
        count => format!("{count} data failed"),
    };
    let mut left = room.saturating_sub(canvas.columns(&number) + canvas.columns(&state) + 6);
    let mut take = |text: &str, least: usize| -> usize {
        let wanted = canvas.columns(text);
        let granted = if wanted <= left {
            wanted
        } else if left > least {
            left
        } else {
            0
        };
        left = left.saturating_sub(granted + 2);
        granted
    };
    let user = head.user.as_deref().unwrap_or("–");
    let user_room = take(user, 6).min(24);
    let ends_room = take(&ends, usize::MAX - 1);
    let failed_room = take(&failed, usize::MAX - 1);
    let plain = canvas.style(Token::Server);
    let mut at = x;
    at += canvas.put(at, 0, room, &number, canvas.style(Token::Title)) + 2;
    for (text, room) in [(user, user_room), (ends.as_str(), ends_room)] {
        if room > 0 {
            at += canvas.put(at, 0, room, text, plain) + 2;
        }
    }
    at += canvas.put(at, 0, room, &state, canvas.style(standing.token())) + 2;
    if failed_room > 0 {
        at += canvas.put(at, 0, failed_room, &failed, plain) + 2;
    }
    at - x
}

fn several(canvas: &mut Canvas<'_>, x: usize, room: usize, heads: &[&SessionRow]) -> usize {
    let mut at = x;
    for head in heads {
        let text = format!(
            "#{} {} {}",
            head.id,
            head.standing.sign(),
            head.standing.word()
        );
        if at + canvas.columns(&text) + 2 > x + room {
            at += canvas.put(at, 0, 1, "…", canvas.style(Token::Dim));
            break;
        }
        at += canvas.put(at, 0, room, &text, canvas.style(head.standing.token())) + 2;
    }
    at - x
}
