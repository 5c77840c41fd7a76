//! What can be said to `ftpscope sniff`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::Looks;
use crate::cli::keys::Keys;
use crate::cli::units;
use crate::output::Format;
use crate::save::{self, Kept, Recording};
use crate::select::Query;
use crate::sniff::metrics::Address;
use crate::sniff::{KEPT, Rotation};
use crate::time::Precision;

pub(super) const EXAMPLES: &str = "\
Examples:
  sudo ftpscope sniff -i eth0                       a line for each event, on the terminal
  sudo ftpscope sniff -i any --format json -o ftp.json --rotate-size 100M --metrics 9121
  sudo ftpscope sniff -i eth1 --promiscuous         a mirror port
  sudo ftpscope sniff -i eth0 --filter 'net 10.0.4.0/24'
  ssh server tcpdump -U -w - tcp | ftpscope sniff - packets that another program captures

A filter on port 21 would lose the data channels: they are on ports that only the control
connection names. `--filter` is best used for hosts and networks.

Signals:
  INT, TERM  end: tell what is still open, then the summary; a second one ends at once
  HUP        open the file of --output anew (logrotate), and that of --write if it was moved away
  USR1       write a summary to standard error

Exit codes:
  0    ended by a signal, or by who reads the output, or the packets of a pipe are over
  2    an argument is wrong, the interface cannot be captured (any longer), a pipe gives no
       capture, or the output or the recording cannot be written (any longer)
  130  ended at once by a second SIGINT (143: SIGTERM)";

/// `ftpscope sniff`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Sniff {
    /// A pipe with a capture that is being written; `-` is standard input
    #[arg(value_name = "FILE", conflicts_with = "interface")]
    pub(in crate::cli) pipe: Option<PathBuf>,

    #[command(flatten)]
    pub(in crate::cli) capture: Capture,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
    #[command(flatten)]
    pub(in crate::cli) rotation: Rotate,
    #[command(flatten)]
    pub(in crate::cli) recording: Record,
    #[command(flatten)]
    pub(in crate::cli) service: Service,
    #[command(flatten)]
    pub(in crate::cli) looks: Looks,
}

/// How packets are captured.
#[derive(Debug, Args)]
#[command(next_help_heading = "Capturing")]
pub(in crate::cli) struct Capture {
    /// The interface to capture on; `any` for all. `ftpscope interfaces` lists them
    #[arg(long, short, value_name = "IFACE")]
    pub(in crate::cli) interface: Option<String>,

    /// Capture only what matches this filter, in the language of tcpdump; of what FTP needs
    #[arg(long, value_name = "EXPR", conflicts_with = "pipe")]
    pub(in crate::cli) filter: Option<String>,

    /// Capture also what is for other machines, as on a mirror port
    #[arg(long, conflicts_with = "pipe")]
    pub(in crate::cli) promiscuous: bool,

    /// What the kernel can keep while this program does not read
    #[arg(long, value_name = "SIZE", value_parser = units::size, default_value = "64M")]
    pub(in crate::cli) buffer: u64,

    /// Bytes kept of a packet
    #[arg(long, value_name = "SIZE", value_parser = units::size, default_value = "256k")]
    pub(in crate::cli) snapshot: u64,

    /// End when the interface goes down, rather than wait for it
    #[arg(long, conflicts_with = "pipe")]
    pub(in crate::cli) exit_on_down: bool,

    /// Wait also for an interface that is removed: keeps the right to capture, in one thread
    #[arg(long, conflicts_with_all = ["pipe", "exit_on_down"])]
    pub(in crate::cli) reopen: bool,

    /// Further ports of FTP servers; 21 always is one
    #[arg(long, value_name = "N[,N]", value_delimiter = ',', value_parser = clap::value_parser!(u16).range(1..))]
    pub(in crate::cli) port: Vec<u16>,

    #[command(flatten)]
    pub(in crate::cli) keys: Keys,

    /// Whom to become when started as root [default: who called sudo, else nobody]
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) user: Option<String>,

    /// Do without the sandbox, on systems where it does harm
    #[arg(long)]
    pub(in crate::cli) no_sandbox: bool,
}

