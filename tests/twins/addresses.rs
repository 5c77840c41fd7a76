//! Addresses: announced, translated, used.

use ftpscope::diagnosis::Severity::{Error, Warning};

use super::*;
use crate::support::conversation::Announce;

#[test]
fn a_server_that_announces_its_public_address_is_healthy_from_inside() {
    let mut ftp = session(PUBLIC_CLIENT, PRIVATE_SERVER);
    announce(&mut ftp, "203.0.113.5", 50_001);
    ftp.transfer(
        "RETR a",
        channel("198.51.100.10:41000", "10.0.0.5:50001"),
        b"hello",
    );
    assert_eq!(quit(ftp), []);
}

#[test]
fn the_same_from_inside_without_a_connection_is_no_wrong_address() {
    let mut ftp = session(PUBLIC_CLIENT, PRIVATE_SERVER);
    announce(&mut ftp, "203.0.113.5", 50_001);
    ftp.plan.wait(20 * SECOND);
    assert_eq!(quit(ftp), [("never-attempted", Error)]);
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
    assert_eq!(quit(ftp), []);
}

#[test]
fn a_private_address_in_a_private_network_is_right() {
    let mut ftp = session(PRIVATE_CLIENT, PRIVATE_SERVER);
    announce(&mut ftp, "10.0.0.5", 50_001);
    unanswered(&mut ftp, channel("192.168.1.10:41000", "10.0.0.5:50001"));
    assert_eq!(quit(ftp), [("connection-unanswered", Error)]);
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
    assert_eq!(quit(ftp), []);
}

#[test]
fn a_private_address_that_is_ignored_in_vain_is_not_the_cause() {
    let mut ftp = outside();
    announce(&mut ftp, "10.0.0.5", 50_001);
    unanswered(
        &mut ftp,
        channel("198.51.100.10:41000", "203.0.113.5:50001"),
    );
    assert_eq!(quit(ftp), [("connection-unanswered", Error)]);
}

#[test]
fn a_third_host_on_the_client_s_side_of_a_translation_is_no_bounce() {
    let mut ftp = outside();
    ftp.exchange("PORT 192,168,1,10,195,81", "500 Illegal PORT command");
    assert_eq!(quit(ftp), [("private-address-announced", Error)]);
    let mut ftp = outside();
    ftp.exchange("PORT 192,0,2,30,0,25", "500 Illegal PORT command");
    assert_eq!(quit(ftp), [("bounce-refused", Warning)]);
}

#[test]
fn data_to_another_address_of_the_client_may_be_a_transfer_between_servers() {
    let mut ftp = outside();
    ftp.announce(Announce::Pasv, 50_001);
    let mut data = channel("192.0.2.30:41000", "203.0.113.5:50001").connection();
    data.open(&mut ftp.plan);
    ftp.command("STOR a");
    ftp.reply("150 Opening data connection");
    let from = data.side_of("192.0.2.30".parse().unwrap());
    data.send(&mut ftp.plan, from, b"hello");
    data.close(&mut ftp.plan, from);
    ftp.reply("226 Transfer complete");
    assert_eq!(quit(ftp), []);
}

#[test]
fn active_mode_behind_a_translation_without_a_helper() {
    let mut ftp = session(PRIVATE_CLIENT, PUBLIC_SERVER);
    ftp.exchange("PORT 192,168,1,10,195,81", "200 PORT command successful");
    ftp.command("RETR a");
    ftp.plan.wait(30 * SECOND);
    ftp.reply("425 Failed to establish connection.");
    assert_eq!(quit(ftp), [("private-address-announced", Error)]);
}
