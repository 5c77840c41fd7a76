//! Sizes and times of the encrypted records on a control connection.
//!
//! A record is as long as the line in it, and what its cipher adds. The line that announces a data
//! connection has the digits of its endpoint, so that its length is known when the connection comes.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::time::Duration;

use super::transfer::Mode;
use crate::capture::Moment;
use crate::time::Timestamp;

/// Records of both ends that are remembered.
const MAX_BEATS: usize = 32;

/// How long after its announcement a connection may begin.
const LATE: Duration = Duration::from_secs(30);

/// Lines that may come between an announcement and the connection.
const LINES_BETWEEN: usize = 3;

/// What a cipher adds to a line, where it adds always the same: TLS 1.3 the content type and a tag
/// (RFC 8446 §5.2); TLS 1.2 a nonce and a tag with GCM (RFC 5288 §3), a tag with ChaCha20 (RFC 7905).
const ADDED: [usize; 3] = [1 + 16, 8 + 16, 16];

/// Block ciphers: the block, and the MACs of SHA-1, SHA-256 and SHA-384 (RFC 5246 §6.2.3.2).
const BLOCK: usize = 16;
const MACS: [usize; 3] = [20, 32, 48];

/// Words and signs around the digits of `227 Entering Passive Mode (…)`, without the parentheses,
/// with them, and with a full stop; the line end is counted.
const PASV: [usize; 3] = [28, 30, 31];

/// The same around the port of 229: `229 Extended Passive mode OK (|||…|)` and `229 Entering Extended
/// Passive Mode (|||…|)`, with and without a full stop.
const EPSV: [usize; 3] = [37, 43, 44];

/// The latest encrypted records.
#[derive(Clone, Debug, Default)]
pub(super) struct Rhythm {
    beats: VecDeque<Beat>,
    /// Records of the server so far.
    pub(super) replies: u64,
}

#[derive(Clone, Copy, Debug)]
struct Beat {
    from_client: bool,
    length: usize,
    at: Moment,
}

impl Rhythm {
    /// A record with encrypted application data.
    pub(super) fn note(&mut self, from_client: bool, length: usize, at: Moment) {
        self.replies += u64::from(!from_client);
        if self.beats.len() == MAX_BEATS {
            self.beats.pop_front();
        }
        self.beats.push_back(Beat {
            from_client,
            length,
            at,
        });
    }

    /// The latest record that may have announced a connection that begins at `then`.
    pub(super) fn latest(&self, then: Timestamp) -> Option<Moment> {
        self.before(then).next().map(|beat| beat.at)
    }

    /// A record before `then` that is as long as the announcement of `endpoint`: of the server in
    /// passive mode, of the client in active mode.
    pub(super) fn announcement(
        &self,
        mode: Mode,
        endpoint: SocketAddr,
        then: Timestamp,
    ) -> Option<Moment> {
        let by_client = mode == Mode::Active;
        let lines = lines(mode, endpoint);
        let of_announcer = self
            .before(then)
            .filter(|beat| beat.from_client == by_client);
        of_announcer
            .take(LINES_BETWEEN)
            .find(|beat| lines.iter().any(|line| holds(beat.length, *line)))
            .map(|beat| beat.at)
    }

    /// Records that are not too old at `then`, latest first.
    fn before(&self, then: Timestamp) -> impl Iterator<Item = &Beat> {
        let recent = move |beat: &&Beat| then >= beat.at.time && then.since(beat.at.time) < LATE;
        self.beats.iter().rev().filter(recent)
    }
}

/// The lengths of the lines that announce an endpoint.
fn lines(mode: Mode, endpoint: SocketAddr) -> Vec<usize> {
    let port = endpoint.port();
    let digits = port.to_string().len();
    let address = endpoint.ip().to_string().len();
    let [high, low] = port.to_be_bytes();
    let list = address + format!(",{high},{low}").len();
    let is_v4 = matches!(endpoint.ip(), IpAddr::V4(_));
    match mode {
        Mode::Passive => {
            let pasv = PASV.iter().map(|words| words + list).filter(|_| is_v4);
            pasv.chain(EPSV.iter().map(|words| words + digits))
                .collect()
        }
        Mode::Active => {
            let eprt = "EPRT |1|||\r\n".len() + address + digits;
            let port = Some("PORT \r\n".len() + list).filter(|_| is_v4);
            port.into_iter().chain([eprt]).collect()
        }
    }
}

