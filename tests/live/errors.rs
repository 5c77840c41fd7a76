//! Beginnings that fail: each with a message that helps, and exit code 2.

use std::fs;
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
