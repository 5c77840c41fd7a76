"""The FTP clients: command lines, versions, and what they said."""

import os
import re
import subprocess
import sys
from pathlib import Path

from sandbox import PASSWORD, UNPACKED, USER

GNUTLS_CURL = str(Path(__file__).parent / "libcurl_gnutls.py")
# Program -> (command with the options every run gets, command that prints a version).
PROGRAMS = {
    "curl": (["curl", "-sS", "-v", "--disable"], ["curl", "--version"]),
    "curl-gnutls": (
        [sys.executable, "-B", GNUTLS_CURL],
        [sys.executable, "-B", GNUTLS_CURL, "--version"],
    ),
    "openssl": (["openssl", "s_client"], ["openssl", "version"]),
    "wget": (["wget", "--no-config", "-d"], ["wget", "--version"]),
    "lftp": (["lftp", "--norc", "-c"], ["lftp", "--version"]),
    "ncftpget": (["ncftpget", "-d", "/dev/stderr"], None),
    "ncftpput": (["ncftpput", "-d", "/dev/stderr"], None),
    "ncftpls": (["ncftpls", "-d", "/dev/stderr"], None),
    "tnftp": (["tnftp", "-d", "-n", "-i", "-v"], None),
    "inetutils-ftp": ([str(UNPACKED / "usr/bin/inetutils-ftp"), "-d", "-n", "-i", "-v"], None),
    "python": ([sys.executable], [sys.executable, "--version"]),
}
PACKAGES = {
    "ncftpget": "ncftp",
    "ncftpput": "ncftp",
    "ncftpls": "ncftp",
    "inetutils-ftp": "inetutils-ftpd",
}
LFTP_SETTINGS = "set cmd:fail-exit yes; set ftp:ssl-allow no; set net:max-retries 1; debug 9;"


def command(program, arguments):
    options, _ = PROGRAMS[program]
    if program == "lftp":
        return [*options, LFTP_SETTINGS + " " + "; ".join(arguments)]
    return [*options, *arguments]


def login_lines(host, *commands, user=USER, password=PASSWORD, port=21):
    """Standard input for the two line-driven clients."""
    return "\n".join([f"open {host} {port}", f"user {user} {password}", *commands, "quit", ""])


def package_version(package):
    """Upstream version of a Debian package, installed or unpacked by install.sh."""
    done = subprocess.run(["apt-cache", "policy", package], capture_output=True, text=True, check=True).stdout
    version = re.search(r"(?:Candidate|Installed): ([^\s(]+)", done)[1]
    return re.sub(r"^\d+:", "", version)


def version(program):
    _, ask = PROGRAMS[program]
    if program == "python":
        return "Python " + sys.version.split()[0] + " ftplib"
    if ask is None:
        return f"{program} {package_version(PACKAGES.get(program, program))}"
    said = subprocess.run(ask, check=False, capture_output=True, text=True).stdout
    return f"{program} {re.search(r'[0-9]+[.][0-9.]+', said)[0]}"


class Run:
    """One run of a client program; its output is kept in a log file."""

    def __init__(self, network, host, program, argv, log, given=None, keys=None):
        self.program = program
        self.log = log
        with open(log, "wb") as out:
            self.process = network.popen(
                host,
                argv,
                stdin=subprocess.PIPE if given is not None else subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=dict(os.environ, SSLKEYLOGFILE=str(keys)) if keys else None,
            )
        if given is not None:
            self.process.stdin.write(given.encode())
            self.process.stdin.close()

    def wait(self, exit=0, timeout=40):
        """Wait for the end; ``exit`` is the exit code the scenario counts on
        (``None``: any)."""
        code = self.process.wait(timeout)
        if exit is not None and code != exit:
            raise RuntimeError(f"{self.program} ended with {code}, not {exit}:\n{self.text()[-3000:]}")
        return self

    def text(self):
        return self.log.read_text(errors="replace")
