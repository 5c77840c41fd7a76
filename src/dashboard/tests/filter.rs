//! What keys do to filters and marks.

use super::bench;
use crate::dashboard::action::Context;

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
fn tab_completes_and_goes_through_the_completions() {
    let mut bench = bench();
    bench.press("/");
    bench.type_in("stat");
    bench.press("tab");
    bench.type_in("fail");
    assert_eq!(bench.app.filter.text, "state:fail");
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
