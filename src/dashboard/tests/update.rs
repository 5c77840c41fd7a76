//! What keys do, context by context.

use super::Bench;
use crate::dashboard::action::Context;
use crate::dashboard::app::{Effect, Msg, Screen, Signal};
use crate::dashboard::model::Progress;

const CAPTURES: [&str; 4] = [
    "passive-download-vsftpd",
    "login-failed-vsftpd",
    "active-download-vsftpd",
    "pasv-private-address-nat-client-side",
];

fn bench() -> Bench {
    Bench::of(&CAPTURES)
}

#[test]
fn selection_and_marks_are_of_sessions_not_of_rows() {
    let mut bench = bench();
    let count = bench.snapshot.sessions.len();
    bench.press("j space");
    let marked = bench.app.marks.clone();
    assert_eq!(marked.len(), 1);
    let selected = bench.app.sessions.list.selected();
    for keys in ["z", ">", ">", "<", "z"] {
        bench.press(keys);
        assert_eq!(bench.app.sessions.list.selected(), selected, "{keys}");
        assert_eq!(bench.app.marks, marked, "{keys}");
    }
    bench.press("*");
    assert_eq!(bench.app.marks.len(), count);
    bench.press("-");
    assert!(bench.app.marks.is_empty());
}

#[test]
fn a_filter_is_in_force_while_it_is_typed_and_gone_with_esc() {
    let mut bench = bench();
    let count = bench.app.sessions.list.rows().len();
    bench.press("/");
    assert_eq!(bench.app.context(), Context::Text);
    bench.type_in("state:fail");
    let shown = bench.app.sessions.list.rows().len();
    assert!((1..count).contains(&shown));
    // Incomplete: the last good one stays.
    bench.type_in(" -");
    assert_eq!(bench.app.filter.text, "state:fail");
    bench.press("esc");
    assert_eq!(bench.app.sessions.list.rows().len(), count);
    bench.press("/");
    bench.type_in("state:fail");
    bench.press("enter");
    assert_eq!(bench.app.context(), Context::Sessions);
    bench.press("u");
    assert_eq!(bench.app.sessions.list.rows().len(), count);
    bench.press("/ up enter");
    assert_eq!(bench.app.filter.text, "state:fail");
}

#[test]
fn marks_survive_a_filter_that_hides_them() {
    let mut bench = bench();
    bench.press("*");
    let marks = bench.app.marks.clone();
    bench.press("/");
    bench.type_in("state:fail");
    bench.press("enter u");
    assert_eq!(bench.app.marks, marks);
}

#[test]
fn a_filter_holds_for_channels_and_problems_too() {
    let mut bench = bench();
    let all = (
        bench.app.data.list.rows().len(),
        bench.app.problems.totals(),
    );
    bench.press("/");
    bench.type_in("state:auth");
    bench.press("enter");
    assert!(bench.app.data.list.rows().len() < all.0);
    assert!(bench.app.problems.totals().1 < all.1.1);
    bench.press("u");
    let again = (
        bench.app.data.list.rows().len(),
        bench.app.problems.totals(),
    );
    assert_eq!(again, all);
}

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
fn tab_completes_and_goes_through_the_completions() {
    let mut bench = bench();
    bench.press("/");
    bench.type_in("stat");
    bench.press("tab");
    bench.type_in("fail");
    assert_eq!(bench.app.filter.text, "state:fail");
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
fn problems_unfold_fold_and_lead_to_their_session() {
    let mut bench = bench();
    bench.press("3 right");
    assert!(bench.text(120, 36).contains('▾'));
    bench.press("j enter");
    assert_eq!(bench.app.context(), Context::Session);
    bench.press("esc left");
    assert!(!bench.text(120, 36).contains('▾'));
    for by in ["server", "client", "cause"] {
        bench.press("o");
        assert_eq!(bench.app.problems.by.word(), by);
    }
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

/// The row of the session that is selected, on the screen.
fn row_of(bench: &mut Bench) -> String {
    let text = bench.text(120, 36);
    let row = text.lines().find(|line| line.starts_with('▌'));
    row.unwrap_or_default().to_owned()
}

#[test]
fn a_session_opens_where_its_problem_is_told() {
    let mut bench = Bench::of(&["pasv-private-address-nat-client-side"]);
    bench.press("enter");
    assert!(row_of(&mut bench).contains("SYN ×6 unanswered"));
    for size in [(120, 36), (80, 24)] {
        assert!(bench.text(size.0, size.1).contains("try"), "{size:?}");
    }
    // One that fared well opens at its beginning.
    let mut bench = Bench::of(&["passive-download-vsftpd"]);
    bench.press("enter");
    assert!(row_of(&mut bench).contains("TCP connect"));
}

#[test]
fn a_problem_and_a_data_channel_open_at_their_place_in_the_ladder() {
    let mut bench = Bench::of(&["pasv-private-address-nat-client-side"]);
    bench.press("3 enter");
    assert!(row_of(&mut bench).contains("SYN ×6 unanswered"));
    bench.press("esc 2 G enter");
    assert!(
        row_of(&mut bench).contains("data 1"),
        "{}",
        bench.text(120, 36)
    );
}

#[test]
fn related_sessions_are_found_from_the_table_too() {
    let mut bench = Bench::of(&["transfer-between-two-servers-client-side"]);
    bench.press("x");
    let both = bench.app.session.as_ref().map(|it| it.sessions().len());
    assert_eq!(both, Some(2));
    let mut bench = Bench::of(&["passive-download-vsftpd"]);
    bench.press("x");
    assert!(bench.app.session.is_none());
    // What is told leaves the way to the help in view.
    let text = bench.text(80, 24);
    let footer = text.lines().last().unwrap_or_default();
    assert!(footer.contains("no other session"), "{footer}");
    assert!(footer.trim_end().ends_with("? help  q quit"), "{footer}");
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
fn a_comparison_takes_no_key_that_it_does_not_show() {
    let mut bench = bench();
    bench.press("space space d");
    assert_eq!(bench.app.context(), Context::Compare);
    let text = bench.text(120, 36);
    let footer = text.lines().last().unwrap_or_default();
    assert!(footer.contains("! difference"), "{footer}");
    let marks = bench.app.marks.clone();
    bench.press("enter space - v n !");
    assert_eq!(bench.app.context(), Context::Compare);
    assert_eq!(bench.app.marks, marks);
    bench.press("esc");
    assert_eq!(bench.app.context(), Context::Sessions);
}
