//! The classic FTP log: one line a transfer or file operation, columns separated by tabs.
//!
//! Time, protocol, host, port, user, local path, remote path, operation, reply code. A value that
//! is not known, as the local path always, is `-`. Tabs within names are escaped, so that every
//! line has nine columns.

use std::borrow::Cow;
use std::io::{self, Write};

use super::operation::{Operation, Operations};
use super::{Context, Sink, stamp};
use crate::analyzer::{Event, Summary};
use crate::escape;

/// Writes the classic FTP log.
#[derive(Debug)]
pub struct Log<W: Write> {
    out: W,
    operations: Operations,
}

impl<W: Write> Log<W> {
    /// A log that is written to `out`.
    pub fn new(out: W) -> Self {
        Self {
            out,
            operations: Operations::default(),
        }
    }

    fn write(&mut self, operation: &Operation) -> io::Result<()> {
        writeln!(
            self.out,
            "{time}\t{protocol}\t{host}\t{port}\t{user}\t-\t{path}\t{name}\t{code}",
            time = stamp::rfc3339(operation.time, operation.precision),
            protocol = operation.protocol,
            host = escape::line(&operation.host),
            port = operation.port,
            user = or_dash(operation.user.as_deref()),
            path = or_dash(operation.path.as_deref()),
            name = operation.name,
            code = operation
                .code
                .map_or(Cow::Borrowed("-"), |code| code.to_string().into()),
        )
    }
}

impl<W: Write> Sink for Log<W> {
    fn events(&mut self, batch: &mut Vec<Event>, context: Context<'_>) -> io::Result<()> {
        for event in batch.iter() {
            for operation in self.operations.of(event, context) {
                self.write(&operation)?;
            }
        }
        Ok(())
    }

    fn finish(&mut self, _: &Summary, _: Context<'_>) -> io::Result<()> {
        self.out.flush()
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn or_dash(bytes: Option<&[u8]>) -> Cow<'_, str> {
    match bytes {
        None | Some([]) => Cow::Borrowed("-"),
        Some(bytes) => escape::line(bytes),
    }
}
