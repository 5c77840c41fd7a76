//! The one loop: source → analyzer → filter → sink.

use std::io;
use std::time::Duration;

use crate::analyzer::{Analyzer, Event, Summary};
use crate::capture::{Drops, Fault, Input, Next, Packet, Source};
use crate::diagnosis::Severity;
use crate::output::{Context, Sink, severity};
use crate::select::Filter;
use crate::time::Timestamp;

/// Most packets between two calls of [`Watch::look`].
const PACKETS_A_LOOK: u32 = 4096;

/// Most packet time between two calls of [`Watch::look`], while packets come.
const TIME_A_LOOK: Duration = Duration::from_millis(100);

/// Is shown how a run goes.
pub trait Watch {
    /// What was found since the last call, shown or not.
    fn found(&mut self, events: &[Event]) {
        let _ = events;
    }

    /// A packet came, which `analyzer` has just taken in.
    fn packet(&mut self, packet: &Packet<'_>, analyzer: &Analyzer) {
        let _ = (packet, analyzer);
    }

    /// How the run stands: every few thousand packets, every 100 ms of packet time, and whenever a
    /// live source has nothing to give.
    ///
    /// # Errors
    ///
    /// Those of writing to the sink; they end the run.
    fn look(&mut self, look: Look<'_>) -> io::Result<()>;

    /// All is read, or an error ended the run: what comes now is the end of the output.
    fn done(&mut self);
}

/// How a run stands.
pub struct Look<'a> {
    /// The source.
    pub source: &'a dyn Source,
    /// The engine.
    pub analyzer: &'a Analyzer,
    /// The sink, to flush it or tell it of something that is no event of the engine.
    pub sink: &'a mut dyn Sink,
    /// The time that the source has come to.
    pub now: Timestamp,
}

/// How one run went.
#[derive(Debug)]
pub struct Report {
    /// The worst of what was found and shown.
    pub worst: Option<Severity>,
    /// The inputs, as far as they were read.
    pub inputs: Vec<Input>,
    /// The totals.
    pub summary: Summary,
    /// Whether everything was written: an error ends the run.
    pub written: io::Result<()>,
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
struct Line<'a, W: Watch> {
    analyzer: Analyzer,
    filter: Filter,
    sink: &'a mut dyn Sink,
    watch: &'a mut W,
    events: Vec<Event>,
    worst: Option<Severity>,
    now: Timestamp,
    drops: Option<Drops>,
}

/// Reads `source` to its end and writes what the analyzer finds and `filter` lets through. A fault
/// of an input, or of writing, is told in the [`Report`].
pub fn run(
    source: &mut impl Source,
    analyzer: Analyzer,
    filter: Filter,
    sink: &mut dyn Sink,
    watch: &mut impl Watch,
) -> Report {
    let mut line = Line {
        analyzer,
        filter,
        sink,
        watch,
        events: Vec::new(),
        worst: None,
        now: Timestamp::default(),
        drops: None,
    };
    let written = line.read(source);
    line.watch.done();
    line.analyzer.finish(&mut line.events);
    let written = written.and_then(|()| line.finish(source));
    line.report(source, written)
}

impl<W: Watch> Line<'_, W> {
    /// Until the source ends.
    fn read(&mut self, source: &mut impl Source) -> io::Result<()> {
        let (mut packets, mut looked) = (0, Timestamp::default());
        loop {
            if let Some(text) = source.take_secrets() {
                self.analyzer.secrets(&text, &mut self.events);
            }
            let is_due = match source.next() {
                Next::Packet(packet) => {
                    self.now = packet.time;
                    self.analyzer.push(&packet, &mut self.events);
                    self.watch.packet(&packet, &self.analyzer);
                    packets += 1;
                    // A clock that steps back is a reason to look, too.
                    packets == PACKETS_A_LOOK
                        || packet.time < looked
                        || packet.time.since(looked) >= TIME_A_LOOK
                }
                Next::Idle(now) => {
                    self.now = now;
                    self.analyzer.advance(now, &mut self.events);
                    true
                }
                Next::End => {
                    // The keys may stand behind the last packet.
                    while let Some(text) = source.take_secrets() {
                        self.analyzer.secrets(&text, &mut self.events);
                    }
                    // What was lost after the last packet, too.
                    self.count_drops(source, true);
                    return Ok(());
                }
            };
            self.count_drops(source, is_due);
            self.pass_on(source)?;
            if is_due {
                (packets, looked) = (0, self.now);
                self.look(source)?;
            }
        }
    }

    /// Tells the engine what was lost: at once when it is more than before, and else as often as it
    /// takes to tell when the loss was.
    fn count_drops(&mut self, source: &impl Source, is_due: bool) {
        let drops = source.drops();
        if let Some(drops) = drops.filter(|_| is_due || drops != self.drops) {
            self.analyzer.dropped(&drops, self.now, &mut self.events);
            self.drops = Some(drops);
        }
    }

    fn look(&mut self, source: &impl Source) -> io::Result<()> {
        self.watch.look(Look {
            source,
            analyzer: &self.analyzer,
            sink: self.sink,
            now: self.now,
        })
    }

    fn pass_on(&mut self, source: &impl Source) -> io::Result<()> {
        if self.events.is_empty() {
            return Ok(());
        }
        self.watch.found(&self.events);
        self.filter.apply(&mut self.events);
        self.worst = self
            .worst
            .max(self.events.iter().filter_map(severity).max());
        self.sink.events(&mut self.events, context(source))?;
        self.events.clear();
        Ok(())
    }

    fn finish(&mut self, source: &impl Source) -> io::Result<()> {
        self.pass_on(source)?;
        self.sink.finish(&self.analyzer.summary(), context(source))
    }

    fn report(self, source: &impl Source, written: io::Result<()>) -> Report {
        let inputs = source.inputs().to_vec();
        let cut = inputs.iter().any(|input| input.fault.is_some());
        Report {
            worst: self.worst.max(cut.then_some(Severity::Warning)),
            inputs,
            summary: self.analyzer.summary(),
            written,
        }
    }
}

fn context(source: &impl Source) -> Context<'_> {
    Context {
        inputs: source.inputs(),
        precision: source.precision(),
    }
}
