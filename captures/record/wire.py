"""A long wire: copies frames between the interfaces ``near`` and ``far``, late.

    wire.py MILLISECONDS [late|twice]

Stands in for the kernel's netem, which not every kernel has. The delay is that of one
direction. Order is kept, but with ``late`` every seventh frame comes three milliseconds
later still, and with ``twice`` every seventh frame comes twice.
"""

import heapq
import itertools
import select
import socket
import sys
import time

ETH_P_ALL = 3
OUTGOING = 4
EVERY = 7
LATE = 0.003


def open_interface(name):
    handle = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    handle.bind((name, ETH_P_ALL))
    return handle


def main():
    delay = float(sys.argv[1]) / 1000
    disorder = sys.argv[2] if len(sys.argv) > 2 else None
    near, far = open_interface("near"), open_interface("far")
    other = {near: far, far: near}
    waiting = []
    numbers = itertools.count()
    print("ready", flush=True)
    while True:
        pause = max(0.0, waiting[0][0] - time.monotonic()) if waiting else None
        for source in select.select([near, far], [], [], pause)[0]:
            frame, address = source.recvfrom(65536)
            if address[2] == OUTGOING:
                continue
            number = next(numbers)
            chosen = number % EVERY == EVERY - 1
            due = time.monotonic() + delay + (LATE if chosen and disorder == "late" else 0)
            for copy in range(2 if chosen and disorder == "twice" else 1):
                heapq.heappush(waiting, (due, number, copy, other[source], frame))
        while waiting and waiting[0][0] <= time.monotonic():
            *_, target, frame = heapq.heappop(waiting)
            target.send(frame)


if __name__ == "__main__":
    main()