/// Whether a record of this length may hold a line of that length.
fn holds(record: usize, line: usize) -> bool {
    let by_block = || {
        let explicit = record.checked_sub(BLOCK);
        explicit.is_some_and(|body| {
            MACS.iter().any(|mac| {
                let mac_inside = body.is_multiple_of(BLOCK) && padded(line + mac).contains(&body);
                let mac_behind = body
                    .checked_sub(*mac)
                    .is_some_and(|body| body.is_multiple_of(BLOCK) && padded(line).contains(&body));
                mac_inside || mac_behind
            })
        })
    };
    ADDED.iter().any(|added| record == line + added) || by_block()
}

/// With at least one byte of padding, and at most a block of it.
fn padded(length: usize) -> RangeInclusive<usize> {
    length + 1..=length + BLOCK
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    fn at(seconds: u64) -> Moment {
        Moment {
            time: Timestamp::new(seconds, 0),
            ..Moment::default()
        }
    }

    fn endpoint(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_announcement_is_known_by_its_length() {
        let port = endpoint("203.0.113.20:35964");
        for line in [
            "227 Entering Passive Mode (203,0,113,20,140,124).\r\n",
            "227 Entering Passive Mode (203,0,113,20,140,124)\r\n",
            "227 Entering Passive Mode 203,0,113,20,140,124\r\n",
            "229 Entering Extended Passive Mode (|||35964|)\r\n",
            "229 Entering Extended Passive Mode (|||35964|).\r\n",
            "229 Extended Passive mode OK (|||35964|)\r\n",
        ] {
            assert!(lines(Mode::Passive, port).contains(&line.len()), "{line}");
        }
        for line in [
            "PORT 203,0,113,20,140,124\r\n",
            "EPRT |1|203.0.113.20|35964|\r\n",
        ] {
            assert!(lines(Mode::Active, port).contains(&line.len()), "{line}");
        }
        let port = endpoint("[2001:db8::1]:1025");
        let line = "EPRT |2|2001:db8::1|1025|\r\n";
        assert_eq!(lines(Mode::Active, port), [line.len()]);
    }

    #[test]
    fn every_cipher_is_allowed_for() {
        let line = 51;
        // TLS 1.3; GCM; ChaCha20; CBC with SHA-1, the MAC inside and behind.
        for record in [68, 75, 67, 16 + 80, 16 + 64 + 20] {
            assert!(holds(record, line), "{record}");
        }
        for record in [51, 60, 70, 74, 16 + 81] {
            assert!(!holds(record, line), "{record}");
        }
    }

    #[test]
    fn only_the_latest_records_count() {
        let port = endpoint("203.0.113.20:35964");
        let mut rhythm = Rhythm::default();
        rhythm.note(false, 51 + 17, at(10));
        let found = |rhythm: &Rhythm, mode, seconds| {
            let found = rhythm.announcement(mode, port, Timestamp::new(seconds, 0));
            found.map(|at| at.time)
        };
        assert_eq!(found(&rhythm, Mode::Passive, 11), Some(at(10).time));
        assert_eq!(found(&rhythm, Mode::Active, 11), None);
        assert_eq!(found(&rhythm, Mode::Passive, 9), None);
        assert_eq!(found(&rhythm, Mode::Passive, 41), None);
        for seconds in 11..14 {
            rhythm.note(false, 33, at(seconds));
        }
        assert_eq!(found(&rhythm, Mode::Passive, 14), None);
        for seconds in 0..100 {
            rhythm.note(true, 33, at(seconds));
        }
        assert_eq!(rhythm.beats.len(), MAX_BEATS);
    }
}
