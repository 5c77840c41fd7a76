//! The core of the dashboard under test: keys in, screens out, on captures of the repository.

mod budget;
mod engine;
mod filter;
mod hostile;
mod random;
mod screens;
mod session;
mod update;

use std::path::{Path, PathBuf};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};

use super::action::Keymap;
use super::app::{App, Effect, Look, Msg};
use super::glyphs::Glyphs;
use super::model::{CaptureState, Changes, LogLine, Origin, Progress, Snapshot, Store};
use super::theme::{Base, Theme};
use super::view;
use crate::analyzer::{Analyzer, Event, Options, Summary};
use crate::capture::{self, Next, Source};

/// Captures with and without problems.
const CAPTURES: [&str; 4] = [
    "passive-download-vsftpd",
    "login-failed-vsftpd",
    "active-download-vsftpd",
    "pasv-private-address-nat-client-side",
];

/// A dashboard of [`CAPTURES`].
fn bench() -> Bench {
    Bench::of(&CAPTURES)
}

/// A dashboard without threads and terminal.
pub(super) struct Bench {
    pub(super) app: App,
    pub(super) snapshot: Snapshot,
    pub(super) store: Store,
    pub(super) effects: Vec<Effect>,
    pub(super) capture: CaptureState,
    summary: Summary,
}

impl Bench {
    /// A dashboard that has been told nothing.
    pub(super) fn new(is_live: bool) -> Self {
        let origin = match is_live {
            true => Origin::Interface("eth0".into()),
            false => Origin::File("captures.pcap".into()),
        };
        Self {
            app: App::new(Keymap::new(&[]).unwrap(), Look::default(), is_live),
            snapshot: Snapshot::new(origin.clone()),
            store: Store::default(),
            effects: Vec::new(),
            capture: CaptureState::new(origin),
            summary: Summary::default(),
        }
    }

    /// A dashboard of captures of the repository, all read.
    pub(super) fn of(names: &[&str]) -> Self {
        let mut bench = Self::new(false);
        let files: Vec<PathBuf> = names.iter().map(|name| file(name)).collect();
        let mut source = capture::open(&files).unwrap();
        let mut analyzer = Analyzer::new(&Options::default());
        let mut events = Vec::new();
        while let Next::Packet(packet) = source.next() {
            bench.store.packet(&packet);
            analyzer.push(&packet, &mut events);
        }
        analyzer.finish(&mut events);
        events
            .into_iter()
            .for_each(|event| bench.store.event(event));
        bench.summary = analyzer.summary();
        bench.capture.packets = bench.summary.frames;
        bench.capture.first = bench.summary.first_time;
        bench.capture.last = bench.summary.last_time;
        bench.capture.progress = Progress::Done;
        bench.publish();
        bench
    }

    /// Tells events, and the screen of them.
    pub(super) fn tell(&mut self, events: impl IntoIterator<Item = Event>) {
        events.into_iter().for_each(|event| self.store.event(event));
        self.publish();
    }

    pub(super) fn log(&mut self, text: &str) {
        self.store.log(LogLine {
            time: None,
            is_warning: true,
            text: text.into(),
        });
        self.publish();
    }

    /// Sends the screen what changed.
    pub(super) fn publish(&mut self) {
        let mut delta = self.store.delta(self.capture.clone(), self.summary.clone());
        let dossiers = std::mem::take(&mut delta.dossiers);
        let changes: Changes = self.snapshot.apply(delta);
        self.update(Msg::Changed(changes));
        for dossier in dossiers {
            self.update(Msg::Dossier(dossier));
        }
    }

    /// Hands a message over and does at once what comes of it.
    pub(super) fn update(&mut self, msg: Msg) {
        for effect in self.app.update(msg, &self.snapshot) {
            match &effect {
                Effect::Dossiers(sessions) => {
                    self.store.want(sessions.clone());
                    self.publish();
                }
                Effect::Filter { number, query } => {
                    self.store.filter(*number, query.clone(), self.capture.last);
                    self.store.filter_some(usize::MAX);
                    self.publish();
                }
                _ => {}
            }
            self.effects.push(effect);
        }
    }

    /// Presses keys: names with blanks between them.
    pub(super) fn press(&mut self, keys: &str) {
        for key in keys.split(' ').filter(|key| !key.is_empty()) {
            self.update(Msg::Key(key.parse().unwrap()));
        }
    }

    /// Types a text.
    pub(super) fn type_in(&mut self, text: &str) {
        for character in text.chars() {
            let key = match character {
                ' ' => "space".parse(),
                other => other.to_string().parse(),
            };
            self.update(Msg::Key(key.unwrap()));
        }
    }

    pub(super) fn look(&mut self, base: Base, ascii: bool) {
        self.app.look = Look::new(Theme::new(base), Glyphs { ascii });
    }

    /// Draws a screen, in the middle of a larger buffer of which nothing may be touched.
    pub(super) fn draw(&mut self, width: u16, height: u16) -> Buffer {
        let around = Rect::new(0, 0, width + 4, height + 4);
        let mut buffer = Buffer::empty(around);
        let area = Rect::new(2, 2, width, height);
        for y in 0..around.height {
            for x in 0..around.width {
                if !area.contains((x, y).into()) {
                    buffer[(x, y)].set_symbol("P");
                }
            }
        }
        view::draw(&mut self.app, &self.snapshot, area, &mut buffer);
        let mut screen = Buffer::empty(Rect::new(0, 0, width, height));
        for y in 0..around.height {
            for x in 0..around.width {
                if area.contains((x, y).into()) {
                    screen[(x - 2, y - 2)] = buffer[(x, y)].clone();
                } else {
                    assert_eq!(buffer[(x, y)].symbol(), "P", "drawn outside at {x},{y}");
                }
            }
        }
        screen
    }

    /// A screen as text.
    pub(super) fn text(&mut self, width: u16, height: u16) -> String {
        text(&self.draw(width, height))
    }
}

/// A capture of the repository.
fn file(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("captures")
        .join(name);
    let pcapng = folder.join("capture.pcapng");
    match pcapng.exists() {
        true => pcapng,
        false => folder.join("capture.pcap"),
    }
}

/// The rows of a screen.
pub(super) fn text(buffer: &Buffer) -> String {
    let width = usize::from(buffer.area.width).max(1);
    let mut text = String::new();
    for row in buffer.content.chunks(width) {
        let mut line = String::new();
        let mut covered = 0;
        for cell in row {
            if covered == 0 {
                line += cell.symbol();
                covered = super::text::width(cell.symbol()).max(1);
            }
            covered -= 1;
        }
        text += line.trim_end();
        text.push('\n');
    }
    text
}

/// Where a screen has which style: a line for each stretch that is not plain.
pub(super) fn styles(buffer: &Buffer) -> String {
    let mut runs = String::new();
    let width = usize::from(buffer.area.width).max(1);
    for (y, row) in buffer.content.chunks(width).enumerate() {
        let mut x = 0;
        while x < row.len() {
            let look = |cell: &ratatui::buffer::Cell| (cell.fg, cell.bg, cell.modifier);
            let style = look(&row[x]);
            let run = row[x..]
                .iter()
                .take_while(|cell| look(cell) == style)
                .count();
            if style != (Color::Reset, Color::Reset, Modifier::empty()) {
                let text: String = row[x..x + run].iter().map(|cell| cell.symbol()).collect();
                let (fg, bg, modifier) = style;
                runs += &format!("{y:>2},{x:<3} {fg} {bg} {modifier:?} {:?}\n", text.trim());
            }
            x += run;
        }
    }
    runs
}
