//! The report as a whole, over hand-made events.

use super::*;
use crate::output::fixture::{self, context, inputs};

/// Options of a plain report, `width` columns wide.
fn options(width: usize) -> Options {
    Options {
        width,
        colour: false,
        ascii: false,
        summary: false,
        all: false,
        show_passwords: false,
        wireshark: false,
    }
}

fn report(events: &[Event], summary: &Summary, options: Options) -> String {
    let inputs = inputs();
    let mut out = Vec::new();
    let mut text = Text::new(&mut out, options);
    text.events(&mut events.to_vec(), context(&inputs)).unwrap();
    text.finish(summary, context(&inputs)).unwrap();
    drop(text);
    String::from_utf8(out).unwrap()
}

fn fixture_report(options: Options) -> String {
    report(&fixture::events(true), &fixture::summary(), options)
}

#[test]
fn a_failed_channel_comes_first_with_what_happened() {
    let text = report(&fixture::events(false), &fixture::summary(), options(80));
    let top = text.split("── session 1").next().unwrap();
    assert_eq!(
        top,
        "\
customer.pcap
95 frames, 31.2 kB, 57.0 s from 2024-05-01 12:00:00 UTC
4 sessions, 24 commands, 3 data channels (1 completed, 1 failed), ↓ 474 B, ↑ 0 B

✗ FAIL  session 2, data 1  LIST /
   between      192.168.1.20 → 203.0.113.9:21, user anna
   announced    PASV 10.0.0.5:50021 (frame 18)
   on the wire  4 SYN in 7.0 s, no answer seen (frames 45–54)
   server said  425 Failed to establish connection. (frame 58)

Other outcomes: 1 announcement refused.

"
    );
}

#[test]
fn a_finding_takes_the_place_of_the_channel_that_it_explains() {
    let text = fixture_report(options(80));
    let top = text.split("── session 1").next().unwrap();
    assert!(top.contains("✗ FAIL  passive-address-private"), "{top}");
    assert!(
        top.contains("what to do   - In vsftpd.conf set pasv_address=203.0.113.9."),
        "{top}"
    );
    assert!(!top.contains("on the wire"), "{top}");
    assert!(
        text.contains("       ✗ passive-address-private\n"),
        "{text}"
    );
}

