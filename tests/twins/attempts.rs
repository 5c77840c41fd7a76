//! Connections that were tried, tried again, or not tried at all; and who left first.

use ftpscope::diagnosis::Confidence;
use ftpscope::diagnosis::Severity::{Error, Notice, Warning};

use super::*;
use crate::support::conversation::Announce;
use crate::support::wire::Side;

#[test]
fn a_fallback_that_works_makes_a_warning_of_a_failure() {
    let mut ftp = outside();
    let lost = ftp.announce(Announce::Epsv, 50_001);
    unanswered(&mut ftp, lost);
    let data = ftp.announce(Announce::Pasv, 50_002);
    ftp.transfer("RETR a", data, b"hello");
    assert_eq!(quit(ftp), [("epsv-fallback", Warning)]);
}

#[test]
fn a_retry_on_another_port_makes_a_warning_of_a_failure() {
    let mut ftp = outside();
    let lost = ftp.announce(Announce::Pasv, 50_001);
    unanswered(&mut ftp, lost);
    let data = ftp.announce(Announce::Pasv, 50_002);
    ftp.transfer("RETR a", data, b"hello");
    assert_eq!(quit(ftp), [("connection-unanswered", Warning)]);
}

#[test]
fn the_same_failure_again_and_again_is_told_twice() {
    let mut ftp = outside();
    for port in 50_001..50_005 {
        let lost = ftp.announce(Announce::Pasv, port);
        unanswered(&mut ftp, lost);
    }
    ftp.quit();
    let twice = [("connection-unanswered", Error); 2];
    assert_eq!(named(&ftp.finish()), twice);
}

#[test]
fn a_capture_of_the_control_port_alone_shows_no_failure() {
    let mut ftp = outside();
    ftp.announce(Announce::Pasv, 50_001);
    ftp.command("RETR a");
    ftp.reply("150 Opening data connection");
    ftp.reply("226 Transfer complete");
    assert_eq!(quit(ftp), [("data-not-captured", Notice)]);
}

#[test]
fn a_broken_transfer_without_its_packets_was_not_never_attempted() {
    let mut ftp = outside();
    ftp.announce(Announce::Pasv, 50_001);
    ftp.command("RETR a");
    ftp.reply("150 Opening data connection");
    ftp.reply("426 Failure writing network stream");
    ftp.quit();
    let causes: Vec<_> = named(&ftp.finish()).into_iter().map(|(id, _)| id).collect();
    assert!(!causes.contains(&"never-attempted"), "{causes:?}");
}

#[test]
fn a_channel_that_is_not_wanted_after_all_is_no_fault() {
    let mut ftp = outside();
    ftp.announce(Announce::Pasv, 50_001);
    assert_eq!(quit(ftp), []);
}

#[test]
fn a_capture_that_ends_right_behind_the_syn_proves_nothing() {
    let mut ftp = outside();
    let data = ftp.announce(Announce::Pasv, 50_001);
    data.connection().unanswered(&mut ftp.plan, 1);
    let packets = ftp.finish();
    let causes: Vec<_> = named(&packets).into_iter().map(|(id, _)| id).collect();
    assert!(!causes.contains(&"connection-unanswered"), "{causes:?}");
}

#[test]
fn a_transfer_command_that_is_never_answered() {
    let mut ftp = outside();
    let mut data = ftp.announce(Announce::Pasv, 50_001).connection();
    data.open(&mut ftp.plan);
    ftp.command("RETR a");
    ftp.control.acknowledge(&mut ftp.plan, Side::Listener);
    ftp.plan.wait(10 * SECOND);
    data.close(&mut ftp.plan, Side::Opener);
    ftp.control.close(&mut ftp.plan, Side::Opener);
    assert_eq!(named(&ftp.finish()), [("unanswered-command", Error)]);
}

#[test]
fn who_broke_an_upload_is_told_by_what_came_first() {
    let broken = |client: bool| {
        let mut ftp = outside();
        let mut data = ftp.announce(Announce::Pasv, 50_001).connection();
        data.open(&mut ftp.plan);
        ftp.command("STOR a");
        ftp.reply("150 Ok to send data.");
        data.send(&mut ftp.plan, Side::Opener, &[7; 5_000]);
        if client {
            data.reset(&mut ftp.plan, Side::Opener);
        } else {
            data.close(&mut ftp.plan, Side::Listener);
        }
        ftp.reply("451 Error during transfer.");
        quit(ftp)
    };
    assert_eq!(broken(true), [("reset-during-transfer", Error)]);
    assert_eq!(broken(false), [("closed-early", Error)]);
}

