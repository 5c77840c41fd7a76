//! The thread that reads from the kernel.

use std::thread;
use std::time::{Duration, Instant};

use pcap::{Packet, PacketHeader};

use super::block::Status;
use super::counters::Counters;
use super::filter;
use super::handover::Giver;
use super::opening::{self, Opened};
use super::state::{End, State};
use super::wait::{self, Presence, Woken};
use super::{OpenError, Options, Stopper, clock};
use crate::capture::{Drops, LinkType};
use crate::rights;
use crate::time::Timestamp;

/// Packets read before the reader looks up.
const BATCH: usize = 1024;

/// Time between two words from a quiet interface.
const QUIET: Duration = Duration::from_millis(100);

/// The longest that packets are held back because the analysis is behind.
const RETRY: Duration = Duration::from_millis(10);

/// Time between two looks at the counters.
const COUNT: Duration = Duration::from_millis(250);

/// How far behind the clock the word "nothing came" is:
/// [`HOLD`](super::options::HOLD), and room for a busy kernel.
const SLACK: Duration = Duration::from_millis(100);

/// How long a packet may still come after a stop: the kernel keeps it for
/// [`HOLD`](super::options::HOLD).
const DRAIN: Duration = Duration::from_millis(60);

/// The longest that is read after a stop, whatever the clocks say.
const DRAIN_ALL: Duration = Duration::from_secs(5);

/// Errors in a row of an interface that is there, after which it cannot be read any more.
const PATIENCE: u32 = 3;

/// Refusals to open an interface that came back, at intervals of [`QUIET`], after which it is given
/// up.
const REFUSALS: u32 = 50;

/// Reads packets until it is stopped or cannot go on.
pub(super) struct Reader {
    opened: Opened,
    options: Options,
    giver: Giver,
    stopper: Stopper,
    counters: Counters,
    counted: Instant,
    /// Errors since something was read.
    errors: u32,
}

impl Reader {
    pub(super) fn new(opened: Opened, options: Options, giver: Giver, stopper: Stopper) -> Self {
        Self {
            counters: Counters::new(&options.interface, Drops::default()),
            opened,
            options,
            giver,
            stopper,
            counted: clock::instant(),
            errors: 0,
        }
    }

    /// Reads to the end; why it ended, and how the capture fared.
    pub(super) fn run(mut self) -> (End, Status) {
        let end = loop {
            if self.is_over() {
                self.drain();
                break End::Stopped;
            }
            if let Err(end) = self.step() {
                break end;
            }
        };
        self.count();
        self.giver.tell(None);
        (end, self.giver.status)
    }

    fn is_over(&self) -> bool {
        self.stopper.is_used() || self.giver.is_deserted()
    }

    /// Reads what is there; if that is nothing, waits for more.
    fn step(&mut self) -> Result<(), End> {
        let before = clock::now();
        let read = self.read();
        if self.counted.elapsed() >= COUNT {
            self.counted = clock::instant();
            self.count();
        }
        let is_up_to_date = self.giver.flush();
        match read {
            Ok(0) => self.wait(before, is_up_to_date),
            Ok(_) => {
                self.errors = 0;
                Ok(())
            }
            Err(error) => self.mend(&error, before),
        }
    }

    fn read(&mut self) -> Result<usize, pcap::Error> {
        let (giver, link) = (&mut self.giver, self.opened.link);
        let result = self
            .opened
            .capture
            .dispatch(Some(BATCH), |packet| take(giver, link, &packet));
        match result {
            Err(pcap::Error::TimeoutExpired | pcap::Error::NoMorePackets) => Ok(0),
            other => other,
        }
    }

    fn count(&mut self) {
        let drops = &mut self.giver.status.drops;
        self.counters.read(&mut self.opened.capture, drops);
    }

    fn wait(&mut self, before: Timestamp, is_up_to_date: bool) -> Result<(), End> {
        let limit = if is_up_to_date { QUIET } else { RETRY };
        match wait::wait(&self.opened.capture, limit) {
            Woken::TimedOut if is_up_to_date => self.say_idle(before),
            Woken::TimedOut | Woken::Ready => {}
            Woken::Trouble => self.look(before)?,
        }
        Ok(())
    }

