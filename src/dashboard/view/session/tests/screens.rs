//! What the screen looks like.

use super::Shown;
use crate::dashboard::action::Action;
use crate::dashboard::app::Times;

/// The ladder in the two usual sizes, at the first problem.
fn ladders(name: &str) -> String {
    let wide = Shown::first(name).press(&[Action::NextProblem]).text();
    let mut narrow = Shown::first(name)
        .size(80, 21)
        .press(&[Action::NextProblem]);
    narrow.look.times = Times::SincePrevious;
    format!("{wide}\n{}", narrow.text())
}

#[test]
fn ladder_of_a_download() {
    insta::assert_snapshot!(ladders("passive-download-vsftpd"));
}

#[test]
fn ladder_of_an_address_behind_nat() {
    insta::assert_snapshot!(ladders("pasv-private-address-nat-client-side"));
}

#[test]
fn ladder_of_an_active_channel_that_a_firewall_blocks() {
    insta::assert_snapshot!(ladders("active-blocked-by-client-firewall-server-side"));
}

#[test]
fn ladder_under_tls() {
    insta::assert_snapshot!(ladders("explicit-tls-download-vsftpd"));
}

#[test]
fn ladder_of_tls_that_was_decrypted() {
    insta::assert_snapshot!(ladders("tls-keys-in-capture-proftpd"));
}

#[test]
fn ladder_of_an_aborted_download() {
    insta::assert_snapshot!(ladders("abort-download-lftp-vsftpd"));
}

#[test]
fn ladder_with_a_long_pause() {
    insta::assert_snapshot!(ladders("idle-timeout-vsftpd"));
}

#[test]
fn ladder_without_a_beginning() {
    insta::assert_snapshot!(ladders("capture-starts-during-transfer"));
}

#[test]
fn ladder_of_a_capture_with_holes() {
    insta::assert_snapshot!(ladders("capture-lost-control-packets"));
}

#[test]
fn ladder_of_a_lossy_download() {
    insta::assert_snapshot!(ladders("lossy-download-client-side"));
}

#[test]
fn ladder_of_data_between_two_servers() {
    let mut together = Shown::all("transfer-between-two-servers-client-side").size(120, 45);
    let mut alone = Shown::first("transfer-between-two-servers-server-side").size(80, 21);
    insta::assert_snapshot!(format!("{}\n{}", together.text(), alone.text()));
}

#[test]
fn small_screens() {
    let mut screens = String::new();
    for (width, height) in [(60, 12), (40, 7)] {
        for times in [Times::Clock, Times::SincePrevious, Times::SinceFirst] {
            let shown = Shown::first("pasv-private-address-nat-client-side").size(width, height);
            let mut shown = shown.press(&[Action::NextProblem]);
            shown.look.times = times;
            screens += &shown.text();
            screens.push('\n');
        }
    }
    insta::assert_snapshot!(screens);
}

#[test]
fn ascii_screens() {
    let mut screens = String::new();
    for (width, height) in [(120, 33), (80, 21), (60, 12), (40, 7)] {
        let shown = Shown::first("pasv-private-address-nat-client-side").size(width, height);
        let mut shown = shown.ascii().press(&[Action::NextProblem]);
        screens += &shown.text();
        screens.push('\n');
    }
    assert!(screens.is_ascii());
    insta::assert_snapshot!(screens);
}

#[test]
fn transcript_with_an_unfolded_reply() {
    let keys = [
        Action::View,
        Action::Down,
        Action::Down,
        Action::Down,
        Action::Right,
    ];
    let wide = Shown::first("abort-download-lftp-vsftpd")
        .press(&keys)
        .text();
    let narrow = Shown::first("abort-download-lftp-vsftpd").size(80, 21);
    let narrow = narrow.press(&[Action::View, Action::Last]).text();
    insta::assert_snapshot!(format!("{wide}\n{narrow}"));
}

#[test]
fn ladder_with_an_unfolded_reply() {
    let keys = [Action::Down, Action::Down, Action::Down, Action::Right];
    let shown = Shown::first("abort-download-lftp-vsftpd").size(80, 21);
    insta::assert_snapshot!(shown.press(&keys).text());
}

#[test]
fn table_of_data_channels() {
    let keys = [Action::View, Action::View, Action::NextProblem];
    let mut tables = String::new();
    for (width, height) in [(120, 33), (80, 21), (60, 12), (40, 7)] {
        let shown = Shown::first("epsv-blocked-then-pasv-works").size(width, height);
        tables += &shown.press(&keys).text();
        tables.push('\n');
    }
    insta::assert_snapshot!(tables);
}

#[test]
fn bytes_of_a_password_are_hidden() {
    let to_password = [
        Action::First,
        Action::Raw,
        Action::Down,
        Action::Down,
        Action::Down,
        Action::Down,
    ];
    let mut wide = Shown::first("login-failed-vsftpd")
        .size(160, 33)
        .press(&to_password);
    let hidden = wide.text();
    wide.look.show_secrets = true;
    let shown = wide.text();
    assert_ne!(hidden, shown);
    let narrow = Shown::first("login-failed-vsftpd")
        .size(80, 21)
        .press(&to_password)
        .text();
    insta::assert_snapshot!(format!("{hidden}\n{narrow}"));
}

#[test]
fn good_and_bad_side_by_side() {
    let (good, bad) = (
        "passive-download-vsftpd",
        "pasv-private-address-nat-client-side",
    );
    let wide = Shown::beside(good, bad).text();
    let narrow = Shown::beside(good, bad).size(80, 21).text();
    let small = Shown::beside(good, bad).size(40, 7).text();
    insta::assert_snapshot!(format!("{wide}\n{narrow}\n{small}"));
}
