//! `ftpscope analyze`: captures in, a report out.

use std::fs::{self, File};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use super::arguments::{Analyze, Form, Output};
use super::progress::Progress;
use super::{Exit, complain, save, terminal};
use crate::analyzer::{Analyzer, Options};
use crate::capture;
use crate::diagnosis::Severity;
use crate::escape;
use crate::output::{self, Sink};
use crate::run::{self, Report};
use crate::save::{Collector, Selection, Target};
use crate::select::{Filter, Query};

/// Bytes of output that are written at a time.
const BUFFER: usize = 64 * 1024;

/// Does what the arguments say.
pub(super) fn run(arguments: &Analyze) -> io::Result<Exit> {
    let files = match files(&arguments.files, "analyze") {
        Ok(files) => files,
        Err(problem) => {
            complain(&problem);
            return Ok(Exit::Wrong);
        }
    };
    match begin(arguments, &files) {
        Ok(begun) => work(arguments, &files, begun),
        Err(problem) => {
            complain(&problem);
            Ok(Exit::Wrong)
        }
    }
}

/// What is ready when the reading begins.
struct Begun {
    query: Query,
    target: Option<Target>,
    sink: Box<dyn Sink>,
}

fn begin(arguments: &Analyze, files: &[PathBuf]) -> Result<Begun, String> {
    let target = save::target(&arguments.save);
    if let Some(target) = &target {
        save::check(target, files)?;
    }
    let query = arguments
        .filter
        .query()
        .map_err(|error| error.to_string())?;
    Ok(Begun {
        query: save::resolve(query, files)?,
        target,
        sink: open_sink(arguments, files)?,
    })
}

fn work(arguments: &Analyze, files: &[PathBuf], mut begun: Begun) -> io::Result<Exit> {
    let mut selection = Selection::default();
    let mut exit = Exit::Done;
    for group in groups(files, arguments.input.separate) {
        let sink = begun.sink.as_mut();
        let report = match &begun.target {
            None => analyze(arguments, &begun.query, group, sink)?,
            Some(_) => {
                let selection = &mut selection;
                let mut collector = Collector { sink, selection };
                analyze(arguments, &begun.query, group, &mut collector)?
            }
        };
        let Some(report) = report else {
            return Ok(Exit::Wrong);
        };
        exit = exit.worst(judge(arguments, &report));
    }
    Ok(match &begun.target {
        Some(target) => exit.worst(save::save(target, files, &selection)),
        None => exit,
    })
}

/// The files to read; without any, standard input if something comes from there.
pub(super) fn files(given: &[PathBuf], command: &str) -> Result<Vec<PathBuf>, String> {
    let reads_terminal = |file: &Path| file == Path::new("-") && io::stdin().is_terminal();
    match given {
        [] if io::stdin().is_terminal() => Err(format!(
            "no capture is given: name a FILE, or send one to standard input \
             (tcpdump -w - | ftpscope {command} -)"
        )),
        [] => Ok(vec![PathBuf::from("-")]),
        files if files.iter().any(|file| reads_terminal(file)) => Err(format!(
            "`-` reads a capture from standard input, but that is a terminal: send one \
             there (tcpdump -w - | ftpscope {command} -), or name a FILE"
        )),
        files if files.iter().filter(|file| *file == Path::new("-")).count() > 1 => {
            Err("`-` is given twice, but standard input can be read only once".to_owned())
        }
        files => Ok(files.to_vec()),
    }
}

fn groups(files: &[PathBuf], separate: bool) -> impl Iterator<Item = &[PathBuf]> {
    files.chunks(if separate { 1 } else { files.len().max(1) })
}

fn open_sink(arguments: &Analyze, files: &[PathBuf]) -> Result<Box<dyn Sink>, String> {
    let path = arguments.output.output.as_deref();
    let out: Box<dyn Write + Send> = match path {
        Some(path) => Box::new(create(path, files)?),
        None => Box::new(io::stdout()),
    };
    let show_passwords = arguments.output.show_passwords;
    let text = terminal::options(&arguments.report, path.is_some(), show_passwords);
    let out = BufWriter::with_capacity(BUFFER, out);
    let format = arguments.output.format.into();
    Ok(output::apart(move || {
        output::open(format, out, show_passwords, text)
    }))
}

/// Creates the output file, which must not be one of the captures.
fn create(path: &Path, files: &[PathBuf]) -> Result<File, String> {
    let same = |file: &PathBuf| match (fs::canonicalize(file), fs::canonicalize(path)) {
        (Ok(file), Ok(path)) => file == path,
        _ => false,
    };
    if files.iter().any(same) {
        return Err(format!(
            "{}: is a capture to read; give --output another name",
            escape::path(path)
        ));
    }
    File::create(path)
        .map_err(|error| format!("{}: cannot be written: {error}", escape::path(path)))
}

/// One run over some files as one capture; `None` when there are too many, or when their keys cannot
/// be read.
fn analyze(
    arguments: &Analyze,
    query: &Query,
    files: &[PathBuf],
    sink: &mut dyn Sink,
) -> io::Result<Option<Report>> {
    let mut source = match capture::open(files) {
        Ok(source) => source,
        Err(error) => {
            complain(&error.to_string());
            return Ok(None);
        }
    };
    let options = Options {
        ports: arguments.input.port.clone(),
        memory: arguments
            .input
            .max_memory
            .map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX)),
        ..Options::default()
    };
    let mut analyzer = Analyzer::new(&options);
    if let Err(problem) = arguments.input.keys.read(&mut analyzer) {
        complain(&problem);
        return Ok(None);
    }
    let filter = Filter::new(query.clone());
    let mut progress = Progress::begin(streams_to_terminal(arguments));
    let mut report = run::run(&mut source, analyzer, filter, sink, &mut progress);
    drop(progress);
    std::mem::replace(&mut report.written, Ok(()))?;
    Ok(Some(report))
}

/// The output comes while the captures are read, and to the terminal.
fn streams_to_terminal(arguments: &Analyze) -> bool {
    let Output { format, output, .. } = &arguments.output;
    *format != Form::Text && output.is_none() && io::stdout().is_terminal()
}

/// Names the broken inputs, and says how the program should end.
fn judge(arguments: &Analyze, report: &Report) -> Exit {
    let mut exit = match arguments.output.fail_on.map(Severity::from) {
        Some(level) if report.worst >= Some(level) => Exit::Found,
        _ => Exit::Done,
    };
    for (name, fault) in report.broken() {
        let name = crate::escape::line(name.as_bytes());
        complain(&format!("{name}: {fault}"));
        exit = Exit::Wrong;
    }
    exit
}