#[test]
fn a_transcript_has_its_data_channels_in_their_place() {
    let text = fixture_report(options(80));
    let expected = "\
── session 1  ✓ OK  anna  192.168.1.20:50312 → 203.0.113.9:21 ──────────────────
  2024-05-01 12:00:01 UTC, 31.2 s, closed, vsFTPd 3.0.5
  8 commands, 2 data channels, ↓ 474 B, ↑ 0 B

 12:00:00.060 S 220 (vsFTPd 3.0.5)
 12:00:00.100 C USER anna
 12:00:00.150 S 331 Please specify the password.
 12:00:00.200 C PASS ****
 12:00:00.250 S 230-Welcome to the archive.  ▸ 2 lines
 12:00:00.850 C PASV
 12:00:00.900 S 227 Entering Passive Mode (203,0,113,9,195,101)
 12:00:01.108 C RETR robots.txt
 12:00:01.158 S 150 Opening BINARY mode data connection.
    ══ data 1  PASV  ✓ 397 B in 92 ms  S→C  frames 21–34 ═══════════════════════
 12:00:01.208 S 226 Transfer complete.
 12:00:01.400 C RNFR a b.txt
 12:00:01.450 S 350 Ready.
 12:00:01.500 C RNTO =c.txt
 12:00:01.550 S 250 Rename successful.
              ▒ 233 bytes of the server not in the capture  frame 39
 12:00:01.700 C SITE CHMOD 644 \\x1b[31mred\\xe2\\x80\\xae  ◌ no reply
";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn no_line_is_wider_than_asked_for() {
    for width in [40, 60, 80, 120] {
        for all in [false, true] {
            let text = fixture_report(Options {
                all,
                ..options(width)
            });
            let widest = text.lines().map(|line| line.chars().count()).max().unwrap();
            assert!(widest <= width, "{widest} > {width}:\n{text}");
        }
    }
}

#[test]
fn everything_shows_every_line_of_a_reply_and_on_demand_the_password() {
    let all = Options {
        all: true,
        show_passwords: true,
        ..options(80)
    };
    let text = fixture_report(all);
    assert!(text.contains("PASS secret"));
    assert!(
        text.contains("230-Welcome to the archive.\n                    Be kind.\n"),
        "{text}"
    );
    assert!(!fixture_report(options(80)).contains("secret"));
}

#[test]
fn many_sessions_become_a_table_and_failures_stay_in_full() {
    let mut events = Vec::new();
    for id in 1..=200 {
        events.push(fixture::opened(id, "192.168.1.20:50312", u64::from(id), 1));
        events.push(fixture::exchange(
            id,
            u64::from(id),
            1,
            "NOOP",
            &["200 Fine."],
        ));
        let mut record = fixture::record(id, "192.168.1.20:50312");
        if id > 150 {
            events.push(fixture::told(fixture::failed_channel(
                id,
                1,
                fixture::at(4410, 44),
            )));
            record.failed_channels = 1;
        }
        events.push(fixture::ended(record));
    }
    let summary = Summary {
        sessions: 200,
        ..fixture::summary()
    };
    let text = report(&events, &summary, options(80));
    assert!(text.contains("… 150 more: --all"), "{text}");
    assert!(
        text.contains("… and 40 failed data channels more: --all"),
        "{text}"
    );
    assert_eq!(text.matches("── session ").count(), 20);
    assert!(
        text.contains("… 30 further sessions with failures: --all"),
        "{text}"
    );
    let all = report(
        &events,
        &summary,
        Options {
            all: true,
            ..options(80)
        },
    );
    assert_eq!(all.matches("── session ").count(), 200);
    let top = report(
        &events,
        &summary,
        Options {
            summary: true,
            ..options(80)
        },
    );
    assert!(!top.contains("── session "));
}

#[test]
fn a_long_session_keeps_its_beginning_and_its_end() {
    let mut events = vec![fixture::opened(1, "192.168.1.20:50312", 0, 1)];
    for n in 1..=1000 {
        events.push(fixture::exchange(
            1,
            n,
            n,
            &format!("STAT {n:04}"),
            &["211 Fine."],
        ));
    }
    events.push(fixture::ended(fixture::record(1, "192.168.1.20:50312")));
    let text = report(&events, &fixture::summary(), options(80));
    assert!(text.contains("STAT 0120") && !text.contains("STAT 0121"));
    assert!(text.contains("STAT 0881") && !text.contains("STAT 0880"));
    assert!(text.contains("┊ 760 events left out: --all"), "{text}");
}

#[test]
fn a_capture_without_ftp_says_so() {
    let summary = Summary {
        frames: 33,
        connections: 1,
        ..Summary::default()
    };
    let text = report(&[], &summary, options(80));
    assert!(
        text.contains("No FTP control connection among 1 TCP connection."),
        "{text}"
    );
    assert!(text.contains("--port"), "{text}");
    let text = report(&[], &Summary::default(), options(80));
    assert!(text.contains("The capture holds no packets."), "{text}");
}

#[test]
fn a_limit_that_was_reached_is_told() {
    let summary = Summary {
        limits_hit: [("flows", 12)].into(),
        ..fixture::summary()
    };
    let text = report(&[], &summary, options(120));
    let note = "Limit of 262,144 connections at once reached 12 times: those worth least";
    assert!(text.contains(note), "{text}");
}

#[test]
fn a_finding_has_a_display_filter_on_demand() {
    let options = Options {
        wireshark: true,
        ..options(80)
    };
    let text = fixture_report(options);
    let filter = "   wireshark    frame.number in {41, 45, 58}\n";
    assert!(text.contains(filter), "{text}");
    assert!(!fixture_report(self::options(80)).contains("wireshark"));
}

#[test]
fn what_there_is_no_room_for_is_counted_in_the_transcript() {
    let long = format!("200 {}", "x".repeat(200_000));
    let text = |replies: u64, all| {
        let client = "192.168.1.20:50312";
        let mut events = vec![fixture::opened(1, client, 0, 1)];
        events.extend((1..=replies).map(|n| fixture::exchange(1, n, n, "NOOP", &[&long])));
        events.push(fixture::ended(fixture::record(1, client)));
        let options = Options { all, ..options(80) };
        report(&events, &fixture::summary(), options)
    };
    // 32 MiB have room for some 165 of these.
    assert!(!text(150, false).contains("left out"));
    let cut = text(200, false);
    let line = cut.lines().find(|line| line.contains("left out: --all"));
    let count = line.unwrap().split_whitespace().nth(1).unwrap();
    let count: u32 = count.parse().unwrap();
    assert!((30..40).contains(&count), "{count}");
    assert!(!text(200, true).contains("left out"));
}
