//! What keys do.

use std::sync::Arc;

use super::Shown;
use crate::dashboard::action::Action;
use crate::dashboard::app::Effect;
use crate::dashboard::model::Dossier;
use crate::dashboard::story::testing;
use crate::output::fixture;

/// The line of the screen that is selected.
fn selected(shown: &mut Shown) -> String {
    let text = shown.text();
    let line = text.lines().find(|line| line.starts_with('▌'));
    line.unwrap_or_default().to_owned()
}

#[test]
fn the_selection_stays_with_its_event_in_every_view() {
    let mut shown =
        Shown::first("passive-download-vsftpd").press(&[Action::Last, Action::Up, Action::Up]);
    let ladder = selected(&mut shown);
    assert!(ladder.contains("221 Goodbye"), "{ladder}");
    shown = shown.press(&[Action::View]);
    assert!(selected(&mut shown).contains("221 Goodbye"));
    // The table of data channels has no such line: the one before it is selected.
    shown = shown.press(&[Action::View]);
    assert!(selected(&mut shown).contains("RETR"));
}

#[test]
fn the_selection_stays_with_its_event_when_the_session_grows() {
    let whole = testing::capture("passive-download-vsftpd").remove(0);
    let part = |events: usize| {
        Arc::new(Dossier {
            events: whole.events[..events].to_vec(),
            ..(*whole).clone()
        })
    };
    let mut shown = Shown::of(&[part(8)]).press(&[Action::First, Action::Down, Action::Down]);
    let before = selected(&mut shown);
    shown.screen.take(part(whole.events.len()));
    let without_time = |line: &str| line.split('│').nth(1).map(str::to_owned);
    assert_eq!(without_time(&selected(&mut shown)), without_time(&before));
    // At the end it follows.
    shown = shown.press(&[Action::Last]);
    let mut growing = Shown::of(&[part(8)]).press(&[Action::Last]);
    growing.screen.take(whole.clone());
    assert_eq!(selected(&mut growing), selected(&mut shown));
}

#[test]
fn problems_and_findings_of_a_search_are_gone_through_in_a_circle() {
    let mut shown =
        Shown::first("pasv-private-address-nat-client-side").press(&[Action::NextProblem]);
    assert!(selected(&mut shown).contains("SYN ×6 unanswered"));
    shown.screen.find("230");
    assert!(selected(&mut shown).contains("230 Login successful"));
    shown.screen.find("PASV");
    let first = selected(&mut shown);
    assert!(first.contains("PASV"));
    shown = shown.press(&[Action::FindNext, Action::FindBack]);
    assert_eq!(selected(&mut shown), first);
    shown.screen.find("no such text");
    assert_eq!(selected(&mut shown), first);
    assert!(shown.text().contains("not found"));
}

#[test]
fn a_search_does_not_find_a_password() {
    let events = fixture::working();
    let mut shown = Shown::of(&testing::dossiers(events));
    shown.screen.find("secret");
    assert!(shown.text().contains("not found"));
}

#[test]
fn copies_have_no_password_and_no_control_characters() {
    let mut shown = Shown::of(&testing::dossiers(fixture::events(true))[..1]);
    shown.look.show_secrets = true;
    let rows = shown.text().lines().count();
    shown = shown.press(&[Action::First]);
    for _ in 0..rows {
        for action in [Action::Copy, Action::CopyMarkdown] {
            let effects = shown.screen.act(action).unwrap();
            let [Effect::Copy(text)] = effects.as_slice() else {
                panic!("{effects:?}");
            };
            assert!(!text.contains("secret"), "{text}");
            assert!(
                text.chars().all(|c| c == '\n' || !c.is_control()),
                "{text:?}"
            );
        }
        shown = shown.press(&[Action::Down]);
    }
}

#[test]
fn deltas_count_from_the_marked_row() {
    let mut shown = Shown::first("passive-download-vsftpd");
    shown.look.times = crate::dashboard::app::Times::SinceFirst;
    shown = shown.press(&[Action::Down, Action::Down, Action::Mark, Action::Down]);
    let text = shown.text();
    let marked = text.lines().find(|line| line.starts_with('*')).unwrap();
    assert!(
        marked.contains("+0.000") && marked.contains("USER"),
        "{marked}"
    );
    assert!(text.lines().nth(3).unwrap().contains("-0.05"), "{text}");
}

