//! What goes wrong while packets come: the disk, the reader, the process itself; and how soon a
//! finding is told.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use serde_json::Value;

use crate::lab::{self, HERE, Wire, at_client, run, wait_until};
use crate::process::{Folder, Process, capture, is_capturing, sniff};
use crate::traffic::{Server, recorded};

/// What the tests need that let real sessions run.
pub const PROGRAMS: [&str; 2] = ["vsftpd", "curl"];

pub fn a_full_disk_keeps_whole_lines() {
    let folder = Folder::new("full-disk");
    let disk = folder.file("disk");
    fs::create_dir(&disk).unwrap();
    run(
        "mount",
        &format!("-t tmpfs -o size=64k,mode=777 disk {}", disk.display()),
    );
    let _wire = Wire::new();
    let _server = Server::start(&folder);
    let out = disk.join("out.json");
    let mut sniff = capture(&format!("-i {HERE} -o {}", out.display()), &folder);
    wait_until("the disk is full", || {
        session();
        sniff.has_ended()
    });
    let ended = sniff.end();
    assert_eq!(ended.code, Some(2), "{}", ended.errors);
    assert!(
        ended.errors.contains("out.json: No space left on device"),
        "{}",
        ended.errors
    );
    assert!(whole_lines(&out) > 20);
    run("umount", disk.to_str().unwrap());
}

pub fn a_reader_that_leaves_is_no_error() {
    let folder = Folder::new("reader");
    let _wire = Wire::new();
    let _server = Server::start(&folder);
    let errors = fs::File::create(folder.file("errors")).unwrap();
    let mut command = sniff(&format!("-i {HERE}"));
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(errors)
        .spawn()
        .unwrap();
    wait_until("ftpscope captures", || is_capturing(child.id()));
    let mut out = child.stdout.take().unwrap();
    session();
    assert!(out.read(&mut [0; 16]).unwrap() > 0);
    drop(out);
    wait_until("the end", || {
        session();
        child.try_wait().unwrap().is_some()
    });
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let errors = fs::read_to_string(folder.file("errors")).unwrap();
    assert!(!errors.contains("written"), "{errors}");
}

pub fn what_was_written_before_a_kill_is_whole() {
    let folder = Folder::new("kill");
    let _wire = Wire::new();
    let _server = Server::start(&folder);
    let (out, packets) = (folder.file("out.json"), folder.file("out.pcapng"));
    let arguments = format!(
        "-i {HERE} -o {} --write {}",
        out.display(),
        packets.display()
    );
    let sniff = capture(&arguments, &folder);
    wait_until("many lines", || {
        session();
        fs::metadata(&out).is_ok_and(|file| file.len() > 50_000)
    });
    sniff.kill(Signal::SIGKILL);
    assert_eq!(sniff.end().code, None);
    // A torn line at the end would be no whole one.
    let text = fs::read_to_string(&out).unwrap();
    let end = text.rfind('\n').unwrap();
    for line in text[..end].lines() {
        serde_json::from_str::<Value>(line).expect(line);
    }
    let analysis = analyze(&packets, &folder);
    assert!(analysis.contains("\"type\":\"session\""), "{analysis}");
}

pub fn signals_reopen_sum_up_and_end() {
    let folder = Folder::new("signals");
    let _wire = Wire::new();
    let _server = Server::start(&folder);
    let (out, old) = (folder.file("out.json"), folder.file("old.json"));
    let mut sniff = capture(&format!("-i {HERE} -o {}", out.display()), &folder);
    session();
    wait_until("lines", || {
        fs::metadata(&out).is_ok_and(|file| file.len() > 1000)
    });
    fs::rename(&out, &old).unwrap();
    sniff.kill(Signal::SIGHUP);
    wait_until("a new file", || out.exists());
    sniff.kill(Signal::SIGUSR1);
    sniff.wait_for("1 session, ");
    session();
    wait_until("lines in the new file", || {
        fs::metadata(&out).unwrap().len() > 1000
    });
    sniff.kill(Signal::SIGTERM);
    let ended = sniff.end();
    assert_eq!(ended.code, Some(0), "{}", ended.errors);
    assert!(ended.errors.contains("no packets lost"), "{}", ended.errors);
    assert!(whole_lines(&old) > 5 && whole_lines(&out) > 5);
    let last = fs::read_to_string(&out).unwrap();
    let last: Value = serde_json::from_str(last.lines().last().unwrap()).unwrap();
    assert_eq!(last["type"], "summary");
    assert_eq!(last["dropped"]["kernel"], 0);
}

/// The 425 of the server decides it, and nothing follows.
pub fn a_finding_is_told_within_two_seconds() {
    let folder = Folder::new("soon");
    let _wire = Wire::new();
    let mut sniff = capture(&format!("-i {HERE}"), &folder);
    lab::send_from_client(&recorded("active-refused-by-client-host-server-side"));
    let sent = Instant::now();
    sniff.wait_for_output("\"cause\":\"active-blocked\"");
    let waited = sent.elapsed();
    assert!(waited < Duration::from_secs(2), "{waited:?}");
    assert_eq!(sniff.stop().code, Some(0));
}

/// One session of a client, with a listing.
fn session() {
    let arguments = ["--silent", "--output", "/dev/null", "ftp://10.0.0.1/"];
    let status = at_client("curl").args(arguments).status().unwrap();
    assert!(status.success(), "{status}");
}

/// How many lines a file has, all of them whole and JSON.
fn whole_lines(path: &Path) -> usize {
    let text = fs::read_to_string(path).unwrap();
    assert!(
        text.ends_with('\n'),
        "{} ends in a torn line",
        path.display()
    );
    let parse = |line| serde_json::from_str::<Value>(line).expect(line);
    let lines: Vec<Value> = text.lines().map(parse).collect();
    lines.len()
}

fn analyze(packets: &Path, folder: &Folder) -> String {
    let mut command = std::process::Command::new(crate::process::FTPSCOPE);
    command.args(["analyze", "--format", "json"]).arg(packets);
    Process::start(&mut command, folder, "analyze").end().output
}
