//! What can be said to `ftpscope watch`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Analyze, Colour, Filter, Form, Input, Keys, Looks, Output, Report, Save};

pub(super) const EXAMPLES: &str = "\
Examples:
  ftpscope watch customer.pcap                 look around in a capture
  ftpscope watch ring/*.pcapng                 a ring buffer as one capture
  sudo ftpscope watch -i eth0                  live
  ftpscope watch --where 'reply:4xx' day.pcap  what the filter line (/) shows, from the start
  ssh server tcpdump -U -w - | ftpscope watch -

Keys: ? tells those of the screen, : finds any action by its name, q quits.
Without a terminal on standard output it writes the report of `ftpscope analyze`.

Configuration: $XDG_CONFIG_HOME/ftpscope/config.toml, or ~/.config/ftpscope/config.toml;
`ftpscope watch --print-config` prints one with everything in it.

Exit codes:
  0  done
  2  an argument, the terminal, an interface or an input is wrong";

/// `ftpscope watch`.
#[derive(Debug, Args)]
pub(crate) struct Watch {
    /// Captures: pcap or pcapng, also compressed with gzip, zstd or lz4; `-` is standard input.
    /// Several are read as one capture in time order
    #[arg(value_name = "FILE", conflicts_with = "interface")]
    pub(crate) files: Vec<PathBuf>,

    #[cfg(feature = "live")]
    #[command(flatten)]
    pub(crate) live: Live,

    /// Further ports of FTP servers; 21 always is one
    #[arg(long, value_name = "N[,N]", value_delimiter = ',', value_parser = clap::value_parser!(u16).range(1..), help_heading = "Reading")]
    pub(crate) port: Vec<u16>,

    #[command(flatten)]
    pub(crate) keys: Keys,

    #[command(flatten)]
    pub(crate) filter: Filter,

    /// The colours of the screen
    #[arg(long, value_name = "NAME", value_enum, help_heading = "Screen")]
    pub(crate) theme: Option<Theme>,

    /// When to use colour
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Colour::Auto, help_heading = "Screen")]
    pub(crate) color: Colour,

    /// Only ASCII characters; so always where the locale is not UTF-8
    #[arg(long, help_heading = "Screen")]
    pub(crate) ascii: bool,

    /// Leave the mouse to the terminal
    #[arg(long, help_heading = "Screen")]
    pub(crate) no_mouse: bool,

    /// Read this configuration instead of the user's own
    #[arg(long, value_name = "FILE", help_heading = "Configuration")]
    pub(crate) config: Option<PathBuf>,

    /// Print the configuration in force, with comments, and leave
    #[arg(long, help_heading = "Configuration")]
    pub(crate) print_config: bool,

    /// Print all keys, and leave
    #[arg(long, help_heading = "Configuration")]
    pub(crate) print_keys: bool,
}

/// What is captured.
#[cfg(feature = "live")]
#[derive(Debug, Args)]
#[command(next_help_heading = "Capturing")]
pub(crate) struct Live {
    /// Capture from this interface (`any`: from all); see `ftpscope interfaces`
    #[arg(long, short, value_name = "IFACE")]
    pub(crate) interface: Option<String>,

    /// Capture only what this also lets through, in the language of `man pcap-filter`
    #[arg(long, value_name = "EXPR", requires = "interface")]
    pub(crate) filter: Option<String>,

    /// Take also what is for other machines, as on a mirror port
    #[arg(long, requires = "interface")]
    pub(crate) promiscuous: bool,
}

/// The themes that come with the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Theme {
    /// The sixteen colours of the terminal's own palette
    Default,
    /// The same for a light background
    Light,
    /// No colours
    Mono,
}

impl Watch {
    /// The interface to capture from.
    pub(crate) fn interface(&self) -> Option<&str> {
        #[cfg(feature = "live")]
        return self.live.interface.as_deref();
        #[cfg(not(feature = "live"))]
        None
    }

    /// The same captures as a report.
    pub(crate) fn as_report(&self) -> Analyze {
        Analyze {
            files: self.files.clone(),
            input: Input {
                port: self.port.clone(),
                separate: false,
                keys: self.keys.clone(),
                max_memory: None,
            },
            filter: self.filter.clone(),
            save: Save::default(),
            output: Output {
                format: Form::Text,
                output: None,
                show_passwords: false,
                fail_on: None,
            },
            report: Report {
                summary: false,
                all: false,
                wireshark: false,
                looks: Looks {
                    color: self.color,
                    width: None,
                    ascii: self.ascii,
                },
            },
        }
    }
}
