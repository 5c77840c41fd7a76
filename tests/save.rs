//! What is saved of a capture is that capture: the same sessions, the same facts, the same words.

#![allow(clippy::unwrap_used, reason = "a test that cannot do its work fails")]

#[path = "support/saved.rs"]
#[allow(dead_code, unreachable_pub)]
mod saved;
mod support;

use std::fs;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use ftpscope::analyzer::{Analyzer, Event, Options};
use ftpscope::capture::{Next, Progress, Source, open};
use ftpscope::save::{self, Problem, Selection, Target};
use saved::{origins, packets, records, renumbered};
use support::analysis::read;
use support::captures::{capture, captures};
use support::comments::comments;
use support::folder::Folder;
use support::generator::{Kind, generate_in_memory};

fn analyze(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ftpscope"));
    command.arg("analyze").args(arguments).stdin(Stdio::null());
    command.output().unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn every_capture_is_saved_whole() {
    let folder = Folder::new("whole");
    let out = folder.file("out.pcapng");
    let text = out.to_str().unwrap();
    let mut saved = 0;
    for file in captures() {
        let before = records(&[&file], &["--write", text]);
        if before.is_empty() {
            assert!(!out.exists(), "{}", file.display());
            continue;
        }
        let numbers = origins(&file, &out);
        let after = records(&[&out], &[]);
        fs::remove_file(&out).unwrap();
        let original = |number: u64| numbers[number as usize - 1];
        let after = renumbered(after, &original);
        let before = renumbered(before, &|number| number);
        assert_eq!(after, before, "{}", file.display());
        saved += 1;
    }
    assert!(saved > 200);
    assert!(folder.names().is_empty());
}

#[test]
fn one_session_of_several_is_saved_alone() {
    let folder = Folder::new("one");
    for (name, sessions) in [
        ("password-guessed-vsftpd", 5),
        ("mirror-parallel-lftp-vsftpd", 3),
    ] {
        let file = capture(name);
        let mut packets_of_all = 0;
        for session in 1..=sessions {
            let out = folder.file(&format!("{name}-{session}"));
            let number = session.to_string();
            let arguments = ["--session", &number, "--write", out.to_str().unwrap()];
            let is_fact = |record: &serde_json::Value| record["type"] != "finding";
            let mut before = records(&[&file], &arguments);
            before.retain(is_fact);
            let numbers = origins(&file, &out);
            packets_of_all += numbers.len();
            let mut after = renumbered(records(&[&out], &[]), &|frame| numbers[frame as usize - 1]);
            after.retain(is_fact);
            for record in &mut after {
                assert_eq!(record["session"], 1);
                record["session"] = session.into();
            }
            assert_eq!(
                after,
                renumbered(before, &|frame| frame),
                "{name} {session}"
            );
        }
        assert_eq!(
            packets_of_all,
            packets(&[&file]).len(),
            "{name}: sessions share no packet"
        );
    }
}

/// The key logs of a capture.
fn keys(file: &Path) -> Vec<u8> {
    let mut source = open(&[file.to_owned()]).unwrap();
    let mut keys = Vec::new();
    while let Next::Packet(_) = source.next() {
        keys.extend(source.take_secrets().unwrap_or_default());
    }
    keys
}

#[test]
fn keys_in_a_capture_are_saved_with_it() {
    let folder = Folder::new("keys");
    let file = capture("tls-keys-in-capture-proftpd");
    let out = folder.file("out.pcapng");
    records(&[&file], &["--write", out.to_str().unwrap()]);
    assert!(!keys(&file).is_empty());
    assert_eq!(keys(&out), keys(&file));
}

#[test]
fn packets_that_a_finding_cites_bear_its_words() {
    let folder = Folder::new("comments");
    let (file, out) = (
        capture("abort-download-lftp-vsftpd"),
        folder.file("out.pcapng"),
    );
    let before = records(&[&file], &["--write", out.to_str().unwrap()]);
    let finding = before
        .iter()
        .find(|record| record["type"] == "finding")
        .unwrap();
    let comments = comments(&fs::read(&out).unwrap());
    assert_eq!(comments.len(), packets(&[&file]).len());
    let mut cited = 0;
    for evidence in finding["evidence"].as_array().unwrap() {
        let comment = comments[evidence["frame"].as_u64().unwrap() as usize - 1].concat();
        for word in [&finding["cause"], &finding["summary"], &evidence["note"]] {
            assert!(comment.contains(word.as_str().unwrap()), "{comment}");
        }
        cited += 1;
    }
    assert_eq!(
        comments
            .iter()
            .filter(|comment| !comment.is_empty())
            .count(),
        cited
    );
}

#[test]
fn what_is_not_of_ftp_stays_out() {
    let folder = Folder::new("mixed");
    let (file, out) = (folder.file("mixed.pcap"), folder.file("out.pcapng"));
    let (bytes, truth) = generate_in_memory(Kind::Mixed, 3_000_000).unwrap();
    fs::write(&file, bytes).unwrap();
    let before = records(&[&file], &["--write", out.to_str().unwrap()]);
    let numbers = origins(&file, &out);
    assert!(!numbers.is_empty() && (numbers.len() as u64) < truth.packets);
    let after = renumbered(records(&[&out], &[]), &|frame| numbers[frame as usize - 1]);
    assert_eq!(after, renumbered(before, &|frame| frame));
}

#[test]
fn several_files_and_compressed_ones_are_saved_as_one() {
    let folder = Folder::new("several");
    let whole = fs::read(capture("mirror-parallel-lftp-vsftpd")).unwrap();
    // The file header, then records with their captured length at byte 8.
    let (mut at, mut ends) = (24, Vec::new());
    while at < whole.len() {
        at += 16 + u32::from_le_bytes(whole[at + 8..at + 12].try_into().unwrap()) as usize;
        ends.push(at);
    }
    let middle = ends[ends.len() / 2];
    let (first, second) = (folder.file("1.pcap"), folder.file("2.pcap.gz"));
    fs::write(&first, &whole[..middle]).unwrap();
    let level = flate2::Compression::fast();
    let mut zipped = flate2::write::GzEncoder::new(fs::File::create(&second).unwrap(), level);
    zipped.write_all(&whole[..24]).unwrap();
    zipped.write_all(&whole[middle..]).unwrap();
    zipped.finish().unwrap();
    let out = folder.file("out.pcapng");
    records(&[&second, &first], &["--write", out.to_str().unwrap()]);
    let one_file = folder.file("one.pcapng");
    let file = capture("mirror-parallel-lftp-vsftpd");
    records(&[&file], &["--write", one_file.to_str().unwrap()]);
    let copied =
        |file: &Path| -> Vec<_> { packets(&[file]).into_iter().map(|one| one.1).collect() };
    assert_eq!(copied(&out), copied(&one_file));
}

#[test]
fn nothing_is_replaced_unasked() {
    let folder = Folder::new("unasked");
    let (file, out) = (folder.file("in.pcap"), folder.file("out.pcapng"));
    fs::copy(capture("upload-vsftpd"), &file).unwrap();
    fs::write(&out, "precious").unwrap();
    let (from, to) = (file.to_str().unwrap(), out.to_str().unwrap());
    for arguments in [
        &["--write", to, from][..],
        &["--write", from, "--force", from],
    ] {
        let output = analyze(arguments);
        assert_eq!(output.status.code(), Some(2));
        assert!(
            output.stdout.is_empty(),
            "it is refused before the work begins"
        );
        assert!(
            err(&output).contains("is there already"),
            "{}",
            err(&output)
        );
    }
    assert_eq!(fs::read(&out).unwrap(), b"precious");
    assert_eq!(
        fs::read(&file).unwrap(),
        fs::read(capture("upload-vsftpd")).unwrap()
    );
    let output = analyze(&["--write", to, "--force", from]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert_eq!(packets(&[&out]).len(), packets(&[&file]).len());
    assert_eq!(folder.names(), ["in.pcap", "out.pcapng"]);
}

#[test]
fn what_cannot_be_saved_is_told() {
    let folder = Folder::new("told");
    let (file, out) = (capture("upload-vsftpd"), folder.file("out.pcapng"));
    let (from, to) = (file.to_str().unwrap(), out.to_str().unwrap());
    let output = analyze(&["--write", to, "--user", "nobody-at-all", from]);
    assert_eq!(output.status.code(), Some(0));
    assert!(
        err(&output).contains("no session was shown"),
        "{}",
        err(&output)
    );
    let output = analyze(&["--write", to, "-"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        err(&output).contains("standard input: can be read only once"),
        "{}",
        err(&output)
    );
    let output = analyze(&["--write", folder.file("no/such").to_str().unwrap(), from]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        err(&output).contains("cannot be written"),
        "{}",
        err(&output)
    );
    assert!(folder.names().is_empty());
}

/// The events of a capture.
fn events(file: &Path) -> Vec<Event> {
    let mut source = open(&[file.to_owned()]).unwrap();
    read(&mut Analyzer::new(&Options::default()), &mut source)
}

#[test]
fn counts_come_before_writing_and_it_can_be_stopped() {
    let folder = Folder::new("stopped");
    let (file, path) = (folder.file("bulk.pcap"), folder.file("out.pcapng"));
    fs::write(
        &file,
        generate_in_memory(Kind::Chatty, 2_000_000).unwrap().0,
    )
    .unwrap();
    let mut selection = Selection::default();
    events(&file).iter().for_each(|event| selection.add(event));
    let files = [file.clone()];
    let on = &mut |_: Progress| ControlFlow::Continue(());
    let stop = &mut |_: Progress| ControlFlow::Break(());
    let target = Target {
        path,
        replace: false,
    };
    assert!(matches!(
        save::plan(&files, &selection, stop),
        Err(Problem::Stopped)
    ));
    let plan = save::plan(&files, &selection, on).unwrap();
    assert!(matches!(
        save::packets(&plan, &target, stop),
        Err(Problem::Stopped)
    ));
    assert_eq!(folder.names(), ["bulk.pcap"]);
    let saved = save::packets(&plan, &target, on).unwrap();
    assert_eq!(
        (saved.packets, plan.sessions),
        (plan.packets, selection.sessions())
    );
    assert_eq!(saved.bytes, fs::metadata(&target.path).unwrap().len());
    let copied = packets(&[&target.path]);
    let bytes: usize = copied.iter().map(|(_, packet)| packet.data.len()).sum();
    assert_eq!(
        (copied.len() as u64, bytes as u64),
        (plan.packets, plan.bytes)
    );
    assert!(matches!(
        save::packets(&plan, &target, on),
        Err(Problem::Exists(_))
    ));
}

#[test]
fn evidence_is_the_control_connection_and_the_channel_in_question() {
    let folder = Folder::new("evidence");
    let file = capture("abort-download-lftp-vsftpd");
    let events = events(&file);
    let findings: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            Event::Finding(finding) => Some(finding),
            Event::Session(_) => None,
        })
        .collect();
    let mut selection = Selection::default();
    selection.add_evidence(findings[0], &events);
    let on = &mut |_: Progress| ControlFlow::Continue(());
    let plan = save::plan(std::slice::from_ref(&file), &selection, on).unwrap();
    let path = folder.file("out.pcapng");
    let target = Target {
        path,
        replace: false,
    };
    save::packets(&plan, &target, on).unwrap();
    let after = records(&[&target.path], &[]);
    let channels = |records: &[serde_json::Value]| {
        let is_channel = |record: &&serde_json::Value| record["type"] == "finding";
        records.iter().filter(is_channel).count()
    };
    assert_eq!(channels(&after), 1);
    assert!(plan.packets < packets(&[&file]).len() as u64);
    let all = records(&[&file], &[]);
    let session = |records: &[serde_json::Value]| {
        let found = records.iter().find(|record| record["type"] == "session");
        found.unwrap()["commands"].clone()
    };
    assert_eq!(session(&after), session(&all));
}
