//! Interfaces that go down or away while they are captured.

use crate::lab::{self, HERE, Wire, run};
use crate::process::{Folder, capture};
use crate::traffic::recorded;

pub fn down_and_up() {
    let folder = Folder::new("down-and-up");
    let _wire = Wire::new();
    let mut sniff = capture(&format!("-i {HERE}"), &folder);
    run("ip", "link set wire0 down");
    sniff.wait_for("wire0 is down");
    run("ip", "link set wire0 up");
    sniff.wait_for("wire0 is back");
    lab::send_from_client(&recorded("capture-vlan-tagged"));
    sniff.wait_for_output("\"type\":\"session\"");
    let ended = sniff.stop();
    assert_eq!(ended.code, Some(0), "{}", ended.errors);
}

pub fn down_ends_it_on_demand() {
    let folder = Folder::new("exit-on-down");
    let _wire = Wire::new();
    let sniff = capture(&format!("-i {HERE} --exit-on-down"), &folder);
    run("ip", "link set wire0 down");
    let ended = sniff.end();
    assert_eq!(ended.code, Some(2), "{}", ended.errors);
    assert!(ended.errors.contains("wire0 is down"), "{}", ended.errors);
    assert!(
        ended.output.contains("\"type\":\"summary\""),
        "{}",
        ended.output
    );
}

pub fn removed_ends_it() {
    let folder = Folder::new("removed");
    let _wire = Wire::new();
    let sniff = capture(&format!("-i {HERE}"), &folder);
    run("ip", "link del wire0");
    let ended = sniff.end();
    assert_eq!(ended.code, Some(2), "{}", ended.errors);
    assert!(
        ended.errors.contains("wire0 was removed"),
        "{}",
        ended.errors
    );
    assert!(
        ended.output.contains("\"type\":\"summary\""),
        "{}",
        ended.output
    );
}

pub fn removed_and_back() {
    let folder = Folder::new("reopen");
    let wire = Wire::new();
    let mut sniff = capture(&format!("-i {HERE} --reopen"), &folder);
    run("ip", "link del wire0");
    sniff.wait_for("wire0 was removed");
    drop(wire);
    let _wire = Wire::new();
    sniff.wait_for("wire0 is back");
    lab::send_from_client(&recorded("capture-vlan-tagged"));
    sniff.wait_for_output("\"type\":\"session\"");
    assert_eq!(sniff.stop().code, Some(0));
}
