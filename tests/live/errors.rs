//! Beginnings that fail: each with a message that helps, and exit code 2.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;

use crate::lab::{HERE, Wire, run};
use crate::process::{self, Ended, FTPSCOPE, Folder, Process};

/// Nobody's number, and that of nobody's group.
pub const NOBODY: u32 = 65_534;

pub fn no_permission() {
    let ended = as_nobody("no-permission", &["-i", "lo"]);
    assert_refused(&ended, "needs CAP_NET_RAW");
    assert!(
        ended.errors.contains("sudo setcap cap_net_raw+ep"),
        "{}",
        ended.errors
    );
}

pub fn no_such_interface() {
    let folder = Folder::new("no-interface");
    let mut sniff = process::sniff("-i eth77");
    let ended = Process::start(&mut sniff, &folder, "sniff").end();
    assert_refused(&ended, "there is no interface eth77; there are: lo");
}

pub fn interface_down() {
    let folder = Folder::new("interface-down");
    let _wire = Wire::new();
    run("ip", "link set wire0 down");
    let mut sniff = process::sniff(&format!("-i {HERE}"));
    let ended = Process::start(&mut sniff, &folder, "sniff").end();
    assert_refused(&ended, "interface wire0 is down");
}

pub fn bad_filter_without_rights() {
    let ended = as_nobody("bad-filter", &["-i", "lo", "--filter", "tcp prot 21"]);
    assert_refused(&ended, "the filter `tcp prot 21` is wrong: ");
    assert!(ended.errors.contains("syntax error"), "{}", ended.errors);
}

/// Whoever may make an interface gives it any name without a blank or a slash.
pub fn names_of_interfaces_are_told_harmlessly() {
    let folder = Folder::new("harmful-names");
    let name = "\x1b[2J\u{202e}\u{9b}x";
    let _harmful = Named::new(name.as_bytes());
    let missing = "\x1b[5m\u{202e}";
    let arguments: [&[&str]; 5] = [
        &["interfaces"],
        &["interfaces", "--format", "json"],
        &["sniff", "-i", missing],
        &["sniff", "-i", name, "--filter", "tcp prot 21"],
        &["sniff", "-i", name, "--no-sandbox", "-o", "/nosuch/out"],
    ];
    for arguments in arguments {
        let mut command = std::process::Command::new(FTPSCOPE);
        let ended = Process::start(command.args(arguments), &folder, "told").end();
        let told = [ended.output, ended.errors].concat();
        assert!(told.len() > 20, "{arguments:?} {told}");
        assert_harmless(&told);
    }
    let mut sniff = std::process::Command::new(FTPSCOPE);
    sniff.args(["sniff", "--format", "json", "--status", "1", "-i", name]);
    let mut sniff = Process::start(&mut sniff, &folder, "sniff");
    sniff.wait_for_capture();
    let ended = sniff.stop();
    assert_eq!(ended.code, Some(0));
    assert!(
        ended
            .errors
            .contains(r"capturing on \x1b[2J\xe2\x80\xae\xc2\x9bx")
    );
    assert_harmless(&[ended.output, ended.errors].concat());
}

/// libpcap lists no interface at all then.
pub fn a_name_that_is_no_text_keeps_no_other_interface_from_being_used() {
    let folder = Folder::new("no-text");
    let _odd = Named::new(b"a\x9bb");
    let mut list = std::process::Command::new(FTPSCOPE);
    let ended = Process::start(list.arg("interfaces"), &folder, "list").end();
    assert_refused(&ended, "the interfaces cannot be listed: ");
    assert!(
        ended
            .errors
            .contains("`ip link` may show one whose name is no text")
    );
    let mut sniff = process::sniff("-i lo");
    let mut sniff = Process::start(&mut sniff, &folder, "sniff");
    sniff.wait_for_capture();
    assert_eq!(sniff.stop().code, Some(0));
}

/// One end of a wire to nowhere, which is removed with this.
struct Named;

impl Named {
    fn new(name: &[u8]) -> Self {
        let name = std::ffi::OsStr::from_bytes(name).to_owned();
        let ip = |before: &[&str], behind: &[&str]| {
            let mut command = std::process::Command::new("ip");
            let status = command.args(before).arg(&name).args(behind).status();
            assert!(status.unwrap().success(), "{before:?} {name:?} {behind:?}");
        };
        ip(
            &["link", "add", "name"],
            &["type", "veth", "peer", "name", "nowhere0"],
        );
        ip(&["link", "set", "dev"], &["up"]);
        Self
    }
}

impl Drop for Named {
    fn drop(&mut self) {
        run("ip", "link del nowhere0");
    }
}

#[track_caller]
fn assert_harmless(told: &str) {
    let harmful = |one: char| (one.is_control() && one != '\n') || one == '\u{202e}';
    assert!(!told.contains(harmful), "{told:?}");
}

#[track_caller]
fn assert_refused(ended: &Ended, message: &str) {
    assert!(ended.errors.contains(message), "{}", ended.errors);
    assert_eq!((ended.code, &*ended.output), (Some(2), ""));
}

/// Runs `ftpscope sniff` as a user without any rights, to its end.
fn as_nobody(name: &str, arguments: &[&str]) -> Ended {
    let folder = Folder::new(name);
    let mut command = std::process::Command::new(copy_for_all(&folder));
    command.arg("sniff").args(arguments).uid(NOBODY).gid(NOBODY);
    Process::start(&mut command, &folder, "sniff").end()
}

/// A copy of the program that every user may run, wherever the original is.
pub fn copy_for_all(folder: &Folder) -> std::path::PathBuf {
    let copy = folder.file("ftpscope");
    fs::copy(FTPSCOPE, &copy).unwrap();
    fs::set_permissions(&copy, PermissionsExt::from_mode(0o755)).unwrap();
    copy
}
