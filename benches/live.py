#!/usr/bin/env python3
"""How fast packets may come before some are lost: `ftpscope sniff` beside `tcpdump -w /dev/null`.

    benches/live.py [--realtime] [--seconds N] [--rates N,N,...] [--size SIZE] [KIND...]

As root, with tcpdump and tcpreplay. Generated traffic of each KIND (chatty, bulk; see
`cargo run --example generate`) is sent over a veth pair in a network namespace at rising rates. At
each rate the programs take turns, so that each has the machine for itself but for the sender; both
have a kernel buffer of 64 MiB. A cell is what was lost of what was sent, and the share of one
processor that the program used. `top` is as fast as tcpreplay can send. Where other work disturbs
the figures, --realtime puts sender and program before all of it, for the seconds that they run.
"""

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"
TOP = "top"
BUFFER = 64 << 20
# What sender and program are started with.
PRIORITY = []


class Ftpscope:
    name = "ftpscope"

    def command(self, folder):
        self.output = folder / "events.jsonl"
        program = [TARGET / "ftpscope", "sniff", "-i", "here", "--format", "json"]
        return [*program, "--buffer", str(BUFFER)]

    def is_ready(self, pid, errors):
        names = Path(f"/proc/{pid}/task").glob("*/comm")
        return any(name.read_text().strip() == "capture" for name in names)

    def counts(self, output, errors):
        summary = json.loads(output.read_text().splitlines()[-1])
        return summary["frames"], sum(summary["dropped"].values())


class Tcpdump:
    name = "tcpdump"

    def command(self, folder):
        return ["tcpdump", "-n", "-i", "here", "-B", str(BUFFER >> 10), "-Z", "root", "-w", "/dev/null"]

    def is_ready(self, pid, errors):
        return "listening on" in errors.read_text()

    def counts(self, output, errors):
        text = errors.read_text()
        number = lambda what: int(re.search(rf"(\d+) packets? {what}", text)[1])
        return number("captured"), number("dropped by kernel")


def measure(program, capture, rate, packets, seconds):
    """Sends the capture at `rate` packets a second; what was sent, captured, lost, and the share of
    a processor used."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        output, errors = folder / "output", folder / "errors"
        with open(output, "wb") as out, open(errors, "wb") as err:
            command = [*PRIORITY, *map(str, program.command(folder))]
            process = subprocess.Popen(command, stdout=out, stderr=err)
        wait_until(lambda: program.is_ready(process.pid, errors), process, errors)
        before = used(process.pid)
        sent, pace = send(capture, rate, packets, seconds)
        # tcpdump lets the kernel keep packets for a second.
        time.sleep(1.1)
        wait_until(lambda: is_quiet(process.pid), process, errors)
        cpu = (used(process.pid) - before) * pace / sent
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
        captured, dropped = program.counts(output, errors)
        return sent, pace, captured, dropped, cpu


def send(capture, rate, packets, seconds):
    speed = ["--topspeed"] if rate == TOP else [f"--pps={rate}"]
    wanted = (700_000 if rate == TOP else rate) * seconds
    how = ["--preload-pcap", "--intf1=there", f"--limit={wanted}", f"--loop={wanted // packets + 1}"]
    command = [*PRIORITY, "ip", "netns", "exec", "sender", "tcpreplay", *how, *speed, str(capture)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    sent = int(re.search(r"Successful packets:\s+(\d+)", done.stdout)[1])
    pace = float(re.search(r"Rated: .* ([\d.]+) pps", done.stdout)[1])
    return sent, pace


def used(pid):
    """Seconds of processor time of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def is_quiet(pid):
    before = used(pid)
    time.sleep(0.3)
    return used(pid) - before < 0.03


def wait_until(condition, process, errors):
    end = time.monotonic() + 20
    while not condition():
        if process.poll() is not None or time.monotonic() > end:
            sys.exit(f"{process.args[0]}: {errors.read_text()}")
        time.sleep(0.01)


def inside():
    """Goes on in namespaces of its own, in which there is a wire from a sender."""
    if os.environ.get("FTPSCOPE_BENCH") is None:
        namespaces = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
        environment = dict(os.environ, FTPSCOPE_BENCH="1")
        sys.exit(subprocess.call([*namespaces, sys.executable, *sys.argv], env=environment))
    for line in (
        "mount --make-rprivate /",
        "mount -t tmpfs -o mode=755 bench /run",
        "mkdir /run/netns",
        "ip netns add sender",
        "ip link add here type veth peer name there netns sender",
        "ip link set here mtu 9000 up",
        "ip -n sender link set there mtu 9000 up",
    ):
        subprocess.run(line.split(), check=True)


def generate(kind, size):
    folder = TARGET.parent / "peers"
    folder.mkdir(exist_ok=True)
    capture = folder / f"{kind}-{size}.pcap"
    if not capture.exists():
        part = capture.with_suffix(".part")
        command = [TARGET / "examples" / "generate", kind, size, part]
        truth = subprocess.run(command, check=True, capture_output=True).stdout
        Path(f"{capture}.json").write_bytes(truth)
        part.rename(capture)
    return capture, json.loads(Path(f"{capture}.json").read_text())["packets"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--realtime", action="store_true", help="run with real-time priority")
    parser.add_argument("--seconds", type=int, default=5, help="how long each rate is kept up")
    parser.add_argument("--rates", default="50000,100000,200000,300000,400000,top", help="packets a second")
    parser.add_argument("--size", default="100MB", help="of the generated capture, which is repeated")
    parser.add_argument("kinds", nargs="*", default=["chatty", "bulk"])
    arguments = parser.parse_args()
    for program in ("tcpdump", "tcpreplay", "unshare", "ip"):
        if shutil.which(program) is None:
            sys.exit(f"{program} is missing")
    inside()
    if arguments.realtime:
        PRIORITY.extend(["chrt", "--rr", "1"])
    programs = [Ftpscope(), Tcpdump()]
    for kind in arguments.kinds:
        capture, packets = generate(kind, arguments.size)
        print(f"\n{kind}: {capture.stat().st_size / packets:.0f} bytes a packet")
        print(f"{'packets/s':>10}  {'sent':>9}", *(f"{program.name:>22}" for program in programs))
        best = {}
        for word in arguments.rates.split(","):
            rate = word if word == TOP else int(word)
            cells, sent = [], 0
            for program in programs:
                sent, pace, captured, dropped, cpu = measure(program, capture, rate, packets, arguments.seconds)
                lost = max(sent - captured, dropped)
                cells.append(f"{100 * lost / sent:9.3f} % {100 * cpu:4.0f} % CPU")
                if lost == 0:
                    best[program.name] = max(best.get(program.name, 0), pace)
            print(f"{word:>10}  {sent:>9}", *(f"{cell:>22}" for cell in cells), flush=True)
        told = ", ".join(f"{name} {pace:,.0f}" for name, pace in best.items())
        print(f"highest rate without loss, packets a second: {told}")


main()
