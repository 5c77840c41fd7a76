//! `--version`: what a report of a fault has to name.

use std::sync::LazyLock;

/// Version, commit, and the libpcap that packets are captured through, a line each.
pub(super) static LONG: LazyLock<String> = LazyLock::new(|| {
    let version = env!("CARGO_PKG_VERSION");
    let commit = env!("FTPSCOPE_COMMIT");
    format!("{version}\ncommit {commit}{}", libpcap())
});

#[cfg(feature = "live")]
fn libpcap() -> String {
    format!("\n{}", crate::capture::live::library())
}

#[cfg(not(feature = "live"))]
fn libpcap() -> &'static str {
    "\nwithout libpcap: reads files and pipes only"
}
