//! `ftpscope sniff`: events as they happen.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::arguments::sniff::{Capture, Form, Sniff};
use super::{Exit, complain, refuse, terminal};
use crate::analyzer::{Analyzer, Options};
use crate::capture::live::{self, End, Handle, Live, State, Stopper};
use crate::capture::{self, Fault, Source};
use crate::escape;
use crate::output::{self, Context, Csv, Sink};
use crate::rights::{self, Plan};
use crate::run::{self, Report};
use crate::select::{Filter, Query};
use crate::sniff::metrics::{Address, Board, Metrics};
use crate::sniff::signals::Signals;
use crate::sniff::{Duty, Memory, Pace, Screen, Spool, Status, Tally};

/// Why it cannot begin, for the user to read.
type Problem = String;

/// Where packets come from.
enum Opened {
    Interface(Box<Handle>),
    Pipe(PathBuf),
}

/// Does what the arguments say.
pub(super) fn run(arguments: &Sniff) -> io::Result<Exit> {
    Ok(begin(arguments).unwrap_or_else(|problem| {
        complain(&problem);
        Exit::Wrong
    }))
}

/// In this order: what needs rights, the giving up of rights, what needs threads.
fn begin(arguments: &Sniff) -> Result<Exit, Problem> {
    let stopper = Stopper::new();
    let has_file = arguments.output.output.is_some();
    let signals = Signals::listen(&stopper.flag(), has_file).map_err(in_words)?;
    let memory = Memory::open();
    let opened = open_source(arguments)?;
    let metrics = arguments.service.metrics.map(bind).transpose()?;
    let screen = Screen::default();
    let spool = open_spool(arguments, &screen)?;
    give_up_rights(arguments, &opened)?;
    let now = instant();
    let mut duty = Duty {
        signals,
        spool,
        screen,
        status: Status::new(pace(arguments), now),
        board: metrics.map(serve).transpose()?,
        memory,
        echo: has_file || arguments.output.format != Form::Text,
        text: terminal::on_standard_error(&arguments.looks),
        tally: Tally::default(),
        trouble: None,
        published: now,
    };
    match opened {
        Opened::Interface(handle) => {
            let mut source = handle.start(stopper).map_err(in_words)?;
            rights::forget().map_err(in_words)?;
            let exit = follow(arguments, &mut source, &mut duty);
            Ok(exit.worst(judge(&source)))
        }
        Opened::Pipe(path) => {
            let mut source = capture::follow(path, stopper.flag()).map_err(in_words)?;
            Ok(follow(arguments, &mut source, &mut duty))
        }
    }
}

fn open_source(arguments: &Sniff) -> Result<Opened, Problem> {
    let capture = &arguments.capture;
    match (&capture.interface, &arguments.pipe) {
        (Some(name), _) => {
            let handle = live::open(&options(name, capture)).map_err(in_words)?;
            Ok(Opened::Interface(Box::new(handle)))
        }
        (None, Some(path)) if path == Path::new("-") && io::stdin().is_terminal() => Err(
            "`-` reads a capture from standard input, but that is a terminal: send one there \
             (tcpdump -U -w - | ftpscope sniff -), or name an interface with -i"
                .to_owned(),
        ),
        (None, Some(path)) => Ok(Opened::Pipe(path.clone())),
        (None, None) => Err(
            "no interface is given: name one with -i (`ftpscope interfaces` lists them), or send \
             a capture to standard input (tcpdump -U -w - | ftpscope sniff -)"
                .to_owned(),
        ),
    }
}

fn options(interface: &str, capture: &Capture) -> live::Options {
    let bounded = |size: u64| u32::try_from(size).unwrap_or(u32::MAX);
    live::Options {
        promiscuous: capture.promiscuous,
        buffer: bounded(capture.buffer),
        snapshot: bounded(capture.snapshot),
        filter: capture.filter.clone(),
        exit_on_down: capture.exit_on_down,
        ..live::Options::new(interface)
    }
}

fn bind(address: Address) -> Result<Metrics, Problem> {
    let metrics = Metrics::bind(address).map_err(in_words)?;
    if address.is_public() {
        complain(&format!(
            "--metrics {}: can be read by everybody who reaches this address",
            address.0
        ));
    }
    complain(&format!("metrics at http://{}/metrics", metrics.address()));
    Ok(metrics)
}

