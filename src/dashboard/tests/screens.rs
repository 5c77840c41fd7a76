//! The screens as they are drawn, on captures of the repository.
//!
//! `INSTA_UPDATE=always cargo test --lib dashboard::tests::screens` writes them anew.

use super::{Bench, styles};
use crate::dashboard::theme::Base;

const CAPTURES: [&str; 6] = [
    "pasv-private-address-nat-client-side",
    "login-failed-vsftpd",
    "passive-download-vsftpd",
    "explicit-tls-download-vsftpd",
    "capture-starts-after-login",
    "ipv6-epsv-download-pure-ftpd",
];

fn bench() -> Bench {
    let mut bench = Bench::of(&CAPTURES);
    bench.draw(120, 36);
    bench
}

#[test]
fn sessions() {
    let mut bench = bench();
    bench.press("j space");
    insta::assert_snapshot!("sessions-120x36", bench.text(120, 36));
    insta::assert_snapshot!("sessions-80x24", bench.text(80, 24));
    insta::assert_snapshot!("sessions-39x9", bench.text(39, 9));
    bench.look(Base::Default, true);
    insta::assert_snapshot!("sessions-60x15-ascii", bench.text(60, 15));
}

#[test]
fn sessions_styles() {
    let mut bench = bench();
    for (name, base) in Base::ALL {
        bench.look(base, false);
        let styles = styles(&bench.draw(80, 24));
        insta::assert_snapshot!(format!("sessions-styles-{name}"), styles);
    }
}

#[test]
fn data() {
    let mut bench = bench();
    bench.press("2");
    insta::assert_snapshot!("data-120x36", bench.text(120, 36));
    insta::assert_snapshot!("data-60x15", bench.text(60, 15));
}

#[test]
fn problems() {
    let mut bench = bench();
    bench.press("3 right");
    insta::assert_snapshot!("problems-120x36", bench.text(120, 36));
    insta::assert_snapshot!("problems-80x24", bench.text(80, 24));
}

#[test]
fn stats_and_log() {
    let mut bench = bench();
    bench.press("4");
    insta::assert_snapshot!("stats-120x36", bench.text(120, 36));
    bench.log("capture.pcap: ends in the middle of a record; what came before it was read");
    bench.press("5");
    insta::assert_snapshot!("log-80x24", bench.text(80, 24));
}

#[test]
fn overlays() {
    let mut bench = bench();
    bench.press("?");
    insta::assert_snapshot!("help-80x24", bench.text(80, 24));
    bench.press("esc /");
    bench.type_in("state:fail bytes:");
    insta::assert_snapshot!("filter-80x24", bench.text(80, 24));
    bench.press("esc s");
    insta::assert_snapshot!("save-80x24", bench.text(80, 24));
}

#[test]
fn the_footer_fits_and_always_tells_of_help_and_quit() {
    let mut bench = bench();
    for screen in ["2", "3", "4", "5", "1", "enter"] {
        bench.press(screen);
        for width in [40, 60, 80, 120] {
            let text = bench.text(width, 24);
            let footer = text.lines().last().unwrap();
            assert!(
                footer.ends_with("? help  q quit"),
                "{screen}, {width}: {footer}"
            );
        }
    }
}
