//! The loop: take everything that has come, then draw once.

use std::io;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use super::app::{App, Effect, Look, Msg, Signal};
use super::clock::now;
use super::config::Config;
use super::engine::{self, Engine};
use super::feed::Feed;
use super::job::{self, Job, Packets};
use super::model::{Delta, Origin, Snapshot};
use super::order::Order;
use super::spool::Spool;
use super::terminal::{self, Terminal};
use super::{input, view};
use crate::analyzer::Analyzer;
use crate::capture::Keyed;
use crate::escape;
use crate::select::Query;

/// Time between two frames, when they show what a key did, and when they show data.
const FRAME: Duration = Duration::from_millis(33);
const DATA_FRAME: Duration = Duration::from_millis(100);

/// Messages that may wait.
const WAITING: usize = 256;

/// What reaches the loop.
#[derive(Debug)]
pub(super) enum Incoming {
    /// Something happened.
    Msg(Msg),
    /// Something changed.
    Delta(Box<Delta>),
}

/// What the dashboard is to show, and how.
pub(crate) struct Setup {
    /// Opens the source of packets, on the engine's thread.
    pub(crate) source: Box<dyn FnOnce() -> Keyed<Feed> + Send>,
    /// The captures, where they can be read again.
    pub(crate) files: Vec<PathBuf>,
    /// The engine.
    pub(crate) analyzer: Analyzer,
    /// Where packets come from.
    pub(crate) origin: Origin,
    /// The configuration, known to be right.
    pub(crate) config: Config,
    /// How things are shown.
    pub(crate) look: Look,
    /// The mouse is used.
    pub(crate) mouse: bool,
    /// Which sessions are shown, until the filter line says otherwise.
    pub(crate) filter: Query,
}

/// Runs the dashboard on this terminal until it is left.
///
/// # Errors
/// Those of the terminal.
pub(crate) fn run(setup: Setup) -> io::Result<()> {
    let result = Loop::start(setup).and_then(Loop::run);
    // Also after an error in the middle of a frame.
    terminal::leave();
    result
}

struct Loop {
    app: App,
    snapshot: Snapshot,
    terminal: Terminal,
    incoming: Receiver<Incoming>,
    orders: Sender<Order>,
    jobs: Sender<Job>,
    title: String,
    drawn: Option<Instant>,
    stale: Stale,
}

/// Whether the screen shows what is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stale {
    No,
    Data,
    Input,
}

impl Loop {
    fn start(setup: Setup) -> io::Result<Self> {
        let (sender, incoming) = sync_channel(WAITING);
        let (orders, received) = std::sync::mpsc::channel();
        let title = title(&setup.origin);
        let is_live = matches!(setup.origin, Origin::Interface(_));
        let snapshot = Snapshot::new(setup.origin.clone());
        let (jobs, to_do) = std::sync::mpsc::channel();
        let (packets, spool) = keep(setup.files)?;
        job::start(packets, to_do, sender.clone())?;
        engine(
            jobs.clone(),
            spool,
            setup.source,
            setup.analyzer,
            setup.origin,
            received,
            sender.clone(),
        )?;
        let terminal = Terminal::take(setup.mouse, &title)?;
        input::start(&sender)?;
        let keymap = setup.config.keymap().map_err(io::Error::other)?;
        let mut app = App::new(keymap, setup.look, is_live);
        app.sessions.columns = setup.config.session_columns().map_err(io::Error::other)?;
        app.data.columns = setup.config.data_columns().map_err(io::Error::other)?;
        app.size = terminal.size()?;
        let filter = app
            .filter_by(&setup.filter.to_string())
            .map_err(io::Error::other)?;
        let mut begun = Self {
            app,
            snapshot,
            terminal,
            incoming,
            orders,
            jobs,
            title,
            drawn: None,
            stale: Stale::Input,
        };
        begun.carry_out(filter)?;
        Ok(begun)
    }

    fn run(mut self) -> io::Result<()> {
        loop {
            self.draw_if_due()?;
            let Some(incoming) = self.wait() else {
                continue;
            };
            if let Some(keep) = self.take(incoming)? {
                return self.end(keep);
            }
            while let Ok(incoming) = self.incoming.try_recv() {
                if let Some(keep) = self.take(incoming)? {
                    return self.end(keep);
                }
            }
        }
    }

    /// What comes next, or nothing when it is time to draw.
    fn wait(&self) -> Option<Incoming> {
        let received = match self.due() {
            Some(due) => self
                .incoming
                .recv_timeout(due.saturating_duration_since(now())),
            None => self
                .incoming
                .recv()
                .map_err(|_| RecvTimeoutError::Disconnected),
        };
        match received {
            Ok(incoming) => Some(incoming),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => Some(Incoming::Msg(Msg::InputEnded)),
        }
    }

    /// When the next frame is to be drawn; nothing when the screen shows what is.
    fn due(&self) -> Option<Instant> {
        let pace = match self.stale {
            Stale::No => return None,
            Stale::Data => DATA_FRAME,
            Stale::Input => FRAME,
        };
        Some(self.drawn.map_or_else(now, |drawn| drawn + pace))
    }

