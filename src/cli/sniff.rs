//! `ftpscope sniff`: events as they happen.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use super::arguments::sniff::{Capture, Form, Sniff};
use super::{Exit, complain, folder, refuse, terminal};
use crate::analyzer::{Analyzer, Options};
use crate::capture::live::{self, End, Handle, Live, State, Stopper};
use crate::capture::{self, Fault, KeyLog, Keyed, Source};
use crate::escape;
use crate::output::{self, Context, Csv, Sink};
use crate::rights::{self, Dropped, Enforced, Plan};
use crate::run::{self, Report};
use crate::save::Recorder;
use crate::select::{Filter, Query};
use crate::sniff::metrics::{Address, Board, Metrics};
use crate::sniff::signals::Signals;
use crate::sniff::{Duty, Memory, Pace, Screen, Spool, Status, Tally};
use crate::time::{Precision, Timestamp};

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
    let recorder = open_recorder(arguments, &opened)?;
    let keys = follow_keys(arguments)?;
    let dropped = give_up_rights(arguments, &opened)?;
    signals.begin();
    let now = instant();
    let mut duty = Duty {
        signals,
        spool,
        screen,
        status: Status::new(pace(arguments), now),
        board: metrics.is_some().then(Board::default),
        memory,
        echo: has_file || arguments.output.format != Form::Text,
        text: terminal::on_standard_error(&arguments.looks),
        tally: Tally::default(),
        recorder,
        recording_failed: false,
        trouble: None,
        published: now,
    };
    match opened {
        Opened::Interface(handle) => {
            let source = handle.start(stopper).map_err(in_words)?;
            // The thread that reads has what it needs.
            rights::forget().map_err(in_words)?;
            let interface = arguments.capture.interface.as_deref();
            announce(interface.unwrap_or_default(), &dropped);
            let mut keyed = Keyed::new(source, keys);
            let exit = work(arguments, &mut keyed, metrics, &mut duty)?;
            Ok(exit.worst(judge(keyed.source())))
        }
        Opened::Pipe(path) => {
            let source = capture::follow(path, stopper.flag()).map_err(in_words)?;
            let mut keyed = Keyed::new(source, keys);
            work(arguments, &mut keyed, metrics, &mut duty)
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
        (None, Some(path)) if path != Path::new("-") && !path.exists() => {
            let name = escape::path(path);
            Err(format!("{name}: there is no such file or pipe"))
        }
        (None, Some(path)) => Ok(Opened::Pipe(path.clone())),
        (None, None) => Err(
            "no interface is given: name one with -i (`ftpscope interfaces` lists them), or send \
             a capture to standard input (tcpdump -U -w - | ftpscope sniff -)"
                .to_owned(),
        ),
    }
}

/// The key logs; those that are not there yet are told.
fn follow_keys(arguments: &Sniff) -> Result<Vec<KeyLog>, Problem> {
    let keys = &arguments.capture.keys;
    let logs = keys.follow()?;
    for path in keys.to_come() {
        let name = escape::path(path);
        complain(&format!(
            "{name}: is not there yet; its keys are read when it is"
        ));
    }
    Ok(logs)
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

fn open_recorder(arguments: &Sniff, opened: &Opened) -> Result<Option<Recorder>, Problem> {
    let precision = match opened {
        Opened::Interface(_) => Precision::Nano,
        Opened::Pipe(_) => Precision::Micro,
    };
    let Some(recording) = arguments.recording.recording(precision) else {
        return Ok(None);
    };
    let path = escape::path(&recording.path);
    Recorder::begin(&recording)
        .map(Some)
        .map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists if recording.path.is_dir() => {
                format!("{path}: is a folder; give --write the name of a file in it")
            }
            io::ErrorKind::AlreadyExists => format!(
                "{path}: is there already; give --write another name, or --force to replace it"
            ),
            _ => format!("{path}: cannot be written: {error}"),
        })
}

/// Gives up for good all rights but those to write beside the output; tries these.
fn give_up_rights(arguments: &Sniff, opened: &Opened) -> Result<Dropped, Problem> {
    let capture = &arguments.capture;
    let output = arguments.output.output.as_deref();
    let written = arguments.recording.write.as_deref();
    let plan = Plan {
        account: rights::account(capture.user.as_deref()).map_err(in_words)?,
        keep_capture: capture.reopen,
        sandbox: !capture.no_sandbox,
        write: output.into_iter().chain(written).map(folder).collect(),
        read: match opened {
            Opened::Pipe(path) if path != Path::new("-") => Some(path.clone()),
            _ => None,
        }
        .into_iter()
        .chain(capture.keys.folders())
        .collect(),
    };
    let dropped = rights::drop(&plan).map_err(in_words)?;
    let rotation = arguments.rotation.rotation();
    let output = output.filter(|_| rotation.is_any());
    let written = written.filter(|_| arguments.recording.rotates());
    let mut folders = output.into_iter().chain(written);
    folders.try_for_each(|path| rotation.rehearse(path).map_err(in_words))?;
    Ok(dropped)
}

/// Where is captured, and with which rights: what cannot be done later rests on them.
fn announce(interface: &str, dropped: &Dropped) {
    let user = dropped.account.as_ref();
    let user = user.map_or_else(String::new, |account| format!(", as user {}", account.name));
    let sandbox = match (dropped.files, dropped.calls) {
        (Some(Enforced::Fully), true) => ", in a sandbox",
        (None, false) => ", without a sandbox",
        _ => ", in a sandbox as far as this kernel has one",
    };
    let name = escape::line(interface.as_bytes());
    complain(&format!("capturing on {name}{user}{sandbox}"));
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

/// Answers from what the duty publishes, and sees to signals, while packets are followed.
fn work(
    arguments: &Sniff,
    source: &mut impl Source,
    metrics: Option<Metrics>,
    duty: &mut Duty,
) -> Result<Exit, Problem> {
    if let Some((metrics, board)) = metrics.zip(duty.board.as_ref()) {
        metrics.serve(board).map_err(in_words)?;
    }
    duty.signals.wait().map_err(in_words)?;
    Ok(follow(arguments, source, duty))
}

/// Runs until the source ends or is stopped, then tells the totals.
fn follow(arguments: &Sniff, source: &mut impl Source, duty: &mut Duty) -> Exit {
    let capture = &arguments.capture;
    let matching = match Query::all(arguments.output.matching.clone()) {
        // Times that count back do so from here.
        Ok(query) => query.at(time()),
        Err(error) => {
            complain(&format!("--where: {error}"));
            return Exit::Wrong;
        }
    };
    let analyzer = Analyzer::new(&Options {
        ports: capture.port.clone(),
        memory: Some(usize::try_from(arguments.service.max_memory).unwrap_or(usize::MAX)),
        ..Options::default()
    });
    let filter = Filter::new(matching);
    let mut sink = open_sink(arguments, duty);
    let report = run::run(source, analyzer, filter, sink.as_mut(), duty);
    duty.end_recording();
    let context = Context {
        inputs: &report.inputs,
        precision: source.precision(),
    };
    duty.tell_totals(&report.summary, context);
    let recorded = if duty.recording_failed {
        Exit::Wrong
    } else {
        Exit::Done
    };
    let exit = faults(&report).worst(recorded);
    exit.worst(report.written.map_or_else(refuse, |()| Exit::Done))
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

/// The time of the packets that will come, about.
#[allow(clippy::disallowed_methods)]
fn time() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    Timestamp::default() + since.unwrap_or_default()
}
