//! The network: this namespace and that of the client, and a wire between them.

use std::env;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use ftpscope::capture::{self, Next, Source};
use pcap::Capture;

/// The wire's end here.
pub const HERE: &str = "wire0";
/// The first argument of this program when it sends the packets of a capture (second argument) on
/// an interface (third).
pub const SEND: &str = "--send";

/// The longest that anything is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// Makes the namespace of the client; called once.
pub fn build() {
    run("mount", "--make-rprivate /");
    run("mount", "-t tmpfs -o mode=755 lab /run");
    fs::create_dir("/run/netns").unwrap();
    run("ip", "netns add client");
    run("ip", "link set lo up");
    run("ip", "-n client link set lo up");
}

/// The wire between the two, which is removed with this.
pub struct Wire;

impl Wire {
    /// A wire with an address of IPv4 at both ends.
    pub fn new() -> Self {
        run(
            "ip",
            "link add wire0 type veth peer name wire1 netns client",
        );
        for end in ["link set wire0", "-n client link set wire1"] {
            run("ip", &format!("{end} addrgenmode none"));
            run("ip", &format!("{end} up"));
        }
        run("ip", "addr add 10.0.0.1/24 dev wire0");
        run("ip", "-n client addr add 10.0.0.2/24 dev wire1");
        Self
    }

    /// Gives it addresses of IPv6 too, about which the system then sends announcements.
    pub fn with_ipv6(self) -> Self {
        run("ip", "addr add fd00::1/64 dev wire0 nodad");
        run("ip", "-n client addr add fd00::2/64 dev wire1 nodad");
        self
    }

    /// Has room for frames with two tags.
    pub fn for_long_frames(self) -> Self {
        run("ip", "link set wire0 mtu 1600");
        run("ip", "-n client link set wire1 mtu 1600");
        self
    }

    /// Lets no part of the system make large segments.
    pub fn without_offload(self) -> Self {
        let off = "tso off gso off gro off";
        run("ethtool", &format!("-K wire0 {off}"));
        run("ip", &format!("netns exec client ethtool -K wire1 {off}"));
        self
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        // A test may have removed it.
        let _ = try_run("ip", "link del wire0");
    }
}

/// Runs a command line that has to succeed.
pub fn run(program: &str, arguments: &str) {
    let output = try_run(program, arguments);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments}: {errors}");
}

fn try_run(program: &str, arguments: &str) -> Output {
    Command::new(program)
        .args(arguments.split_whitespace())
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}"))
}

/// A command in the client's namespace.
pub fn at_client(program: &str) -> Command {
    let mut command = Command::new("ip");
    command
        .args(["netns", "exec", "client", program])
        .stdin(Stdio::null());
    command
}

/// Waits until `condition` holds.
#[track_caller]
pub fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < end, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Sends the packets of a capture from the client's end of the wire.
pub fn send_from_client(capture: &Path) {
    let this = env::current_exe().unwrap();
    let status = at_client(this.to_str().unwrap())
        .arg(SEND)
        .arg(capture)
        .arg("wire1")
        .status()
        .unwrap();
    assert!(status.success(), "sending {}", capture.display());
}

/// What this program does for [`send_from_client`].
pub fn send() {
    let arguments: Vec<String> = env::args().skip(2).collect();
    let [file, interface] = arguments.as_slice() else {
        panic!("a capture and an interface");
    };
    let mut sender = Capture::from_device(interface.as_str())
        .unwrap()
        .open()
        .unwrap();
    let mut source = capture::open(&[file.into()]).unwrap();
    while let Next::Packet(packet) = source.next() {
        sender.sendpacket(packet.data).unwrap();
    }
}
