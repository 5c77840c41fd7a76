//! What a process keeps, and what it gave up.

use std::path::PathBuf;

use super::Account;

/// What the process keeps.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Who it is from then on; `None` to stay who it is. See [`account`](fn@super::account).
    pub account: Option<Account>,
    /// Keep CAP_NET_RAW, and nothing else, so that an interface that was removed can be opened when
    /// it comes back. [`forget`](super::forget) leaves it to the thread that does so.
    pub keep_capture: bool,
    /// Whether it goes into a sandbox. False for systems on which that does harm.
    pub sandbox: bool,
    /// Files and folders, with all that is in them, that it may still open, create, write, rename
    /// and remove. They have to be there. What is open already needs none of this.
    pub write: Vec<PathBuf>,
    /// Files and folders that it may still open to read.
    pub read: Vec<PathBuf>,
}

/// What was given up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dropped {
    /// Who the process is from here on, if it is somebody else.
    pub account: Option<Account>,
    /// Access to files and connecting to other machines, by Landlock; `None` where the kernel has
    /// no Landlock or no sandbox was wanted. How far: see [`Enforced`].
    pub files: Option<Enforced>,
    /// System calls that no analysis makes, by seccomp.
    pub calls: bool,
}

/// How much of the sandbox the kernel knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enforced {
    /// All of it.
    Fully,
    /// What a kernel of its age can do.
    Partly,
}
