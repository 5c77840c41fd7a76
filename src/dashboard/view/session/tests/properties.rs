//! Any keys on any screen: nothing is drawn outside, nothing panics, the state is always there.

use std::sync::{Arc, LazyLock};

use proptest::prelude::*;
use proptest::sample;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;

use super::super::SessionScreen;
use crate::dashboard::action::{self, Action, Context};
use crate::dashboard::app::{Look, Times};
use crate::dashboard::glyphs::Glyphs;
use crate::dashboard::model::Dossier;
use crate::dashboard::story::testing;
use crate::dashboard::theme::{Base, Theme};
use crate::output::fixture;

static DOSSIERS: LazyLock<Vec<Arc<Dossier>>> = LazyLock::new(|| {
    let names = [
        "pasv-private-address-nat-client-side",
        "explicit-tls-download-vsftpd",
        "abort-download-lftp-vsftpd",
        "capture-lost-control-packets",
        "capture-starts-during-transfer",
        "first-syn-lost-then-ok",
        "passive-syn-ack-lost-client-side",
        "ipv6-eprt-active-download-vsftpd",
        "idle-timeout-vsftpd",
        "reused-session-many-downloads-pyftpdlib",
    ];
    let mut dossiers: Vec<Arc<Dossier>> = names
        .iter()
        .flat_map(|name| testing::capture(name))
        .collect();
    dossiers.extend(testing::dossiers(fixture::events(true)));
    let numbered = dossiers.into_iter().zip(1..).map(|(dossier, id)| {
        let mut dossier = (*dossier).clone();
        Arc::make_mut(&mut dossier.row).id = id;
        Arc::new(dossier)
    });
    numbered.collect()
});

fn actions() -> Vec<Action> {
    action::of_context(Context::Session)
        .map(|entry| entry.action)
        .collect()
}

/// One thing that happens to the screen.
#[derive(Clone, Debug)]
enum Happening {
    Key(Action),
    Find(String),
    Click(u16, u16, bool),
    Scroll(i32),
    /// More of the first session is known.
    Grow,
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        8 => sample::select(actions()).prop_map(Happening::Key),
        1 => "[a-zA-Z0-9 ]{0,3}".prop_map(Happening::Find),
        1 => (0u16..200, 0u16..80, any::<bool>()).prop_map(|(x, y, twice)| Happening::Click(x, y, twice)),
        1 => (-50i32..50).prop_map(Happening::Scroll),
        1 => Just(Happening::Grow),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_keys_on_any_screen(
        chosen in proptest::collection::btree_set(0..DOSSIERS.len(), 1..4),
        compare: bool,
        known in 0usize..60,
        happenings in proptest::collection::vec(happening(), 0..24),
        (width, height) in (1u16..160, 1u16..60),
        ascii: bool,
        times in sample::select(vec![Times::Clock, Times::SincePrevious, Times::SinceFirst]),
    ) {
        let chosen: Vec<&Arc<Dossier>> = chosen.iter().filter_map(|at| DOSSIERS.get(*at)).collect();
        let ids: Vec<u32> = chosen.iter().map(|dossier| dossier.row.id).collect();
        let mut screen = match ids.as_slice() {
            [one, other] if compare => SessionScreen::compare(*one, *other),
            ids => SessionScreen::new(ids.to_vec(), Default::default()),
        };
        let part = |dossier: &Arc<Dossier>, events: usize| {
            let mut dossier = (**dossier).clone();
            dossier.events.truncate(events);
            Arc::new(dossier)
        };
        for dossier in &chosen {
            screen.take(part(dossier, known));
        }
        let mut look = Look::new(Theme::new(Base::Default), Glyphs { ascii });
        look.times = times;
        draw(&mut screen, width, height, &look)?;
        for happening in happenings {
            match happening {
                Happening::Key(action) => drop(screen.act(action)),
                Happening::Find(text) => screen.find(&text),
                Happening::Click(x, y, twice) => screen.click(x, y, twice),
                Happening::Scroll(lines) => screen.scroll(lines),
                Happening::Grow => screen.take(chosen[0].clone()),
            }
            screen.wanted();
            draw(&mut screen, width, height, &look)?;
        }
    }
}

/// Draws into the middle of a larger buffer whose cells must stay as they are.
fn draw(
    screen: &mut SessionScreen,
    width: u16,
    height: u16,
    look: &Look,
) -> Result<(), TestCaseError> {
    let area = Rect::new(3, 2, width, height);
    let around = Rect::new(0, 0, width + 6, height + 4);
    let mut buffer = Buffer::filled(around, Cell::new("\u{2603}"));
    for y in area.rows() {
        for cell in y.columns() {
            buffer[(cell.x, cell.y)] = Cell::EMPTY;
        }
    }
    screen.draw(area, &mut buffer, look);
    for y in 0..around.height {
        for x in 0..around.width {
            let symbol = buffer[(x, y)].symbol();
            let inside = area.contains((x, y).into());
            prop_assert_eq!(inside, symbol != "\u{2603}", "{} {}", x, y);
            prop_assert!(symbol.chars().all(|c| !c.is_control()));
        }
    }
    if width >= 40 && height >= 7 {
        let mut text = String::new();
        for row in area.rows().take(2) {
            for cell in row.columns() {
                text.push_str(buffer[(cell.x, cell.y)].symbol());
            }
        }
        let words = ["OK", "FAIL", "OPEN", "PART", "TLS", "ABRT", "AUTH"];
        prop_assert!(words.iter().any(|word| text.contains(word)), "{}", text);
    }
    Ok(())
}
