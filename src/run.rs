//! The one loop: source → analyzer → filter → sink.

use std::io;

use crate::analyzer::{Analyzer, Event};
use crate::capture::{Fault, Input, Next, Source};
use crate::diagnosis::Severity;
use crate::output::{Context, Sink, severity};
use crate::select::Filter;

/// Packets between two calls of a [`Watch`].
const PACKETS_A_LOOK: u32 = 4096;

/// Is shown how far the inputs were read, every few thousand packets.
pub trait Watch {
    /// The inputs as they are now.
    fn look(&mut self, inputs: &[Input]);

    /// All is read: what comes now is the end of the output.
    fn done(&mut self);
}

/// How one run went.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The worst of what was found and shown.
    pub worst: Option<Severity>,
    /// The inputs, as far as they were read.
    pub inputs: Vec<Input>,
}

impl Report {
    /// Inputs that could not be read, or not to their end because they are damaged. One that is
    /// merely cut off is not among them.
    pub fn broken(&self) -> impl Iterator<Item = (&str, &Fault)> {
        self.inputs.iter().filter_map(|input| match &input.fault {
            None | Some(Fault::Cut) => None,
            Some(fault) => Some((input.name.as_str(), fault)),
        })
    }
}

/// Everything that takes part in a run but the source.
struct Line<'a> {
    analyzer: Analyzer,
    filter: Filter,
    sink: &'a mut dyn Sink,
    events: Vec<Event>,
    worst: Option<Severity>,
}

/// Reads `source` to its end and writes what the analyzer finds and `filter` lets through.
///
/// # Errors
///
/// Only those of writing: a fault of an input is told in the [`Report`].
pub fn run(
    source: &mut impl Source,
    analyzer: Analyzer,
    filter: Filter,
    sink: &mut dyn Sink,
    watch: &mut impl Watch,
) -> io::Result<Report> {
    let mut line = Line {
        analyzer,
        filter,
        sink,
        events: Vec::new(),
        worst: None,
    };
    let mut packets = 0u32;
    loop {
        match source.next() {
            Next::Packet(packet) => line.analyzer.push(&packet, &mut line.events),
            Next::Idle(now) => {
                line.analyzer.advance(now, &mut line.events);
                line.sink.flush()?;
            }
            Next::End => break,
        }
        line.pass_on(source)?;
        packets += 1;
        if packets == PACKETS_A_LOOK {
            packets = 0;
            watch.look(source.inputs());
        }
    }
    watch.done();
    line.finish(source)
}

impl Line<'_> {
    fn pass_on(&mut self, source: &impl Source) -> io::Result<()> {
        if self.events.is_empty() {
            return Ok(());
        }
        self.filter.apply(&mut self.events);
        self.worst = self
            .worst
            .max(self.events.iter().filter_map(severity).max());
        self.sink.events(&mut self.events, context(source))?;
        self.events.clear();
        Ok(())
    }

    fn finish(mut self, source: &impl Source) -> io::Result<Report> {
        self.analyzer.finish(&mut self.events);
        self.pass_on(source)?;
        self.sink
            .finish(&self.analyzer.summary(), context(source))?;
        let inputs = source.inputs().to_vec();
        let cut = inputs.iter().any(|input| input.fault.is_some());
        let worst = self.worst.max(cut.then_some(Severity::Warning));
        Ok(Report { worst, inputs })
    }
}

fn context(source: &impl Source) -> Context<'_> {
    Context {
        inputs: source.inputs(),
        precision: source.precision(),
    }
}
