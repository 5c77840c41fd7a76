//! Texts from the wire that try to be more than text.

use std::net::SocketAddr;

use super::Bench;
use crate::analyzer::Event;
use crate::capture::{Frame, Moment};
use crate::diagnosis::{Confidence, Evidence, Finding, Severity};
use crate::ftp::{Exchange, Login, LoginAttempt, Opened, Reply, SessionEvent, Verb};
use crate::time::Timestamp;

/// A packet of the first file.
pub(super) fn at(number: u64) -> Moment {
    Moment {
        frame: Frame::new(0, number),
        time: Timestamp::new(1_700_000_000 + number, 0),
    }
}

/// A session with texts of somebody's choice.
pub(super) fn session(id: u32, text: &[u8]) -> Vec<Event> {
    let client: SocketAddr = "[2001:db8:ffff:ffff:ffff:ffff:255.255.255.255]:65535"
        .parse()
        .unwrap();
    let opened = Opened {
        session: id,
        client,
        server: "192.0.2.1:21".parse().unwrap(),
        at: at(u64::from(id)),
        midstream: id.is_multiple_of(3),
    };
    let login = LoginAttempt {
        session: id,
        at: at(u64::from(id) + 1),
        user: Some(text.into()),
        login: if id.is_multiple_of(2) {
            Login::Accepted
        } else {
            Login::Rejected
        },
    };
    let exchange = Exchange {
        session: id,
        at: at(u64::from(id) + 2),
        verb: Verb::parse(b"RETR"),
        argument: text.into(),
        path: Some(text.into()),
        replies: [Reply {
            code: 550,
            text: text.into(),
            at: at(u64::from(id) + 3),
        }]
        .into(),
        prepared: true,
        protected: false,
    };
    let finding = Finding {
        who: None,
        session: Some(id),
        channel: None,
        time: at(4).time,
        cause: "connection-refused",
        severity: Severity::Error,
        confidence: Confidence::Certain,
        summary: crate::escape::line(text).into_owned(),
        evidence: vec![Evidence {
            frame: at(1).frame,
            time: at(1).time,
            note: crate::escape::line(text).into_owned().into(),
        }],
        advice: vec![crate::escape::line(text).into_owned().into()],
    };
    vec![
        Event::Session(SessionEvent::Opened(opened)),
        Event::Session(SessionEvent::Login(login)),
        Event::Session(SessionEvent::Exchange(exchange)),
        Event::Finding(finding),
    ]
}

pub(super) const TEXTS: [&[u8]; 8] = [
    b"\x1b]52;c;aGFsbG8=\x07",
    b"\x1b[2J\x1b[31mred",
    b"a\0b\tc\x7f",
    "漢字漢字漢字漢字漢字漢字".as_bytes(),
    "e\u{301}e\u{301}\u{301}\u{301}".as_bytes(),
    "\u{202e}gnirts \u{5d0}\u{5d1}\u{5d2}".as_bytes(),
    b"\xff\xfe\xc3(\xf0\x28",
    b"",
];

#[test]
fn nothing_from_the_wire_reaches_the_screen_as_more_than_text() {
    let long = vec![b'x'; 64 * 1024];
    for text in TEXTS.into_iter().chain([long.as_slice()]) {
        let mut bench = Bench::new(false);
        bench.tell(session(1, text));
        bench.log(&crate::escape::line(text));
        for ascii in [false, true] {
            bench.look(Default::default(), ascii);
            for keys in [
                "1", "3", "right", "4", "5", "1", "enter", "v", "v", "v", "esc",
            ] {
                bench.press(keys);
                for (width, height) in [(120, 36), (80, 24), (60, 15)] {
                    assert_clean(&mut bench, width, height, ascii);
                }
            }
        }
    }
}

fn assert_clean(bench: &mut Bench, width: u16, height: u16, ascii: bool) {
    let buffer = bench.draw(width, height);
    for cell in &buffer.content {
        let symbol = cell.symbol();
        assert!(!symbol.chars().any(char::is_control), "{symbol:?}");
        assert!(!symbol.contains('\u{202e}'), "{symbol:?}");
        assert!(!ascii || symbol.is_ascii(), "{symbol:?}");
    }
}
