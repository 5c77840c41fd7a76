//! The worker: what takes long and needs the disk.

use std::collections::HashMap;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender};
use std::thread;

use super::app::Msg;
use super::model::{Dossier, Problem};
use super::packets;
use super::run::Incoming;
use super::story::{Export, Story};
use crate::analyzer::{Analyzer, Event, Options, Summary};
use crate::capture::{self, Frame, Next, Source};
use crate::diagnosis::Finding;
use crate::escape;
use crate::ftp::SessionEvent;
use crate::output::{self, Context, Format, text};
use crate::save::{self, Selection, Target};
use crate::time::Precision;

/// The forms in which sessions can be saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Their packets.
    Pcapng,
    /// What the engine tells of them, an object a line.
    Json,
    /// What was said, line by line.
    Transcript,
    /// The report in Markdown.
    Report,
    /// Findings and transcript, to paste into a ticket.
    Ticket,
    /// Sequence diagrams.
    Mermaid,
    /// A table of transfers.
    Csv,
}

impl Form {
    /// All of them.
    pub(crate) const ALL: [Self; 7] = [
        Self::Pcapng,
        Self::Json,
        Self::Transcript,
        Self::Report,
        Self::Ticket,
        Self::Mermaid,
        Self::Csv,
    ];

    /// Stories are exported one by one.
    fn export(self) -> Option<(Export, &'static str, &'static str)> {
        let export = match self {
            Self::Transcript => Export::Transcript,
            Self::Ticket => Export::Markdown,
            Self::Mermaid => Export::Mermaid,
            _ => return None,
        };
        Export::ALL.into_iter().find(|(known, ..)| *known == export)
    }

    /// How the names of such files end.
    pub(crate) fn extension(self) -> &'static str {
        if let Some((_, extension, _)) = self.export() {
            return extension;
        }
        match self {
            Self::Pcapng => "pcapng",
            Self::Json => "jsonl",
            Self::Csv => "csv",
            _ => "md",
        }
    }

    /// Its words.
    pub(crate) fn words(self) -> &'static str {
        if let Some((_, _, words)) = self.export() {
            return words;
        }
        match self {
            Self::Pcapng => "packets (pcapng), control and data",
            Self::Json => "JSON lines",
            Self::Csv => "table of transfers (CSV)",
            _ => "full report in Markdown",
        }
    }
}

/// What is to be saved.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// These sessions.
    pub(crate) sessions: Vec<u32>,
    /// Of them, only what proves these findings; all where there is none.
    pub(crate) problems: Vec<Arc<Problem>>,
    /// In this form.
    pub(crate) form: Form,
    /// To this file.
    pub(crate) path: PathBuf,
    /// The file may be there, and is replaced.
    pub(crate) replace: bool,
    /// The totals of the capture.
    pub(crate) summary: Summary,
}

/// How saving went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// It was saved; in words.
    Saved(String),
    /// The file is there already.
    Exists,
    /// It was not saved; why.
    Failed(String),
}

/// Something for the worker to do.
#[derive(Debug)]
pub(crate) enum Job {
    /// To read packets again.
    Packets(Vec<Frame>),
    /// To save sessions.
    Save(Box<Request>, Vec<Dossier>),
}

/// Where packets can be read again.
#[derive(Clone, Debug)]
pub(super) enum Packets {
    /// From the captures.
    Files(Vec<PathBuf>),
    /// From a spool, in which they have other numbers.
    Spool(PathBuf),
}

impl Packets {
    fn files(&self) -> &[PathBuf] {
        match self {
            Self::Files(files) => files,
            Self::Spool(path) => std::slice::from_ref(path),
        }
    }
}

/// Starts the worker on captures that can be read again.
pub(super) fn start(
    source: Packets,
    jobs: Receiver<Job>,
    out: SyncSender<Incoming>,
) -> io::Result<()> {
    let work = move || {
        for job in jobs {
            let msg = match job {
                Job::Packets(frames) => Msg::Packets(match &source {
                    Packets::Files(files) => packets::read(files, &frames),
                    Packets::Spool(_) => Vec::new(),
                }),
                Job::Save(request, dossiers) => Msg::Told(save(&source, &request, &dossiers)),
            };
            if out.send(Incoming::Msg(msg)).is_err() {
                return;
            }
        }
    };
    thread::Builder::new().name("worker".into()).spawn(work)?;
    Ok(())
}

fn save(source: &Packets, request: &Request, dossiers: &[Dossier]) -> Told {
    let given_up = dossiers.iter().filter(|dossier| dossier.given_up).count();
    let result = match request.form {
        Form::Pcapng => save_packets(source, request, dossiers),
        _ => save_text(request, dossiers),
    };
    match result {
        Ok(mut text) => {
            if given_up > 0 {
                text += &format!(" (without {given_up} whose details were given up)");
            }
            Told::Saved(text)
        }
        Err(save::Problem::Exists(_)) => Told::Exists,
        Err(problem) => Told::Failed(escape::line(problem.to_string().as_bytes()).into_owned()),
    }
}

fn save_packets(
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

fn save_text(request: &Request, dossiers: &[Dossier]) -> Result<String, save::Problem> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => save::Problem::Exists(request.path.clone()),
        _ => save::Problem::Io(request.path.clone(), error),
    };
    let mut options = OpenOptions::new();
    options.write(true);
    match request.replace {
        true => options.create(true).truncate(true),
        false => options.create_new(true),
    };
    let mut file = options.open(&request.path).map_err(failed)?;
    write(request, dossiers, &mut file).map_err(failed)?;
    Ok(format!(
        "{}: {}",
        shown(&request.path),
        sessions(dossiers.len())
    ))
}

fn write(request: &Request, dossiers: &[Dossier], file: &mut std::fs::File) -> io::Result<()> {
    if let Some((form, ..)) = request.form.export() {
        return export(form, dossiers, file);
    }
    let format = match request.form {
        Form::Json => Format::Json,
        Form::Csv => Format::Csv,
        _ => Format::Markdown,
    };
    let out = io::BufWriter::new(file.try_clone()?);
    let mut sink = output::open(format, out, false, report_options());
    let context = Context {
        inputs: &[],
        precision: Precision::default(),
    };
    for dossier in dossiers {
        let events = dossier.events.iter();
        let mut batch: Vec<Event> = events.map(|event| event.as_ref().clone()).collect();
        sink.events(&mut batch, context)?;
    }
    sink.finish(&request.summary, context)
}

fn report_options() -> text::Options {
    text::Options {
        width: 100,
        colour: false,
        ascii: false,
        summary: false,
        all: true,
        show_passwords: false,
        wireshark: true,
    }
}

fn export(form: Export, dossiers: &[Dossier], file: &mut impl Write) -> io::Result<()> {
    for dossier in dossiers {
        let story = Story::new(&[Arc::new(dossier.clone())]);
        file.write_all(form.text(&story).as_bytes())?;
        file.write_all(b"\n")?;
    }
    Ok(())
}

fn sessions(count: usize) -> String {
    super::number::count(count as u64, "session")
}

fn shown(path: &Path) -> String {
    escape::line(path.as_os_str().as_encoded_bytes()).into_owned()
}
