//! What keys do, context by context.

use super::{Bench, CAPTURES, bench};
use crate::dashboard::action::Context;
use crate::dashboard::app::{Effect, Msg, Screen, Signal};
use crate::dashboard::model::Progress;

#[test]
fn text_fields_take_letters() {
    let mut bench = bench();
    for (open, close) in [
        ("/", "esc"),
        (":", "esc"),
        ("F7", "esc"),
        ("s tab tab", "esc"),
    ] {
        bench.press(open);
        bench.effects.clear();
        bench.type_in("qQ1p");
        assert_eq!(bench.app.context(), Context::Text, "{open}");
        let quits = bench
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::Quit { .. }));
        assert!(!quits && !bench.app.is_frozen, "{open}");
        bench.press(close);
        assert_eq!(bench.app.context(), Context::Sessions);
    }
}

#[test]
fn escape_leaves_one_layer_at_a_time() {
    let mut bench = bench();
    bench.press("enter");
    assert_eq!(bench.app.context(), Context::Session);
    bench.press("?");
    assert_eq!(bench.app.context(), Context::Help);
    bench.press("esc");
    assert_eq!(bench.app.context(), Context::Session);
    bench.press("esc");
    assert_eq!(bench.app.context(), Context::Sessions);
    bench.press("esc");
    assert!(
        !bench
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::Quit { .. }))
    );
}

#[test]
fn escape_stops_the_reading_of_a_file() {
    let mut bench = Bench::new(false);
    bench.press("esc");
    assert!(
        bench
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::StopReading))
    );
}

#[test]
fn quitting_asks_only_where_packets_would_be_lost() {
    let mut bench = bench();
    bench.press("q");
    assert!(matches!(
        bench.effects.last(),
        Some(Effect::Quit { keep: false })
    ));
    let mut live = Bench::new(true);
    live.capture.packets = 7;
    live.publish();
    live.press("q");
    assert_eq!(live.app.context(), Context::Leaving);
    live.press("esc q enter");
    assert!(matches!(live.effects.last(), Some(Effect::Quit { .. })));
    live.update(Msg::Signal(Signal::End));
    assert!(matches!(live.effects.last(), Some(Effect::Quit { .. })));
}

#[test]
fn a_frozen_screen_stands_still_and_loses_nothing() {
    let mut bench = bench();
    bench.press("p");
    let before = bench.text(120, 36);
    let more = Bench::of(&["upload-vsftpd"]);
    let row = more.snapshot.sessions.iter().next().unwrap().clone();
    let mut opened = (*row).clone();
    opened.id = 1000;
    let event = crate::ftp::Opened {
        session: 1000,
        client: opened.client,
        server: opened.server,
        at: opened.started,
        midstream: false,
    };
    let event = crate::ftp::SessionEvent::Opened(event);
    bench.tell([crate::analyzer::Event::Session(event)]);
    let after = bench.text(120, 36);
    assert!(after.contains("FROZEN +1"));
    assert_eq!(
        rows_below_the_header(&before),
        rows_below_the_header(&after)
    );
    bench.press("p");
    assert_eq!(
        bench.app.sessions.list.rows().len(),
        bench.snapshot.sessions.len()
    );
    assert!(!bench.text(120, 36).contains("FROZEN"));
}

fn rows_below_the_header(screen: &str) -> Vec<&str> {
    screen.lines().skip(2).collect()
}

#[test]
fn following_stays_with_the_latest_until_somebody_moves() {
    let mut bench = bench();
    let latest = bench.snapshot.sessions.iter().map(|row| row.id).max();
    bench.press("F");
    assert_eq!(bench.app.sessions.list.selected(), latest);
    bench.press("k");
    assert!(!bench.app.sessions.follow);
}

#[test]
fn a_failed_capture_is_told_until_it_is_acknowledged() {
    let mut bench = bench();
    bench.capture.progress = Progress::Failed("was removed".into());
    bench.publish();
    for screen in ["1", "2", "3", "4", "5"] {
        bench.press(screen);
        for (width, height) in [(120, 36), (80, 24), (39, 9)] {
            let text = bench.text(width, height);
            assert!(
                text.contains('✗') && text.contains("removed"),
                "{screen}:\n{text}"
            );
        }
    }
    bench.press("a");
    assert!(!bench.text(120, 36).contains("CAPTURE FAILED"));
}