#[test]
fn the_detail_scrolls_when_it_has_the_keys() {
    let mut shown = Shown::first("pasv-private-address-nat-client-side").size(120, 12);
    shown = shown.press(&[Action::NextProblem]);
    let before = shown.text();
    shown = shown.press(&[Action::NextPane, Action::PageDown]);
    let after = shown.text();
    assert!(before.contains("Data channel 1") && !after.contains("Data channel 1"));
    shown = shown.press(&[Action::Back, Action::Down, Action::Up]);
    assert!(selected(&mut shown).contains("SYN ×6"));
    assert!(shown.screen.act(Action::Back).is_none(), "then Esc leaves");
}

#[test]
fn clicks_select_what_is_drawn_there() {
    let mut shown = Shown::first("passive-download-vsftpd").size(80, 21);
    let text = shown.text();
    let line = text.lines().position(|line| line.contains("USER")).unwrap();
    shown.screen.click(30, line as u16, false);
    assert!(selected(&mut shown).contains("USER"));
    shown.screen.click(30, line as u16, true);
    assert!(shown.text().contains("Raw"));
}

#[test]
fn differences_are_gone_through() {
    let mut shown = Shown::beside(
        "passive-download-vsftpd",
        "pasv-private-address-nat-client-side",
    );
    assert!(selected(&mut shown).contains("≠"));
    shown = shown.press(&[Action::NextProblem]);
    assert!(selected(&mut shown).contains("TYPE I"));
    assert!(shown.screen.act(Action::Back).is_none());
}

#[test]
fn a_session_that_was_given_up_says_so() {
    let whole = testing::capture("passive-download-vsftpd").remove(0);
    let gone = Dossier {
        events: Vec::new(),
        given_up: true,
        ..(*whole).clone()
    };
    let mut shown = Shown::of(&[Arc::new(gone)]);
    assert!(shown.text().contains("given up"));
}

#[test]
fn what_is_under_way_is_shown_and_gives_way_to_what_became_of_it() {
    let (known, whole) = testing::interrupted("passive-download-vsftpd", 40);
    let mut shown = Shown::of(&[known]);
    let text = shown.text();
    assert!(text.contains("RETR a.bin"), "{text}");
    assert!(text.contains("150 Opening"), "{text}");
    assert!(text.contains("of 20.0 kB"), "{text}");
    assert!(text.contains("◌ runs"), "{text}");
    assert!(!text.contains("no reply"), "{text}");
    shown = shown.press(&[Action::First, Action::Down]);
    let before = selected(&mut shown);
    shown.screen.take(whole);
    let text = shown.text();
    assert!(text.contains("226 Transfer complete"), "{text}");
    assert!(!text.contains("◌ runs"), "{text}");
    assert_eq!(selected(&mut shown), before);
}

/// A session of 50,000 commands: 100,000 rows.
fn long() -> Shown {
    let mut events = vec![fixture::opened(1, "192.0.2.7:40000", 0, 1)];
    events.extend((1..50_000).map(|nth| {
        let (line, reply) = (format!("NOOP {nth}"), "200 Well done.");
        fixture::exchange(1, nth * 100, nth * 4, &line, &[reply])
    }));
    Shown::of(&testing::dossiers(events))
}

#[test]
fn a_long_session_is_gone_through_from_end_to_end() {
    let mut shown = long().press(&[Action::Last]);
    assert!(selected(&mut shown).contains("200 Well done"));
    assert!(shown.text().contains("NOOP 49999"));
    shown = shown.press(&[Action::First]);
    assert!(selected(&mut shown).contains("TCP connect"));
    shown.screen.find("noop 40000");
    assert!(selected(&mut shown).contains("NOOP 40000"));
}

#[test]
#[allow(clippy::disallowed_methods, reason = "it measures")]
#[ignore = "measures; run it alone and released"]
fn frames_of_a_long_session_are_cheap() {
    let mut shown = long().size(200, 60).press(&[Action::Last]);
    for view in ["ladder", "transcript", "data", "raw"] {
        let begun = std::time::SystemTime::now();
        for _ in 0..100 {
            shown = shown.press(&[Action::PageUp]);
        }
        let taken = begun.elapsed().unwrap() / 100;
        println!("{view}: {taken:?} a frame");
        let most = if cfg!(debug_assertions) { 100 } else { 5 };
        let most = std::time::Duration::from_millis(most);
        assert!(taken < most, "{view}: {taken:?}");
        shown = shown.press(&[Action::View, Action::Last]);
    }
}