fn serve(metrics: Metrics) -> Result<Board, Problem> {
    let board = Board::default();
    metrics.serve(&board).map_err(in_words)?;
    Ok(board)
}

fn open_spool(arguments: &Sniff, screen: &Screen) -> Result<Spool, Problem> {
    let header = match arguments.output.format {
        Form::Csv => output::CSV_HEADER,
        Form::Text | Form::Json | Form::Log => "",
    };
    let rotation = arguments.rotation.rotation();
    match &arguments.output.output {
        Some(path) => Spool::file(path, rotation, header, instant()).map_err(in_words),
        None => Spool::stdout(header, screen.clone()).map_err(in_words),
    }
}

/// Gives up for good all rights but those to write beside the output; tries these.
fn give_up_rights(arguments: &Sniff, opened: &Opened) -> Result<(), Problem> {
    let capture = &arguments.capture;
    let output = arguments.output.output.as_deref();
    let plan = Plan {
        account: rights::account(capture.user.as_deref()).map_err(in_words)?,
        sandbox: !capture.no_sandbox,
        keep_capture: capture.reopen,
        write: output.map(folder).into_iter().collect(),
        read: match opened {
            Opened::Pipe(path) if path != Path::new("-") => vec![path.clone()],
            _ => Vec::new(),
        },
    };
    rights::drop(&plan).map_err(in_words)?;
    let rotation = arguments.rotation.rotation();
    match output.filter(|_| rotation.is_any()) {
        Some(path) => rotation.rehearse(path).map_err(in_words),
        None => Ok(()),
    }
}

/// The folder that a file is in.
fn folder(path: &Path) -> PathBuf {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new(".")).to_owned()
}

fn pace(arguments: &Sniff) -> Pace {
    match arguments.service.status {
        Some(0) => Pace::Never,
        Some(seconds) => Pace::Lines(Duration::from_secs(seconds)),
        None if io::stderr().is_terminal() => {
            Pace::Terminal(terminal::on_standard_error(&arguments.looks).width)
        }
        None => Pace::Never,
    }
}

/// Runs until the source ends or is stopped, then tells the totals.
fn follow(arguments: &Sniff, source: &mut impl Source, duty: &mut Duty) -> Exit {
    let capture = &arguments.capture;
    let analyzer = Analyzer::new(&Options {
        ports: capture.port.clone(),
        memory: arguments
            .service
            .max_memory
            .map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX)),
        ..Options::default()
    });
    let filter = Filter::new(Query::default());
    let mut sink = open_sink(arguments, duty);
    let report = run::run(source, analyzer, filter, sink.as_mut(), duty);
    let context = Context {
        inputs: &report.inputs,
        precision: source.precision(),
    };
    duty.tell_totals(&report.summary, context);
    faults(&report).worst(report.written.map_or_else(refuse, |()| Exit::Done))
}

fn open_sink(arguments: &Sniff, duty: &Duty) -> Box<dyn Sink> {
    let output = &arguments.output;
    let to_file = output.output.is_some();
    let text = terminal::lines(&arguments.looks, to_file, output.show_passwords);
    let spool = duty.spool.clone();
    match output.format {
        // Each file begins with the header, which is the spool's work.
        Form::Csv => Box::new(Csv::headless(spool)),
        form => output::open(form.into(), spool, output.show_passwords, text),
    }
}

/// A pipe that gives no capture, or a damaged one, is told in the totals; this is how bad it is.
fn faults(report: &Report) -> Exit {
    match report
        .inputs
        .iter()
        .any(|input| !matches!(input.fault, None | Some(Fault::Cut)))
    {
        true => Exit::Wrong,
        false => Exit::Done,
    }
}

/// Why the capture of an interface ended.
fn judge(source: &Live) -> Exit {
    match source.state() {
        State::Ended(end) if *end != End::Stopped => {
            let name = source.inputs().first().map_or("", |input| &input.name);
            complain(&format!("{} {end}", escape::line(name.as_bytes())));
            Exit::Wrong
        }
        _ => Exit::Done,
    }
}

fn in_words(error: impl std::fmt::Display) -> Problem {
    error.to_string()
}

/// How long it runs has nothing to do with packet time.
#[allow(clippy::disallowed_methods)]
fn instant() -> Instant {
    Instant::now()
}
