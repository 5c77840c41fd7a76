//! Conversations that look alike and have different causes, or none.
//!
//! What the recorded scenarios cannot hold in every variant: the same fault seen from the other
//! side of an address translation, a fallback, a capture with only the control connection.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use ftpscope::analyzer::Event;
use ftpscope::diagnosis::{Confidence, Finding, Severity};

mod support;

use support::analysis::analyzed;
use support::conversation::{Announce, Channel, Conversation};
use support::planned::{Planned, SECOND};
use support::wire::Side;

const PUBLIC_CLIENT: &str = "198.51.100.10:40000";
const PRIVATE_CLIENT: &str = "192.168.1.10:40000";
const PUBLIC_SERVER: &str = "203.0.113.5:21";
const PRIVATE_SERVER: &str = "10.0.0.5:21";

fn session(client: &str, server: &str) -> Conversation {
    let (client, server) = (client.parse().unwrap(), server.parse().unwrap());
    let mut ftp = Conversation::new(client, server, 1_700_000_000 * SECOND);
    ftp.login("alice", "secret");
    ftp
}

/// Causes and severities of what is named, the clear password left out.
fn named(packets: &[Planned]) -> Vec<(&'static str, Severity)> {
    findings(packets)
        .iter()
        .map(|finding| (finding.cause, finding.severity))
        .filter(|(cause, _)| *cause != "cleartext-password")
        .collect()
}

fn channel(from: &str, to: &str) -> Channel {
    Channel {
        from: from.parse().unwrap(),
        to: to.parse().unwrap(),
    }
}

/// `227 (…)` that names any address.
fn announce(ftp: &mut Conversation, address: &str, port: u16) {
    let host = address.replace('.', ",");
    let [high, low] = port.to_be_bytes();
    ftp.exchange(
        "PASV",
        &format!("227 Entering Passive Mode ({host},{high},{low})."),
    );
}

/// A connection that nobody answers, and the time that it takes.
fn unanswered(ftp: &mut Conversation, channel: Channel) {
    channel.connection().unanswered(&mut ftp.plan, 3);
    ftp.plan.wait(7 * SECOND);
}

use Severity::{Error, Notice, Warning};

#[test]
fn a_server_that_announces_its_public_address_is_healthy_from_inside() {
    let mut ftp = session(PUBLIC_CLIENT, PRIVATE_SERVER);
    announce(&mut ftp, "203.0.113.5", 50_001);
    ftp.transfer(
        "RETR a",
        channel("198.51.100.10:41000", "10.0.0.5:50001"),
        b"hello",
    );
    ftp.quit();
    assert_eq!(named(&ftp.finish()), []);
}

#[test]
fn the_same_from_inside_without_a_connection_is_no_wrong_address() {
    let mut ftp = session(PUBLIC_CLIENT, PRIVATE_SERVER);
    announce(&mut ftp, "203.0.113.5", 50_001);
    ftp.plan.wait(20 * SECOND);
    ftp.quit();
    assert_eq!(named(&ftp.finish()), [("never-attempted", Error)]);
}

#[test]
fn a_client_that_announces_its_public_address_is_healthy_from_inside() {
    let mut ftp = session(PRIVATE_CLIENT, PUBLIC_SERVER);
    ftp.exchange("PORT 198,51,100,10,195,81", "200 PORT command successful");
    ftp.transfer(
        "RETR a",
        channel("203.0.113.5:20", "192.168.1.10:50001"),
        b"hello",
    );
    ftp.quit();
    assert_eq!(named(&ftp.finish()), []);
}

#[test]
fn a_private_address_in_a_private_network_is_right() {
    let mut ftp = session(PRIVATE_CLIENT, PRIVATE_SERVER);
    announce(&mut ftp, "10.0.0.5", 50_001);
    unanswered(&mut ftp, channel("192.168.1.10:41000", "10.0.0.5:50001"));
    ftp.quit();
    assert_eq!(named(&ftp.finish()), [("connection-unanswered", Error)]);
}

#[test]
fn a_private_address_that_works_is_right() {
    let mut ftp = session(PRIVATE_CLIENT, PRIVATE_SERVER);
    announce(&mut ftp, "10.0.0.77", 50_001);
    ftp.transfer(
        "RETR a",
        channel("192.168.1.10:41000", "10.0.0.77:50001"),
        b"hello",
    );
    ftp.quit();
    assert_eq!(named(&ftp.finish()), []);
}

