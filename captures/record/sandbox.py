"""The private world a scenario runs in.

Every scenario runs as the first process of fresh mount, process, network and
host-name namespaces (see ``enter``). Whatever it starts, mounts or configures
disappears with it, also when it is killed: nothing has to be cleaned up by hand.
"""

import os
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path

WORK = Path("/run/ftpscope-lab")
LOGS = WORK / "log"
HOSTNAME = "ftp"
USER = "demo"
PASSWORD = "demo-pass"
UID = 1500
CACHE = Path(
    os.environ.get("LAB_CACHE")
    or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ftpscope-lab"
)
UNPACKED = CACHE / "root"


def enter(arguments):
    """Run this program again inside fresh namespaces and return its exit code."""
    WORK.mkdir(exist_ok=True)
    program = [sys.executable, "-B", str(Path(__file__).parent), "--inside", *arguments]
    unshare = ["unshare", "--mount", "--pid", "--net", "--uts", "--fork", "--kill-child"]
    environment = dict(os.environ, LAB_CACHE=str(CACHE), LC_ALL="C.UTF-8", TZ="UTC")
    environment.pop("SSLKEYLOGFILE", None)
    status = subprocess.call([*unshare, "--mount-proc", *program], env=environment)
    WORK.rmdir()
    return status


def mount(*arguments):
    subprocess.run(["mount", *arguments], check=True)


def prepare():
    """Build the private file systems; called once, inside the namespaces."""
    mount("--make-rprivate", "/")
    socket.sethostname(HOSTNAME)
    for place in (WORK, Path("/srv")):
        mount("-t", "tmpfs", "-o", "mode=755", "lab", str(place))
    Path("/run/netns").mkdir(exist_ok=True)
    mount("-t", "tmpfs", "lab", "/run/netns")
    # For ip-netns: mounts below /run/netns must be able to propagate.
    mount("--make-shared", "/run/netns")
    for folder in ("log", "home", "empty", "download"):
        (WORK / folder).mkdir()
    _private_etc()
    _private_dev()
    os.environ["HOME"] = str(WORK / "home")
    os.chdir(WORK / "download")


def _private_etc():
    """A copy of /etc with the lab's user, name lookups from files only, and PAM."""
    etc = WORK / "etc"
    shutil.copytree("/etc", etc, symlinks=True, ignore_dangling_symlinks=True)
    mount("--bind", str(etc), "/etc")
    hashed = subprocess.run(
        ["openssl", "passwd", "-6", PASSWORD], check=True, capture_output=True, text=True
    ).stdout.strip()
    passwd = [
        line
        for line in (etc / "passwd").read_text().splitlines()
        if not line.startswith(("ftp:", f"{USER}:"))
    ]
    passwd.append(f"{USER}:x:{UID}:{UID}::/srv/{USER}:/bin/sh")
    passwd.append(f"ftp:x:{UID + 1}:{UID + 1}::/srv/ftp:/bin/sh")
    _write(etc / "passwd", passwd)
    _write(etc / "group", ["root:x:0:", "nogroup:x:65534:", f"{USER}:x:{UID}:", f"ftp:x:{UID + 1}:"])
    _write(etc / "shadow", ["root:*:19000:0:99999:7:::", f"{USER}:{hashed}:19000:0:99999:7:::"])
    _write(etc / "nsswitch.conf", ["passwd: files", "group: files", "shadow: files", "hosts: files"])
    _write(etc / "hosts", ["127.0.0.1 localhost", f"203.0.113.20 {HOSTNAME}.example.net {HOSTNAME}"])
    for service in ("ftp", "vsftpd"):
        _write(etc / "pam.d" / service, ["auth required pam_unix.so nodelay", "account required pam_unix.so"])


def _write(path, lines):
    path.unlink(missing_ok=True)
    path.write_text("\n".join(lines) + "\n")


def _private_dev():
    """A /dev of our own, so that a system log socket can live there."""
    dev = WORK / "dev"
    dev.mkdir()
    mount("-t", "tmpfs", "-o", "mode=755", "lab", str(dev))
    for name in ("null", "zero", "random", "urandom", "tty"):
        (dev / name).touch()
        mount("--bind", f"/dev/{name}", str(dev / name))
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        (dev / name).symlink_to(f"/proc/self/fd/{number}")
    mount("--rbind", str(dev), "/dev")
    log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    log.bind("/dev/log")
    os.chmod("/dev/log", 0o666)
    threading.Thread(target=_collect, args=(log,), daemon=True).start()


def _collect(log):
    with open(LOGS / "syslog", "a", buffering=1, errors="replace") as out:
        while True:
            out.write(log.recv(65536).decode(errors="replace").rstrip("\0\n") + "\n")
