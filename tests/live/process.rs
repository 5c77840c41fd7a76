//! Programs that run beside a test: ftpscope, tcpdump, a server.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::lab::wait_until;

/// The program that is tested.
pub const FTPSCOPE: &str = env!("CARGO_BIN_EXE_ftpscope");

/// A process that is ended with this.
pub struct Process {
    child: Child,
    /// What it writes to standard output and to standard error.
    output: PathBuf,
    errors: PathBuf,
}

/// How a process ended, and what it wrote.
pub struct Ended {
    pub code: Option<i32>,
    pub output: String,
    pub errors: String,
}

impl Process {
    /// Starts a command, whose output goes to files in `folder`.
    pub fn start(command: &mut Command, folder: &Folder, name: &str) -> Self {
        let output = folder.file(&format!("{name}.out"));
        let errors = folder.file(&format!("{name}.err"));
        let child = command
            .stdin(Stdio::null())
            .stdout(fs::File::create(&output).unwrap())
            .stderr(fs::File::create(&errors).unwrap())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        Self {
            child,
            output,
            errors,
        }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn errors(&self) -> String {
        fs::read_to_string(&self.errors).unwrap()
    }

    /// Waits until it writes `text` to standard error.
    #[track_caller]
    pub fn wait_for(&mut self, text: &str) {
        wait_until(text, || {
            let errors = self.errors();
            let ended = self.child.try_wait().unwrap();
            assert!(
                ended.is_none() || errors.contains(text),
                "it ended: {errors}"
            );
            errors.contains(text)
        });
    }

    /// Waits until it writes `text` to standard output.
    #[track_caller]
    pub fn wait_for_output(&mut self, text: &str) {
        wait_until(text, || {
            fs::read_to_string(&self.output).unwrap().contains(text)
        });
    }

    /// Waits until it captures: the thread that reads packets is there.
    #[track_caller]
    pub fn wait_for_capture(&mut self) {
        wait_until("ftpscope captures", || {
            assert_eq!(self.child.try_wait().unwrap(), None, "{}", self.errors());
            is_capturing(self.id())
        });
    }

    /// The folders of its threads in /proc.
    pub fn threads(&self) -> Vec<PathBuf> {
        threads(self.id())
    }

    /// Sends it a signal.
    pub fn kill(&self, signal: Signal) {
        kill(self.pid(), signal).unwrap();
    }

    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Interrupts it, as Ctrl-C does, and waits for its end.
    #[track_caller]
    pub fn stop(self) -> Ended {
        kill(self.pid(), Signal::SIGINT).unwrap();
        self.end()
    }

    /// Waits for its end.
    #[track_caller]
    pub fn end(mut self) -> Ended {
        wait_until("the program ends", || {
            self.child.try_wait().unwrap().is_some()
        });
        Ended {
            code: self.child.wait().unwrap().code(),
            output: fs::read_to_string(&self.output).unwrap(),
            errors: self.errors(),
        }
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.id()).unwrap())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `ftpscope sniff` with the arguments of a line.
pub fn sniff(arguments: &str) -> Command {
    let mut command = Command::new(FTPSCOPE);
    command.arg("sniff").args(arguments.split_whitespace());
    command
}

/// `ftpscope sniff` in JSON, when it captures.
#[track_caller]
pub fn capture(arguments: &str, folder: &Folder) -> Process {
    let arguments = format!("{arguments} --format json");
    let mut process = Process::start(&mut sniff(&arguments), folder, "sniff");
    process.wait_for_capture();
    process
}

/// Whether a process captures: its thread that reads packets is there.
pub fn is_capturing(id: u32) -> bool {
    threads(id).iter().any(|thread| {
        fs::read_to_string(thread.join("comm")).is_ok_and(|name| name.trim() == "capture")
    })
}

fn threads(id: u32) -> Vec<PathBuf> {
    let Ok(threads) = fs::read_dir(format!("/proc/{id}/task")) else {
        return Vec::new();
    };
    threads.map(|thread| thread.unwrap().path()).collect()
}

/// A folder of a test, in which everybody may write; it is removed with this.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        // In a file system that ends with the namespaces.
        let path = PathBuf::from("/run").join(name);
        fs::create_dir_all(&path).unwrap();
        fs::set_permissions(&path, PermissionsExt::from_mode(0o777)).unwrap();
        Self(path)
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
