//! A panic: a fault of this program, told in one line that somebody can report.
//!
//! What the panic itself says is left out: it may quote a packet, and so a password. Where it was
//! says enough. With `RUST_BACKTRACE` set all is told, as Rust does.

use std::cell::RefCell;
use std::env;
use std::io::{self, Write};
use std::panic::{self, Location};

thread_local! {
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// From here on every panic is told in one line, on standard error.
pub(crate) fn tell_in_one_line() {
    let at_length = panic::take_hook();
    panic::set_hook(Box::new(move |info| match env::var_os("RUST_BACKTRACE") {
        Some(_) => at_length(info),
        // There is nobody left to tell when this fails.
        None => drop(writeln!(io::stderr(), "{}", line(info.location()))),
    }));
}

/// Keeps where a panic of this thread was, for [`noted`].
#[cfg(feature = "dashboard")]
pub(crate) fn note(info: &panic::PanicHookInfo<'_>) {
    let place = info.location().map(place);
    PLACE.with_borrow_mut(|noted| *noted = place);
}

/// Where the last panic of this thread was that has been noted, as "src/tcp/flow.rs:120".
#[cfg(feature = "dashboard")]
pub(crate) fn noted() -> Option<String> {
    PLACE.with_borrow(Clone::clone)
}

fn line(location: Option<&Location<'_>>) -> String {
    let place = location.map_or_else(String::new, |location| format!(", at {}", place(location)));
    format!(
        "ftpscope: this is a fault of the program{place}: please report it with this line, what \
         `ftpscope --version` prints, and the capture if it may be shown"
    )
}

/// The file, from the name of its crate on, and the line: not where somebody built it.
fn place(location: &Location<'_>) -> String {
    format!("{}:{}", from_crate(location.file()), location.line())
}

fn from_crate(file: &str) -> &str {
    let Some(end) = file.rfind("/src/") else {
        return file;
    };
    let begin = file[..end].rfind('/').map_or(0, |slash| slash + 1);
    &file[begin..]
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn a_place_does_not_tell_where_it_was_built() {
        for (file, told) in [
            ("src/tcp/flow.rs", "src/tcp/flow.rs"),
            (
                "/home/user/.cargo/registry/src/index-19/regex-1.13/src/a/b.rs",
                "regex-1.13/src/a/b.rs",
            ),
            (
                "/rustc/5980/library/core/src/str/mod.rs",
                "core/src/str/mod.rs",
            ),
        ] {
            assert_eq!(from_crate(file), told);
        }
    }

    #[test]
    #[ignore = "ends its process: the next test runs it in one of its own"]
    fn breaks() {
        tell_in_one_line();
        panic!("\x1b[31m of PASS secret");
    }

    #[test]
    fn a_panic_is_one_line_without_what_it_was_about() {
        let output = Command::new(env::current_exe().unwrap())
            .args([
                "--exact",
                "fault::tests::breaks",
                "--ignored",
                "--nocapture",
            ])
            .env_remove("RUST_BACKTRACE")
            .output()
            .unwrap();
        assert!(!output.status.success());
        let told = String::from_utf8(output.stderr).unwrap();
        let lines: Vec<&str> = told.lines().collect();
        assert!(matches!(lines[..], [_]), "{told}");
        assert!(
            told.starts_with("ftpscope: this is a fault of the program, at src/fault.rs:"),
            "{told}"
        );
        assert!(!told.contains("secret") && !told.contains('\x1b'), "{told}");
    }
}
