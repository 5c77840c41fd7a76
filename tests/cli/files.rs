//! Where captures come from, and where the output goes.

use std::fs;
use std::io::{Read, Write};
use std::process::Stdio;

use crate::folder::Folder;
use crate::{code, command, err, out, run, talk};

#[test]
fn standard_input_is_read() {
    let bytes = talk::session(false);
    for arguments in [&["analyze", "-"][..], &["analyze"]] {
        let mut child = command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(&bytes).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(code(&output), 0);
        assert!(out(&output).contains("standard input"));
    }
}

#[test]
fn unreadable_inputs_are_named_and_the_others_analysed() {
    let folder = Folder::new("unreadable");
    let good = folder.write("good.pcap", &talk::session(false));
    let empty = folder.write("empty.pcap", b"");
    let noise = folder.write("noise.pcap", b"this is no capture at all, only some text");
    let missing = folder.file("missing.pcap");
    let missing = missing.to_str().unwrap();
    let directory = folder.root().to_str().unwrap();
    for bad in [&empty, &noise, missing, directory] {
        let output = run(&["analyze", "--format", "json", bad, &good]);
        assert_eq!(code(&output), 2, "{bad}");
        assert!(err(&output).contains(bad), "{}", err(&output));
        let json = out(&output);
        assert!(json.contains("\"type\":\"session\""), "{bad}");
        assert!(
            json.lines()
                .last()
                .unwrap()
                .ends_with("\"complete\":false}")
        );
    }
}

#[test]
fn a_capture_that_is_cut_off_is_analysed_up_to_there() {
    let folder = Folder::new("cut");
    let bytes = talk::session(false);
    let file = folder.write("cut.pcap", &bytes[..bytes.len() - 10]);
    let output = run(&["analyze", &file]);
    assert_eq!(code(&output), 0);
    assert!(out(&output).contains("middle of a record"));
    assert_eq!(code(&run(&["analyze", "--fail-on", "warning", &file])), 1);
    assert_eq!(code(&run(&["analyze", "--fail-on", "error", &file])), 0);
}

#[test]
fn separate_captures_are_separate_reports() {
    let folder = Folder::new("separate");
    let a = folder.write("a.pcap", &talk::session(false));
    let b = folder.write("b.pcap", &talk::session(true));
    let json = out(&run(&["analyze", "--separate", "--format", "json", &a, &b]));
    assert_eq!(json.matches("\"type\":\"summary\"").count(), 2);
    let csv = out(&run(&["analyze", "--separate", "--format", "csv", &a, &b]));
    assert_eq!(csv.matches("time,protocol").count(), 1);
    let text = out(&run(&["analyze", "--separate", "--summary", &a, &b]));
    assert!(text.contains("a.pcap") && text.contains("b.pcap"));
}

#[test]
fn the_output_can_be_a_file_but_not_a_capture() {
    let folder = Folder::new("output");
    let bytes = talk::session(false);
    let file = folder.write("a.pcap", &bytes);
    let target = folder.file("report.txt");
    let output = run(&["analyze", "--output", target.to_str().unwrap(), &file]);
    assert_eq!((code(&output), output.stdout.len()), (0, 0));
    assert!(fs::read_to_string(&target).unwrap().contains("1 session"));
    assert_eq!(code(&run(&["analyze", "--output", &file, &file])), 2);
    assert_eq!(fs::read(&file).unwrap(), bytes);
    let nowhere = folder.file("no/such/folder.txt");
    assert_eq!(
        code(&run(&[
            "analyze",
            "--output",
            nowhere.to_str().unwrap(),
            &file
        ])),
        2
    );
}

#[test]
fn a_reader_that_stops_early_is_no_error() {
    let folder = Folder::new("pipe");
    let file = folder.write("a.pcap", &talk::session(true));
    let files = vec![file.as_str(); 200];
    let mut child = command(&["analyze", "--format", "json", "--separate"])
        .args(files)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut byte = [0];
    child.stdout.take().unwrap().read_exact(&mut byte).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((code(&output), err(&output).as_str()), (0, ""));
}
