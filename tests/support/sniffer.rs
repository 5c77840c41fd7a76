//! `ftpscope sniff` as a child process that is fed through its standard input.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

/// Time for anything to happen.
const PATIENCE: Duration = Duration::from_secs(20);

/// Asks until there is an answer.
pub fn eventually<A: Answer>(what: &str, mut ask: impl FnMut() -> A) -> A::Is {
    let end = now() + PATIENCE;
    loop {
        match ask().given() {
            Some(answer) => return answer,
            None => assert!(now() < end, "waited in vain for {what}"),
        }
        thread::park_timeout(Duration::from_millis(5));
    }
}

/// What may not be known yet.
pub trait Answer {
    /// What is known then.
    type Is;
    /// It, once it is known.
    fn given(self) -> Option<Self::Is>;
}

impl Answer for bool {
    type Is = ();
    fn given(self) -> Option<()> {
        self.then_some(())
    }
}

impl<T> Answer for Option<T> {
    type Is = T;
    fn given(self) -> Option<T> {
        self
    }
}

#[allow(clippy::disallowed_methods, reason = "a test waits in real time")]
pub fn now() -> Instant {
    Instant::now()
}

/// How it ended.
pub struct End {
    /// `None` when a signal killed it.
    pub code: Option<i32>,
    /// All that it wrote to standard error.
    pub err: String,
}

/// The running program; killed when dropped.
pub struct Sniffer {
    child: Child,
    input: Option<ChildStdin>,
    out: Option<BufReader<ChildStdout>>,
    lines: Option<Receiver<String>>,
    errors: Receiver<String>,
    err: String,
}

impl Sniffer {
    pub fn start(arguments: &[&str]) -> Self {
        Self::start_into(arguments, Stdio::piped())
    }

    /// With `output` as its standard output.
    pub fn start_into(arguments: &[&str], output: Stdio) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ftpscope"));
        command.arg("sniff").args(arguments);
        for variable in ["NO_COLOR", "COLUMNS", "TERM", "LC_ALL", "LC_CTYPE", "LANG"] {
            command.env_remove(variable);
        }
        command
            .stdin(Stdio::piped())
            .stdout(output)
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let errors = read(BufReader::new(child.stderr.take().unwrap()));
        Self {
            input: child.stdin.take(),
            out: child.stdout.take().map(BufReader::new),
            lines: None,
            errors,
            err: String::new(),
            child,
        }
    }

    /// Sends a part of a capture. The program may have ended, which is not noticed here.
    pub fn feed(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().unwrap();
        let _ = input.write_all(bytes).and_then(|()| input.flush());
    }

    /// The same without waiting until it is taken; nothing can be fed behind it.
    pub fn feed_in_background(&mut self, bytes: Vec<u8>) {
        let mut input = self.input.take().unwrap();
        thread::spawn(move || {
            let _ = input.write_all(&bytes);
            // Not closed: the end shall come from elsewhere.
            std::mem::forget(input);
        });
    }

    /// The capture ends.
    pub fn close(&mut self) {
        self.input = None;
    }

    /// Leaves the other end of its standard output.
    pub fn stop_reading(&mut self) {
        self.out = None;
    }

    /// Waits for a line of its output that contains `part`.
    pub fn wait_for_line(&mut self, part: &str) -> String {
        let out = &mut self.out;
        let lines = self.lines.get_or_insert_with(|| read(out.take().unwrap()));
        wait(lines, part, |_| ())
    }

    /// Waits for a line on its standard error that contains `part`.
    pub fn wait_for_word(&mut self, part: &str) -> String {
        let err = &mut self.err;
        wait(&self.errors, part, |line| err.push_str(line))
    }

    /// Sends a signal.
    pub fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill")
            .args(["-s", name, &pid])
            .stderr(Stdio::null())
            .status();
        sent.unwrap();
    }

    /// Sends a signal two times in a row.
    pub fn signal_twice(&self, name: &str) {
        let script = format!("kill -s {name} {0}; kill -s {name} {0}", self.child.id());
        Command::new("sh").args(["-c", &script]).status().unwrap();
    }

    /// Its exit code, if it has ended.
    pub fn code(&mut self) -> Option<i32> {
        self.child
            .try_wait()
            .unwrap()
            .and_then(|status| status.code())
    }

    /// Waits for its end, reading all that it writes.
    pub fn end(mut self) -> End {
        if let Some(out) = self.out.take() {
            self.lines.get_or_insert_with(|| read(out));
        }
        let status = eventually("the end", || self.child.try_wait().unwrap());
        // The channel ends with the process.
        let rest: String = self.errors.iter().collect();
        self.err.push_str(&rest);
        End {
            code: status.code(),
            err: std::mem::take(&mut self.err),
        }
    }
}

impl Drop for Sniffer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The lines of a pipe as they come.
fn read(mut pipe: impl BufRead + Send + 'static) -> Receiver<String> {
    let (give, take) = mpsc::channel();
    thread::spawn(move || {
        let mut line = String::new();
        while pipe.read_line(&mut line).is_ok_and(|bytes| bytes > 0) {
            if give.send(std::mem::take(&mut line)).is_err() {
                return;
            }
        }
    });
    take
}

fn wait(lines: &Receiver<String>, part: &str, mut seen: impl FnMut(&str)) -> String {
    let end = now() + PATIENCE;
    loop {
        let left = end.saturating_duration_since(now());
        let line = lines
            .recv_timeout(left)
            .unwrap_or_else(|_| panic!("waited in vain for {part:?}"));
        seen(&line);
        if line.contains(part) {
            return line;
        }
    }
}
