//! The FTP log for a spreadsheet: RFC 4180, with a header line.
//!
//! A cell that a spreadsheet would take for a formula, because it begins with `=`, `+`, `-` or
//! `@`, gets an apostrophe in front; only text from the wire can begin so, as numbers here are
//! never negative. What is not known is an empty cell.

use std::borrow::Cow;
use std::io::{self, Write};

use super::operation::{Operation, Operations};
use super::{Context, Sink, stamp};
use crate::analyzer::{Event, Summary};
use crate::escape;

/// The header line.
pub const COLUMNS: &str = "time,protocol,host,port,user,local_path,remote_path,operation,code,bytes,duration,client,outcome\r\n";

/// Writes comma-separated values.
#[derive(Debug)]
pub struct Csv<W: Write> {
    out: W,
    operations: Operations,
    has_header: bool,
}

impl<W: Write> Csv<W> {
    /// A table that is written to `out`.
    pub fn new(out: W) -> Self {
        Self {
            out,
            operations: Operations::default(),
            has_header: false,
        }
    }

    /// A table whose header line `out` writes itself, as one does that is split over files.
    pub fn headless(out: W) -> Self {
        Self {
            has_header: true,
            ..Self::new(out)
        }
    }

    fn header(&mut self) -> io::Result<()> {
        if !std::mem::replace(&mut self.has_header, true) {
            self.out.write_all(COLUMNS.as_bytes())?;
        }
        Ok(())
    }

    fn write(&mut self, operation: &Operation) -> io::Result<()> {
        let cells = [
            Cow::Owned(stamp::rfc3339(operation.time, operation.precision)),
            Cow::Borrowed(operation.protocol),
            escape::line(&operation.host),
            Cow::Owned(operation.port.to_string()),
            operation
                .user
                .as_deref()
                .map(escape::line)
                .unwrap_or_default(),
            Cow::Borrowed(""),
            operation
                .path
                .as_deref()
                .map(escape::line)
                .unwrap_or_default(),
            Cow::Borrowed(operation.name.as_str()),
            operation
                .code
                .map(|code| code.to_string().into())
                .unwrap_or_default(),
            operation
                .bytes
                .map(|bytes| bytes.to_string().into())
                .unwrap_or_default(),
            operation
                .duration
                .map(|span| stamp::seconds(span, operation.precision).into())
                .unwrap_or_default(),
            Cow::Owned(operation.client.to_string()),
            Cow::Borrowed(operation.outcome),
        ];
        let cells: Vec<Cow<'_, str>> = cells.into_iter().map(cell).collect();
        write!(self.out, "{}\r\n", cells.join(","))
    }
}

impl<W: Write> Sink for Csv<W> {
    fn events(&mut self, batch: &mut Vec<Event>, context: Context<'_>) -> io::Result<()> {
        for event in batch.iter() {
            for operation in self.operations.of(event, context) {
                self.header()?;
                self.write(&operation)?;
            }
        }
        Ok(())
    }

    fn finish(&mut self, _: &Summary, _: Context<'_>) -> io::Result<()> {
        self.header()?;
        self.out.flush()
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// One cell: made harmless, then quoted where RFC 4180 §2 asks for it.
fn cell(text: Cow<'_, str>) -> Cow<'_, str> {
    let text = match text.chars().next() {
        // Those of full width too: some spreadsheets take them for the others.
        Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠') => {
            Cow::Owned(format!("'{text}"))
        }
        _ => text,
    };
    if text.contains(['"', ',', '\r', '\n']) {
        Cow::Owned(format!("\"{}\"", text.replace('"', "\"\"")))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_harmless() {
        let shown = |text: &'static str| cell(Cow::Borrowed(text)).into_owned();
        assert_eq!(shown("plain"), "plain");
        assert_eq!(shown("a,b"), "\"a,b\"");
        assert_eq!(shown("say \"hi\""), "\"say \"\"hi\"\"\"");
        assert_eq!(shown("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
        assert_eq!(shown("＝1+1"), "'＝1+1");
        assert_eq!(shown("@a,b"), "\"'@a,b\"");
        assert_eq!(shown(""), "");
    }
}
