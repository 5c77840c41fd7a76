//! How reading an input went.

use std::fmt;
use std::io;

/// One input of a source and how reading it went.
#[derive(Clone, Debug)]
pub struct Input {
    /// As the user named it; `-` for standard input.
    pub name: String,
    /// Frames read, as Wireshark numbers them: the packets, and the few records of other kinds
    /// (custom, system call and journal blocks of pcapng) that take a number but are no packet.
    pub frames: u64,
    /// Bytes consumed of the file as stored (before decompression).
    pub bytes_read: u64,
    /// Size of the file as stored, where it is known.
    pub bytes_total: Option<u64>,
    /// Where and why reading stopped before the end of the file.
    pub fault: Option<Fault>,
}

/// Why reading an input stopped before its end.
///
/// As text it continues a sentence that begins with the name of the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The file ends in the middle of a record: what came before it was read.
    Cut,
    /// Something in the middle of the file cannot be right: what came before it was read.
    Damaged {
        /// Where in the capture (after decompression) the damaged record begins, in bytes.
        offset: u64,
        /// What is wrong there, in words.
        reason: String,
    },
    /// Nothing of it can be used: it cannot be opened, is empty or is no capture. The reason in
    /// words.
    Unreadable(String),
}

impl Fault {
    /// What an error of reading means for a capture that was read up to `offset`.
    pub(super) fn from_io(error: &io::Error, offset: u64) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Cut,
            _ => Self::Damaged {
                offset,
                reason: error.to_string(),
            },
        }
    }

    /// The same fault, met before anything of the input could be used.
    pub(super) fn at_the_start(self) -> Self {
        match self {
            Self::Damaged { reason, .. } => Self::Unreadable(reason),
            other => other,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cut => {
                f.write_str("ends in the middle of a record; what came before it was read")
            }
            Self::Damaged { offset, reason } => {
                write!(
                    f,
                    "is damaged at byte {offset}: {reason}; what came before it was read"
                )
            }
            Self::Unreadable(reason) => f.write_str(reason),
        }
    }
}

/// How much of all inputs was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Bytes read of the files as stored.
    pub read: u64,
    /// Size of all files; `None` when one of them is a pipe, whose length nobody knows.
    pub total: Option<u64>,
}

impl Progress {
    /// The sum over `inputs`. One that ended with a fault counts as done.
    pub fn of(inputs: &[Input]) -> Self {
        let mut sum = Self {
            read: 0,
            total: Some(0),
        };
        for input in inputs {
            sum.read = sum.read.saturating_add(done(input));
            sum.total = sum
                .total
                .zip(input.bytes_total)
                .map(|(a, b)| a.saturating_add(b));
        }
        sum
    }

    /// The share that was read, 0.0 to 1.0, where the total is known.
    pub fn fraction(&self) -> Option<f64> {
        match self.total? {
            0 => Some(1.0),
            total => Some((self.read as f64 / total as f64).min(1.0)),
        }
    }
}

fn done(input: &Input) -> u64 {
    match (&input.fault, input.bytes_total) {
        (Some(_), Some(total)) => total,
        _ => input.bytes_read,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(bytes_read: u64, bytes_total: Option<u64>, fault: Option<Fault>) -> Input {
        Input {
            name: "a".into(),
            frames: 0,
            bytes_read,
            bytes_total,
            fault,
        }
    }

    #[test]
    fn progress_is_a_sum_and_faulty_files_do_not_hold_it_back() {
        let inputs = [
            input(5, Some(10), None),
            input(0, Some(10), Some(Fault::Cut)),
        ];
        let progress = Progress::of(&inputs);
        assert_eq!(
            progress,
            Progress {
                read: 15,
                total: Some(20)
            }
        );
        assert_eq!(progress.fraction(), Some(0.75));
    }

    #[test]
    fn with_a_pipe_the_total_is_unknown() {
        let progress = Progress::of(&[input(5, Some(10), None), input(7, None, None)]);
        assert_eq!(
            progress,
            Progress {
                read: 12,
                total: None
            }
        );
        assert_eq!(progress.fraction(), None);
    }

    #[test]
    fn nothing_to_read_is_done() {
        assert_eq!(Progress::of(&[]).fraction(), Some(1.0));
    }

    #[test]
    fn faults_read_as_the_end_of_a_sentence() {
        let fault = Fault::Damaged {
            offset: 24,
            reason: "a record claims 5 bytes".into(),
        };
        let text = "is damaged at byte 24: a record claims 5 bytes; what came before it was read";
        assert_eq!(fault.to_string(), text);
    }
}
