//! Why an interface cannot be opened.

use std::fmt;

use crate::escape;
use crate::rights;

/// Why an interface cannot be opened: what, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenError {
    /// There is none of this name.
    NoSuchInterface {
        /// The name that was given.
        name: String,
        /// Those that exist.
        known: Vec<String>,
    },
    /// It is there, but down.
    Down(String),
    /// This process may not capture.
    NoPermission(rights::Missing),
    /// libpcap does not understand the filter.
    Filter {
        /// The filter that was given.
        expression: String,
        /// What libpcap says.
        message: String,
    },
    /// libpcap lists no interfaces, and says why.
    NoList(String),
    /// libpcap refuses for another reason.
    Refused {
        /// The interface.
        name: String,
        /// What libpcap says.
        message: String,
    },
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchInterface { name, known } => {
                let (name, known) = (shown(name), shown(&known.join(", ")));
                write!(
                    f,
                    "there is no interface {name}; there are: {known} (see `ftpscope interfaces`)"
                )
            }
            Self::Down(name) => {
                let name = shown(name);
                write!(
                    f,
                    "interface {name} is down; switch it on with `ip link set {name} up`"
                )
            }
            Self::NoPermission(missing) => write!(f, "{missing}"),
            Self::Filter {
                expression,
                message,
            } => write!(
                f,
                "the filter `{}` is wrong: {}; its language is that of `man pcap-filter`",
                shown(expression),
                shown(message)
            ),
            Self::NoList(message) => write!(
                f,
                "the interfaces cannot be listed: {}; `ip link` may show one whose name is no text",
                shown(message)
            ),
            Self::Refused { name, message } => {
                write!(
                    f,
                    "interface {} cannot be opened: {}",
                    shown(name),
                    shown(message)
                )
            }
        }
    }
}

impl std::error::Error for OpenError {}

fn shown(text: &str) -> String {
    escape::line(text.as_bytes()).to_string()
}
