//! What can be said on the command line.

mod filter;
#[cfg(feature = "live")]
pub(super) mod sniff;
#[cfg(feature = "dashboard")]
mod watch;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::keys::Keys;
use super::{units, version};
use crate::diagnosis::Severity;
use crate::output::Format;

pub(super) use filter::Filter;
#[cfg(feature = "dashboard")]
pub(super) use watch::{Theme, Watch};

const EXAMPLES: &str = "\
Examples:
  ftpscope analyze customer.pcap              what went wrong, and every session
  ftpscope analyze --summary ring/*.pcapng    a ring buffer as one capture, the top alone
  tcpdump -w - port 21 | ftpscope analyze -   from standard input
  sudo ftpscope sniff -i eth0                 events on an interface, as they happen
  ftpscope watch customer.pcap                look around in it, in the terminal
  ftpscope explain 425                        what a reply code, or a cause, means

Exit codes:
  0  done
  1  --fail-on found something
  2  an argument or an input is wrong

`ftpscope help analyze` tells all options.";

const ANALYZE_EXAMPLES: &str = "\
Examples:
  ftpscope analyze customer.pcap
  ftpscope analyze --failed --host 10.0.4.0/24 day.pcapng.gz
  ftpscope analyze --user 'backup*' --all night.pcap
  ftpscope analyze --where 'reply:4xx (cmd:STOR or file:*.iso) -user:anon*' day.pcap
  ftpscope analyze --session 7 --write session-7.pcapng day.pcap
  ftpscope analyze --format json day.pcap | jq 'select(.outcome == \"failed\")'
  ftpscope analyze --format markdown --wireshark customer.pcap > ticket.md
  ftpscope analyze --format csv --output transfers.csv day.pcap
  ftpscope analyze --summary --fail-on error nightly.pcap || alert

Exit codes:
  0  done; also when who reads the output stops early, and when a capture is cut off at its end
  1  --fail-on: in what is shown there is something at or above the level
       error    a data channel failed, a control connection did not come about,
                or a finding of this severity
       warning  also a refused or rejected data channel, a rejected login,
                a capture that is not whole, or a finding of this severity
  2  an argument is wrong, an input cannot be read or is damaged (the others are analysed),
     or the output cannot be written";

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  ftpscope explain                        all reply codes and causes
  ftpscope explain 425
  ftpscope explain connection-unanswered
  ftpscope explain filter                 the language of --where
  ftpscope explain --format json 425 | jq .causes";

/// Follows FTP through packet captures and tells why a data channel failed.
#[derive(Debug, Parser)]
#[command(name = "ftpscope", version, long_version = version::LONG.as_str(), after_help = EXAMPLES, max_term_width = 100)]
pub(super) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(super) command: Command,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Analyze captures: sessions, transfers, and what went wrong
    #[command(after_help = ANALYZE_EXAMPLES)]
    Analyze(Box<Analyze>),
    /// List the interfaces that packets can be captured from, the busiest first
    #[cfg(feature = "live")]
    Interfaces(Interfaces),
    /// Capture on an interface: sessions, transfers and what goes wrong, as it happens
    #[cfg(feature = "live")]
    #[command(after_help = sniff::EXAMPLES)]
    Sniff(Box<sniff::Sniff>),
    /// Explain a reply code, a cause of failure or the filter language; without one, list all
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain(Explain),
    /// Look around in captures or live: sessions, ladders, problems
    #[cfg(feature = "dashboard")]
    #[command(after_help = watch::EXAMPLES)]
    Watch(Box<Watch>),
    /// Print the JSON Schema of `--format json`
    Schema,
}

/// `ftpscope analyze`.
#[derive(Debug, Args)]
pub(super) struct Analyze {
    /// Captures: pcap or pcapng, also compressed with gzip, zstd or lz4; `-` is standard input.
    /// Several are read as one capture in time order
    #[arg(value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,

    #[command(flatten)]
    pub(super) input: Input,
    #[command(flatten)]
    pub(super) filter: Filter,
    #[command(flatten)]
    pub(super) save: Save,
    #[command(flatten)]
    pub(super) output: Output,
    #[command(flatten)]
    pub(super) report: Report,
}

/// `ftpscope explain`.
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// A reply code (425), a cause (connection-unanswered), or `filter`: the language of --where
    #[arg(value_name = "CODE|CAUSE")]
    pub(super) topic: Option<String>,

    /// The form of the output
    #[arg(long, value_name = "FORM", value_enum, default_value_t = ExplainForm::Text)]
    pub(super) format: ExplainForm,

    #[command(flatten)]
    pub(super) looks: Looks,
}

/// `ftpscope interfaces`.
#[cfg(feature = "live")]
#[derive(Debug, Args)]
pub(super) struct Interfaces {
    /// The form of the output
    #[arg(long, value_name = "FORM", value_enum, default_value_t = ListForm::Text)]
    pub(super) format: ListForm,
}

/// The forms of a list.
#[cfg(feature = "live")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ListForm {
    /// A table for a person
    Text,
    /// A JSON object a line
    Json,
}

/// The forms of an explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ExplainForm {
    /// A text for a person
    Text,
    /// One JSON object; for the list, an array of them
    Json,
}

/// How the captures are read.
#[derive(Debug, Args)]
#[command(next_help_heading = "Reading")]
pub(super) struct Input {
    /// Further ports of FTP servers; 21 always is one
    #[arg(long, value_name = "N[,N]", value_delimiter = ',', value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) port: Vec<u16>,

    /// Analyze each file on its own
    #[arg(long)]
    pub(super) separate: bool,

    #[command(flatten)]
    pub(super) keys: Keys,

    /// The most that may be kept of connections and sessions (100M); beyond it what matters least
    /// is given up, and told
    #[arg(long, value_name = "SIZE", value_parser = units::memory)]
    pub(super) max_memory: Option<u64>,
}

/// Which packets are saved, and where.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Saving packets")]
pub(super) struct Save {
    /// Save the packets of the sessions that are shown as pcapng, with a comment on those that a
    /// finding cites; reads the captures twice more
    #[arg(long, value_name = "FILE", conflicts_with = "separate")]
    pub(super) write: Option<PathBuf>,

    /// Replace the file of --write if it is there already
    #[arg(long, requires = "write")]
    pub(super) force: bool,
}

/// Where the output goes and in which form.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(super) struct Output {
    /// The form of the output
    #[arg(long, value_name = "FORM", value_enum, default_value_t = Form::Text)]
    pub(super) format: Form,

    /// Write to this file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,

    /// Show passwords
    #[arg(long)]
    pub(super) show_passwords: bool,

    /// Exit with 1 when something this bad was found
    #[arg(long, value_name = "LEVEL", value_enum)]
    pub(super) fail_on: Option<Level>,
}

/// How the report for a person looks.
#[derive(Debug, Args)]
#[command(next_help_heading = "Report")]
pub(super) struct Report {
    /// Only the top: what was read and what went wrong
    #[arg(long, conflicts_with = "all")]
    pub(super) summary: bool,

    /// Everything in full, however many sessions and lines
    #[arg(long)]
    pub(super) all: bool,

    /// Add to each finding a display filter that shows its evidence in Wireshark
    #[arg(long)]
    pub(super) wireshark: bool,

    #[command(flatten)]
    pub(super) looks: Looks,
}

/// How a text for a person looks.
#[derive(Debug, Args)]
pub(super) struct Looks {
    /// When to use colour
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Colour::Auto)]
    pub(super) color: Colour,

    /// Columns of a line [default: those of the terminal, else $COLUMNS, else 100]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(40..=1000))]
    pub(super) width: Option<u16>,

    /// Only ASCII characters; so always where the locale is not UTF-8
    #[arg(long)]
    pub(super) ascii: bool,
}

/// The forms of output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Form {
    /// A report for a person
    Text,
    /// The same report in Markdown, to paste into a ticket
    Markdown,
    /// A JSON object a line: see `ftpscope schema`
    Json,
    /// The classic FTP log, a line a transfer or file operation, columns separated by tabs:
    /// time, protocol, host, port, user, local path, remote path, operation, reply code
    Log,
    /// The same for a spreadsheet, with bytes, duration, client and outcome; what it would take for
    /// a formula begins with an apostrophe
    Csv,
}

/// What `--fail-on` looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Level {
    /// Something failed
    Error,
    /// Also what worked in spite of a fault, or was refused
    Warning,
}

/// When colour is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Colour {
    /// On a terminal, unless NO_COLOR is set or TERM is dumb
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl From<Form> for Format {
    fn from(form: Form) -> Self {
        match form {
            Form::Text => Self::Text,
            Form::Markdown => Self::Markdown,
            Form::Json => Self::Json,
            Form::Log => Self::Log,
            Form::Csv => Self::Csv,
        }
    }
}

impl From<Level> for Severity {
    fn from(level: Level) -> Self {
        match level {
            Level::Error => Self::Error,
            Level::Warning => Self::Warning,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_arguments_fit_together() {
        super::Arguments::command().debug_assert();
    }
}
