//! What each stage costs: every benchmark does what the one before it does, and one stage more.
//!
//! `cargo bench --bench stages`; the throughput is in packets.
#![allow(missing_docs, reason = "criterion's macros define public items")]
#![allow(clippy::expect_used, reason = "a benchmark that cannot run may panic")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ftpscope::capture::Moment;
use ftpscope::decode::{Decoded, Decoder};
use ftpscope::ftp::{Observer, Scene, SessionEvent, Tracker, Tracking};
use ftpscope::tcp::{
    Connection, Consumer, FlowId, FlowTable, Flows, Interest, Limits, StreamEvent,
};

mod common;

use common::{Capture, Kind, MB};

fn stages(criterion: &mut Criterion) {
    for (kind, size) in [(Kind::Bulk, 50 * MB), (Kind::Chatty, 20 * MB)] {
        let capture = Capture::new(kind, size);
        let mut group = criterion.benchmark_group(format!("stages/{}", kind.name()));
        group
            .sample_size(10)
            .throughput(Throughput::Elements(capture.truth.packets));
        group.bench_function("1 read", |bencher| bencher.iter(|| read(&capture)));
        group.bench_function("2 decode", |bencher| bencher.iter(|| decode(&capture)));
        group.bench_function("3 tcp", |bencher| bencher.iter(|| follow(&capture)));
        group.bench_function("4 ftp", |bencher| bencher.iter(|| track(&capture)));
        group.finish();
    }
}

fn read(capture: &Capture) {
    capture.read(|packet| {
        black_box(packet.data);
    });
}

fn decode(capture: &Capture) {
    let mut decoder = Decoder::new();
    capture.read(|packet| {
        black_box(decoder.push(packet));
    });
}

fn follow(capture: &Capture) -> u64 {
    let (mut decoder, mut flows) = (Decoder::new(), FlowTable::new(Limits::default()));
    let mut counter = Counter::default();
    capture.read(|packet| {
        flows.advance(packet.time, &mut counter);
        if let Decoded::Segment(segment) = decoder.push(packet) {
            flows.push(&segment, &mut counter);
        }
    });
    flows.finish(&mut counter);
    counter.bytes
}

/// A consumer that reads control connections as the tracker does, and makes nothing of them.
#[derive(Default)]
struct Counter {
    bytes: u64,
}

impl Consumer for Counter {
    fn event(&mut self, flows: &mut Flows, id: FlowId, event: StreamEvent<'_>) {
        if let StreamEvent::Data { bytes, .. } = event {
            self.bytes += bytes.len() as u64;
        }
        let control = |flow: &Connection| flow.responder().port() == 21;
        if matches!(event, StreamEvent::Open) && flows.get(id).is_some_and(control) {
            flows.set_interest(id, Interest::Bytes);
        }
    }
}

fn track(capture: &Capture) -> u64 {
    let (mut decoder, mut flows) = (Decoder::new(), FlowTable::new(Limits::default()));
    let (mut tracker, mut listener) = (Tracker::new(&[]), Listener::default());
    capture.read(|packet| {
        tracker.advance(packet.time, flows.flows_mut(), &mut listener);
        tracker.at(Moment {
            frame: packet.frame,
            time: packet.time,
        });
        let mut tracking = Tracking {
            tracker: &mut tracker,
            observer: &mut listener,
        };
        flows.advance(packet.time, &mut tracking);
        if let Decoded::Segment(segment) = decoder.push(packet) {
            flows.push(&segment, &mut tracking);
        }
    });
    flows.finish(&mut Tracking {
        tracker: &mut tracker,
        observer: &mut listener,
    });
    listener.events
}

/// Counts what the tracker tells.
#[derive(Default)]
struct Listener {
    events: u64,
}

impl Observer for Listener {
    fn fact(&mut self, event: SessionEvent, _: &Scene<'_>) {
        black_box(event);
        self.events += 1;
    }
}

criterion_group!(benches, stages);
criterion_main!(benches);
