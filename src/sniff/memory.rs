//! How much memory the process takes.

use std::fs::File;
use std::io::{Read, Seek};

/// The memory of this process, as the kernel counts it.
///
/// The file stays open, so that it can be read when no other file can be opened any longer.
#[derive(Debug)]
pub struct Memory(Option<File>);

impl Memory {
    /// Begins to look; where the system has no such file, nothing is known.
    pub fn open() -> Self {
        Self(File::open("/proc/self/status").ok())
    }

    /// Bytes of it that are in real memory; `None` where that is not known.
    pub fn resident(&mut self) -> Option<u64> {
        let file = self.0.as_mut()?;
        file.rewind().ok()?;
        let mut text = String::new();
        file.take(16 * 1024).read_to_string(&mut text).ok()?;
        resident(&text)
    }
}

/// `VmRSS:     1234 kB`, see proc(5).
fn resident(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kilobytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_resident_set_is_found() {
        assert_eq!(
            resident("Name:\tx\nVmRSS:\t    1234 kB\n"),
            Some(1234 * 1024)
        );
        assert_eq!(resident("Name:\tx\n"), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_process_takes_some_memory_each_time_it_is_asked() {
        let mut memory = Memory::open();
        assert!(memory.resident().is_some_and(|bytes| bytes > 100_000));
        assert!(memory.resident().is_some());
    }
}