    fn draw_if_due(&mut self) -> io::Result<()> {
        if self.due().is_none_or(|due| due > now()) {
            return Ok(());
        }
        let (app, snapshot) = (&mut self.app, &self.snapshot);
        self.terminal
            .draw(|area, buffer| view::draw(app, snapshot, area, buffer))?;
        self.drawn = Some(now());
        self.stale = Stale::No;
        Ok(())
    }

    /// Takes a message in; whether to leave, and then whether the last screen stays.
    fn take(&mut self, incoming: Incoming) -> io::Result<Option<bool>> {
        match incoming {
            Incoming::Delta(delta) => {
                let mut delta = *delta;
                let dossiers = std::mem::take(&mut delta.dossiers);
                let changes = self.snapshot.apply(delta);
                // When there is no engine any more, nobody misses it.
                let _ = self.orders.send(Order::Ready);
                self.stale = self.stale.max(Stale::Data);
                let left = self.update(Msg::Changed(changes))?;
                for dossier in dossiers {
                    self.stale = Stale::Input;
                    self.update(Msg::Dossier(dossier))?;
                }
                Ok(left)
            }
            Incoming::Msg(msg) => {
                self.stale = Stale::Input;
                #[cfg(debug_assertions)]
                panic_on_request(&msg);
                if matches!(msg, Msg::Signal(Signal::Continue)) {
                    self.terminal.retake(&self.title)?;
                }
                self.update(msg)
            }
        }
    }

    fn update(&mut self, msg: Msg) -> io::Result<Option<bool>> {
        let effects = self.app.update(msg, &self.snapshot);
        self.carry_out(effects)
    }

    fn carry_out(&mut self, effects: Vec<Effect>) -> io::Result<Option<bool>> {
        for effect in effects {
            let order = match effect {
                Effect::Quit { keep } => return Ok(Some(keep)),
                Effect::AskToSuspend => {
                    terminal::ask_to_suspend()?;
                    continue;
                }
                Effect::Suspend => {
                    self.terminal.suspend(&self.title)?;
                    continue;
                }
                Effect::Copy(text) => {
                    self.terminal.copy(&text)?;
                    continue;
                }
                Effect::Packets(frames) => {
                    let _ = self.jobs.send(Job::Packets(frames));
                    continue;
                }
                Effect::Save(request) => Order::Save(request),
                Effect::Dossiers(sessions) => Order::Dossiers(sessions),
                Effect::Filter { number, query } => Order::Filter { number, query },
                Effect::StopReading => Order::Stop,
            };
            let _ = self.orders.send(order);
        }
        Ok(None)
    }

    fn end(self, keep: bool) -> io::Result<()> {
        let Self {
            mut app,
            snapshot,
            terminal,
            ..
        } = self;
        let last =
            keep.then_some(|area, buffer: &mut _| view::draw(&mut app, &snapshot, area, buffer));
        terminal.give_back(last)
    }
}

/// Lets a test see what a panic leaves behind: ctrl-alt-F12, not in a release.
#[cfg(debug_assertions)]
fn panic_on_request(msg: &Msg) {
    if matches!(msg, Msg::Key(key) if key.to_string() == "ctrl-alt-F12") {
        panic!("a test asked for it");
    }
}

/// Where packets can be read again: their files, or a spool that keeps them.
fn keep(files: Vec<PathBuf>) -> io::Result<(Packets, Option<Spool>)> {
    if !files.is_empty() {
        return Ok((Packets::Files(files), None));
    }
    let failed = |error: io::Error| {
        let folder = std::env::temp_dir();
        let why = format!(
            "packets cannot be kept in {}: {error}",
            escape::path(&folder)
        );
        io::Error::new(error.kind(), why)
    };
    let (spool, path) = Spool::begin().map_err(failed)?;
    Ok((Packets::Spool(path), Some(spool)))
}

fn engine(
    jobs: Sender<Job>,
    spool: Option<Spool>,
    source: Box<dyn FnOnce() -> Keyed<Feed> + Send>,
    analyzer: Analyzer,
    origin: Origin,
    orders: Receiver<Order>,
    out: SyncSender<Incoming>,
) -> io::Result<()> {
    let work = move || {
        let deliver = Box::new(move |delta| out.send(Incoming::Delta(Box::new(delta))).is_ok());
        let engine = Engine {
            source: source(),
            analyzer,
            origin,
            orders,
            jobs,
            spool,
            deliver,
        };
        engine.run();
    };
    thread::Builder::new()
        .name(engine::THREAD.to_owned())
        .spawn(work)?;
    Ok(())
}

/// The title of the window: escaped, as a name may come from anywhere.
fn title(origin: &Origin) -> String {
    let name = match origin {
        Origin::File(name) | Origin::Interface(name) => name,
    };
    format!("ftpscope {}", escape::line(name.as_bytes()))
}
