//! Newline-delimited JSON: one record a line, every field always there.
//!
//! The contract is what [`schema`](crate::output::schema) prints; `tests/contract/` declares
//! it once more, field by field. One file a record.

pub mod explain;

mod channel;
mod command;
mod finding;
mod object;
mod session;
mod summary;
mod tls;

use std::io::{self, Write};
use std::time::Duration;

use object::{Fixed, Object, Value, Wire, WireLines, object, word};

use super::stamp::{self, Clock};
use super::{Context, Sink};
use crate::analyzer::{Event, Summary};
use crate::capture::{Frame, Moment};
use crate::ftp::{Reply, SessionEvent};
use crate::time::{Precision, Timestamp};

/// Writes one JSON object a line.
#[derive(Debug)]
pub struct Json<W: Write> {
    lines: Lines<W>,
    clock: Clock,
    show_passwords: bool,
}

#[derive(Debug)]
struct Lines<W: Write> {
    out: W,
    /// The line that is being written.
    line: Vec<u8>,
}

impl<W: Write> Json<W> {
    /// Passwords are null unless `show_passwords`.
    pub fn new(out: W, show_passwords: bool) -> Self {
        Self {
            lines: Lines {
                out,
                line: Vec::with_capacity(1024),
            },
            clock: Clock::default(),
            show_passwords,
        }
    }

    fn parts<'a>(&'a mut self, context: Context<'a>) -> (&'a mut Lines<W>, Style<'a>) {
        let style = Style {
            context,
            clock: &self.clock,
            show_passwords: self.show_passwords,
        };
        (&mut self.lines, style)
    }
}

impl<W: Write> Lines<W> {
    fn write(&mut self, fill: impl FnOnce(&mut Object<'_>)) -> io::Result<()> {
        self.line.clear();
        object(&mut self.line, fill);
        self.line.push(b'\n');
        self.out.write_all(&self.line)
    }

    fn event(&mut self, event: &Event, style: Style<'_>) -> io::Result<()> {
        match event {
            Event::Session(SessionEvent::Exchange(exchange)) => {
                self.write(|record| command::fill(record, exchange, style))
            }
            Event::Session(SessionEvent::Reply { session, reply }) => {
                self.write(|record| command::fill_stray(record, *session, reply, style))
            }
            Event::Session(SessionEvent::Channel(channel)) => {
                self.write(|record| channel::fill(record, channel, style))
            }
            Event::Session(SessionEvent::Ended(ended)) => {
                self.write(|record| session::fill(record, ended, style))
            }
            Event::Finding(finding) => self.write(|record| finding::fill(record, finding, style)),
            // Their facts are in the session record.
            Event::Session(
                SessionEvent::Opened(_) | SessionEvent::Login(_) | SessionEvent::Anomaly(_),
            ) => Ok(()),
        }
    }
}

impl<W: Write> Sink for Json<W> {
    fn events(&mut self, batch: &mut Vec<Event>, context: Context<'_>) -> io::Result<()> {
        let (lines, style) = self.parts(context);
        batch.iter().try_for_each(|event| lines.event(event, style))
    }

    fn finish(&mut self, summary: &Summary, context: Context<'_>) -> io::Result<()> {
        let (lines, style) = self.parts(context);
        lines.write(|record| summary::fill(record, summary, style))?;
        lines.out.flush()
    }

    fn flush(&mut self) -> io::Result<()> {
        self.lines.out.flush()
    }
}

/// How the values of one batch are written.
#[derive(Clone, Copy)]
struct Style<'a> {
    context: Context<'a>,
    clock: &'a Clock,
    show_passwords: bool,
}

/// A time of the capture.
struct Time<'a>(Timestamp, Style<'a>);

/// A span of time.
struct Seconds(Duration, Precision);

impl<'a> Style<'a> {
    fn time(&self, time: Timestamp) -> Time<'a> {
        Time(time, *self)
    }

    fn seconds(&self, span: Duration) -> Seconds {
        Seconds(span, self.context.precision)
    }

    fn file(&self, frame: Frame) -> Option<&'a str> {
        self.context.file(frame)
    }

    /// The fields `time`, `frame` and `file`.
    fn moment(&self, object: &mut Object<'_>, at: Moment) {
        object.set("time", self.time(at.time));
        self.frame(object, at.frame);
    }

    /// The fields `frame` and `file`.
    fn frame(&self, object: &mut Object<'_>, frame: Frame) {
        object.set("frame", frame.number());
        object.set("file", self.file(frame));
    }

    /// All fields of a reply.
    fn reply(&self, object: &mut Object<'_>, reply: &Reply) {
        object.set("code", reply.code);
        object.set("text", WireLines(&reply.text));
        self.moment(object, reply.at);
    }
}

impl Value for Time<'_> {
    fn write(&self, out: &mut Vec<u8>) {
        let Self(time, style) = self;
        out.push(b'"');
        style
            .clock
            .push_rfc3339(out, *time, style.context.precision);
        out.push(b'"');
    }
}

impl Value for Seconds {
    fn write(&self, out: &mut Vec<u8>) {
        stamp::push_seconds(out, self.0, self.1);
    }
}