#[test]
fn a_private_address_that_is_ignored_in_vain_is_not_the_cause() {
    let mut ftp = session(PUBLIC_CLIENT, PUBLIC_SERVER);
    announce(&mut ftp, "10.0.0.5", 50_001);
    unanswered(
        &mut ftp,
        channel("198.51.100.10:41000", "203.0.113.5:50001"),
    );
    ftp.quit();
    assert_eq!(named(&ftp.finish()), [("connection-unanswered", Error)]);
}

#[test]
fn a_fallback_that_works_makes_a_warning_of_a_failure() {
    let mut ftp = session(PUBLIC_CLIENT, PUBLIC_SERVER);
    let lost = ftp.announce(Announce::Epsv, 50_001);
    unanswered(&mut ftp, lost);
    let data = ftp.announce(Announce::Pasv, 50_002);
    ftp.transfer("RETR a", data, b"hello");
    ftp.quit();
    assert_eq!(named(&ftp.finish()), [("epsv-fallback", Warning)]);
}

#[test]
fn a_retry_on_another_port_makes_a_warning_of_a_failure() {
    let mut ftp = session(PUBLIC_CLIENT, PUBLIC_SERVER);
    let lost = ftp.announce(Announce::Pasv, 50_001);
    unanswered(&mut ftp, lost);
    let data = ftp.announce(Announce::Pasv, 50_002);
    ftp.transfer("RETR a", data, b"hello");
    ftp.quit();
    assert_eq!(named(&ftp.finish()), [("connection-unanswered", Warning)]);
}

#[test]
fn the_same_failure_again_and_again_is_told_twice() {
    let mut ftp = session(PUBLIC_CLIENT, PUBLIC_SERVER);
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
    let mut ftp = session(PUBLIC_CLIENT, PUBLIC_SERVER);
    ftp.announce(Announce::Pasv, 50_001);
    ftp.command("RETR a");
    ftp.reply("150 Opening data connection");
    ftp.reply("226 Transfer complete");
    ftp.quit();
    assert_eq!(named(&ftp.finish()), [("data-not-captured", Notice)]);
}

#[test]
fn a_broken_transfer_without_its_packets_was_not_never_attempted() {
    let mut ftp = session(PUBLIC_CLIENT, PUBLIC_SERVER);
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
    let mut ftp = session(PUBLIC_CLIENT, PUBLIC_SERVER);
    ftp.announce(Announce::Pasv, 50_001);
    ftp.quit();
    assert_eq!(named(&ftp.finish()), []);
}

#[test]
fn a_third_host_on_the_client_s_side_of_a_translation_is_no_bounce() {
    let mut ftp = session(PUBLIC_CLIENT, PUBLIC_SERVER);
    ftp.exchange("PORT 192,168,1,10,195,81", "500 Illegal PORT command");
    ftp.quit();
    assert_eq!(named(&ftp.finish()), [("private-address-announced", Error)]);
    let mut ftp = session(PUBLIC_CLIENT, PUBLIC_SERVER);
    ftp.exchange("PORT 192,0,2,30,0,25", "500 Illegal PORT command");
    ftp.quit();
    assert_eq!(named(&ftp.finish()), [("bounce-refused", Warning)]);
}

#[test]
fn data_to_another_address_of_the_client_may_be_a_transfer_between_servers() {
    let mut ftp = session(PUBLIC_CLIENT, PUBLIC_SERVER);
    ftp.announce(Announce::Pasv, 50_001);
    let mut data = channel("192.0.2.30:41000", "203.0.113.5:50001").connection();
    data.open(&mut ftp.plan);
    ftp.command("STOR a");
    ftp.reply("150 Opening data connection");
    let from = data.side_of("192.0.2.30".parse().unwrap());
    data.send(&mut ftp.plan, from, b"hello");
    data.close(&mut ftp.plan, from);
    ftp.reply("226 Transfer complete");
    ftp.quit();
    assert_eq!(named(&ftp.finish()), []);
}

#[test]
fn a_transfer_without_a_channel_is_told_from_one_whose_channel_was_refused() {
    let mut ftp = session(PUBLIC_CLIENT, PUBLIC_SERVER);
    ftp.exchange("RETR a", "425 Use PORT or PASV first.");
    ftp.quit();
    assert_eq!(named(&ftp.finish()), [("no-announcement", Error)]);
    let mut ftp = session(PUBLIC_CLIENT, PUBLIC_SERVER);
    ftp.exchange("PASV", "550 Permission denied.");
    ftp.exchange("RETR a", "425 Use PORT or PASV first.");
    ftp.quit();
    assert_eq!(named(&ftp.finish()), [("announcement-rejected", Error)]);
}

