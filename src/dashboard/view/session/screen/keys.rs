//! What keys do to the screen of a session.

use super::SessionScreen;
use crate::dashboard::action::Action;
use crate::dashboard::app::Effect;
use crate::dashboard::view::session::compare::Compare;
use crate::dashboard::view::session::list::Move;
use crate::dashboard::view::session::view::View;

impl SessionScreen {
    /// Does what a key asks for; `None` when that means nothing here.
    pub(crate) fn act(&mut self, action: Action) -> Option<Vec<Effect>> {
        // Who moves already is not moved.
        self.aim = None;
        if let Some(to) = movement(action) {
            self.go(to);
            return Some(Vec::new());
        }
        match &mut self.compare {
            Some(compare) => act_on_comparison(compare, action),
            None => self.act_on_story(action),
        }
    }

    fn act_on_story(&mut self, action: Action) -> Option<Vec<Effect>> {
        match action {
            Action::View => self.show(self.view.next()),
            Action::Raw | Action::Hex => self.show(View::Raw),
            Action::Open if self.view != View::Raw => self.show(View::Raw),
            Action::Back if self.in_detail => self.in_detail = false,
            Action::Back if self.view == View::Raw => self.show(View::Ladder),
            Action::NextPane | Action::PreviousPane => self.in_detail = !self.in_detail,
            Action::Right => self.fold(true),
            Action::Left => self.fold(false),
            Action::NextProblem => {
                let next = self.story.next_problem(self.row as usize)?;
                self.select(next as u32);
            }
            Action::FindNext => self.select_found(self.find.from(self.row + 1)),
            Action::FindBack => self.select_found(self.find.before(self.row)),
            Action::Mark => self.mark(),
            // At the end it stays there.
            Action::Follow => self.go(Move::Last),
            Action::UnmarkAll => self.marked = None,
            Action::Colouring => self.colouring = self.colouring.next(),
            Action::Copy => return Some(vec![Effect::Copy(self.copied())]),
            Action::CopyMarkdown => {
                let fenced = format!("```text\n{}```\n", self.copied());
                return Some(vec![Effect::Copy(fenced)]);
            }
            _ => return None,
        }
        Some(Vec::new())
    }
}

fn act_on_comparison(compare: &mut Compare, action: Action) -> Option<Vec<Effect>> {
    match action {
        Action::NextProblem => compare.next_difference(),
        Action::Copy => return Some(vec![Effect::Copy(compare.copied())]),
        _ => return None,
    }
    Some(Vec::new())
}

/// Where an action moves to.
fn movement(action: Action) -> Option<Move> {
    Some(match action {
        Action::Up => Move::Lines(-1),
        Action::Down => Move::Lines(1),
        Action::PageUp => Move::Halves(-2),
        Action::PageDown => Move::Halves(2),
        Action::HalfUp => Move::Halves(-1),
        Action::HalfDown => Move::Halves(1),
        Action::First => Move::First,
        Action::Last => Move::Last,
        _ => return None,
    })
}
