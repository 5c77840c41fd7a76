//! A conversation is told the same way, however the network cuts, reorders and repeats it.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use ftpscope::analyzer::Event;
use ftpscope::ftp::SessionEvent;
use proptest::prelude::*;

mod support;

use support::analysis::analyzed;
use support::conversation::{Announce, Conversation};
use support::disorder;
use support::planned::{Planned, SECOND};
use support::random::Random;

/// Client and server, in both address families.
const HOSTS: [(&str, &str); 2] = [
    ("192.0.2.9:40000", "198.51.100.1:21"),
    ("[2001:db8::9]:40000", "[2001:db8::1]:21"),
];

/// A session with these transfers, downloads and uploads in turn.
fn conversation(hosts: usize, announcements: &[(Announce, Vec<u8>)]) -> Vec<Planned> {
    let (client, server) = HOSTS[hosts % HOSTS.len()];
    let (client, server) = (client.parse().unwrap(), server.parse().unwrap());
    let mut ftp = Conversation::new(client, server, 1_700_000_000 * SECOND);
    ftp.login("alice", "secret");
    ftp.exchange("FEAT", "211-Features:\r\n UTF8\r\n SIZE\r\n211 End");
    for (number, (how, bytes)) in announcements.iter().enumerate() {
        let channel = ftp.announce(*how, 50_000 + number as u16);
        let verb = if number % 2 == 0 { "RETR" } else { "STOR" };
        ftp.transfer(&format!("{verb} file-{number}"), channel, bytes);
    }
    ftp.quit();
    ftp.finish()
}

/// What the engine tells of these packets, without times and frames.
fn told(packets: &[Planned]) -> Vec<String> {
    let (analyzer, events) = analyzed(packets);
    let summary = analyzer.summary();
    let totals = (
        summary.sessions,
        summary.commands,
        summary.replies,
        &summary.channels,
    );
    let bytes = (summary.bytes_downloaded, summary.bytes_uploaded);
    let mut told: Vec<String> = events.iter().filter_map(exchange).collect();
    told.push(format!("{totals:?} {bytes:?}"));
    told
}

fn exchange(event: &Event) -> Option<String> {
    let Event::Session(SessionEvent::Exchange(exchange)) = event else {
        return None;
    };
    let replies = exchange
        .replies
        .iter()
        .map(|reply| (reply.code, &reply.text));
    let replies: Vec<_> = replies.collect();
    Some(format!(
        "{:?} {:?} {replies:?}",
        exchange.verb, exchange.argument
    ))
}

fn announcement() -> impl Strategy<Value = (Announce, Vec<u8>)> {
    let how = prop_oneof![Just(Announce::Epsv), Just(Announce::Eprt)];
    (how, prop::collection::vec(any::<u8>(), 0..4000))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn segments_do_not_matter(
        hosts in 0..HOSTS.len(),
        announcements in prop::collection::vec(announcement(), 0..4),
        seed: u64,
        longest in 1usize..600,
        window in 1usize..8,
        repeated in 0u64..200,
        overlapping in 0u64..400,
    ) {
        let packets = conversation(hosts, &announcements);
        let before = told(&packets);
        let mut random = Random::new(seed);
        let packets = disorder::cut(packets, &mut random, longest);
        let mut packets = disorder::overlap(packets, &mut random, overlapping);
        disorder::reorder(&mut packets, &mut random, window);
        let packets = disorder::duplicate(packets, &mut random, repeated);
        prop_assert_eq!(told(&packets), before);
    }

    #[test]
    fn loss_does_no_harm(
        announcements in prop::collection::vec(announcement(), 0..4),
        seed: u64,
        lost in 0u64..1000,
    ) {
        let mut packets = conversation(0, &announcements);
        let before = told(&packets).len();
        disorder::drop(&mut packets, &mut Random::new(seed), lost);
        prop_assert!(told(&packets).len() <= before);
    }
}
