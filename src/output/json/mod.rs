//! Newline-delimited JSON: one record a line, every field always there.
//!
//! The contract is what [`schema`](crate::output::schema) prints; `tests/contract.rs` declares it
//! once more, field by field. One file a record.

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

use object::{Object, Value, Wire, WireLines, object};

use super::{Context, Sink, stamp};
use crate::analyzer::{Event, Summary};
use crate::capture::{Frame, Moment};
use crate::ftp::{Reply, SessionEvent};
use crate::time::{Precision, Timestamp};

/// Writes one JSON object a line.
#[derive(Debug)]
pub struct Json<W: Write> {
    out: W,
    line: Vec<u8>,
    show_passwords: bool,
}

impl<W: Write> Json<W> {
    /// Passwords are null unless `show_passwords`.
    pub fn new(out: W, show_passwords: bool) -> Self {
        Self {
            out,
            line: Vec::with_capacity(1024),
            show_passwords,
        }
    }

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

    fn style<'a>(&self, context: Context<'a>) -> Style<'a> {
        Style {
            context,
            show_passwords: self.show_passwords,
        }
    }
}

impl<W: Write> Sink for Json<W> {
    fn events(&mut self, batch: &mut Vec<Event>, context: Context<'_>) -> io::Result<()> {
        let style = self.style(context);
        for event in batch.iter() {
            self.event(event, style)?;
        }
        Ok(())
    }

    fn finish(&mut self, summary: &Summary, context: Context<'_>) -> io::Result<()> {
        let style = self.style(context);
        self.write(|record| summary::fill(record, summary, style))?;
        self.out.flush()
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// How the values of one batch are written.
#[derive(Clone, Copy)]
struct Style<'a> {
    context: Context<'a>,
    show_passwords: bool,
}

/// A time of the capture.
struct Time(Timestamp, Precision);

/// A span of time.
struct Seconds(Duration, Precision);

impl<'a> Style<'a> {
    fn time(&self, time: Timestamp) -> Time {
        Time(time, self.context.precision)
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

impl Value for Time {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(b'"');
        stamp::push_rfc3339(out, self.0, self.1);
        out.push(b'"');
    }
}

impl Value for Seconds {
    fn write(&self, out: &mut Vec<u8>) {
        stamp::push_seconds(out, self.0, self.1);
    }
}
