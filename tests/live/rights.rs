//! Rights that are given up: what the kernel says of the running process, and what such a process
//! can still do.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use ftpscope::rights::{self, Plan};
use nix::sys::socket::{AddressFamily, SockFlag, SockType, socket};

use crate::errors::{NOBODY, copy_for_all};
use crate::lab::{run, wait_until};
use crate::process::{Folder, Process, capture};

/// The first argument of this program when it tries what a sandbox forbids.
pub const ESCAPE: &str = "--escape";
/// When it tries to give up rights beside a second thread.
pub const THREADS: &str = "--threads";

const CAPABILITIES: [&str; 5] = ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"];
const NONE: &str = "0000000000000000";

pub fn of_a_root_are_given_up() {
    let folder = Folder::new("rights-root");
    let sniff = capture("-i lo", &folder);
    for status in statuses(&sniff) {
        for set in CAPABILITIES {
            assert_eq!(status[set], NONE, "{set}");
        }
        let nobody = [NOBODY.to_string().as_str(); 4].join("\t");
        assert_eq!(status["Uid"], nobody);
        assert_eq!(status["Gid"], nobody);
        assert_eq!(status["Groups"], "");
        assert_eq!((&*status["NoNewPrivs"], &*status["Seccomp"]), ("1", "2"));
    }
    assert_eq!(sniff.stop().code, Some(0));
}

pub fn of_a_file_are_given_up() {
    let folder = Folder::new("rights-file");
    let program = copy_for_all(&folder);
    run("setcap", &format!("cap_net_raw+ep {}", program.display()));
    let mut command = Command::new(program);
    command.args(["sniff", "-i", "lo"]).uid(NOBODY).gid(NOBODY);
    let mut sniff = Process::start(&mut command, &folder, "sniff");
    sniff.wait_for_capture();
    for status in statuses(&sniff) {
        // The bounding set is root's to change; without new programs it bounds nothing.
        for set in ["CapInh", "CapPrm", "CapEff", "CapAmb"] {
            assert_eq!(status[set], NONE, "{set}");
        }
        assert_eq!((&*status["NoNewPrivs"], &*status["Seccomp"]), ("1", "2"));
    }
    assert_eq!(sniff.stop().code, Some(0));
}

pub fn the_right_to_reopen_is_of_one_thread() {
    let folder = Folder::new("rights-reopen");
    const NET_RAW: &str = "0000000000002000";
    let sniff = capture("-i lo --reopen", &folder);
    wait_until("the first thread gave up its right", || {
        statuses(&sniff)
            .iter()
            .filter(|status| status["CapPrm"] == NET_RAW)
            .count()
            == 1
    });
    for status in statuses(&sniff) {
        let expected = if status["Name"] == "capture" {
            NET_RAW
        } else {
            NONE
        };
        assert_eq!(
            (&*status["CapPrm"], &*status["CapEff"]),
            (expected, expected)
        );
        assert_eq!(
            (&*status["CapInh"], &*status["CapBnd"], &*status["CapAmb"]),
            (NONE, NONE, NONE)
        );
    }
    assert_eq!(sniff.stop().code, Some(0));
}

/// `/proc/PID/task/TID/status` of every thread. The rights are given up before the threads are
/// started, and a test that came too early would see the first of them alone.
fn statuses(process: &Process) -> Vec<BTreeMap<String, String>> {
    let status = |thread: &Path| -> BTreeMap<_, _> {
        let text = fs::read_to_string(thread.join("status")).unwrap();
        let fields = text.lines().filter_map(|line| line.split_once(':'));
        fields
            .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
            .collect()
    };
    wait_until("there are threads", || process.threads().len() >= 2);
    process
        .threads()
        .iter()
        .map(|thread| status(thread))
        .collect()
}

