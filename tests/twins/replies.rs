//! Replies that refuse: what the server says is the cause, or is not.

use ftpscope::diagnosis::Severity::{Error, Warning};

use super::*;
use crate::support::conversation::Announce;
use crate::support::wire::Side;

/// A session whose login is answered like this.
fn login_answered(reply: &str) -> Vec<(&'static str, Severity)> {
    let mut ftp = Conversation::between(PUBLIC_CLIENT, PUBLIC_SERVER);
    ftp.open("220 Service ready");
    ftp.exchange("USER alice", "331 Password required");
    ftp.exchange("PASS secret", reply);
    quit(ftp)
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
    let mut ftp = outside();
    let data = ftp.announce(Announce::Pasv, 50_001);
    let mut data = data.connection();
    data.open(&mut ftp.plan);
    ftp.command(command);
    for reply in replies {
        ftp.reply(reply);
    }
    data.close(&mut ftp.plan, Side::Listener);
    quit(ftp)
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
        let client = format!("198.51.100.10:{}", 40_000 + number);
        let mut ftp = Conversation::between(&client, PUBLIC_SERVER);
        ftp.plan.wait(number * SECOND);
        ftp.open("220 Service ready");
        ftp.exchange("USER batch", "331 Password required");
        ftp.exchange("PASS old", "530 User cannot log in.");
        ftp.quit();
        packets.extend(ftp.finish());
    }
    assert_eq!(named(&packets), [("login-failed", Error)]);
}

#[test]
fn a_code_for_files_that_blames_the_data_channel_is_about_the_channel() {
    let mut ftp = outside();
    ftp.exchange("PORT 198,51,100,10,195,81", "200 PORT command successful.");
    ftp.command("LIST");
    ftp.reply("150 Opening ASCII mode data connection.");
    ftp.plan.wait(30 * SECOND);
    ftp.reply("550 Data channel timed out.");
    assert_eq!(quit(ftp), [("active-blocked", Error)]);
    let mut ftp = outside();
    let lost = ftp.announce(Announce::Pasv, 50_001);
    unanswered(&mut ftp, lost);
    ftp.exchange("LIST", "550 Data channel timed out.");
    assert_eq!(quit(ftp), [("connection-unanswered", Error)]);
    let mut ftp = outside();
    let data = ftp.announce(Announce::Pasv, 50_001);
    data.connection().open(&mut ftp.plan);
    ftp.exchange("RETR data connection.txt", "550 No such file.");
    assert_eq!(quit(ftp), [("file-unavailable", Warning)]);
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
        let mut ftp = outside();
        let data = ftp.announce(Announce::Pasv, 50_001);
        let mut data = data.connection();
        data.open(&mut ftp.plan);
        ftp.exchange(command, reply);
        data.close(&mut ftp.plan, Side::Opener);
        assert_eq!(quit(ftp), [(cause, severity)], "{reply}");
    }
}

#[test]
fn a_password_after_a_refused_user_is_no_failed_login() {
    let mut ftp = Conversation::between(PUBLIC_CLIENT, PUBLIC_SERVER);
    ftp.open("ready");
    ftp.exchange("USER alice", "421 Cleartext sessions are not accepted.");
    ftp.exchange("PASS secret", "530 Please tell me who you are.");
    assert_eq!(quit(ftp), [("tls-required", Error)]);
}

#[test]
fn a_transfer_without_a_channel_is_told_from_one_whose_channel_was_refused() {
    let mut ftp = outside();
    ftp.exchange("RETR a", "425 Use PORT or PASV first.");
    assert_eq!(quit(ftp), [("no-announcement", Error)]);
    let mut ftp = outside();
    ftp.exchange("PASV", "550 Permission denied.");
    ftp.exchange("RETR a", "425 Use PORT or PASV first.");
    assert_eq!(quit(ftp), [("announcement-rejected", Error)]);
}

#[test]
fn a_data_time_out_without_data_packets_does_not_blame_the_setup() {
    let mut ftp = outside();
    ftp.announce(Announce::Pasv, 50_001);
    ftp.command("RETR a");
    ftp.reply("150 Opening BINARY mode data connection for a (60000 bytes).");
    ftp.plan.wait(60 * SECOND);
    ftp.reply("421 Data timeout. Reconnect. Sorry.");
    assert_eq!(quit(ftp), [("transfer-failed", Error)]);
}
