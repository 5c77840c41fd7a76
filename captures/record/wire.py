"""A long wire: copies frames between the interfaces ``near`` and ``far``, late.

    wire.py MILLISECONDS

Stands in for the kernel's netem, which not every kernel has. Order is kept; the
delay is that of one direction.
"""

import collections
import select
import socket
import sys
import time

ETH_P_ALL = 3
OUTGOING = 4


def open_interface(name):
    handle = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    handle.bind((name, ETH_P_ALL))
    return handle


def main():
    delay = float(sys.argv[1]) / 1000
    near, far = open_interface("near"), open_interface("far")
    other = {near: far, far: near}
    waiting = collections.deque()
    print("ready", flush=True)
    while True:
        pause = max(0.0, waiting[0][0] - time.monotonic()) if waiting else None
        for source in select.select([near, far], [], [], pause)[0]:
            frame, address = source.recvfrom(65536)
            if address[2] != OUTGOING:
                waiting.append((time.monotonic() + delay, other[source], frame))
        while waiting and waiting[0][0] <= time.monotonic():
            _, target, frame = waiting.popleft()
            target.send(frame)


if __name__ == "__main__":
    main()
