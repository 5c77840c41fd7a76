"""tcpdump at one of the capture points."""

import contextlib
import signal
import subprocess
import time

from network import POINTS

# Address resolution and router discovery are left out; ICMP errors are wanted.
FILTER = "tcp or icmp or (icmp6 and ip6[40] < 128) or (ip6 and ip6[6] == 44)"

WHOLE = 65535
# Kilobytes; enough that no packet is lost while the one processor is busy.
BUFFER = "32768"


class Capture:
    """One running tcpdump that writes ``path``."""

    def __init__(self, network, point, path, snap=0, only=None, options=()):
        self.host, self.interface, self.vantage = POINTS[point]
        self.path = path
        self.snap = snap
        self.only = only
        command = ["tcpdump", "-i", self.interface, "-w", str(path), "-U", "--immediate-mode"]
        command += ["-Z", "root", "-n", "-s", str(snap or WHOLE), "-B", BUFFER, *options, only or FILTER]
        self.process = network.popen(
            self.host, command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        for line in self.process.stderr:
            if "listening on" in line:
                return
        raise RuntimeError(f"tcpdump did not start: {' '.join(command)}")

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        summary = self.process.stderr.read()
        self.process.wait()
        if "\n0 packets dropped by kernel" not in summary:
            raise RuntimeError(f"tcpdump lost packets: {summary}")

    def describe(self):
        text = f"tcpdump on interface `{self.interface}` of the {self.host}"
        if self.snap:
            text += f", first {self.snap} bytes of each packet"
        if self.only:
            text += f", filter `{self.only}`"
        return text


@contextlib.contextmanager
def running(captures, linger=0.3):
    """Stop the captures at the end of the block, after the last packets came in."""
    try:
        yield captures
        time.sleep(linger)
    finally:
        for capture in captures:
            capture.stop()
