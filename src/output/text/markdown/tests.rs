//! The report in Markdown as a whole, over hand-made events.

use super::*;
use crate::output::fixture::{self, context, inputs};

fn report(events: &[Event], summary: &Summary, wireshark: bool) -> String {
    let options = Options {
        width: 80,
        colour: true,
        ascii: true,
        summary: false,
        all: false,
        show_passwords: false,
        wireshark,
    };
    let inputs = inputs();
    let mut out = Vec::new();
    let mut sink = Markdown::new(&mut out, options);
    sink.events(&mut events.to_vec(), context(&inputs)).unwrap();
    sink.finish(summary, context(&inputs)).unwrap();
    drop(sink);
    String::from_utf8(out).unwrap()
}

#[test]
fn problems_come_first_and_failed_sessions_in_full() {
    let text = report(&fixture::events(true), &fixture::summary(), true);
    let parts = [
        "# FTP report",
        "- customer.pcap",
        "## Problems",
        "### ✗ FAIL passive-address-private",
        "  1. In vsftpd.conf set pasv_address=203.0.113.9.",
        "- **Wireshark:** `frame.number in {41, 45, 58}`",
        "| frame 45 | first of 4 SYN, no answer |",
        "## Sessions",
        "| 1 | ✓ OK |",
        "## Sessions that failed",
        "```text\n── session 2  ✗ FAIL",
    ];
    let mut rest = text.as_str();
    for part in parts {
        let at = rest.find(part);
        assert!(at.is_some(), "{part}\n{text}");
        rest = &rest[at.unwrap_or(0)..];
    }
    assert!(!text.contains('\x1b') && !text.contains("secret"), "{text}");
    assert!(!rest.contains("── session 1"), "{rest}");
}

#[test]
fn a_failure_without_a_finding_is_told_as_it_is() {
    let text = report(&fixture::events(false), &fixture::summary(), false);
    assert!(
        text.contains("```text\n✗ FAIL  session 2, data 1  LIST /\n"),
        "{text}"
    );
    assert!(!text.contains("Wireshark"));
}

#[test]
fn without_a_problem_one_line_says_so() {
    let mut summary = fixture::summary();
    summary.channels.clear();
    let text = report(&fixture::working(), &summary, false);
    assert!(
        text.contains("## Problems\n\nNo problem found.\n"),
        "{text}"
    );
}

#[test]
fn a_transcript_cannot_leave_its_block() {
    let mut events = vec![fixture::exchange(2, 3050, 41, "CWD ```", &["550 ```` <b>"])];
    let mut told = fixture::events(true);
    let opened = told.iter().position(|event| {
        matches!(
            event,
            Event::Session(crate::ftp::SessionEvent::Opened(opened)) if opened.session == 2
        )
    });
    let at = opened.map_or(0, |at| at + 1);
    told.splice(at..at, events.drain(..));
    let text = report(&told, &fixture::summary(), false);
    assert!(text.contains("`````text\n"), "{text}");
}
