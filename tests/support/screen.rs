//! The program in a terminal: a pty, its output read by a terminal model.
//!
//! Nothing here waits for time to pass: every step waits for what it expects on the screen.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test may panic, and waits in real time"
)]
#![allow(dead_code, unreachable_pub, reason = "each test uses a part of it")]

use std::fs;
use std::io::{Read, Write};
use std::num::NonZero;
use std::process::Command;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, PtyPair, PtySize, native_pty_system};

/// Time after which a screen will not come any more.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// What came from the program.
pub struct Output {
    pub terminal: vt100::Parser,
    pub bytes: Vec<u8>,
    pub is_over: bool,
    /// Nothing is to be read any more.
    pub let_go: bool,
}

/// The program in a terminal.
pub struct Screen {
    pub pair: PtyPair,
    pub child: Box<dyn Child + Send + Sync>,
    pub keys: Option<Box<dyn Write + Send>>,
    pub output: Arc<(Mutex<Output>, Condvar)>,
}

impl Screen {
    pub fn open(arguments: &[&str]) -> Self {
        Self::with(arguments, &[("TERM", "xterm-256color")])
    }

    pub fn with(arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_ftpscope"));
        command.args(["watch"]);
        command.args(arguments);
        Self::run(command, variables)
    }

    pub fn run(mut command: CommandBuilder, variables: &[(&str, &str)]) -> Self {
        command.env_clear();
        command.env("LANG", "C.UTF-8");
        for (name, value) in variables {
            command.env(name, value);
        }
        let pair = native_pty_system().openpty(size(36, 120)).unwrap();
        let child = pair.slave.spawn_command(command).unwrap();
        let output = Arc::new((
            Mutex::new(Output {
                terminal: vt100::Parser::new(nonzero(36), nonzero(120), 0),
                bytes: Vec::new(),
                is_over: false,
                let_go: false,
            }),
            Condvar::new(),
        ));
        let mut reader = pair.master.try_clone_reader().unwrap();
        let theirs = Arc::clone(&output);
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            loop {
                let read = reader.read(&mut buffer).unwrap_or(0);
                let mut output = theirs.0.lock().unwrap();
                output.terminal.process(&buffer[..read]);
                output.bytes.extend_from_slice(&buffer[..read]);
                output.is_over = read == 0;
                theirs.1.notify_all();
                if read == 0 || output.let_go {
                    return;
                }
            }
        });
        let keys = Some(pair.master.take_writer().unwrap());
        Self {
            pair,
            child,
            keys,
            output,
        }
    }

    pub fn press(&mut self, keys: &str) {
        let writer = self.keys.as_mut().unwrap();
        writer.write_all(keys.as_bytes()).unwrap();
        writer.flush().unwrap();
    }

    /// Waits until the screen is as expected.
    pub fn wait(&self, what: &str, expected: impl Fn(&vt100::Screen) -> bool) {
        self.wait_output(what, |output| expected(output.terminal.screen()));
    }

    pub fn wait_for(&self, text: &str) {
        self.wait(text, |screen| screen.contents().contains(text));
    }

    pub fn wait_output(&self, what: &str, expected: impl Fn(&Output) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        let mut output = self.output.0.lock().unwrap();
        while !expected(&output) {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(
                !left.is_zero() && !output.is_over,
                "no {what} in:\n{}",
                output.terminal.screen().contents()
            );
            output = self.output.1.wait_timeout(output, left).unwrap().0;
        }
    }

    /// Nothing comes from the program for so long. That nothing comes can only be seen by waiting.
    pub fn is_quiet_for(&self, span: Duration) -> bool {
        let output = self.output.0.lock().unwrap();
        let before = output.bytes.len();
        let same = |output: &mut Output| output.bytes.len() == before;
        let waited = self
            .output
            .1
            .wait_timeout_while(output, span, same)
            .unwrap()
            .1;
        waited.timed_out()
    }

    pub fn resize(&self, rows: u16, columns: u16) {
        self.pair.master.resize(size(rows, columns)).unwrap();
        let mut output = self.output.0.lock().unwrap();
        output
            .terminal
            .screen_mut()
            .set_size(nonzero(rows), nonzero(columns));
    }

    pub fn signal(&self, name: &str) {
        let pid = self.child.process_id().unwrap().to_string();
        let status = Command::new("kill")
            .args([&format!("-{name}"), &pid])
            .status();
        assert!(status.unwrap().success());
    }

    /// Waits until the process is in a state: `T` is stopped.
    pub fn wait_state(&self, state: char) {
        let path = format!("/proc/{}/stat", self.child.process_id().unwrap());
        let deadline = Instant::now() + PATIENCE;
        loop {
            let stat = fs::read_to_string(&path).unwrap_or_default();
            if stat
                .rsplit(") ")
                .next()
                .is_some_and(|rest| rest.starts_with(state))
            {
                return;
            }
            assert!(Instant::now() < deadline, "not in state {state}: {stat}");
            thread::yield_now();
        }
    }

    /// Waits for the end; the exit code.
    pub fn end(&mut self) -> u32 {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.exit_code();
            }
            assert!(Instant::now() < deadline, "does not end");
            thread::yield_now();
        }
    }

    /// The terminal is as a shell wants it.
    pub fn assert_whole(&self) {
        self.wait("whole terminal", |screen| {
            !screen.alternate_screen()
                && !screen.hide_cursor()
                && !screen.bracketed_paste()
                && screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None
        });
        let modes = self.pair.master.get_termios().unwrap().local_flags;
        let modes = format!("{modes:?}");
        for mode in ["ECHO", "ICANON", "ISIG"] {
            assert!(modes.contains(mode), "{mode} is off: {modes}");
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // It has ended already where the test went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn nonzero(number: u16) -> NonZero<u16> {
    NonZero::new(number).unwrap()
}

pub fn size(rows: u16, cols: u16) -> PtySize {
    PtySize {
        rows,
        cols,
        pixel_width: 0,
        pixel_height: 0,
    }
}