/// Where the events go and in which form.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(in crate::cli) struct Output {
    /// The form of the output
    #[arg(long, value_name = "FORM", value_enum, default_value_t = Form::Text)]
    pub(in crate::cli) format: Form,

    /// Append to this file instead of writing to standard output
    #[arg(long, short, value_name = "FILE")]
    pub(in crate::cli) output: Option<PathBuf>,

    /// Only sessions that match this expression, from the moment that they do: see `ftpscope explain
    /// filter`
    #[arg(long = "where", value_name = "EXPR", allow_hyphen_values = true, value_parser = super::filter::query)]
    pub(in crate::cli) matching: Vec<Query>,

    /// Show passwords
    #[arg(long)]
    pub(in crate::cli) show_passwords: bool,
}

/// When the output file is rotated.
#[derive(Debug, Args)]
#[command(next_help_heading = "Rotation of the output file: FILE, FILE.1, FILE.2, ...")]
pub(in crate::cli) struct Rotate {
    /// Begin a new file before one is larger than this (100M)
    #[arg(long, value_name = "SIZE", value_parser = units::size, requires = "output")]
    rotate_size: Option<u64>,

    /// Begin a new file each time that this has passed (1h, 1d)
    #[arg(long, value_name = "TIME", value_parser = units::span, requires = "output")]
    rotate_every: Option<Duration>,

    /// Keep so many old files
    #[arg(long, value_name = "N", default_value_t = KEPT, value_parser = clap::value_parser!(u32).range(1..=9999), requires = "output")]
    rotate_keep: u32,
}

/// Which packets are recorded, and where.
#[derive(Debug, Args)]
#[command(next_help_heading = "Recording packets")]
pub(in crate::cli) struct Record {
    /// Record packets in this file as pcapng
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) write: Option<PathBuf>,

    /// Record only the packets of FTP control and data connections. Packets wait up to 10 seconds,
    /// and 64 MiB of them, until that is known
    #[arg(long, requires = "write")]
    write_sessions: bool,

    /// Begin a new file before one is larger than this (100M): FILE_00001, FILE_00002, ...
    #[arg(long, value_name = "SIZE", value_parser = units::size, requires = "write")]
    write_rotate_size: Option<u64>,

    /// Begin a new file when one spans so much time (1h)
    #[arg(long, value_name = "TIME", value_parser = units::span, requires = "write")]
    write_rotate_every: Option<Duration>,

    /// Keep only the latest so many files, those of earlier runs counted too
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), requires = "write")]
    write_keep: Option<u32>,

    /// Replace the file of --write if it is there already
    #[arg(long, requires = "write")]
    force: bool,
}

impl Record {
    /// There is more than one file.
    pub(in crate::cli) fn rotates(&self) -> bool {
        self.write_rotate_size.is_some() || self.write_rotate_every.is_some()
    }

    /// What is to be recorded, if anything.
    pub(in crate::cli) fn recording(&self, precision: Precision) -> Option<Recording> {
        Some(Recording {
            path: self.write.clone()?,
            replace: self.force,
            rotation: save::Rotation {
                size: self.write_rotate_size,
                every: self.write_rotate_every,
                keep: self.write_keep,
            },
            kept: match self.write_sessions {
                true => Kept::Sessions,
                false => Kept::All,
            },
            precision,
        })
    }
}

/// How one learns how it goes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Watching over it")]
pub(in crate::cli) struct Service {
    /// Write a line of status to standard error each so many seconds; 0 is never [default: always
    /// on a terminal, else never]
    #[arg(long, value_name = "SECONDS")]
    pub(in crate::cli) status: Option<u64>,

    /// Serve metrics for Prometheus on this port or address (9121, 10.0.0.5:9121)
    #[arg(long, value_name = "[IP:]PORT")]
    pub(in crate::cli) metrics: Option<Address>,

    /// The most that may be kept of connections and sessions; beyond it what matters least is given
    /// up, and told
    #[arg(long, value_name = "SIZE", default_value = "256M", value_parser = units::memory)]
    pub(in crate::cli) max_memory: u64,
}

/// The forms of events as they happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Form {
    /// A line an event that matters, for people and for grep
    Text,
    /// A JSON object a line: see `ftpscope schema`
    Json,
    /// The classic FTP log, a line a transfer or file operation, columns separated by tabs
    Log,
    /// The same for a spreadsheet
    Csv,
}

impl Rotate {
    /// As the output file takes it.
    pub(in crate::cli) fn rotation(&self) -> Rotation {
        Rotation {
            size: self.rotate_size,
            every: self.rotate_every,
            keep: self.rotate_keep,
        }
    }
}

impl From<Form> for Format {
    fn from(form: Form) -> Self {
        match form {
            Form::Text => Self::Live,
            Form::Json => Self::Json,
            Form::Log => Self::Log,
            Form::Csv => Self::Csv,
        }
    }
}
