//! The command line: arguments, the terminal, exit codes.

mod analyze;
mod arguments;
mod explain;
#[cfg(feature = "live")]
mod interfaces;
mod keys;
mod progress;
mod save;
#[cfg(feature = "live")]
mod sniff;
mod terminal;
mod units;
mod version;
#[cfg(feature = "dashboard")]
mod watch;

use std::io::{self, Write};
#[cfg(any(feature = "live", feature = "dashboard"))]
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use arguments::{Arguments, Command};
use clap::{CommandFactory, Parser};

use crate::fault;
use crate::output::schema;

/// What a program run ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exit {
    /// It was done.
    Done,
    /// `--fail-on`: something was found.
    Found,
    /// An argument or an input is wrong, or the output cannot be written.
    Wrong,
}

impl Exit {
    /// The worse of two: a wrong input weighs more than something found.
    fn worst(self, other: Self) -> Self {
        match (self, other) {
            (Self::Wrong, _) | (_, Self::Wrong) => Self::Wrong,
            (Self::Found, _) | (_, Self::Found) => Self::Found,
            _ => Self::Done,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Done => Self::SUCCESS,
            Exit::Found => Self::from(1),
            Exit::Wrong => Self::from(2),
        }
    }
}

/// The definition of all arguments, of which man pages and completions are made.
pub fn command() -> clap::Command {
    Arguments::command()
}

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    fault::tell_in_one_line();
    let result = match Arguments::parse().command {
        Command::Analyze(arguments) => analyze::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        #[cfg(feature = "live")]
        Command::Interfaces(arguments) => interfaces::run(&arguments),
        #[cfg(feature = "live")]
        Command::Sniff(arguments) => sniff::run(&arguments),
        #[cfg(feature = "dashboard")]
        Command::Watch(arguments) => watch::run(&arguments),
        Command::Schema => print_schema(),
    };
    result.unwrap_or_else(refuse).into()
}

fn print_schema() -> io::Result<Exit> {
    writeln!(io::stdout(), "{:#}", schema::schema())?;
    Ok(Exit::Done)
}

/// Who reads the output may stop early (`| head`): that is no error.
fn refuse(error: io::Error) -> Exit {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Exit::Done;
    }
    complain(&format!("the output cannot be written: {error}"));
    Exit::Wrong
}

/// The folder that a file is in.
#[cfg(any(feature = "live", feature = "dashboard"))]
fn folder(path: &Path) -> PathBuf {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new(".")).to_owned()
}

/// Tells the user what is wrong.
fn complain(what: &str) {
    // There is nobody left to tell when this fails.
    let _ = writeln!(io::stderr(), "ftpscope: {what}");
}
