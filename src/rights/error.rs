//! Why rights cannot be given up.

use std::fmt;
use std::path::PathBuf;

use crate::escape;

/// Why rights cannot be given up. The process must not go on then: it may have kept some.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// There is more than one thread, and the others would keep their rights.
    Threads(usize),
    /// The system refuses a step.
    Refused {
        /// The step, as a thing that is tried: "becoming user nobody".
        step: String,
        /// What the system says.
        reason: String,
    },
    /// A step was done, and yet the right is there.
    Kept(&'static str),
    /// A file or folder that shall stay open to the process is not there.
    NoSuchPath(PathBuf),
}

impl Error {
    #[cfg(target_os = "linux")]
    pub(super) fn refused<R: fmt::Display>(step: impl Into<String>) -> impl FnOnce(R) -> Self {
        let step = step.into();
        move |reason| Self::Refused {
            step,
            reason: reason.to_string(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("rights cannot be given up: ")?;
        match self {
            Self::Threads(count) => write!(f, "there are {count} threads, not one"),
            Self::Refused { step, reason } => write!(f, "{step}: {reason}"),
            Self::Kept(right) => write!(f, "{right} is still there"),
            Self::NoSuchPath(path) => {
                write!(f, "{}: does not exist", escape::path(path))
            }
        }
    }
}

impl std::error::Error for Error {}
