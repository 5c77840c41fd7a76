//! Saving the packets of sessions.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use super::{Packets, Request, sessions, shown};
use crate::analyzer::{Analyzer, Event, Options};
use crate::capture::{self, Next, Source};
use crate::dashboard::model::Dossier;
use crate::diagnosis::Finding;
use crate::ftp::SessionEvent;
use crate::save::{self, Selection, Target};

/// Saves them; tells how many there are.
pub(super) fn save(
    source: &Packets,
    request: &Request,
    dossiers: &[Dossier],
) -> Result<String, save::Problem> {
    let target = Target {
        path: request.path.clone(),
        replace: request.replace,
    };
    let files = source.files();
    target.check(files)?;
    let selection = match source {
        Packets::Files(_) => selection(request, dossiers),
        Packets::Spool(_) => selection(request, &numbered_anew(files, dossiers)),
    };
    let mut go_on = |_| ControlFlow::Continue(());
    let plan = save::plan(files, &selection, &mut go_on)?;
    let saved = save::packets(&plan, &target, &mut go_on)?;
    Ok(format!(
        "{}: {} packets of {}",
        shown(&request.path),
        saved.packets,
        sessions(dossiers.len())
    ))
}

/// The same sessions with the numbers that their packets have in a spool, which is analysed anew.
fn numbered_anew(files: &[PathBuf], dossiers: &[Dossier]) -> Vec<Dossier> {
    let Ok(mut source) = capture::open(files) else {
        return Vec::new();
    };
    let mut analyzer = Analyzer::new(&Options::default());
    let (mut events, mut found) = (Vec::new(), Vec::new());
    while let Next::Packet(packet) = source.next() {
        analyzer.push(&packet, &mut events);
        found.append(&mut events);
    }
    analyzer.finish(&mut found);
    let mut same: HashMap<u32, Dossier> = HashMap::new();
    for event in found {
        if let Event::Session(SessionEvent::Opened(opened)) = &event {
            let is_it = |dossier: &&Dossier| {
                let row = &dossier.row;
                (row.client, row.server, row.started.time)
                    == (opened.client, opened.server, opened.at.time)
            };
            if let Some(dossier) = dossiers.iter().find(is_it) {
                let events = Vec::new();
                let dossier = Dossier {
                    events,
                    ..dossier.clone()
                };
                same.insert(opened.session, dossier);
            }
        }
        let session = match &event {
            Event::Session(event) => Some(event.session()),
            Event::Finding(finding) => finding.session,
        };
        if let Some(dossier) = session.and_then(|session| same.get_mut(&session)) {
            dossier.events.push(Arc::new(event));
        }
    }
    same.into_values().collect()
}

fn selection(request: &Request, dossiers: &[Dossier]) -> Selection {
    let mut selection = Selection::default();
    let events = |dossier: &Dossier| dossier.events.clone();
    if request.problems.is_empty() {
        let all = dossiers.iter().flat_map(events);
        all.for_each(|event| selection.add(&event));
        return selection;
    }
    for problem in &request.problems {
        let session = problem.finding.session;
        let dossier = dossiers
            .iter()
            .find(|dossier| Some(dossier.row.id) == session);
        let events = dossier.map_or(&[][..], |dossier| &dossier.events);
        // In a spool the finding cites packets by other numbers.
        let same = events.iter().find_map(|event| match &**event {
            Event::Finding(finding) if is_same(finding, &problem.finding) => Some(finding),
            _ => None,
        });
        let finding = same.unwrap_or(&problem.finding);
        selection.add_evidence(finding, events.iter().map(AsRef::as_ref));
    }
    selection
}

fn is_same(one: &Finding, other: &Finding) -> bool {
    (one.cause, one.channel, &one.summary) == (other.cause, other.channel, &other.summary)
}
