//! What the engine makes of packets.

use ftpscope::analyzer::{Analyzer, Event, Options};
use ftpscope::capture::{Frame, LinkType, Next, Packet, Source};
use ftpscope::time::Timestamp;

use super::packets::Link;
use super::planned::Planned;

/// The engine after these packets, and all that it told.
pub fn analyzed(packets: &[Planned]) -> (Analyzer, Vec<Event>) {
    analyzed_with(&Options::default(), packets)
}

/// The same with other options.
pub fn analyzed_with(options: &Options, packets: &[Planned]) -> (Analyzer, Vec<Event>) {
    run(options, frames(packets))
}

/// The same with Ethernet frames, each with its time in nanoseconds.
pub fn analyzed_frames(frames: impl IntoIterator<Item = (u64, Vec<u8>)>) -> (Analyzer, Vec<Event>) {
    run(&Options::default(), frames)
}

/// The same with the keys of TLS.
pub fn analyzed_with_keys(keys: &str, packets: &[Planned]) -> Vec<Event> {
    let (mut analyzer, mut events) = (Analyzer::new(&Options::default()), Vec::new());
    analyzer.secrets(keys.as_bytes(), &mut events);
    feed(&mut analyzer, frames(packets), &mut events);
    events
}

/// What an engine tells of a source that it reads to its end, with the keys that come with it.
pub fn read(analyzer: &mut Analyzer, source: &mut impl Source) -> Vec<Event> {
    let mut events = Vec::new();
    let mut over = false;
    while !over {
        match source.next() {
            Next::Packet(packet) => analyzer.push(&packet, &mut events),
            Next::Idle(now) => analyzer.advance(now, &mut events),
            Next::End => over = true,
        }
        if let Some(keys) = source.take_secrets() {
            analyzer.secrets(&keys, &mut events);
        }
    }
    analyzer.finish(&mut events);
    events
}

/// A frame of Ethernet as the engine takes it, at a time in nanoseconds.
pub fn ethernet(number: u64, time: u64, frame: &[u8]) -> Packet<'_> {
    Packet {
        frame: Frame::new(0, number),
        time: Timestamp::from_nanos(time),
        link: LinkType(Link::Ethernet.link_type()),
        wire_len: frame.len() as u32,
        data: frame,
        plain: None,
    }
}

fn frames(packets: &[Planned]) -> impl Iterator<Item = (u64, Vec<u8>)> {
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
        analyzer.push(&ethernet(number, time, &data), events);
    }
    analyzer.finish(events);
}
