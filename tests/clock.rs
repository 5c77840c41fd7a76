//! One packet with a wild time stamp changes nothing of what the others tell.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use ftpscope::analyzer::{Analyzer, Event, Options};
use ftpscope::capture::Frame;
use ftpscope::time::Timestamp;

mod support;

use support::analysis::ethernet;
use support::captures::captures;
use support::flood::SynFlood;
use support::kept::Kept;

/// All that is told of `packets`, with a SYN between strangers before the packet at `place`, whose
/// time stamp is `wild`.
fn told(packets: &[Kept], wild: Option<(usize, Timestamp)>) -> Vec<String> {
    let mut analyzer = Analyzer::new(&Options::default());
    let mut events = Vec::new();
    for (place, kept) in packets.iter().enumerate() {
        if let Some((_, time)) = wild.filter(|(at, _)| *at == place) {
            let mut flood = SynFlood::new([198, 18, 0, 1].into(), 8080);
            let mut packet = ethernet(1, 0, flood.next());
            (packet.frame, packet.time) = (Frame::new(9, 1), time);
            analyzer.push(&packet, &mut events);
        }
        analyzer.push(&kept.packet(), &mut events);
    }
    analyzer.finish(&mut events);
    events
        .iter()
        .map(|event: &Event| format!("{event:?}"))
        .collect()
}

#[test]
fn a_wild_time_stamp_changes_nothing_of_other_sessions() {
    // Every third is enough, and so are two places in each.
    for capture in captures().iter().step_by(3) {
        let packets = Kept::all(capture);
        let expected = told(&packets, None);
        for place in [packets.len() / 3, packets.len() * 2 / 3] {
            let time = packets[place].time;
            let hour = 3_600_000_000_000;
            for wild in [
                Timestamp::from_nanos(u64::MAX),
                Timestamp::from_nanos(time.as_nanos() + hour),
                Timestamp::from_nanos(time.as_nanos() - hour),
                Timestamp::default(),
            ] {
                let told = told(&packets, Some((place, wild)));
                let differs = expected.iter().zip(&told).find(|(one, other)| one != other);
                assert_eq!(differs, None, "{}", capture.display());
                assert_eq!(told.len(), expected.len(), "{}", capture.display());
            }
        }
    }
}
