//! Dossiers of the captures in the repository.

use std::path::PathBuf;
use std::sync::Arc;

use crate::analyzer::testing::events_of;
use crate::analyzer::{Analyzer, Event, Options, Summary};
use crate::capture::{self, Next, Source};
use crate::dashboard::model::{CaptureState, Dossier, Origin, Store};
use crate::ftp::{SessionEvent, SessionId};

/// The file of a capture of the repository.
pub(crate) fn file(name: &str) -> PathBuf {
    let captures = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("captures");
    let files = std::fs::read_dir(captures.join(name)).unwrap();
    let mut paths = files.map(|file| file.unwrap().path());
    let is_capture = |path: &PathBuf| path.to_string_lossy().contains("/capture.");
    paths.find(is_capture).unwrap()
}

/// The dossiers of all sessions of a capture of the repository.
pub(crate) fn capture(name: &str) -> Vec<Arc<Dossier>> {
    dossiers(events_of(&file(name)))
}

/// The dossier of the first session of a capture, as it was after some packets and as it is at
/// the end.
pub(crate) fn interrupted(name: &str, packets: u64) -> (Arc<Dossier>, Arc<Dossier>) {
    let mut source = capture::open(&[file(name)]).unwrap();
    let mut analyzer = Analyzer::new(&Options::default());
    let mut events = Vec::new();
    while let Next::Packet(packet) = source.next() {
        analyzer.push(&packet, &mut events);
        if packet.frame.number() == packets {
            break;
        }
    }
    let mut known = (*dossiers(events)[0]).clone();
    let doing = analyzer.under_way(known.row.id).into_iter();
    known.under_way = doing.map(|event| Arc::new(Event::Session(event))).collect();
    (Arc::new(known), capture(name).remove(0))
}

/// The dossiers of the sessions that events tell of, as the dashboard keeps them.
pub(crate) fn dossiers(events: Vec<Event>) -> Vec<Arc<Dossier>> {
    let mut store = Store::default();
    let mut sessions: Vec<SessionId> = Vec::new();
    for event in events {
        if let Event::Session(SessionEvent::Opened(opened)) = &event {
            sessions.push(opened.session);
        }
        store.event(event);
    }
    store.want(sessions);
    let capture = CaptureState::new(Origin::File("capture.pcap".to_owned()));
    store.delta(capture, Summary::default()).dossiers
}
