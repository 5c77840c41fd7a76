//! Stories of the captures in the repository.

use std::path::PathBuf;
use std::sync::Arc;

use crate::analyzer::{Analyzer, Event, Options};
use crate::capture::{self, Next, Source};
use crate::dashboard::model::{Dossier, SessionRow};
use crate::ftp::SessionEvent;

/// The dossiers of all sessions of a capture of the repository.
pub(crate) fn capture(name: &str) -> Vec<Arc<Dossier>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("captures")
        .join(name);
    let files = std::fs::read_dir(&folder).unwrap();
    let file = files
        .map(|file| file.unwrap().path())
        .find(|path| path.to_string_lossy().contains("/capture."))
        .unwrap();
    let mut source = capture::open(&[file]).unwrap();
    let mut analyzer = Analyzer::new(&Options::default());
    let mut events = Vec::new();
    while let Next::Packet(packet) = source.next() {
        analyzer.push(&packet, &mut events);
    }
    analyzer.finish(&mut events);
    dossiers(events)
}

/// The dossiers of the sessions that events tell of.
pub(crate) fn dossiers(events: Vec<Event>) -> Vec<Arc<Dossier>> {
    let mut dossiers: Vec<Dossier> = Vec::new();
    for event in events {
        let session = match &event {
            Event::Session(event) => Some(event.session()),
            Event::Finding(finding) => finding.session,
        };
        if let Event::Session(SessionEvent::Opened(opened)) = &event {
            dossiers.push(Dossier {
                row: Arc::new(SessionRow::new(opened)),
                events: Vec::new(),
                given_up: false,
            });
        }
        let dossier = dossiers
            .iter_mut()
            .find(|dossier| Some(dossier.row.id) == session);
        if let Some(dossier) = dossier {
            Arc::make_mut(&mut dossier.row).learn(&event);
            dossier.events.push(Arc::new(event));
        }
    }
    dossiers.into_iter().map(Arc::new).collect()
}
