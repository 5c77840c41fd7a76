//! Keyboard, mouse and signals, each read by a thread of its own.

use std::fs::File;
use std::io::{self, IsTerminal};
use std::sync::mpsc::SyncSender;
use std::thread;
use std::time::Duration;

use ratatui::crossterm::event::{self, Event};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP};
use signal_hook::iterator::Signals;

use super::app::{Msg, Signal};
use super::run::Incoming;

/// Time between two looks whether the terminal is still there.
const WATCH: Duration = Duration::from_secs(2);

/// Starts to read. The threads end with the process: nothing can wake a read from a terminal.
pub(super) fn start(out: &SyncSender<Incoming>) -> io::Result<()> {
    let signals = Signals::new([SIGTERM, SIGHUP, SIGINT, SIGTSTP, SIGCONT])?;
    let (keys, told, gone) = (out.clone(), out.clone(), out.clone());
    let terminal = keyboard()?;
    spawn("keys", move || read_keys(&keys))?;
    spawn("signals", move || read_signals(signals, &told))?;
    spawn("terminal", move || watch(&terminal, &gone))
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    thread::Builder::new().name(name.to_owned()).spawn(work)?;
    Ok(())
}

/// Where crossterm reads keys from.
enum Keyboard {
    Stdin,
    Terminal(File),
}

fn keyboard() -> io::Result<Keyboard> {
    Ok(match io::stdin().is_terminal() {
        true => Keyboard::Stdin,
        false => Keyboard::Terminal(File::open("/dev/tty")?),
    })
}

fn read_keys(out: &SyncSender<Incoming>) {
    loop {
        let msg = match event::read() {
            Ok(Event::Key(key)) if key.is_press() || key.is_repeat() => Msg::Key(key.into()),
            Ok(Event::Mouse(mouse)) => Msg::Mouse(mouse),
            Ok(Event::Paste(text)) => Msg::Paste(text),
            Ok(Event::Resize(columns, rows)) => Msg::Resize(columns, rows),
            Ok(_) => continue,
            Err(_) => Msg::InputEnded,
        };
        let ended = matches!(msg, Msg::InputEnded);
        if out.send(Incoming::Msg(msg)).is_err() || ended {
            return;
        }
    }
}

fn read_signals(mut signals: Signals, out: &SyncSender<Incoming>) {
    for signal in signals.forever() {
        let signal = match signal {
            SIGTSTP => Signal::Suspend,
            SIGCONT => Signal::Continue,
            _ => Signal::End,
        };
        if out.send(Incoming::Msg(Msg::Signal(signal))).is_err() {
            return;
        }
    }
}

/// Tells when the terminal is gone. Where that comes without a signal, crossterm 0.29 would read
/// the end of the input again and again for ever, and say nothing.
fn watch(keyboard: &Keyboard, out: &SyncSender<Incoming>) {
    let is_there = || match keyboard {
        Keyboard::Stdin => io::stdin().is_terminal(),
        Keyboard::Terminal(file) => file.is_terminal(),
    };
    while is_there() {
        thread::sleep(WATCH);
    }
    // Nobody listens any more when this fails.
    let _ = out.send(Incoming::Msg(Msg::InputEnded));
}
