//! What opens a session, and what keys do on its screen.

use super::{Bench, bench};
use crate::dashboard::action::Context;

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

#[test]
fn what_is_searched_for_in_a_session_stays_in_view() {
    let mut bench = Bench::of(&["login-failed-vsftpd"]);
    bench.press("enter /");
    bench.type_in("PASS");
    bench.press("enter");
    for (width, height) in [(120, 36), (80, 24)] {
        let text = bench.text(width, height);
        assert!(text.contains("find: \"PASS\" 1/2"), "{text}");
    }
    bench.press("v v y");
    let text = bench.text(80, 24);
    assert!(
        text.contains("no data channel") && !text.contains("1/0"),
        "{text}"
    );
    assert!(text.contains(" copied"), "{text}");
}
