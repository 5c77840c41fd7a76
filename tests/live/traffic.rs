//! A real server and real clients.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use crate::lab::{at_client, wait_until};
use crate::process::{Folder, Process};

/// What is needed here and to compare.
pub const PROGRAMS: [&str; 4] = ["tcpdump", "vsftpd", "curl", "ethtool"];

/// Bytes of the file that is fetched and sent: segments of 64 KiB are made of it.
const SIZE: usize = 3_000_000;

/// vsftpd on all addresses, for anonymous users.
pub struct Server {
    _process: Process,
}

impl Server {
    pub fn start(folder: &Folder) -> Self {
        let root = folder.file("files");
        fs::create_dir_all(root.join("incoming")).unwrap();
        fs::write(root.join("large.bin"), vec![b'x'; SIZE]).unwrap();
        fs::set_permissions(root.join("incoming"), PermissionsExt::from_mode(0o777)).unwrap();
        let empty = folder.file("empty");
        fs::create_dir_all(&empty).unwrap();
        let settings = [
            ("listen", "NO"),
            ("listen_ipv6", "YES"),
            ("background", "NO"),
            ("anonymous_enable", "YES"),
            ("anon_upload_enable", "YES"),
            ("write_enable", "YES"),
            ("no_anon_password", "YES"),
            ("nopriv_user", "nobody"),
            ("anon_root", root.to_str().unwrap()),
            ("secure_chroot_dir", empty.to_str().unwrap()),
            ("connect_from_port_20", "YES"),
            ("seccomp_sandbox", "NO"),
        ];
        let lines = settings.map(|(name, value)| format!("{name}={value}\n"));
        let file = folder.file("vsftpd.conf");
        fs::write(&file, lines.concat()).unwrap();
        let mut command = Command::new("vsftpd");
        let process = Process::start(command.arg(&file), folder, "vsftpd");
        wait_until("vsftpd listens", listens);
        Self { _process: process }
    }
}

/// Whether something listens on port 21; not asked by connecting, which would be captured.
fn listens() -> bool {
    sockets().any(|(port, state)| port == 21 && state == LISTENING)
}

/// Whether no connection here has anything to say any more.
pub fn is_over() -> bool {
    sockets().all(|(_, state)| state == LISTENING || state == WAITING)
}

const LISTENING: &str = "0A";
/// TIME-WAIT.
const WAITING: &str = "06";

/// The local port and the state of each socket of TCP.
fn sockets() -> impl Iterator<Item = (u16, String)> {
    let lists = ["/proc/net/tcp", "/proc/net/tcp6"].map(|list| fs::read_to_string(list).unwrap());
    let socket = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let (_, port) = fields[1].split_once(':').unwrap();
        (u16::from_str_radix(port, 16).unwrap(), fields[3].to_owned())
    };
    let sockets = move |list: String| list.lines().skip(1).map(socket).collect::<Vec<_>>();
    lists.into_iter().flat_map(sockets)
}

/// Sessions of a client in its own namespace with the server at `address`.
pub fn from_client(folder: &Folder, address: &str) {
    sessions(folder, address, || at_client("curl"));
}

/// Sessions of a client here.
pub fn from_here(folder: &Folder, address: &str) {
    sessions(folder, address, || Command::new("curl"));
}

/// Each way of making a data channel, each direction, and something that goes wrong.
fn sessions(folder: &Folder, address: &str, client: impl Fn() -> Command) {
    let upload = folder.file("upload.bin");
    fs::write(&upload, vec![b'y'; SIZE]).unwrap();
    let upload = upload.to_str().unwrap();
    let large = format!("ftp://{address}/large.bin");
    // Of another name each time: vsftpd lets nobody overwrite what was sent.
    let incoming = |name| format!("ftp://{address}/incoming/{}-{name}", address.len());
    let curl = |arguments: &[&str]| curl(client(), arguments);
    assert_eq!(curl(&[&large]), 0);
    assert_eq!(curl(&["--disable-epsv", &large]), 0);
    assert_eq!(curl(&["--ftp-port", "-", &large]), 0);
    assert_eq!(
        curl(&["--upload-file", upload, &incoming("passive.bin")]),
        0
    );
    assert_eq!(
        curl(&[
            "--ftp-port",
            "-",
            "--upload-file",
            upload,
            &incoming("active.bin")
        ]),
        0
    );
    assert_eq!(curl(&["--range", "1000-", &large]), 0);
    assert_ne!(curl(&[&incoming("missing.bin")]), 0);
}

fn curl(mut command: Command, arguments: &[&str]) -> i32 {
    let quiet = ["--silent", "--output", "/dev/null", "--max-time", "10"];
    let status = command.args(quiet).args(arguments).status().unwrap();
    status.code().unwrap_or(-1)
}

/// A capture of the repository.
pub fn recorded(name: &str) -> PathBuf {
    let captures = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/captures"));
    captures.join(name).join("capture.pcap")
}
