//! The rights that capturing needs, and how they are given up for good.
//!
//! Capturing needs CAP_NET_RAW for one moment: to open the interface. Then [`drop`] takes away what
//! the process does not need any more: supplementary groups, group and user when it is root, all
//! capabilities, the way to get others by executing a program, and, in a sandbox, files other than
//! its outputs and system calls that no analysis makes.
//!
//! An interface that was removed can be opened again only by a process that kept CAP_NET_RAW:
//! [`Plan::keep_capture`] leaves it to the thread that reads from the kernel, if the user wants that.
//!
//! On Linux capabilities and the sandbox belong to threads. So [`drop`] refuses to work unless there
//! is one thread only; those that are started later inherit what is left.

mod account;
mod error;
mod missing;
mod plan;

#[cfg(target_os = "linux")]
mod capabilities;
#[cfg(target_os = "linux")]
mod identity;
#[cfg(target_os = "linux")]
mod landlock;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod seccomp;

#[cfg(not(target_os = "linux"))]
#[path = "elsewhere.rs"]
mod linux;

pub use account::{Account, NoSuchUser};
pub use error::Error;
pub use linux::{account, drop, forget, may_capture};
pub use missing::Missing;
pub use plan::{Dropped, Enforced, Plan};
