//! Random keys on random sessions at random sizes.

use proptest::prelude::*;

use super::Bench;
use super::hostile::{TEXTS, session};
use crate::dashboard::app::Msg;
use crate::dashboard::model::Standing;

const KEYS: [&str; 58] = [
    "j",
    "k",
    "up",
    "down",
    "pgup",
    "pgdn",
    "ctrl-u",
    "ctrl-d",
    "g",
    "G",
    "h",
    "l",
    "enter",
    "esc",
    "tab",
    "shift-tab",
    "/",
    "F7",
    "space",
    "*",
    "-",
    "<",
    ">",
    "z",
    "c",
    "o",
    "p",
    "F",
    "s",
    "v",
    "t",
    "C",
    "P",
    "T",
    "R",
    ":",
    "?",
    "1",
    "2",
    "3",
    "4",
    "5",
    "u",
    "n",
    "N",
    "[",
    "]",
    "!",
    "X",
    "r",
    "d",
    "L",
    "x",
    "a",
    "y",
    "Y",
    "w",
    "backspace",
];

#[derive(Clone, Debug)]
enum Step {
    Key(&'static str),
    Session(u32, usize),
    Draw(u16, u16),
    Click(u16, u16),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => prop::sample::select(&KEYS[..]).prop_map(Step::Key),
        2 => (1u32..40, 0..TEXTS.len()).prop_map(|(id, text)| Step::Session(id, text)),
        2 => (1u16..300, 1u16..100).prop_map(|(width, height)| Step::Draw(width, height)),
        1 => (0u16..120, 0u16..36).prop_map(|(x, y)| Step::Click(x, y)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_is_pressed_the_screen_is_sound(
        live: bool,
        ascii: bool,
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut bench = Bench::new(live);
        bench.look(Default::default(), ascii);
        for step in steps {
            match step {
                Step::Key(key) => bench.press(key),
                Step::Session(id, text) => bench.tell(session(id, TEXTS[text])),
                Step::Click(column, row) => click(&mut bench, column, row),
                Step::Draw(width, height) => {
                    let buffer = bench.draw(width, height);
                    for cell in &buffer.content {
                        prop_assert!(!cell.symbol().chars().any(char::is_control));
                    }
                }
            }
            let list = &bench.app.sessions.list;
            prop_assert_eq!(list.selected().is_none(), list.rows().is_empty());
            if let Some(selected) = list.selected() {
                prop_assert_eq!(list.index().map(|at| list.rows()[at]), Some(selected));
            }
            for mark in &bench.app.marks {
                prop_assert!(bench.snapshot.sessions.get(*mark).is_some());
            }
        }
    }

    #[test]
    fn every_row_has_its_state(
        ids in prop::collection::btree_set(1u32..200, 1..20),
        width in 40u16..200,
        height in 10u16..60,
    ) {
        let mut bench = Bench::new(false);
        for id in &ids {
            bench.tell(session(*id, b"someone"));
        }
        let text = bench.text(width, height);
        for line in text.lines().skip(4) {
            // A row of the table has the number of a session in its second column.
            let words: Vec<&str> = line.trim_start_matches(['▌', ' ', '*']).split_whitespace().collect();
            let is_row = words.get(2).is_some_and(|word| word.contains(':') || word.contains('…'));
            if is_row && words[1].parse::<u32>().is_ok_and(|id| ids.contains(&id)) {
                let states = [Standing::Fail, Standing::Auth, Standing::Part, Standing::Open];
                prop_assert!(states.iter().any(|state| state.word() == words[0]), "{line}");
            }
        }
    }
}

fn click(bench: &mut Bench, column: u16, row: u16) {
    use ratatui::crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
    bench.update(Msg::Mouse(MouseEvent {
        kind: MouseEventKind::Down(MouseButton::Left),
        column,
        row,
        modifiers: KeyModifiers::NONE,
    }));
}