pub fn a_sandbox_has_no_way_out() {
    let folder = Folder::new("sandbox");
    let mut command = Command::new(env::current_exe().unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    fs::create_dir(folder.file("open")).unwrap();
    command.arg(ESCAPE).arg(&folder.0).arg(port);
    let ended = Process::start(&mut command, &folder, "escape").end();
    assert_eq!(ended.code, Some(0), "{}", ended.errors);
    let (enforced, lines) = ended.output.split_once('\n').unwrap();
    // What older kernels cannot forbid.
    let beyond: &[&str] = match enforced {
        "Some(Fully)" => &[],
        "Some(Partly)" => &["connect", "listen"],
        _ => &["connect", "listen", "read", "write another"],
    };
    if !beyond.is_empty() {
        println!("left out, since Landlock of this kernel is {enforced}: {beyond:?}");
    }
    let is_expected = |line: &&str| !beyond.iter().any(|word| line.starts_with(word));
    let expected = [
        "write to its output: can",
        "rename its output: can",
        "read another file: cannot",
        "write another file: cannot",
        "read its own program: cannot",
        "run a program: cannot",
        "open an interface: cannot",
        "make a namespace: cannot",
        "connect: cannot",
        "listen: cannot",
        "start a thread: can",
    ];
    let told: Vec<_> = lines.lines().filter(is_expected).collect();
    let expected: Vec<_> = expected.into_iter().filter(is_expected).collect();
    assert_eq!(told, expected);
}

/// What this program does for [`a_sandbox_has_no_way_out`]: stays root, so that nothing but the
/// sandbox forbids it anything.
pub fn try_to_escape() {
    let arguments: Vec<String> = env::args().skip(2).collect();
    let [folder, port] = arguments.as_slice() else {
        panic!("a folder and a port");
    };
    let folder = Path::new(folder);
    let (inside, outside) = (folder.join("open"), folder.join("outside"));
    fs::write(&outside, "outside").unwrap();
    let plan = Plan {
        sandbox: true,
        write: vec![inside.clone()],
        ..Plan::default()
    };
    let dropped = rights::drop(&plan).unwrap();
    assert!(dropped.calls);
    println!("{:?}", dropped.files);
    let (output, renamed) = (inside.join("output"), inside.join("output.1"));
    let try_to = |what, worked: bool| println!("{what}: {}", if worked { "can" } else { "cannot" });
    try_to("write to its output", fs::write(&output, "text").is_ok());
    try_to("rename its output", fs::rename(&output, renamed).is_ok());
    try_to("read another file", fs::read(&outside).is_ok());
    try_to("write another file", fs::write(&outside, "text").is_ok());
    try_to("read its own program", fs::read("/proc/self/exe").is_ok());
    try_to("run a program", Command::new("/bin/true").status().is_ok());
    try_to("open an interface", opens_interface());
    try_to(
        "make a namespace",
        nix::sched::unshare(nix::sched::CloneFlags::CLONE_NEWUSER).is_ok(),
    );
    try_to(
        "connect",
        TcpStream::connect(format!("127.0.0.1:{port}")).is_ok(),
    );
    try_to("listen", TcpListener::bind("127.0.0.1:0").is_ok());
    try_to(
        "start a thread",
        std::thread::Builder::new().spawn(|| ()).is_ok(),
    );
}

fn opens_interface() -> bool {
    let (family, kind) = (AddressFamily::Packet, SockType::Raw);
    socket(family, kind, SockFlag::empty(), None).is_ok()
}

pub fn threads_are_refused() {
    let folder = Folder::new("threads");
    let mut command = Command::new(env::current_exe().unwrap());
    let ended = Process::start(command.arg(THREADS), &folder, "threads").end();
    assert_eq!(
        ended.output,
        "rights cannot be given up: there are 2 threads, not one\n"
    );
}

/// What this program does for [`threads_are_refused`].
pub fn try_with_threads() {
    let (end, ended) = std::sync::mpsc::channel::<()>();
    let other = std::thread::spawn(move || ended.recv());
    if let Err(error) = rights::drop(&Plan::default()) {
        println!("{error}");
    }
    drop(end);
    let _ = other.join();
}
