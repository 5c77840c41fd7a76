//! The whole engine, from a file to events, on every kind of capture.
//!
//! `cargo bench --bench pipeline`; the throughput is that of the file.
#![allow(missing_docs, reason = "criterion's macros define public items")]
#![allow(clippy::expect_used, reason = "a benchmark that cannot run may panic")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ftpscope::analyzer::{Analyzer, Options};

mod common;

use common::{Capture, Kind, MB};

fn pipeline(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("pipeline");
    group.sample_size(10);
    for (kind, size) in [
        (Kind::Bulk, 50 * MB),
        (Kind::Chatty, 20 * MB),
        (Kind::Mixed, 50 * MB),
        (Kind::Lossy, 20 * MB),
        (Kind::Dense, 20 * MB),
    ] {
        let capture = Capture::new(kind, size);
        group.throughput(Throughput::Bytes(capture.truth.bytes));
        group.bench_function(kind.name(), |bencher| bencher.iter(|| analyze(&capture)));
    }
    group.finish();
}

/// Analyses a capture as the command line does, with the events counted in place of written.
fn analyze(capture: &Capture) -> usize {
    let mut analyzer = Analyzer::new(&Options::default());
    let (mut events, mut count) = (Vec::new(), 0);
    capture.read(|packet| {
        analyzer.push(packet, &mut events);
        count += events.drain(..).len();
    });
    analyzer.finish(&mut events);
    count + events.len()
}

criterion_group!(benches, pipeline);
criterion_main!(benches);
