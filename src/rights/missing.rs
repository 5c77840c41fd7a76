//! What a process lacks that may not capture.

use std::fmt;

use crate::escape;

/// This process may not capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Where this program is.
    pub(super) program: String,
}

impl Missing {
    #[cfg(target_os = "linux")]
    pub(super) fn of_this_process() -> Self {
        let program = std::env::current_exe()
            .map_or_else(|_| "ftpscope".to_owned(), |path| path.display().to_string());
        Self { program }
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let program = escape::line(self.program.as_bytes());
        write!(
            f,
            "capturing needs CAP_NET_RAW, which this process does not have: run it as root \
             (sudo), or once `sudo setcap cap_net_raw+ep {program}`; the rights are given up as \
             soon as the interface is open"
        )
    }
}

impl std::error::Error for Missing {}
