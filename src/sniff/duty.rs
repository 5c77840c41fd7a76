//! What has to be done beside the analysis: signals, status, metrics, the rotation of the output.

use std::io;
use std::time::{Duration, Instant};

use super::metrics::{Board, Snapshot};
use super::signals::Signals;
use super::status::{Pace, Status};
use super::{Memory, Screen, Spool, Tally};
use crate::analyzer::{Analyzer, Event, Summary};
use crate::capture::Packet;
use crate::diagnosis::Severity;
use crate::escape;
use crate::output::text::{self, totals};
use crate::output::{Context, Notice};
use crate::run::{Look, Watch};
use crate::save::Recorder;

/// How often the metrics are published.
const PUBLICATION: Duration = Duration::from_secs(1);

/// Looks after everything that the loop itself does not know of.
#[derive(Debug)]
pub struct Duty {
    /// What signals ask for.
    pub signals: Signals,
    /// Where the output goes.
    pub spool: Spool,
    /// The terminal's status line.
    pub screen: Screen,
    /// How the capture goes.
    pub status: Status,
    /// Where metrics are published, if anybody may ask for them.
    pub board: Option<Board>,
    /// How much memory the process takes.
    pub memory: Memory,
    /// What happens to the capture itself is told on standard error too, because the output has no
    /// place for it, or nobody looks at it.
    pub echo: bool,
    /// How a summary is written.
    pub text: text::Options,
    /// What the events add up to.
    pub tally: Tally,
    /// Where packets are recorded, if they are.
    pub recorder: Option<Recorder>,
    /// The files of the recorder could not be written any longer.
    pub recording_failed: bool,
    /// The trouble of the source that was told last.
    pub trouble: Option<&'static str>,
    /// When metrics were published last.
    pub published: Instant,
}

impl Watch for Duty {
    fn found(&mut self, events: &[Event]) {
        self.tally.add(events);
        if let Some(recorder) = &mut self.recorder {
            recorder.learn(events);
        }
    }

    fn packet(&mut self, packet: &Packet<'_>, analyzer: &Analyzer) {
        if self.recorder.is_some() {
            self.record(|recorder| recorder.packet(packet, analyzer));
        }
    }

    fn look(&mut self, mut look: Look<'_>) -> io::Result<()> {
        let now = instant();
        self.record(|recorder| recorder.idle(look.now, look.analyzer));
        self.tell_trouble(&mut look)?;
        look.sink.flush()?;
        if self.signals.reopen() {
            self.reopen();
        }
        if let Some(error) = self.spool.tick(now) {
            self.complain(&format!("{error}; the output goes on into the same file"));
        }
        if self.signals.summary() {
            self.tell_totals(&look.analyzer.summary(), context(&look));
        }
        if self.status.is_due(now) {
            self.tell_status(&look.analyzer.summary(), now);
        }
        if self.board.is_some() && now.saturating_duration_since(self.published) >= PUBLICATION {
            self.published = now;
            self.publish(look.analyzer.summary());
        }
        Ok(())
    }

    fn done(&mut self) {
        self.screen.erase();
    }
}

impl Duty {
    /// Puts the numbers where they can be asked for.
    pub fn publish(&mut self, summary: Summary) {
        if let Some(board) = &self.board {
            board.publish(Snapshot {
                summary,
                tally: self.tally.clone(),
                resident: self.memory.resident(),
                recorded: self.recorder.as_ref().map(Recorder::recorded),
                taken: Some(instant()),
            });
        }
    }

    /// Files that somebody has moved away are begun anew.
    fn reopen(&mut self) {
        if let Err(error) = self.spool.reopen() {
            self.complain(&format!("{error}; the output goes on into the old file"));
        }
        let result = self.recorder.as_mut().map_or(Ok(()), Recorder::reopen);
        if let Err(error) = result {
            self.complain(&format!("--write: {error}; the recording goes on"));
        }
    }

    /// The run is over: ends what is recorded.
    pub fn end_recording(&mut self) {
        self.record(Recorder::finish);
    }

    /// Writes the totals to standard error.
    pub fn tell_totals(&self, summary: &Summary, context: Context<'_>) {
        self.screen.tell(&totals(summary, context, &self.text));
        if let Some(recorder) = &self.recorder {
            self.complain(&recorder.recorded().to_string());
        }
    }

    /// Lets the recorder work. That its files cannot be written any longer is told once, and is no
    /// reason to end before the time; what else is written goes on.
    fn record(&mut self, work: impl FnOnce(&mut Recorder) -> io::Result<()>) {
        let result = self.recorder.as_mut().map_or(Ok(()), work);
        if let Err(error) = result {
            self.recording_failed = true;
            self.complain(&format!(
                "--write: {error}; no more packets are recorded, the file is whole up to here"
            ));
        }
    }

    /// Tells the user what is wrong.
    pub fn complain(&self, what: &str) {
        self.screen.tell(&format!("ftpscope: {what}\n"));
    }

    fn tell_status(&mut self, summary: &Summary, now: Instant) {
        let memory = self.memory.resident();
        let line = self.status.line(summary, &self.tally, memory, now);
        match self.status.pace() {
            Pace::Terminal(_) => self.screen.show(&line),
            Pace::Lines(_) | Pace::Never => self.screen.tell(&format!("ftpscope: {line}\n")),
        }
    }

    /// Tells that the interface went away, or came back.
    fn tell_trouble(&mut self, look: &mut Look<'_>) -> io::Result<()> {
        let trouble = look.source.trouble();
        if trouble == self.trouble {
            return Ok(());
        }
        self.trouble = trouble;
        let name = look.source.inputs().first().map_or("", |input| &input.name);
        let name = escape::line(name.as_bytes());
        let text = format!("{name} {}", trouble.unwrap_or("is back"));
        if self.echo {
            self.complain(&text);
        }
        look.sink.notice(&Notice {
            time: look.now,
            severity: trouble.map_or(Severity::Notice, |_| Severity::Warning),
            text,
        })
    }
}

fn context<'a>(look: &Look<'a>) -> Context<'a> {
    Context {
        inputs: look.source.inputs(),
        precision: look.source.precision(),
    }
}

/// Status, metrics and rotation go by the clock of who looks at them, not by packet time.
#[allow(clippy::disallowed_methods)]
pub(super) fn instant() -> Instant {
    Instant::now()
}
