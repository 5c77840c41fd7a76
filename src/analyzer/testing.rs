//! What the tests of other modules start from.

use std::path::Path;

use super::{Analyzer, Event, Options};
use crate::capture::{self, Next, Source};

/// All that a capture tells, with the keys that it holds.
pub(crate) fn events_of(path: &Path) -> Vec<Event> {
    let mut source = capture::open(&[path.to_owned()]).unwrap();
    let mut analyzer = Analyzer::new(&Options::default());
    let mut events = Vec::new();
    loop {
        if let Some(text) = source.take_secrets() {
            analyzer.secrets(&text, &mut events);
        }
        let Next::Packet(packet) = source.next() else {
            break;
        };
        analyzer.push(&packet, &mut events);
    }
    analyzer.finish(&mut events);
    events
}
