#!/usr/bin/env python3
"""Measures the dashboard from outside: `benches/dashboard.py FTPSCOPE CAPTURE`.

The program runs in a pseudo-terminal of 200x60. Told are the time until the first rows, until all
is read, from a key to the end of what it made the program draw, and what it does while idle.
"""

import fcntl
import os
import pty
import re
import select
import statistics
import struct
import sys
import termios
import time

FRAME_END = b"\x1b[?2026l"
IDLE = 5.0


def start(program, capture):
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", LANG="C.UTF-8")
        # The size is set before the program looks at it.
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 60, 200, 0, 0))
        os.execv(program, [program, "watch", capture])
    return pid, terminal


def read_until(terminal, found, deadline=60.0):
    output, end = b"", time.monotonic() + deadline
    while not found(output):
        if time.monotonic() > end:
            sys.exit("it does not come:\n" + output[-2000:].decode(errors="replace"))
        if select.select([terminal], [], [], 1.0)[0]:
            output += os.read(terminal, 65536)
    return output


def read_for(terminal, span):
    count, end = 0, time.monotonic() + span
    while (left := end - time.monotonic()) > 0:
        if select.select([terminal], [], [], left)[0]:
            count += len(os.read(terminal, 65536))
    return count


def cpu(pid):
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid):
    with open(f"/proc/{pid}/status") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1]) * 1024


def main():
    program, capture = sys.argv[1:]
    begun = time.monotonic()
    pid, terminal = start(program, capture)
    row = re.compile(rb"(OK|FAIL|OPEN|AUTH|PART|ABRT|TLS)\b")
    read_until(terminal, lambda output: row.search(output))
    first = time.monotonic() - begun
    read_until(terminal, lambda output: b"100%" in output)
    whole = time.monotonic() - begun
    read_for(terminal, 0.5)
    times = []
    for key in b"jjjj\x06\x06\x06GgGgzz>>2jGg3j45 1*-" * 2:
        # Drawing on input has a pace of 33 ms: each key comes when the last is done with.
        read_for(terminal, 0.05)
        pressed = time.monotonic()
        os.write(terminal, bytes([key]))
        read_until(terminal, lambda output: FRAME_END in output)
        times.append(time.monotonic() - pressed)
    times.sort()
    read_for(terminal, 0.5)
    before = cpu(pid)
    written = read_for(terminal, IDLE)
    used = cpu(pid) - before
    print(f"first rows               {first * 1000:8.0f} ms   (budget 300 ms)")
    print(f"all read                 {whole * 1000:8.0f} ms")
    print(f"key to screen, median    {statistics.median(times) * 1000:8.1f} ms")
    print(f"key to screen, p95       {times[len(times) * 95 // 100] * 1000:8.1f} ms   (budget 50 ms)")
    print(f"idle: written            {written:8} B    (budget 0)")
    print(f"idle: CPU                {used / IDLE * 100:8.1f} %    (budget 0)")
    print(f"memory                   {memory(pid) / 1e6:8.1f} MB")
    os.write(terminal, b"q")
    os.waitpid(pid, 0)


main()
