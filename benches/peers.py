#!/usr/bin/env python3
"""Measures programs on one capture in turns; `benches/peers.sh` prepares the captures."""

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

#: Debian's package `time`; without it no peak below that of Python itself can be seen.
GNU_TIME = shutil.which("/usr/bin/time") if sys.platform == "linux" else None
#: Dissectors that tshark needs to list FTP commands and replies.
NEEDED = ["frame", "eth", "ethertype", "ip", "ipv6", "tcp", "ftp", "ftp-data", "data"]
FIELDS = ["frame.number", "tcp.stream", "ftp.request.command", "ftp.request.arg",
          "ftp.response.code", "ftp.response.arg"]
#: What tshark can do without to list them; it no longer recognises retransmissions then.
PLAIN = ["tcp.analyze_sequence_numbers:FALSE", "tcp.calculate_timestamps:FALSE",
         "tcp.relative_sequence_numbers:FALSE"]
SURICATA = """%YAML 1.1
---
outputs:
  - eve-log: {enabled: yes, filetype: regular, filename: eve.json, types: [ftp, ftp_data]}
app-layer: {protocols: {ftp: {enabled: yes}}}
stream: {memcap: 4gb, reassembly: {memcap: 4gb, depth: 1mb}}
flow: {memcap: 4gb, hash-size: 65536, prealloc: 10000}
"""


def commands(program, capture, scratch):
    """Each contestant and how it is called."""
    listing = ["tshark", "-n", "-r", capture, "-Y", "ftp", "-T", "fields"]
    for field in FIELDS:
        listing += ["-e", field]
    lean = list(listing)
    for option in PLAIN:
        lean += ["-o", option]
    # tshark 4.2 and later have --disable-all-protocols; a profile works in all versions.
    lean += ["-C", "lean"]
    suricata = ["suricata", "-c", f"{scratch}/suricata.yaml", "-r", capture, "-l", scratch,
                "--runmode", "single", "-S", "/dev/null"]
    all_of_them = {
        "tcpdump": ["tcpdump", "--count", "-nr", capture],
        "summary": [program, "analyze", "--summary", capture],
        "text": [program, "analyze", capture],
        "json": [program, "analyze", "--format", "json", capture],
        "tshark": listing,
        "tshark-lean": lean,
        "suricata": suricata,
    }
    return {name: call for name, call in all_of_them.items() if shutil.which(call[0])}


def prepare(scratch):
    """Writes what tshark and Suricata are to be configured with."""
    Path(scratch, "suricata.yaml").write_text(SURICATA)
    if not shutil.which("tshark"):
        return
    listing = subprocess.run(["tshark", "-G", "protocols"], capture_output=True, text=True,
                             check=True, env=environment(scratch)).stdout
    names = [line.split("\t")[2] for line in listing.splitlines()]
    profile = Path(scratch, "wireshark", "profiles", "lean")
    profile.mkdir(parents=True)
    disabled = [name for name in names if name not in NEEDED]
    (profile / "disabled_protos").write_text("\n".join(disabled) + "\n")


def environment(scratch):
    """The environment in which tshark finds the profile and nothing of the user's."""
    return {**os.environ, "XDG_CONFIG_HOME": scratch, "HOME": scratch, "LC_ALL": "C"}


def measure(call, scratch):
    """Wall seconds and peak memory in MiB of one run."""
    # A child's peak begins with that of the process that started it; GNU time is a small one.
    note = Path(scratch, "peak")
    timed = [GNU_TIME, "-q", "-f", "%M", "-o", str(note), *call] if GNU_TIME else call
    begun = time.perf_counter()
    with subprocess.Popen(timed, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          env=environment(scratch)) as process:
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        print(f"peers: {' '.join(call)}: exit code {process.returncode}", file=sys.stderr)
    if GNU_TIME:
        return seconds, int(note.read_text()) / 1024
    return seconds, usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def main():
    """Measures and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--ftpscope", default="target/release/ftpscope")
    parser.add_argument("--programs", metavar="NAME,NAME", default=None,
                        help="only these of the contestants")
    parser.add_argument("capture")
    options = parser.parse_args()
    only = options.programs.split(",") if options.programs else None
    program = str(Path(options.ftpscope).resolve())
    with tempfile.TemporaryDirectory() as scratch:
        prepare(scratch)
        calls = commands(program, str(Path(options.capture).resolve()), scratch)
        calls = {name: call for name, call in calls.items() if not only or name in only}
        results = {name: [] for name in calls}
        for _ in range(options.runs):
            for name, call in calls.items():
                results[name].append(measure(call, scratch))
    report(options.capture, options.runs, results)


def report(capture, runs, results):
    """Prints the table, with what is needed to compare it with another."""
    medians = {name: [statistics.median(column) for column in zip(*rows)]
               for name, rows in results.items()}
    size = Path(capture).stat().st_size
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True,
                            text=True, check=False).stdout.strip()
    print(f"\n{Path(capture).name}: {size:,} bytes, median of {runs}")
    print(f"{time.strftime('%Y-%m-%d')}, commit {commit}, {platform.machine()}, "
          f"{os.cpu_count()} CPUs, {platform.system()} {platform.release()}\n")
    floor, own = medians.get("tcpdump"), medians.get("json")
    print("| program | seconds | GB/s | peak MiB | × tcpdump | × json |")
    print("|---|---:|---:|---:|---:|---:|")
    for name, (seconds, memory) in medians.items():
        ratios = [f"{seconds / other[0]:.2f}" if other else "–" for other in (floor, own)]
        print(f"| {name} | {seconds:.2f} | {size / seconds / 1e9:.2f} | {memory:.1f} "
              f"| {ratios[0]} | {ratios[1]} |")


if __name__ == "__main__":
    main()