    /// Says that nothing was captured, before `now` and long enough ago to be known.
    fn say_idle(&mut self, now: Timestamp) {
        let slack = u64::try_from(SLACK.as_nanos()).unwrap_or_default();
        let idle = Timestamp::from_nanos(now.as_nanos().saturating_sub(slack));
        self.giver.tell(Some(idle));
    }

    /// Reads what the kernel collected until this moment, which may be a whole ring.
    fn drain(&mut self) {
        let (begun, now) = (clock::instant(), clock::now());
        while !self.giver.is_deserted() && self.giver.latest <= now {
            let limit = match self.read() {
                Ok(0) => DRAIN,
                Ok(_) => DRAIN_ALL,
                Err(_) => break,
            };
            if begun.elapsed() >= limit {
                break;
            }
            wait::wait(&self.opened.capture, RETRY);
        }
    }

    /// What an error of reading means: an interface that is away, or the end.
    fn mend(&mut self, error: &pcap::Error, now: Timestamp) -> Result<(), End> {
        self.look(now)?;
        self.errors += 1;
        match self.errors {
            // It may have been away for a moment.
            ..=PATIENCE => Ok(()),
            _ => Err(End::Failed(filter::words(error))),
        }
    }

    /// Looks whether the interface is there, and if not waits for it.
    fn look(&mut self, now: Timestamp) -> Result<(), End> {
        let is_here = |reader: &Self| {
            wait::presence(reader.opened.identity, &reader.options.interface) == Presence::Up
        };
        if is_here(self) {
            return Ok(());
        }
        let mut reported = None;
        while !self.is_over() && !is_here(self) {
            let removed = self.is_removed();
            if reported != Some(removed) {
                self.report_away(now, removed)?;
                reported = Some(removed);
            }
            if removed && self.reopen()? {
                break;
            }
            // What came before it went away; an error would say no more than that it did.
            let _ = self.read();
            self.say_idle(clock::now());
            thread::sleep(QUIET);
        }
        self.errors = 0;
        self.giver.status.state = State::Capturing;
        self.giver.tell(None);
        Ok(())
    }

    fn is_removed(&self) -> bool {
        wait::presence(self.opened.identity, &self.options.interface) == Presence::Removed
    }

    fn report_away(&mut self, since: Timestamp, removed: bool) -> Result<(), End> {
        if self.options.exit_on_down {
            return Err(End::Away { removed });
        }
        if removed && rights::may_capture().is_err() {
            return Err(End::Lost);
        }
        self.giver.status.state = State::Away { since, removed };
        self.giver.tell(None);
        Ok(())
    }

    /// Opens the interface that came back under the old name; whether it did.
    fn reopen(&mut self) -> Result<bool, End> {
        match opening::activate(&self.options) {
            Ok(opened) => {
                self.count();
                self.opened = opened;
                let earlier = self.giver.status.drops;
                self.counters = Counters::new(&self.options.interface, earlier);
                Ok(true)
            }
            Err(OpenError::NoSuchInterface { .. } | OpenError::Down(_)) => Ok(false),
            // It may be there and not ready.
            Err(OpenError::Refused { .. }) if self.errors < REFUSALS => {
                self.errors += 1;
                Ok(false)
            }
            Err(error) => Err(End::Failed(error.to_string())),
        }
    }
}

fn take(giver: &mut Giver, link: LinkType, packet: &Packet) {
    let header = packet.header;
    let wire_len = header.len.max(header.caplen);
    giver.push(time(header), wire_len, link, packet.data);
}

/// Linux is asked for nanoseconds, which libpcap then gives in the field of the microseconds.
fn time(header: &PacketHeader) -> Timestamp {
    const UNIT: u64 = if cfg!(target_os = "linux") { 1 } else { 1000 };
    let seconds = u64::try_from(header.ts.tv_sec).unwrap_or_default();
    let fraction = u64::try_from(header.ts.tv_usec).unwrap_or_default();
    Timestamp::new(seconds, fraction.saturating_mul(UNIT))
}
