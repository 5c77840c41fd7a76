//! Events → bytes: what the engine found, for a person or for a program.
//!
//! A [`Sink`] receives every event once, in the order in which the engine knows them to be final,
//! and the [`Summary`] last. Text from the wire passes [`crate::escape`] before it is written anywhere.

pub mod json;
pub mod schema;
pub mod text;

mod apart;
mod csv;
mod log;
mod operation;
mod party;
pub(crate) mod secret;
pub(crate) mod stamp;
mod standing;
mod verdict;
mod wireshark;
pub(crate) mod words;

#[cfg(test)]
pub(crate) mod fixture;

use std::io::{self, Write};

pub use apart::apart;
pub use csv::{COLUMNS as CSV_HEADER, Csv};
pub use json::Json;
pub use log::Log;
pub use standing::Standing;
pub use text::{Live, Markdown, Text};
pub use verdict::severity;

use crate::analyzer::{Event, Summary};
use crate::capture::{Frame, Input};
use crate::diagnosis::Severity;
use crate::time::{Precision, Timestamp};

/// Receives what the engine found and writes it.
///
/// # Errors
///
/// Every method returns the error of the underlying writer; after one the sink is not used again.
pub trait Sink {
    /// Some events, in order. The findings about a fact are in the same batch, behind it. A sink
    /// may take events out of the batch to keep them.
    fn events(&mut self, batch: &mut Vec<Event>, context: Context<'_>) -> io::Result<()>;

    /// Something that happened to the capture itself. Forms that have no place for it leave it out.
    fn notice(&mut self, notice: &Notice) -> io::Result<()> {
        let _ = notice;
        Ok(())
    }

    /// The analysis is over. Another may begin behind it.
    fn finish(&mut self, summary: &Summary, context: Context<'_>) -> io::Result<()>;

    /// Hands over what is buffered: called when a live source has nothing to give.
    fn flush(&mut self) -> io::Result<()>;
}

/// Something that happened to a live capture itself.
#[derive(Clone, Debug)]
pub struct Notice {
    /// When.
    pub time: Timestamp,
    /// How bad it is.
    pub severity: Severity,
    /// What, in a sentence.
    pub text: String,
}

/// The forms of output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// A report for a person.
    #[default]
    Text,
    /// One line an event, as it happens.
    Live,
    /// The report in Markdown, to paste into a ticket.
    Markdown,
    /// One JSON object a line: the contract that [`schema`] states.
    Json,
    /// One line a transfer or file operation, separated by tabs.
    Log,
    /// The same with more columns, for a spreadsheet.
    Csv,
}

/// What a sink may want to know of the source.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The inputs, by [`Frame::file`].
    pub inputs: &'a [Input],
    /// How many digits of a second to show.
    pub precision: Precision,
}

impl<'a> Context<'a> {
    /// The name of the input that a frame is in; `None` when there is only one input.
    pub fn file(&self, frame: Frame) -> Option<&'a str> {
        match self.inputs {
            [] | [_] => None,
            inputs => inputs
                .get(usize::from(frame.file()))
                .map(|input| input.name.as_str()),
        }
    }

    /// Every input was read to its end.
    pub fn is_complete(&self) -> bool {
        self.inputs.iter().all(|input| input.fault.is_none())
    }
}

/// The sink that writes `format` to `out`.
pub fn open<W: Write + 'static>(
    format: Format,
    out: W,
    show_passwords: bool,
    text: text::Options,
) -> Box<dyn Sink> {
    match format {
        Format::Text => Box::new(Text::new(out, text)),
        Format::Live => Box::new(Live::new(out, &text)),
        Format::Markdown => Box::new(Markdown::new(out, text)),
        Format::Json => Box::new(Json::new(out, show_passwords)),
        Format::Log => Box::new(Log::new(out)),
        Format::Csv => Box::new(Csv::new(out)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sink may work on a thread of its own, to which every event is moved.
    #[test]
    fn sinks_and_events_can_be_handed_over() {
        fn can_be_sent<T: Send>() {}
        can_be_sent::<(Text<Vec<u8>>, Live<Vec<u8>>, Markdown<Vec<u8>>)>();
        can_be_sent::<(Json<Vec<u8>>, Log<Vec<u8>>, Csv<Vec<u8>>)>();
        can_be_sent::<(Event, Summary, Notice)>();
        assert!(size_of::<Event>() <= 160, "{}", size_of::<Event>());
    }
}
