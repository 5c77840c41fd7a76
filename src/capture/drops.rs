//! Packets that were on the wire and never reached the engine.

/// Packets lost while capturing, each counted once, since the capture began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drops {
    /// By the kernel, whose buffer was full.
    pub kernel: u64,
    /// By the interface or its driver.
    pub interface: u64,
    /// By ftpscope, between the thread that reads from the kernel and the one that analyses.
    pub hand_over: u64,
}

impl Drops {
    /// All of them.
    pub fn total(&self) -> u64 {
        self.kernel
            .saturating_add(self.interface)
            .saturating_add(self.hand_over)
    }
}
