//! Stories of the captures in the repository.

use std::path::PathBuf;
use std::sync::Arc;

use crate::analyzer::{Analyzer, Event, Options};
use crate::capture::{self, Next, Source};
use crate::dashboard::model::{Dossier, SessionRow, Standing};
use crate::diagnosis::Severity;
use crate::escape;
use crate::ftp::{Directions, Login, Outcome, SessionEvent, SessionRecord, State};

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
                row: Arc::new(SessionRow {
                    id: opened.session,
                    client: opened.client,
                    server: opened.server,
                    started: opened.at,
                    last: opened.at.time,
                    standing: Standing::Open,
                    user: None,
                    last_said: Box::default(),
                    channels_ok: 0,
                    channels_failed: 0,
                    bytes: 0,
                    commands: 0,
                    protected: false,
                    midstream: opened.midstream,
                    is_over: false,
                    worst: None,
                    shown: true,
                }),
                events: Vec::new(),
                given_up: false,
            });
        }
        let dossier = dossiers
            .iter_mut()
            .find(|dossier| Some(dossier.row.id) == session);
        if let Some(dossier) = dossier {
            dossier.learn(&event);
            dossier.events.push(Arc::new(event));
        }
    }
    dossiers.into_iter().map(Arc::new).collect()
}

impl Dossier {
    fn learn(&mut self, event: &Event) {
        let row = Arc::make_mut(&mut self.row);
        match event {
            Event::Finding(finding) if finding.severity == Severity::Error => {
                row.standing = Standing::Fail;
            }
            Event::Session(SessionEvent::Channel(channel)) => {
                if channel.outcome == Outcome::Failed {
                    row.channels_failed += 1;
                    row.standing = Standing::Fail;
                }
            }
            Event::Session(SessionEvent::Ended(record)) => {
                let user = record.user.as_deref();
                row.user = user.map(|user| escape::line(user).into());
                if row.standing != Standing::Fail {
                    row.standing = standing(record);
                }
                row.is_over = true;
            }
            _ => {}
        }
    }
}

fn standing(record: &SessionRecord) -> Standing {
    match record.state {
        State::Refused | State::Unanswered | State::Unreachable => Standing::Fail,
        _ if record.login == Login::Rejected => Standing::Auth,
        _ if record.tls.is_some() => Standing::Tls,
        State::Reset => Standing::Abort,
        _ if record.midstream || record.directions != Directions::Both => Standing::Part,
        State::Open => Standing::Open,
        State::Closed => Standing::Ok,
    }
}