#[test]
fn active_mode_behind_a_translation_without_a_helper() {
    let mut ftp = session(PRIVATE_CLIENT, PUBLIC_SERVER);
    ftp.exchange("PORT 192,168,1,10,195,81", "200 PORT command successful");
    ftp.command("RETR a");
    ftp.plan.wait(30 * SECOND);
    ftp.reply("425 Failed to establish connection.");
    ftp.quit();
    assert_eq!(named(&ftp.finish()), [("private-address-announced", Error)]);
}

#[test]
fn a_capture_that_ends_right_behind_the_syn_proves_nothing() {
    let mut ftp = session(PUBLIC_CLIENT, PUBLIC_SERVER);
    let data = ftp.announce(Announce::Pasv, 50_001);
    data.connection().unanswered(&mut ftp.plan, 1);
    let packets = ftp.finish();
    let causes: Vec<_> = named(&packets).into_iter().map(|(id, _)| id).collect();
    assert!(!causes.contains(&"connection-unanswered"), "{causes:?}");
}

/// A session whose login is answered like this.
fn login_answered(reply: &str) -> Vec<(&'static str, Severity)> {
    let (client, server) = (
        PUBLIC_CLIENT.parse().unwrap(),
        PUBLIC_SERVER.parse().unwrap(),
    );
    let mut ftp = Conversation::new(client, server, 1_700_000_000 * SECOND);
    ftp.open("220 Service ready");
    ftp.exchange("USER alice", "331 Password required");
    ftp.exchange("PASS secret", reply);
    ftp.quit();
    named(&ftp.finish())
}

#[test]
fn too_many_logins_are_told_from_too_many_failures() {
    for crowd in [
        "530 Sorry, no more than 2 concurrent logins allowed for user alice",
        "530 Sorry, the maximum number of clients (1) for this user are already connected.",
        "421 Too many users logged in for this account, try again later.",
    ] {
        assert_eq!(login_answered(crowd), [("too-many-connections", Error)]);
    }
    for login in [
        "421 Too many login failures, closing connection.",
        "530 Account disabled: too many failed logins, try again later",
        "500 OOPS: cannot change directory:/home/alice",
        "500 OOPS: vsftpd: refusing to run with writable root inside chroot()",
        "550 User cannot log in, home directory inaccessible.",
    ] {
        assert_eq!(login_answered(login), [("login-failed", Error)], "{login}");
    }
}

/// A session in which a transfer command is answered like this, once or after 150.
fn transfer_answered(command: &str, replies: &[&str]) -> Vec<(&'static str, Severity)> {
    let mut ftp = session(PUBLIC_CLIENT, PUBLIC_SERVER);
    let data = ftp.announce(Announce::Pasv, 50_001);
    let mut data = data.connection();
    data.open(&mut ftp.plan);
    ftp.command(command);
    for reply in replies {
        ftp.reply(reply);
    }
    data.close(&mut ftp.plan, Side::Listener);
    ftp.quit();
    named(&ftp.finish())
}

#[test]
fn a_full_disk_is_named_whatever_the_code_and_the_moment() {
    for refusal in [
        "550 There is not enough space on the disk. ",
        "550 Disk quota exceeded",
        "451 Data set allocation failed: no space on volume",
        "452 Insufficient storage space in system",
    ] {
        let full = [("storage-exceeded", Error)];
        assert_eq!(transfer_answered("STOR a", &[refusal]), full, "{refusal}");
        let late = ["150 Ok to send data.", refusal];
        assert_eq!(transfer_answered("STOR a", &late), full, "150, {refusal}");
    }
}

#[test]
fn a_refusal_is_told_once_whether_or_not_the_transfer_had_begun() {
    let missing = [("file-unavailable", Warning)];
    for refusal in [
        "550 The system cannot find the file specified. ",
        "550 The process cannot access the file because it is being used by another process.",
        "450 File busy",
    ] {
        assert_eq!(transfer_answered("RETR a", &[refusal]), missing);
        let late = ["150 Opening data connection.", refusal];
        assert_eq!(transfer_answered("RETR a", &late), missing, "{refusal}");
    }
    assert_eq!(
        transfer_answered("RETR a", &["451 Requested action aborted: local error"]),
        missing
    );
}

