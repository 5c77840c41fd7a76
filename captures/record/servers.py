"""The FTP servers. Each class writes a configuration, starts the program in a
namespace and knows where its logs are and how to read the transfers out of them."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from certificates import make_certificate
from sandbox import CACHE, LOGS, PASSWORD, UNPACKED, USER, WORK


def seen_by_client(path):
    """The path as a client locked into its home sees it."""
    for root in (f"/srv/{USER}/", "/srv/ftp/"):
        if path.startswith(root):
            return path[len(root) - 1 :]
    return path


class Server:
    """Common part: start, stop signals, and the truth from the logs."""

    def __init__(self, port=21, **settings):
        self.port = port
        self.settings = settings
        self.process = None
        self.log = LOGS / f"{self.name}.log"
        self.output = LOGS / f"{self.name}.out"

    def start(self, network, host="server"):
        with open(self.output, "ab") as out:
            self.process = network.popen(
                host,
                [str(part) for part in self.command()],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                env=self.environment(),
            )
        network.wait_listening(host, self.port)
        return self

    def environment(self):
        return dict(os.environ)

    def tree(self):
        """The server's process and all it has started, oldest first."""
        found, parents = [self.process.pid], {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                text = stat.read_text()
            except OSError:
                continue
            parents.setdefault(int(text.rpartition(")")[2].split()[1]), []).append(int(stat.parent.name))
        for pid in found:
            found += sorted(parents.get(pid, []))
        return found

    def signal_all(self, number):
        for pid in self.tree():
            os.kill(pid, number)

    def freeze(self):
        self.signal_all(signal.SIGSTOP)

    def thaw(self):
        self.signal_all(signal.SIGCONT)

    def kill(self):
        self.signal_all(signal.SIGKILL)

    def kill_sessions(self):
        """Kill what serves the clients but not the listening process."""
        for pid in self.tree()[1:]:
            os.kill(pid, signal.SIGKILL)

    def transfers(self):
        """[(path, bytes, complete)] as this server logged them."""
        text = self.log.read_text(errors="surrogateescape") if self.log.exists() else ""
        return [self.parse(match) for match in re.finditer(self.pattern, text, re.MULTILINE)]


class Vsftpd(Server):
    name = "vsftpd"
    package = "vsftpd"
    pattern = r'\] (OK|FAIL) (?:DOWNLOAD|UPLOAD): Client "[^"]*", "(.*?)"(?:, (\d+) bytes)?'

    def command(self):
        settings = {
            "listen": "YES",
            "listen_port": self.port,
            "background": "NO",
            "anonymous_enable": "YES",
            "local_enable": "YES",
            "write_enable": "YES",
            "local_umask": "022",
            "anon_root": "/srv/ftp",
            "local_root": f"/srv/{USER}",
            "chroot_local_user": "YES",
            "allow_writeable_chroot": "YES",
            "secure_chroot_dir": WORK / "empty",
            "connect_from_port_20": "YES",
            "pam_service_name": "vsftpd",
            "xferlog_enable": "YES",
            "log_ftp_protocol": "YES",
            "vsftpd_log_file": self.log,
            "seccomp_sandbox": "NO",
            "check_shell": "NO",
        }
        settings.update(self.settings)
        if settings.get("ssl_enable") == "YES":
            settings.setdefault("rsa_cert_file", make_certificate())
        path = WORK / f"vsftpd-{self.port}.conf"
        path.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        return ["/usr/sbin/vsftpd", path]

    @staticmethod
    def parse(match):
        return match[2], int(match[3] or 0), match[1] == "OK"


class ProFtpd(Server):
    name = "proftpd"
    package = "proftpd-core"
    # TransferLog: … file-size file-name type _ direction mode user ftp 0 * completion
    pattern = r"^\w{3} \w{3} .{16} \d+ \S+ (\d+) (.*) [ab] _ [iod] [agr] \S+ ftps? 0 \* ([ci])$"

    def command(self):
        modules = UNPACKED / "usr/lib/proftpd"
        lines = [f"ModulePath {modules}"]
        if "TLSEngine" in self.settings:
            certificate = self.settings.pop("certificate", None) or make_certificate()
            lines += ["LoadModule mod_tls.c"]
            self.settings.setdefault("TLSRSACertificateFile", certificate)
            self.settings.setdefault("TLSRSACertificateKeyFile", certificate)
            self.settings.setdefault("TLSLog", LOGS / "proftpd-tls.log")
        for module in self.settings.pop("modules", ()):
            lines.append(f"LoadModule {module}")
        settings = {
            "ServerName": '"ftp.example.net"',
            "ServerType": "standalone",
            "Port": self.port,
            "UseIPv6": "on",
            "User": "nobody",
            "Group": "nogroup",
            "AuthPAM": "off",
            "AuthOrder": "mod_auth_unix.c",
            "RequireValidShell": "off",
            "DefaultRoot": "~",
            "AllowOverwrite": "on",
            "AllowStoreRestart": "on",
            "AllowRetrieveRestart": "on",
            "UseReverseDNS": "off",
            "TimesGMT": "on",
            "DelayTable": "none",
            "ScoreboardFile": WORK / "proftpd.scoreboard",
            "PidFile": WORK / "proftpd.pid",
            "SystemLog": LOGS / "proftpd-system.log",
            "TransferLog": self.log,
        }
        settings.update(self.settings)
        lines += [f"{name} {value}" for name, value in settings.items() if value is not None]
        lines += ['LogFormat lab "%a %m %F %b %s %S"', f"ExtendedLog {LOGS / 'proftpd-commands.log'} ALL lab"]
        lines += ["<Anonymous /srv/ftp>", "User ftp", "Group ftp", "UserAlias anonymous ftp", "</Anonymous>"]
        path = WORK / f"proftpd-{self.port}.conf"
        path.write_text("\n".join(lines) + "\n")
        return [UNPACKED / "usr/sbin/proftpd", "-n", "-c", path]

    @staticmethod
    def parse(match):
        return seen_by_client(match[2]), int(match[1]), match[3] == "c"


class PureFtpd(Server):
    """Settings are command-line options: ``PureFtpd(options=["-p", "50000:50000"])``."""

    name = "pure-ftpd"
    package = "pure-ftpd"
    pattern = r"^\w{3} \w{3} .{16} \d+ \S+ (\d+) (.*) [ab] _ [io] [ar] \S+ ftp \d \* ([ci])$"

    def command(self):
        options = ["-S", f",{self.port}", "-l", "unix", "-H", "-A", "-u", "100", "-U", "022:022"]
        options += ["-g", WORK / "pure-ftpd.pid", "-O", f"xferlog:{self.log}", "-d"]
        options += self.settings.get("options", [])
        if self.settings.get("tls") is not None:
            certificate = self.settings.get("certificate") or make_certificate()
            options += ["-Y", str(self.settings["tls"]), "-2", certificate]
        return [UNPACKED / "usr/sbin/pure-ftpd", *options]

    @staticmethod
    def parse(match):
        return seen_by_client(match[2]), int(match[1]), match[3] == "c"


class Pyftpdlib(Server):
    """Settings are attributes of the handler class, or of the server class for
    ``max_cons`` and ``max_cons_per_ip``."""

    name = "pyftpdlib"
    package = None
    pattern = r"(?:RETR|STOR|APPE|STOU) (.*) completed=(\d) bytes=(\d+) seconds="

    def command(self):
        program = Path(__file__).parent / "pyftpdlib_server.py"
        settings = dict(self.settings, port=self.port, log=str(self.log), user=USER, password=PASSWORD)
        if settings.pop("tls", False):
            settings["certfile"] = str(settings.pop("certificate", None) or make_certificate())
        return [CACHE / "venv/bin/python", "-B", program, json.dumps(settings)]

    @staticmethod
    def parse(match):
        return seen_by_client(match[1]), int(match[3]), match[2] == "1"


class InetutilsFtpd(Server):
    """Logs through syslog; paths are absolute ones of the host (no chroot for users)."""

    name = "inetutils-ftpd"
    package = "inetutils-ftpd"
    pattern = r"ftpd\[\d+\]: (?:get|put|append) (.*) = (\d+) bytes"

    def __init__(self, port=21, **settings):
        super().__init__(port, **settings)
        self.log = LOGS / "syslog"

    def command(self):
        if self.port != 21:
            raise ValueError("inetutils-ftpd listens where /etc/services says")
        options = ["-D", "-l", "-l", f"--pidfile={WORK / 'ftpd.pid'}", *self.settings.get("options", [])]
        # As a daemon the program leaves; a shell stays as the parent of it.
        return [sys.executable, "-B", Path(__file__).parent / "stay.py", UNPACKED / "usr/sbin/ftpd", *options]

    @staticmethod
    def parse(match):
        return match[1], int(match[2]), True
