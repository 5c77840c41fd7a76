//! The worker: what takes long and needs the disk.

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
use crate::analyzer::{Event, Summary};
use crate::capture::Frame;
use crate::escape;
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
    /// Sequence diagrams.
    Mermaid,
    /// A table of transfers.
    Csv,
}

impl Form {
    /// All of them.
    pub(crate) const ALL: [Self; 6] = [
        Self::Pcapng,
        Self::Json,
        Self::Transcript,
        Self::Report,
        Self::Mermaid,
        Self::Csv,
    ];

    /// How the names of such files end.
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Pcapng => "pcapng",
            Self::Json => "jsonl",
            Self::Transcript => "txt",
            Self::Report => "md",
            Self::Mermaid => "mmd",
            Self::Csv => "csv",
        }
    }

    /// Its words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Pcapng => "packets (pcapng), control and data",
            Self::Json => "JSON lines",
            Self::Transcript => "transcript",
            Self::Report => "report in Markdown",
            Self::Mermaid => "sequence diagrams (Mermaid)",
            Self::Csv => "table of transfers (CSV)",
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

/// Starts the worker on captures that can be read again.
pub(super) fn start(
    files: Vec<PathBuf>,
    jobs: Receiver<Job>,
    out: SyncSender<Incoming>,
) -> io::Result<()> {
    let work = move || {
        for job in jobs {
            let msg = match job {
                Job::Packets(frames) => Msg::Packets(packets::read(&files, &frames)),
                Job::Save(request, dossiers) => Msg::Told(save(&files, &request, &dossiers)),
            };
            if out.send(Incoming::Msg(msg)).is_err() {
                return;
            }
        }
    };
    thread::Builder::new().name("worker".into()).spawn(work)?;
    Ok(())
}

fn save(files: &[PathBuf], request: &Request, dossiers: &[Dossier]) -> Told {
    let given_up = dossiers.iter().filter(|dossier| dossier.given_up).count();
    let result = match request.form {
        Form::Pcapng => save_packets(files, request, dossiers),
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
    files: &[PathBuf],
    request: &Request,
    dossiers: &[Dossier],
) -> Result<String, save::Problem> {
    let target = Target {
        path: request.path.clone(),
        replace: request.replace,
    };
    target.check(files)?;
    let selection = selection(request, dossiers);
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
        let events = events.iter().map(AsRef::as_ref);
        selection.add_evidence(&problem.finding, events);
    }
    selection
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
    let format = match request.form {
        Form::Transcript => return export(Export::Transcript, dossiers, file),
        Form::Mermaid => return export(Export::Mermaid, dossiers, file),
        Form::Json => Format::Json,
        Form::Csv => Format::Csv,
        Form::Report | Form::Pcapng => Format::Markdown,
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