#[test]
fn a_listing_that_is_refused_is_named_and_an_empty_one_is_not() {
    let missing = [("file-unavailable", Warning)];
    let none = "550 /x: No such file or directory";
    assert_eq!(transfer_answered("LIST", &[none]), missing);
    assert_eq!(
        transfer_answered("LIST", &["150 Here it comes.", none]),
        missing
    );
    assert_eq!(transfer_answered("NLST", &["550 No files found."]), []);
}

#[test]
fn a_wrong_stored_password_is_told_once() {
    let mut packets = Vec::new();
    for number in 0..6_u64 {
        let client = format!("198.51.100.10:{}", 40_000 + number)
            .parse()
            .unwrap();
        let start = 1_700_000_000 * SECOND + number * SECOND;
        let mut ftp = Conversation::new(client, PUBLIC_SERVER.parse().unwrap(), start);
        ftp.open("220 Service ready");
        ftp.exchange("USER batch", "331 Password required");
        ftp.exchange("PASS old", "530 User cannot log in.");
        ftp.quit();
        packets.extend(ftp.finish());
    }
    assert_eq!(named(&packets), [("login-failed", Error)]);
}

#[test]
fn a_data_time_out_without_data_packets_does_not_blame_the_setup() {
    let mut ftp = session(PUBLIC_CLIENT, PUBLIC_SERVER);
    ftp.announce(Announce::Pasv, 50_001);
    ftp.command("RETR a");
    ftp.reply("150 Opening BINARY mode data connection for a (60000 bytes).");
    ftp.plan.wait(60 * SECOND);
    ftp.reply("421 Data timeout. Reconnect. Sorry.");
    ftp.quit();
    assert_eq!(named(&ftp.finish()), [("transfer-failed", Error)]);
}

#[test]
fn a_transfer_command_that_is_never_answered() {
    let mut ftp = session(PUBLIC_CLIENT, PUBLIC_SERVER);
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
        let mut ftp = session(PUBLIC_CLIENT, PUBLIC_SERVER);
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
        ftp.quit();
        named(&ftp.finish())
    };
    assert_eq!(broken(true), [("reset-during-transfer", Error)]);
    assert_eq!(broken(false), [("closed-early", Error)]);
}

#[test]
fn a_code_for_files_that_blames_the_data_channel_is_about_the_channel() {
    let mut ftp = session(PUBLIC_CLIENT, PUBLIC_SERVER);
    ftp.exchange("PORT 198,51,100,10,195,81", "200 PORT command successful.");
    ftp.command("LIST");
    ftp.reply("150 Opening ASCII mode data connection.");
    ftp.plan.wait(30 * SECOND);
    ftp.reply("550 Data channel timed out.");
    ftp.quit();
    assert_eq!(named(&ftp.finish()), [("active-blocked", Error)]);
    let mut ftp = session(PUBLIC_CLIENT, PUBLIC_SERVER);
    let lost = ftp.announce(Announce::Pasv, 50_001);
    unanswered(&mut ftp, lost);
    ftp.exchange("LIST", "550 Data channel timed out.");
    ftp.quit();
    assert_eq!(named(&ftp.finish()), [("connection-unanswered", Error)]);
    let mut ftp = session(PUBLIC_CLIENT, PUBLIC_SERVER);
    let data = ftp.announce(Announce::Pasv, 50_001);
    data.connection().open(&mut ftp.plan);
    ftp.exchange("RETR data connection.txt", "550 No such file.");
    ftp.quit();
    assert_eq!(named(&ftp.finish()), [("file-unavailable", Warning)]);
}

#[test]
fn a_client_that_leaves_before_an_active_server_gives_up() {
    let mut ftp = session(PUBLIC_CLIENT, PUBLIC_SERVER);
    ftp.exchange("PORT 198,51,100,10,195,81", "200 PORT command successful.");
    ftp.command("RETR a");
    ftp.control.acknowledge(&mut ftp.plan, Side::Listener);
    ftp.plan.wait(15 * SECOND);
    ftp.control.close(&mut ftp.plan, Side::Opener);
    assert_eq!(named(&ftp.finish()), [("active-blocked", Error)]);
}

