"""What tshark sees of FTP in a capture.

tshark is an independent witness, not a judge. What it is known for, so that the right side of
a difference can be told:

- It takes FTP to be on port 21 only; other ports have to be named.
- It reads the first line of a segment: of two pipelined commands the second is not listed, and a
  command over two segments becomes two.
- It lists a code for every segment of a multi-line reply; here they are joined again.
- It lists a retransmitted segment twice; here each byte of a stream counts once.
- It decrypts TLS after AUTH TLS in capitals, and neither after AUTH SSL nor on the port of
  implicit TLS, unless it is told to.
- It takes any bytes for a command: Telnet codes, TLS records, the tail of a longer one. What is not
  a word is left out here.
"""

import re
import subprocess
from dataclasses import dataclass, replace

from story import Session, Story, Transfer, endpoint

FIELDS = [
    "frame.number", "frame.protocols", "tcp.stream",
    "ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "tcp.srcport", "tcp.dstport",
    "tcp.flags.syn", "tcp.seq_raw", "tcp.len",
    "ftp.request.command", "ftp.request.arg", "ftp.response.code", "tcp.payload",
]


#: What can be the verb of a command.
WORD = re.compile(r"[A-Za-z]+")


@dataclass(frozen=True)
class Segment:
    """One TCP segment and what tshark made of its payload."""

    stream: int
    source: str
    target: str
    sequence: int
    length: int
    command: str
    argument: str
    code: str
    payload: bytes
    protected: bool = False

    @classmethod
    def parse(cls, line):
        """A segment from one line of tshark's output."""
        row = dict(zip(FIELDS, line.rstrip("\n").split("\t"), strict=True))
        inner = re.findall(r"\b(ip|ipv6)\b", row["frame.protocols"])[-1]
        # A SYN occupies a sequence number in front of the first byte.
        syn = row["tcp.flags.syn"] in ("1", "True")
        return cls(
            stream=int(row["tcp.stream"]),
            source=endpoint(row[inner + ".src"], row["tcp.srcport"]),
            target=endpoint(row[inner + ".dst"], row["tcp.dstport"]),
            sequence=int(row["tcp.seq_raw"]) + syn,
            length=int(row["tcp.len"] or 0),
            command=row["ftp.request.command"],
            argument=row["ftp.request.arg"],
            code=row["ftp.response.code"],
            payload=bytes.fromhex(row["tcp.payload"].replace(":", "")),
            protected=re.match("1603", row["tcp.payload"].replace(":", "")) is not None,
        )


def port_of(name):
    """The port of an endpoint."""
    return int(name.rpartition(":")[2])


def read(capture, ports):
    """The story that tshark tells of a capture with control connections on `ports`."""
    # Of several headers (tunnels) the last is the one of the connection; an ICMP error quotes a
    # segment that it does not carry.
    command = ["tshark", "-n", "-r", str(capture), "-Y", "tcp.len && !icmp && !icmpv6"]
    command += ["-T", "fields", "-E", "occurrence=l"]
    for field in FIELDS:
        command += ["-e", field]
    for port in ports:
        command += ["-d", f"tcp.port=={port},ftp"]
    # Keys in the capture are used without asking; those beside it have to be named.
    if (keys := capture.parent / "keys.log").exists():
        command += ["-o", f"tls.keylog_file:{keys}"]
    run = subprocess.run(command, capture_output=True, check=False)
    # Not splitlines: a field may hold characters that Unicode takes for line ends.
    lines = run.stdout.decode(errors="backslashreplace").split("\n")[:-1]
    # A capture that ends in the middle of a record makes tshark fail after what it could read.
    if run.returncode and not lines:
        raise RuntimeError(f"tshark: {run.stderr.decode(errors='replace').strip()}")
    return tell([Segment.parse(line) for line in lines], ports)


def tell(segments, ports):
    """The story of the segments of a capture."""
    story, streams = Story(), {}
    for segment in segments:
        streams.setdefault(segment.stream, []).append(segment)
    for stream in streams.values():
        first = stream[0]
        if port_of(first.source) in ports or port_of(first.target) in ports:
            story.sessions.append(session(stream, ports))
        elif size := sum(segment.length for segment in new_segments(stream)):
            # What TLS adds is not known.
            size = None if any(segment.protected for segment in stream) else size
            story.transfers.append(Transfer(frozenset((first.source, first.target)), size))
    return story


def session(segments, ports):
    """The control connection of these segments."""
    first = segments[0]
    ends = [first.source, first.target]
    if port_of(ends[1]) not in ports:
        ends.reverse()
    result = Session(client=ends[0], server=ends[1])
    open_code = None
    for segment in new_segments(segments):
        if WORD.fullmatch(segment.command) and segment.source == result.client:
            result.commands.append((segment.command.upper(), segment.argument))
        elif segment.code and segment.source == result.server:
            if open_code is None:
                result.replies.append(int(segment.code))
        if segment.source == result.server:
            open_code = still_open(segment.payload, open_code)
    return result


def still_open(payload, code):
    """The code of the multi-line reply that goes on behind `payload`; `None` outside of one."""
    for line in payload.split(b"\n"):
        if code is None and re.match(rb"[1-6]\d\d-", line):
            code = line[:3]
        elif code is not None and line.startswith(code + b" "):
            code = None
    return code


def new_segments(segments):
    """The segments that bring bytes nobody has seen, in the order of their stream.

    The order between the two directions is lost, that within each is not. A segment that repeats
    a part comes with the length of its new part.
    """
    result = []
    for source in dict.fromkeys(segment.source for segment in segments):
        own = [segment for segment in segments if segment.source == source and segment.length]
        seen = None
        for position, segment in sorted(positions(own), key=lambda item: item[0]):
            end = position + segment.length
            if seen is None or end > seen:
                fresh = segment.length if seen is None else min(segment.length, end - seen)
                result.append(replace(segment, length=fresh))
                seen = end
    return result


def positions(segments):
    """Each segment of one direction with its place in the stream. A sequence number is taken to
    be the nearest one to its predecessor, so that it may wrap around any number of times."""
    position, result = 0, []
    for before, segment in zip(segments[:1] + segments, segments):
        position += (segment.sequence - before.sequence + 2**31) % 2**32 - 2**31
        result.append((position, segment))
    return result