#[test]
fn evidence_is_saved_of_the_selected_problem_alone() {
    let mut bench = bench();
    bench.press("3 s enter");
    let Some(Effect::Save(request)) = bench.effects.last() else {
        panic!("nothing is saved");
    };
    assert!(!request.problems.is_empty());
    assert!(!request.replace);
}

#[test]
fn screens_have_their_numbers_and_the_palette_knows_every_action() {
    let mut bench = bench();
    for (key, screen) in ["1", "2", "3", "4", "5"].into_iter().zip(Screen::ALL) {
        bench.press(key);
        assert_eq!(bench.app.screen, screen);
    }
    bench.press("1 :");
    bench.type_in("screen-stats");
    bench.press("enter");
    assert_eq!(bench.app.screen, Screen::Stats);
}

#[test]
fn columns_go_and_come_back() {
    let mut bench = bench();
    assert!(bench.text(120, 36).contains("Bytes"));
    bench.press("c");
    bench.press("down down down down down down down down space enter");
    assert!(!bench.text(120, 36).contains("Bytes"));
    bench.press("c down down down down down down down down space enter");
    assert!(bench.text(120, 36).contains("Bytes"));
}

#[test]
fn a_refused_announcement_is_no_refused_login() {
    let mut bench = Bench::of(&["epsv-blocked-then-pasv-works"]);
    bench.press("2");
    let text = bench.text(120, 36);
    assert!(text.contains("FAIL      1.1"), "{text}");
    assert!(!text.contains("AUTH"), "{text}");
}

#[test]
fn what_lies_over_a_screen_promises_only_keys_that_work() {
    let mut bench = bench();
    for (keys, has, has_not) in [
        ("T", "Enter accept", "Space"),
        ("s", "Enter save", "earlier"),
        ("?", "Esc close", "cancel"),
        ("enter /", "Enter find", "Tab"),
    ] {
        bench.press(keys);
        let text = bench.text(120, 36);
        let footer = text.lines().last().unwrap_or_default();
        assert!(
            footer.contains(has) && !footer.contains(has_not),
            "{footer}"
        );
        bench.press("esc");
    }
}

#[test]
fn the_theme_in_force_is_the_one_that_is_chosen_at_first() {
    let mut bench = bench();
    bench.press("T down down enter");
    let mono = bench.app.look.theme.clone();
    bench.press("T");
    assert!(bench.text(80, 24).contains("▌ mono"));
    bench.press("enter");
    assert_eq!(bench.app.look.theme, mono);
}

#[test]
fn a_table_without_sessions_says_why() {
    let mut bench = Bench::new(false);
    bench.capture.progress = Progress::Done;
    bench.publish();
    assert!(bench.text(80, 24).contains("holds no packets"));
    bench.log("a.pcap: is damaged");
    assert!(bench.text(80, 24).contains("5 shows"));
    bench.press("5");
    assert!(bench.text(80, 24).contains("Log  1 line "));
}

#[test]
fn who_quits_can_save_everything_first() {
    let mut bench = Bench::of(&CAPTURES);
    bench.app.overlay = Some(crate::dashboard::app::Overlay::Quit);
    let text = bench.text(120, 36);
    let footer = text.lines().last().unwrap_or_default();
    assert!(footer.contains("Enter quit  Esc stay  s save"), "{footer}");
    bench.press("s");
    assert!(bench.text(120, 36).contains("‹ all sessions ›"));
}

#[test]
fn nothing_is_cut_off_without_a_mark() {
    let mut bench = bench();
    bench.press("3");
    let text = bench.text(40, 10);
    assert!(
        text.contains("…  by cause\n") || text.contains("… by cause\n"),
        "{text}"
    );
    bench.press("?");
    let text = bench.text(40, 10);
    assert!(text.contains("one layer; stop…"), "{text}");
    bench.press("esc 1");
    assert!(bench.text(80, 24).contains(" Enter open ─"));
}