#[test]
fn a_client_that_waits_and_announces_anew_had_tried() {
    let mut ftp = session(PUBLIC_CLIENT, PUBLIC_SERVER);
    ftp.announce(Announce::Epsv, 50_001);
    ftp.plan.wait(6 * SECOND);
    ftp.exchange("PORT 198,51,100,10,195,81", "200 PORT command successful.");
    let data = channel("203.0.113.5:20", "198.51.100.10:50001");
    ftp.transfer("RETR a", data, b"hello");
    ftp.quit();
    assert_eq!(named(&ftp.finish()), [("never-attempted", Warning)]);
    // Anew at once: it just did not want the first.
    let mut ftp = session(PUBLIC_CLIENT, PUBLIC_SERVER);
    ftp.announce(Announce::Pasv, 50_001);
    let data = ftp.announce(Announce::Pasv, 50_002);
    ftp.transfer("RETR a", data, b"hello");
    ftp.quit();
    assert_eq!(named(&ftp.finish()), []);
    // A capture of the control port alone cannot show it.
    let mut ftp = session(PUBLIC_CLIENT, PUBLIC_SERVER);
    ftp.announce(Announce::Epsv, 50_001);
    ftp.plan.wait(6 * SECOND);
    ftp.announce(Announce::Pasv, 50_002);
    ftp.command("RETR a");
    ftp.reply("150 Opening data connection");
    ftp.reply("226 Transfer complete");
    ftp.quit();
    assert_eq!(named(&ftp.finish()), [("data-not-captured", Notice)]);
}

#[test]
fn a_client_that_begins_with_tls_where_the_server_greets_in_clear() {
    let hello = [&[22, 3, 1, 0, 60][..], &[1; 60]].concat();
    for greeted_first in [true, false] {
        let (client, server) = (
            PUBLIC_CLIENT.parse().unwrap(),
            PUBLIC_SERVER.parse().unwrap(),
        );
        let mut ftp = Conversation::new(client, server, 1_700_000_000 * SECOND);
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
fn servers_name_the_cause_in_their_own_words() {
    for (command, reply, cause, severity) in [
        ("LIST", "521 PROT P required.", "tls-required", Error),
        (
            "RETR a",
            "425 Possible PASV port theft, cannot open data connection.",
            "third-party-connection",
            Error,
        ),
    ] {
        let mut ftp = session(PUBLIC_CLIENT, PUBLIC_SERVER);
        let data = ftp.announce(Announce::Pasv, 50_001);
        let mut data = data.connection();
        data.open(&mut ftp.plan);
        ftp.exchange(command, reply);
        data.close(&mut ftp.plan, Side::Opener);
        ftp.quit();
        assert_eq!(named(&ftp.finish()), [(cause, severity)], "{reply}");
    }
}

#[test]
fn a_server_that_never_answers_an_announcement() {
    let mut ftp = session(PUBLIC_CLIENT, PUBLIC_SERVER);
    ftp.command("PASV");
    ftp.control.acknowledge(&mut ftp.plan, Side::Listener);
    ftp.plan.wait(10 * SECOND);
    ftp.control.close(&mut ftp.plan, Side::Opener);
    assert_eq!(named(&ftp.finish()), [("unanswered-command", Error)]);
    let mut ftp = session(PUBLIC_CLIENT, PUBLIC_SERVER);
    ftp.command("PASV");
    ftp.control.close(&mut ftp.plan, Side::Listener);
    assert_eq!(named(&ftp.finish()), [("server-died", Error)]);
}

#[test]
fn a_password_after_a_refused_user_is_no_failed_login() {
    let (client, server) = (
        PUBLIC_CLIENT.parse().unwrap(),
        PUBLIC_SERVER.parse().unwrap(),
    );
    let mut ftp = Conversation::new(client, server, 1_700_000_000 * SECOND);
    ftp.open("ready");
    ftp.exchange("USER alice", "421 Cleartext sessions are not accepted.");
    ftp.exchange("PASS secret", "530 Please tell me who you are.");
    ftp.quit();
    assert_eq!(named(&ftp.finish()), [("tls-required", Error)]);
}

/// All that is found in these packets.
fn findings(packets: &[Planned]) -> Vec<Finding> {
    let (_, events) = analyzed(packets);
    let findings = events.into_iter().filter_map(|event| match event {
        Event::Finding(finding) => Some(finding),
        Event::Session(_) => None,
    });
    findings.collect()
}

#[test]
fn a_capture_that_ends_while_the_client_still_tries_is_not_certain() {
    let confidence = |patient: bool| {
        let mut ftp = session(PUBLIC_CLIENT, PUBLIC_SERVER);
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
