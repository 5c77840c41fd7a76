//! Runs the tests one after the other, as `cargo test` shows them: names as arguments choose.

use std::env;
use std::panic::{self, UnwindSafe};
use std::process::{Command, ExitCode};
use std::sync::LazyLock;
use std::time::Instant;

use crate::lab;

/// Set inside the namespaces.
const INSIDE: &str = "FTPSCOPE_TEST_INSIDE";

/// What all tests need beside the programs that they name.
const PROGRAMS: [&str; 3] = ["ip", "mount", "unshare"];

/// Root in a container may lack the right to do it.
static MAY_UNSHARE: LazyLock<bool> = LazyLock::new(|| {
    let done = Command::new("unshare")
        .args(NAMESPACES)
        .arg("true")
        .status();
    done.is_ok_and(|status| status.success())
});

/// Arguments of `unshare` for namespaces that end with their first process.
const NAMESPACES: [&str; 6] = [
    "--mount",
    "--net",
    "--pid",
    "--fork",
    "--kill-child",
    "--mount-proc",
];

/// A test and what it needs.
pub struct Test {
    name: &'static str,
    programs: &'static [&'static str],
    run: fn(),
}

impl Test {
    pub const fn new(name: &'static str, programs: &'static [&'static str], run: fn()) -> Self {
        Self {
            name,
            programs,
            run,
        }
    }

    /// Why it cannot run here.
    fn obstacle(&self) -> Option<String> {
        if !nix::unistd::Uid::effective().is_root() {
            return Some("needs root: run `sudo -E make test`".into());
        }
        let mut needed = PROGRAMS.iter().chain(self.programs);
        let Some(missing) = needed.find(|program| !is_there(program)) else {
            return (!*MAY_UNSHARE).then(|| "needs the right to make namespaces".into());
        };
        Some(format!(
            "needs {missing}: `make test` installs it on Debian"
        ))
    }
}

fn is_there(program: &str) -> bool {
    let folders = env::var("PATH").unwrap_or_default();
    let folders = folders.split(':').chain(["/usr/sbin", "/sbin"]);
    folders
        .into_iter()
        .any(|folder| std::path::Path::new(folder).join(program).exists())
}

/// Runs the tests that the arguments choose.
pub fn run(tests: &[Test]) -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--list") {
        tests
            .iter()
            .for_each(|test| println!("{}: test", test.name));
        return ExitCode::SUCCESS;
    }
    let names: Vec<_> = arguments
        .iter()
        .filter(|name| !name.starts_with('-'))
        .collect();
    let is_chosen =
        |test: &&Test| names.is_empty() || names.iter().any(|name| test.name.contains(*name));
    let chosen: Vec<_> = tests.iter().filter(is_chosen).collect();
    if chosen.iter().any(|test| test.obstacle().is_none()) && env::var_os(INSIDE).is_none() {
        return inside_namespaces(&arguments);
    }
    report(&chosen)
}

/// Runs this program again in namespaces of its own.
fn inside_namespaces(arguments: &[String]) -> ExitCode {
    let status = Command::new("unshare")
        .args(NAMESPACES)
        .arg(env::current_exe().unwrap())
        .args(arguments)
        .env(INSIDE, "1")
        .status()
        .expect("unshare begins");
    match status.success() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

fn report(tests: &[&Test]) -> ExitCode {
    println!("\nrunning {} tests", tests.len());
    let (mut passed, mut failed, mut ignored) = (0, Vec::new(), 0);
    if env::var_os(INSIDE).is_some() {
        lab::build();
    }
    for test in tests {
        if let Some(obstacle) = test.obstacle() {
            println!("test {} ... ignored, {obstacle}", test.name);
            ignored += 1;
            continue;
        }
        let begun = Instant::now();
        let ok = succeeds(test.run);
        let result = if ok { "ok" } else { "FAILED" };
        println!(
            "test {} ... {result} ({:.1} s)",
            test.name,
            begun.elapsed().as_secs_f64()
        );
        match ok {
            true => passed += 1,
            false => failed.push(test.name),
        }
    }
    let result = if failed.is_empty() { "ok" } else { "FAILED" };
    let count = failed.len();
    println!("\ntest result: {result}. {passed} passed; {count} failed; {ignored} ignored\n");
    match failed.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

fn succeeds(run: impl FnOnce() + UnwindSafe) -> bool {
    panic::catch_unwind(run).is_ok()
}
