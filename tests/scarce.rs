//! With little of everything: file descriptors, memory, open standard streams, and files that change
//! while they are read. It ends as it always does, and says in one sentence what was wrong.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot do its work fails")]

#[path = "support/talk.rs"]
#[allow(dead_code, unreachable_pub)]
mod talk;

use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use ftpscope::capture::{self, Fault, Next, Source};

/// A folder of its own for one test, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("scarce-{test}"));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: impl AsRef<Path>, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, bytes).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The program as a shell starts it that `limits` itself before, or closes what follows `streams`.
fn run(limits: &str, streams: &str, arguments: &[&OsStr]) -> Output {
    let mut shell = Command::new("sh");
    shell
        .arg("-c")
        .arg(format!("{limits} exec \"$0\" \"$@\" {streams}"))
        .arg(env!("CARGO_BIN_EXE_ftpscope"))
        .args(arguments)
        .env("LC_ALL", "C.UTF-8")
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null());
    shell.output().unwrap()
}

fn ended(output: &Output) -> (Option<i32>, String) {
    let errors = String::from_utf8(output.stderr.clone()).unwrap();
    (output.status.code(), errors)
}

/// A capture whose packets are so many seconds later.
fn later(capture: &[u8], seconds: u32) -> Vec<u8> {
    let mut bytes = capture.to_vec();
    let word = |bytes: &[u8], at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    let mut at = 24;
    while at < bytes.len() {
        let time = word(&bytes, at) + seconds;
        bytes[at..at + 4].copy_from_slice(&time.to_le_bytes());
        at += 16 + word(&bytes, at + 8) as usize;
    }
    bytes
}

#[test]
fn files_that_follow_each_other_need_few_descriptors_and_others_are_told() {
    let folder = Folder::new("descriptors");
    let session = talk::session(false);
    for (gap, code) in [(100, 0), (0, 2)] {
        let paths: Vec<_> = (0..60)
            .map(|number| folder.write(format!("{number}.pcap"), &later(&session, number * gap)))
            .collect();
        let mut arguments = ["analyze", "--summary"].map(OsStr::new).to_vec();
        arguments.extend(paths.iter().map(|path| path.as_os_str()));
        let output = run("ulimit -n 16;", "", &arguments);
        let (ended, errors) = ended(&output);
        assert_eq!(ended, Some(code), "{errors}");
        let told = errors.lines().collect::<Vec<_>>();
        assert_eq!(told.is_empty(), code == 0, "{errors}");
        for line in told {
            let words = ": cannot be opened beside the others of the same time: more files than";
            assert!(line.contains(words) && line.contains("ulimit -n"), "{line}");
        }
        let report = String::from_utf8(output.stdout).unwrap();
        assert!(report.contains(" session"), "{report}");
    }
}

#[test]
fn a_small_capture_needs_little_memory() {
    let folder = Folder::new("memory");
    let path = folder.write("a.pcap", &talk::session(true));
    // In kB, of addresses: most of it is the program.
    let arguments = ["analyze".as_ref(), path.as_os_str()];
    let (code, errors) = ended(&run("ulimit -v 150000;", "", &arguments));
    assert_eq!((code, &*errors), (Some(0), ""));
}

#[test]
fn standard_streams_may_be_closed() {
    let folder = Folder::new("streams");
    let path = folder.write("a.pcap", &talk::session(true));
    let missing = folder.0.join("missing");
    let [path, missing] = [path.as_os_str(), missing.as_os_str()];
    let empty = "ftpscope: -: is empty\n";
    for (arguments, streams, code, errors) in [
        (["analyze".as_ref(), path], ">&-", 0, ""),
        (["analyze".as_ref(), path], "<&- >&- 2>&-", 0, ""),
        (["analyze".as_ref(), missing], "2>&-", 2, ""),
        (["analyze".as_ref(), "-".as_ref()], "<&-", 2, empty),
        (["explain".as_ref(), "filter".as_ref()], ">&-", 0, ""),
    ] {
        let ended = ended(&run("", streams, &arguments));
        assert_eq!(ended, (Some(code), errors.to_owned()), "{streams}");
    }
}

#[test]
fn names_that_are_no_text_are_read_and_written() {
    let folder = Folder::new("names");
    let path = folder.write(OsStr::from_bytes(b"a\xff.pcap"), &talk::session(true));
    let saved = folder.0.join(OsStr::from_bytes(b"saved\xfe.pcapng"));
    let report = folder.0.join(OsStr::from_bytes(b"report\xfd.txt"));
    let arguments = [
        "analyze".as_ref(),
        "--write".as_ref(),
        saved.as_os_str(),
        "-o".as_ref(),
        report.as_os_str(),
        path.as_os_str(),
    ];
    let (code, errors) = ended(&run("", "", &arguments));
    assert_eq!(code, Some(0), "{errors}");
    assert!(errors.contains(r"saved\xfe.pcapng: "), "{errors}");
    assert!(errors.contains(" packets of 1 session, "), "{errors}");
    assert!(fs::read_to_string(&report).unwrap().contains("1 session"));
    assert!(fs::metadata(&saved).unwrap().len() > 1000);
}

/// How many packets are read, and what is wrong in the end, when `change` happens behind the first.
fn read_while(path: &Path, change: impl FnOnce()) -> (u64, Option<Fault>) {
    let mut source = capture::open(&[path.to_owned()]).unwrap();
    assert!(matches!(source.next(), Next::Packet(_)));
    change();
    while !matches!(source.next(), Next::End) {}
    let input = &source.inputs()[0];
    (input.frames, input.fault.clone())
}

#[test]
fn a_file_that_shrinks_while_it_is_read_is_cut_and_one_that_is_replaced_is_whole() {
    let folder = Folder::new("changes");
    let session = talk::session(true);
    let packets = session[24..].repeat(3000);
    let whole = [&session[..24], &packets].concat();
    assert!(whole.len() > 4 << 20, "more than is read ahead");
    let path = folder.write("a.pcap", &whole);
    let (all, fault) = read_while(&path, || {});
    assert_eq!(fault, None);
    let (read, fault) = read_while(&path, || {
        let file = File::options().write(true).open(&path).unwrap();
        file.set_len(100).unwrap();
    });
    assert!(read < all, "{read}");
    assert!(matches!(fault, None | Some(Fault::Cut)), "{fault:?}");
    let path = folder.write("b.pcap", &whole);
    let replaced = read_while(&path, || {
        let other = folder.write("other", b"something else");
        fs::rename(other, &path).unwrap();
    });
    assert_eq!(replaced, (all, None));
}
