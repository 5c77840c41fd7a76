"""Hosts, links, addresses and firewalls made of network namespaces.

    client ---- router ---- server          third host on the router, if asked for

Each link is a veth pair. A link with a delay leads through one more namespace in
which ``wire.py`` copies the frames, each of them some milliseconds late.
"""

import contextlib
import ctypes
import shlex
import socket
import subprocess
import sys
import time
from pathlib import Path

ADDRESSES = {
    "client": "198.51.100.10/24",
    "server": "203.0.113.20/24",
    "third": "192.0.2.30/24",
}
ADDRESSES6 = {
    "client": "2001:db8:c::10/64",
    "server": "2001:db8:5::20/64",
    "third": "2001:db8:3::30/64",
}
# Where a capture can be taken: name -> (host, interface, vantage in facts.json).
POINTS = {
    "client": ("client", "eth0", "client"),
    "server": ("server", "eth0", "server"),
    "router-outside": ("router", "client", "between"),
    "router-inside": ("router", "server", "between"),
    "loopback": ("server", "lo", "client"),
    "any": ("client", "any", "client"),
    "router-any": ("router", "any", "between"),
}
CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)


def plain(address):
    """``198.51.100.10/24`` -> ``198.51.100.10``"""
    return address.split("/")[0]


class Network:
    def __init__(
        self, client=None, server=None, third=False, delay=(4, 6), mtu=None, offload=False, disorder=None
    ):
        self.address = dict(ADDRESSES)
        self.address.update({k: v for k, v in (("client", client), ("server", server)) if v})
        self.rules = []
        self.offload = offload
        self.disorder = disorder
        self.wires = []
        self.hosts = ["client", "server", *(["third"] if third else [])]
        for host in ("router", *self.hosts):
            self._add_host(host)
        self.run("router", "sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1")
        delays = dict(zip(("client", "server"), delay))
        for host in self.hosts:
            self._link(host, delays.get(host, 0), (mtu or {}).get(host))
        self.client = plain(self.address["client"])
        self.server = plain(self.address["server"])
        self.third = plain(self.address["third"])
        self.client6 = plain(ADDRESSES6["client"])
        self.server6 = plain(ADDRESSES6["server"])
        self.delay = delay
        self.mtu = mtu
        self._learn_neighbours()

    def _add_host(self, host):
        subprocess.run(["ip", "netns", "add", host], check=True)
        self.run(host, "ip link set lo up")
        self.run(host, "sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0")
        self.run(host, "sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0")

    def _link(self, host, delay, mtu):
        if delay:
            wire = f"wire-{host}"
            self._add_host(wire)
            self.run(wire, "sysctl -qw net.ipv6.conf.all.disable_ipv6=1")
            self._veth(host, "eth0", wire, "near")
            self._veth(wire, "far", "router", host)
            program = [sys.executable, "-B", str(Path(__file__).parent / "wire.py"), str(delay)]
            if self.disorder and host == "client":
                program.append(self.disorder)
            process = self.popen(wire, program, stdout=subprocess.PIPE)
            process.stdout.readline()
            self.wires.append(process)
        else:
            self._veth(host, "eth0", "router", host)
        for family, addresses in ((4, self.address), (6, ADDRESSES6)):
            own = addresses[host]
            prefix, _, length = own.partition("/")
            gateway = prefix.rpartition("." if family == 4 else ":")[0] + (".1" if family == 4 else ":1")
            self.run("router", f"ip addr add {gateway}/{length} dev {host}")
            self.run(host, f"ip addr add {own} dev eth0")
            self.run(host, f"ip -{family} route add default via {gateway}")
        if mtu:
            self.run("router", f"ip link set {host} mtu {mtu}")

    def _learn_neighbours(self):
        """Let address resolution happen now and not in the first handshake: send a
        datagram to a closed port and wait for the answer that it is closed."""
        targets = [(socket.AF_INET, self.server), (socket.AF_INET6, self.server6)]
        if "third" in self.hosts:
            targets.append((socket.AF_INET, self.third))
        for family, address in targets:
            with self.inside("client"), socket.socket(family, socket.SOCK_DGRAM) as handle:
                handle.settimeout(5)
                handle.connect((address, 9))
                handle.send(b"")
                with contextlib.suppress(ConnectionRefusedError):
                    handle.recv(1)

    def _veth(self, host, name, peer_host, peer_name):
        self.run(
            host,
            f"ip link add {name} type veth peer name {peer_name} netns /run/netns/{peer_host}",
        )
        for at, interface in ((host, name), (peer_host, peer_name)):
            self.run(at, f"ip link set {interface} up")
            if not self.offload:
                self.run(at, f"ethtool -K {interface} tso off gso off gro off tx off")

    def namespace(self, host):
        return ["nsenter", f"--net=/run/netns/{host}"]

    def popen(self, host, command, **options):
        return subprocess.Popen([*self.namespace(host), *command], **options)

    def run(self, host, command):
        """Run one command line on a host; it must succeed."""
        words = [*self.namespace(host), *shlex.split(command)]
        done = subprocess.run(words, check=False, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{host}: {command}: {done.stderr.strip()}")
        return done.stdout

    def rule(self, host, rule, family=4):
        """Add a firewall rule and remember it for the README."""
        program = "iptables" if family == 4 else "ip6tables"
        self.rules.append(f"{host}: {program} {rule}")
        self.run(host, f"{program} {rule}")

    def setting(self, host, setting):
        """Change a kernel setting of one host and remember it for the README."""
        self.rules.append(f"{host}: sysctl {setting}")
        self.run(host, f"sysctl -qw {setting}")

    def small_buffers(self):
        """Little room in the sockets of both ends, so that a program which stops
        reading or writing is felt by the other side after a few kilobytes."""
        for host in ("client", "server"):
            self.setting(host, "net.ipv4.tcp_rmem='4096 8192 8192'")
            self.setting(host, "net.ipv4.tcp_wmem='4096 8192 8192'")

    def wait_listening(self, host, port, seconds=10):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.run(host, f"ss -Hltn sport = :{port}").strip():
                return
            time.sleep(0.05)
        raise RuntimeError(f"nothing listens on port {port} of {host}")

    @contextlib.contextmanager
    def inside(self, host):
        """Sockets this thread opens in the block belong to ``host``."""
        with open("/proc/thread-self/ns/net") as back, open(f"/run/netns/{host}") as there:
            _setns(there)
            try:
                yield
            finally:
                _setns(back)

    def describe(self):
        parts = [f"client {self.client}", "router", f"server {self.server}"]
        near, far = self.delay
        text = f"{parts[0]} — {near} ms — {parts[1]} — {far} ms — {parts[2]}"
        for host, size in (self.mtu or {}).items():
            text += f"; the router's link towards the {host} carries packets of at most {size} bytes"
        return text


def _setns(namespace):
    if LIBC.setns(namespace.fileno(), CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")
