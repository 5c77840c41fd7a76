//! The engine thread: reads packets, analyses them, tells the screen what changed.
//!
//! It alone owns the [`Store`]. It never waits for the screen: while that has not taken the last
//! [`Delta`], changes gather in the store.

mod tell;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, TryRecvError};
use std::time::{Duration, Instant};

use super::clock::now;
use super::feed::Feed;
use super::job::Job;
use super::model::{CaptureState, Delta, Origin, Progress, Store};
use super::order::Order;
use super::spool::Spool;
use crate::analyzer::{Analyzer, Event};
use crate::capture::{Keyed, Next, Source};

/// The name of the engine thread: its panics are caught.
pub(crate) const THREAD: &str = "engine";

/// Packets between two looks at the clock and at the orders.
const PACKETS_A_LOOK: u32 = 64;

/// Time between two deltas.
const PACE: Duration = Duration::from_millis(100);

/// Time until the first delta, which shows that there is something.
const FIRST: Duration = Duration::from_millis(40);

/// Time that a filter is applied for before packets are read again.
const SLICE: Duration = Duration::from_millis(8);

/// Sessions that a filter is applied to between two looks at the clock.
const SESSIONS_A_LOOK: usize = 64;

/// Where deltas go; false when nobody takes them any more.
pub(crate) type Deliver = Box<dyn FnMut(Delta) -> bool>;

/// What a thread needs to be the engine.
pub(crate) struct Engine {
    pub(crate) source: Keyed<Feed>,
    pub(crate) analyzer: Analyzer,
    pub(crate) origin: Origin,
    pub(crate) orders: Receiver<Order>,
    pub(crate) jobs: Sender<Job>,
    /// Keeps the packets that cannot be read again.
    pub(crate) spool: Option<Spool>,
    pub(crate) deliver: Deliver,
}

/// The engine at work.
struct Work {
    engine: Engine,
    store: Store,
    events: Vec<Event>,
    capture: CaptureState,
    begun: Instant,
    told: Option<Instant>,
    /// The screen took what it was sent last.
    is_ready: bool,
    /// Something was told by no delta yet, beside what is in the store.
    is_stale: bool,
    /// Faults of inputs that were put into the log.
    faults: Vec<bool>,
    limits: usize,
    /// Why packets are not kept any more, until it is told.
    spool_trouble: Option<String>,
}

/// Why reading ended.
enum Ended {
    /// Nothing is left to read.
    Read,
    /// The screen wants no more.
    Stopped,
    /// The screen is gone.
    Deserted,
}

impl Engine {
    /// Works until the screen is gone.
    pub(crate) fn run(self) {
        let capture = CaptureState::new(self.origin.clone());
        let mut work = Work {
            store: Store::default(),
            events: Vec::new(),
            capture,
            begun: now(),
            told: None,
            is_ready: true,
            is_stale: true,
            faults: Vec::new(),
            limits: 0,
            spool_trouble: None,
            engine: self,
        };
        let progress = match catch_unwind(AssertUnwindSafe(|| work.read())) {
            Ok(Ended::Read) => Progress::Done,
            Ok(Ended::Stopped) => Progress::Stopped {
                fraction: work.fraction(),
            },
            Ok(Ended::Deserted) => return,
            Err(_) => Progress::Failed(work.fault()),
        };
        work.serve(progress);
    }
}

impl Work {
    fn read(&mut self) -> Ended {
        let ended = loop {
            if let Some(ended) = self.look() {
                break ended;
            }
            if !self.some_packets() {
                break Ended::Read;
            }
        };
        if !matches!(ended, Ended::Deserted) {
            self.engine.analyzer.finish(&mut self.events);
            self.take_in();
        }
        ended
    }

    /// Whether there may be more.
    fn some_packets(&mut self) -> bool {
        for _ in 0..PACKETS_A_LOOK {
            if let Some(text) = self.engine.source.take_secrets() {
                self.engine.analyzer.secrets(&text, &mut self.events);
            }
            match self.engine.source.next() {
                Next::Packet(packet) => {
                    self.store.packet(&packet);
                    self.engine.analyzer.push(&packet, &mut self.events);
                    let analyzer = &self.engine.analyzer;
                    let spool = self.engine.spool.as_mut();
                    let trouble = spool.and_then(|spool| spool.packet(&packet, analyzer));
                    self.spool_trouble = self.spool_trouble.take().or(trouble);
                    self.is_stale = true;
                }
                Next::Idle(now) => {
                    self.engine.analyzer.advance(now, &mut self.events);
                    let analyzer = &self.engine.analyzer;
                    let spool = self.engine.spool.as_mut();
                    let trouble = spool.and_then(|spool| spool.idle(now, analyzer));
                    self.spool_trouble = self.spool_trouble.take().or(trouble);
                    self.take_in();
                    return true;
                }
                Next::End => {
                    // The keys may stand behind the last packet.
                    while let Some(text) = self.engine.source.take_secrets() {
                        self.engine.analyzer.secrets(&text, &mut self.events);
                    }
                    self.take_in();
                    return false;
                }
            }
            if !self.events.is_empty() {
                self.take_in();
            }
        }
        true
    }

    fn take_in(&mut self) {
        for event in self.events.drain(..) {
            self.store.event(event);
        }
    }

    /// Sees to the orders and to the screen.
    fn look(&mut self) -> Option<Ended> {
        loop {
            match self.engine.orders.try_recv() {
                Ok(Order::Stop) => return Some(Ended::Stopped),
                Ok(order) => self.obey(order),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => return Some(Ended::Deserted),
            }
        }
        let now = now();
        let due = match self.told {
            Some(told) => told + PACE,
            None => self.begun + FIRST,
        };
        let is_urgent = self.store.is_urgent();
        self.hear_of_trouble();
        self.filter();
        if (now >= due || is_urgent) && (self.is_stale || self.store.has_news()) {
            self.progress(now);
            if !self.tell(now) {
                return Some(Ended::Deserted);
            }
        }
        None
    }

    /// Applies the filter for a while.
    fn filter(&mut self) {
        if let Some(now) = self.capture.last {
            self.store.advance(now);
        }
        let begun = now();
        while self.store.is_filtering() && now() - begun < SLICE {
            self.store.filter_some(SESSIONS_A_LOOK);
            self.is_stale |= !self.store.is_filtering();
        }
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Dossiers(sessions) => self.store.want(sessions),
            Order::Ready => self.is_ready = true,
            Order::Filter { number, query } => {
                self.store.filter(number, query, self.capture.last);
                self.is_stale = true;
            }
            Order::Save(request) => {
                let dossiers = self.store.dossiers(&request.sessions);
                // Without a worker there is nobody who asked.
                let _ = self.engine.jobs.send(Job::Save(request, dossiers));
            }
            Order::Stop => {}
        }
    }

    /// Nothing is read any more: tells what is asked for until the screen is gone.
    fn serve(&mut self, progress: Progress) {
        self.tell_faults();
        self.capture.progress = match (progress, self.engine.source.source().failure()) {
            (Progress::Done, Some(why)) => Progress::Failed(why),
            (progress, _) => progress,
        };
        self.is_stale = true;
        loop {
            if (self.is_stale || self.store.has_news()) && !self.tell(now()) {
                return;
            }
            if self.store.is_filtering() {
                self.filter();
                match self.engine.orders.try_recv() {
                    Ok(order) => self.obey(order),
                    Err(TryRecvError::Empty) => {}
                    Err(TryRecvError::Disconnected) => return,
                }
                continue;
            }
            match self.engine.orders.recv() {
                Ok(order) => self.obey(order),
                Err(_) => return,
            }
        }
    }
}
