//! What the engine makes of packets.

use ftpscope::analyzer::{Analyzer, Event, Options};
use ftpscope::capture::{Frame, LinkType, Packet};
use ftpscope::time::Timestamp;

use super::packets::Link;
use super::planned::Planned;

/// The engine after these packets, and all that it told.
pub fn analyzed(packets: &[Planned]) -> (Analyzer, Vec<Event>) {
    analyzed_with(&Options::default(), packets)
}

/// The same with other options.
pub fn analyzed_with(options: &Options, packets: &[Planned]) -> (Analyzer, Vec<Event>) {
    run(options, ethernet(packets))
}

/// The same with Ethernet frames, each with its time in nanoseconds.
pub fn analyzed_frames(frames: impl IntoIterator<Item = (u64, Vec<u8>)>) -> (Analyzer, Vec<Event>) {
    run(&Options::default(), frames)
}

/// The same with the keys of TLS.
pub fn analyzed_with_keys(keys: &str, packets: &[Planned]) -> Vec<Event> {
    let (mut analyzer, mut events) = (Analyzer::new(&Options::default()), Vec::new());
    analyzer.secrets(keys.as_bytes(), &mut events);
    feed(&mut analyzer, ethernet(packets), &mut events);
    events
}

fn ethernet(packets: &[Planned]) -> impl Iterator<Item = (u64, Vec<u8>)> {
    packets.iter().map(|packet| {
        let mut frame = Vec::new();
        packet.write(&mut frame, Link::Ethernet);
        (packet.time, frame)
    })
}

fn run(
    options: &Options,
    frames: impl IntoIterator<Item = (u64, Vec<u8>)>,
) -> (Analyzer, Vec<Event>) {
    let mut analyzer = Analyzer::new(options);
    let mut events = Vec::new();
    feed(&mut analyzer, frames, &mut events);
    (analyzer, events)
}

fn feed(
    analyzer: &mut Analyzer,
    frames: impl IntoIterator<Item = (u64, Vec<u8>)>,
    events: &mut Vec<Event>,
) {
    for (number, (time, data)) in (1..).zip(frames) {
        let packet = Packet {
            frame: Frame::new(0, number),
            time: Timestamp::from_nanos(time),
            link: LinkType(Link::Ethernet.link_type()),
            wire_len: data.len() as u32,
            data: &data,
            plain: None,
        };
        analyzer.push(&packet, events);
    }
    analyzer.finish(events);
}
