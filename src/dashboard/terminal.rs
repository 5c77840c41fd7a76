//! The terminal: taken and given back whole, whatever happens.
//!
//! It is given back by the loop on every orderly end, by a panic hook on a panic (a `Drop` would
//! not run where panics abort), and before the process is suspended.

use std::io::{self, BufWriter, Stdout, Write};
use std::panic;
use std::sync::atomic::{AtomicBool, Ordering};

use ratatui::backend::CrosstermBackend;
use ratatui::buffer::Buffer;
use ratatui::crossterm::cursor::{Hide, Show};
use ratatui::crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture,
};
use ratatui::crossterm::style::{ResetColor, force_color_output};
use ratatui::crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen,
    LeaveAlternateScreen, SetTitle, disable_raw_mode, enable_raw_mode,
};
use ratatui::crossterm::{execute, queue};
use ratatui::layout::Rect;

use super::engine::THREAD;
use crate::fault;

/// Bytes of a frame that are written at once.
const FRAME: usize = 64 * 1024;

/// The terminal is ours.
static IS_TAKEN: AtomicBool = AtomicBool::new(false);

type Backend = CrosstermBackend<BufWriter<Stdout>>;

/// A terminal that was taken.
pub(super) struct Terminal {
    inner: ratatui::Terminal<Backend>,
    mouse: bool,
}

impl Terminal {
    /// Takes the terminal.
    pub(super) fn take(mouse: bool, title: &str) -> io::Result<Self> {
        // The themes without colours emit none; with this set, crossterm 0.29 would also undo bold
        // and reverse wherever NO_COLOR is set.
        force_color_output(true);
        hook();
        enter(mouse, title)?;
        Ok(Self {
            inner: new()?,
            mouse,
        })
    }

    /// Draws a frame; the terminal shows it at once or not at all. Returns its size.
    pub(super) fn draw(&mut self, view: impl FnOnce(Rect, &mut Buffer)) -> io::Result<()> {
        queue!(self.inner.backend_mut(), BeginSynchronizedUpdate)?;
        self.inner
            .draw(|frame| view(frame.area(), frame.buffer_mut()))?;
        execute!(self.inner.backend_mut(), EndSynchronizedUpdate)
    }

    /// Columns and rows.
    pub(super) fn size(&self) -> io::Result<(u16, u16)> {
        let size = self.inner.size()?;
        Ok((size.width, size.height))
    }

    /// Gives the terminal back to the shell, stops this process, and takes the terminal again.
    pub(super) fn suspend(&mut self, title: &str) -> io::Result<()> {
        leave();
        signal_hook::low_level::raise(signal_hook::consts::SIGSTOP)?;
        self.retake(title)
    }

    /// Takes the terminal anew, after others have written to it.
    pub(super) fn retake(&mut self, title: &str) -> io::Result<()> {
        enter(self.mouse, title)?;
        self.inner = new()?;
        Ok(())
    }

    /// Puts a text on the clipboard of the terminal (OSC 52), encoded, so that no part of it can be
    /// taken for a command.
    pub(super) fn copy(&mut self, text: &str) -> io::Result<()> {
        use base64::Engine;
        let encoded = base64::engine::general_purpose::STANDARD.encode(text);
        let out = self.inner.backend_mut();
        write!(out, "\x1b]52;c;{encoded}\x07")?;
        out.flush()
    }

    /// Gives the terminal back; what `view` draws last stays on it, as text.
    pub(super) fn give_back(
        mut self,
        view: Option<impl FnOnce(Rect, &mut Buffer)>,
    ) -> io::Result<()> {
        let mut last = None;
        if let Some(view) = view {
            let frame = self
                .inner
                .draw(|frame| view(frame.area(), frame.buffer_mut()))?;
            last = Some(frame.buffer.clone());
        }
        leave();
        let mut out = io::stdout().lock();
        for line in last.iter().flat_map(lines) {
            writeln!(out, "{line}")?;
        }
        Ok(())
    }
}

fn new() -> io::Result<ratatui::Terminal<Backend>> {
    let out = BufWriter::with_capacity(FRAME, io::stdout());
    ratatui::Terminal::new(CrosstermBackend::new(out))
}

fn enter(mouse: bool, title: &str) -> io::Result<()> {
    enable_raw_mode()?;
    IS_TAKEN.store(true, Ordering::SeqCst);
    let mut out = io::stdout();
    execute!(
        out,
        EnterAlternateScreen,
        Clear(ClearType::All),
        Hide,
        EnableBracketedPaste,
        SetTitle(title)
    )?;
    if mouse {
        execute!(out, EnableMouseCapture)?;
    }
    Ok(())
}

/// Gives the terminal back. Nothing can be done where that fails: the terminal is gone then.
pub(super) fn leave() {
    if !IS_TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    let _ = execute!(
        io::stdout(),
        EndSynchronizedUpdate,
        DisableMouseCapture,
        DisableBracketedPaste,
        ResetColor,
        LeaveAlternateScreen,
        Show,
        SetTitle("")
    );
    let _ = disable_raw_mode();
}

/// Has a panic give the terminal back before it is told. The engine thread catches its own.
fn hook() {
    let tell = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if std::thread::current().name() == Some(THREAD) {
            return fault::note(info);
        }
        leave();
        tell(info);
    }));
}

/// Asks all processes of the pipeline to suspend, this one among them, as the shell's own ctrl-z
/// does.
pub(super) fn ask_to_suspend() -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use nix::sys::signal::{Signal, kill};
        use nix::unistd::Pid;
        Ok(kill(Pid::from_raw(0), Signal::SIGTSTP)?)
    }
    #[cfg(not(target_os = "linux"))]
    signal_hook::low_level::raise(signal_hook::consts::SIGTSTP)
}

/// The rows of a screen as text.
fn lines(buffer: &Buffer) -> Vec<String> {
    let width = usize::from(buffer.area.width.max(1));
    let rows = buffer.content.chunks(width);
    rows.map(|row| {
        let text: String = row.iter().map(ratatui::buffer::Cell::symbol).collect();
        text.trim_end().to_owned()
    })
    .collect()
}
