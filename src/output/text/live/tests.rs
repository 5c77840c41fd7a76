//! The lines, over hand-made events.

use super::*;
use crate::diagnosis::Severity;
use crate::ftp::{Login, State};
use crate::output::fixture::{self, context, inputs};
use crate::output::text::Options;

const PLAIN: Options = Options {
    width: 40,
    colour: false,
    ascii: false,
    summary: false,
    all: false,
    show_passwords: false,
    wireshark: false,
};

/// The lines of some events, in batches of one and the findings behind it.
fn lines(events: Vec<Event>, options: Options) -> String {
    let inputs = inputs();
    let mut out = Vec::new();
    let mut live = Live::new(&mut out, &options);
    let mut events = events.into_iter().peekable();
    while let Some(event) = events.next() {
        let mut batch = vec![event];
        while let Some(finding) = events.next_if(|next| matches!(next, Event::Finding(_))) {
            batch.push(finding);
        }
        live.events(&mut batch, context(&inputs)).unwrap();
    }
    assert!(
        live.parties.is_empty(),
        "sessions that are over are forgotten"
    );
    drop(live);
    String::from_utf8(out).unwrap()
}

#[test]
fn a_session_that_works() {
    assert_eq!(
        lines(fixture::working(), PLAIN),
        "\
2024-05-01T12:00:00.000Z     1 192.168.1.20    · open  192.168.1.20:50312 → 203.0.113.9:21
2024-05-01T12:00:00.250Z     1 192.168.1.20    ✓ login anna
2024-05-01T12:00:01.200Z     1 192.168.1.20    ✓ data  data 1, RETR /pub/robots.txt, ↓ 397 B in 92 ms, PASV 203.0.113.9:50021
2024-05-01T12:00:32.200Z     1 192.168.1.20    ✓ close closed, user anna, 8 commands, 2 data channels, ↓ 474 B, ↑ 0 B, 31.2 s
"
    );
}

#[test]
fn a_failed_channel_is_one_line_with_the_finding_that_explains_it() {
    let told = lines(fixture::events(true), PLAIN);
    assert_eq!(told.matches("passive-address-private").count(), 1, "{told}");
    let line = told.lines().find(|line| line.contains("FAIL")).unwrap();
    assert_eq!(
        line,
        "2024-05-01T12:00:34.500Z     2 192.168.1.20    ✗ FAIL  passive-address-private: The server \
         announced 10.0.0.5:50021, a private address that the client cannot reach; the control \
         connection goes to 203.0.113.9. (certain, data 1, 192.168.1.20 → 203.0.113.9:21, user \
         anna, frames 41–58)"
    );
    let unexplained = lines(fixture::events(false), PLAIN);
    let line = unexplained
        .lines()
        .find(|line| line.contains("FAIL"))
        .unwrap();
    assert_eq!(
        line,
        "2024-05-01T12:00:34.500Z     2 192.168.1.20    ✗ FAIL  data 1, LIST /, failed: 4 SYN in 7.0 s, no answer seen, PASV 10.0.0.5:50021"
    );
}

#[test]
fn every_end_has_its_word() {
    for (state, words) in [
        (State::Refused, "✗ close refused"),
        (State::Unanswered, "✗ close unanswered"),
        (State::Open, "◌ close still open"),
        (State::Reset, "/ close reset"),
    ] {
        let mut record = fixture::record(7, "192.168.1.20:50312");
        record.state = state;
        let told = lines(
            vec![
                fixture::opened(7, "192.168.1.20:50312", 0, 1),
                fixture::ended(record),
            ],
            PLAIN,
        );
        assert!(told.contains(words), "{told}");
    }
    let mut record = fixture::record(7, "192.168.1.20:50312");
    record.login = Login::Rejected;
    assert!(lines(vec![fixture::ended(record)], PLAIN).contains("! close closed"));
}

#[test]
fn text_from_the_wire_stays_in_its_line() {
    let mut record = fixture::record(7, "[2001:db8::1]:50312");
    record.user = Some(b"a\r\n\x1b[31m\xff b".into());
    let told = lines(vec![fixture::ended(record)], PLAIN);
    assert_eq!(told.lines().count(), 1);
    assert!(told.contains("user a\\x0d\\x0a\\x1b[31m\\xff b,"), "{told}");
}

#[test]
fn colour_and_ascii_change_no_word() {
    let ascii = lines(
        fixture::events(true),
        Options {
            ascii: true,
            ..PLAIN
        },
    );
    assert!(ascii.is_ascii() && ascii.contains(" x FAIL "), "{ascii}");
    let coloured = lines(
        fixture::events(true),
        Options {
            colour: true,
            ..PLAIN
        },
    );
    let mut bare = coloured.clone();
    while let Some(start) = bare.find("\x1b[") {
        let end = start + bare[start..].find('m').unwrap();
        bare.replace_range(start..=end, "");
    }
    assert_eq!(bare, lines(fixture::events(true), PLAIN));
    assert!(coloured.contains("\x1b[1;31m✗ FAIL"), "{coloured}");
}

#[test]
fn a_notice_belongs_to_no_session() {
    let mut out = Vec::new();
    let mut live = Live::new(&mut out, &PLAIN);
    let notice = Notice {
        time: fixture::at(5000, 1).time,
        severity: Severity::Warning,
        text: "eth0 is down".to_owned(),
    };
    live.notice(&notice).unwrap();
    drop(live);
    let line = String::from_utf8(out).unwrap();
    assert_eq!(
        line,
        "2024-05-01T12:00:05.000Z     - -               ! WARN  eth0 is down\n"
    );
}

#[test]
fn the_totals_name_causes_drops_and_what_is_missing() {
    let inputs = inputs();
    let mut summary = fixture::summary();
    summary.dropped = Some(crate::capture::Drops {
        kernel: 3,
        interface: 0,
        hand_over: 2,
    });
    let wide = Options {
        width: 100,
        ..PLAIN
    };
    let text = totals(&summary, context(&inputs), &wide);
    assert_eq!(
        text,
        "\
95 frames, 31.2 kB, 57.0 s from 2024-05-01 12:00:00 UTC
4 sessions, 24 commands, 3 data channels (1 completed, 1 failed), ↓ 474 B, ↑ 0 B
         1 × passive-address-private
▒ 3 packets lost by the kernel while capturing.
▒ 2 packets lost by ftpscope while capturing: the analysis was too slow.
"
    );
    summary.dropped = Some(crate::capture::Drops::default());
    assert!(totals(&summary, context(&inputs), &wide).ends_with("\nno packets lost\n"));
}