#[test]
fn a_client_that_leaves_before_an_active_server_gives_up() {
    let mut ftp = outside();
    ftp.exchange("PORT 198,51,100,10,195,81", "200 PORT command successful.");
    ftp.command("RETR a");
    ftp.control.acknowledge(&mut ftp.plan, Side::Listener);
    ftp.plan.wait(15 * SECOND);
    ftp.control.close(&mut ftp.plan, Side::Opener);
    assert_eq!(named(&ftp.finish()), [("active-blocked", Error)]);
}

#[test]
fn a_client_that_waits_and_announces_anew_had_tried() {
    let mut ftp = outside();
    ftp.announce(Announce::Epsv, 50_001);
    ftp.plan.wait(6 * SECOND);
    ftp.exchange("PORT 198,51,100,10,195,81", "200 PORT command successful.");
    let data = channel("203.0.113.5:20", "198.51.100.10:50001");
    ftp.transfer("RETR a", data, b"hello");
    assert_eq!(quit(ftp), [("never-attempted", Warning)]);
    // Anew at once: it just did not want the first.
    let mut ftp = outside();
    ftp.announce(Announce::Pasv, 50_001);
    let data = ftp.announce(Announce::Pasv, 50_002);
    ftp.transfer("RETR a", data, b"hello");
    assert_eq!(quit(ftp), []);
    // A capture of the control port alone cannot show it.
    let mut ftp = outside();
    ftp.announce(Announce::Epsv, 50_001);
    ftp.plan.wait(6 * SECOND);
    ftp.announce(Announce::Pasv, 50_002);
    ftp.command("RETR a");
    ftp.reply("150 Opening data connection");
    ftp.reply("226 Transfer complete");
    assert_eq!(quit(ftp), [("data-not-captured", Notice)]);
}

#[test]
fn a_client_that_begins_with_tls_where_the_server_greets_in_clear() {
    let hello = [&[22, 3, 1, 0, 60][..], &[1; 60]].concat();
    for greeted_first in [true, false] {
        let mut ftp = Conversation::between(PUBLIC_CLIENT, PUBLIC_SERVER);
        ftp.control.open(&mut ftp.plan);
        if greeted_first {
            ftp.reply("220 ready");
        }
        ftp.send(Side::Opener, &hello);
        if !greeted_first {
            ftp.reply("220 ready");
        }
        ftp.reply("500 Unknown command.");
        ftp.control.close(&mut ftp.plan, Side::Opener);
        assert_eq!(named(&ftp.finish()), [("tls-handshake-failed", Error)]);
    }
}

#[test]
fn a_server_that_never_answers_an_announcement() {
    let mut ftp = outside();
    ftp.command("PASV");
    ftp.control.acknowledge(&mut ftp.plan, Side::Listener);
    ftp.plan.wait(10 * SECOND);
    ftp.control.close(&mut ftp.plan, Side::Opener);
    assert_eq!(named(&ftp.finish()), [("unanswered-command", Error)]);
    let mut ftp = outside();
    ftp.command("PASV");
    ftp.control.close(&mut ftp.plan, Side::Listener);
    assert_eq!(named(&ftp.finish()), [("server-died", Error)]);
}

#[test]
fn a_capture_that_ends_while_the_client_still_tries_is_not_certain() {
    let confidence = |patient: bool| {
        let mut ftp = outside();
        let mut data = ftp.announce(Announce::Pasv, 50_001).connection();
        data.unanswered(&mut ftp.plan, 2);
        if patient {
            ftp.plan.wait(9 * SECOND);
            ftp.quit();
        }
        let found = findings(&ftp.finish());
        let found = found
            .iter()
            .find(|one| one.cause == "connection-unanswered");
        found.map(|finding| finding.confidence)
    };
    assert_eq!(confidence(true), Some(Confidence::Certain));
    assert_ne!(confidence(false), Some(Confidence::Certain));
}
