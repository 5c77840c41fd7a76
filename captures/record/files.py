"""The files on the servers: the same for every scenario, made of fixed bytes."""

import hashlib
import os
from pathlib import Path

from sandbox import UID, USER

ROOTS = {"ftp": (Path("/srv/ftp"), UID + 1), USER: (Path(f"/srv/{USER}"), UID)}


def binary(size, seed="lab"):
    """Bytes that look random but are always the same."""
    blocks = (hashlib.sha256(f"{seed}{n}".encode()).digest() for n in range(size // 32 + 1))
    return b"".join(blocks)[:size]


def text(lines):
    """Lines with Unix line ends, 50 bytes each."""
    return b"".join(b"%-49s\n" % f"line {n} of a plain text file".encode() for n in range(1, lines + 1))


CONTENT = {
    "pub/hello.txt": b"Hello from the lab.\n",
    "pub/readme.txt": text(60),
    "pub/a.bin": binary(20000, "a"),
    "pub/b.bin": binary(60000, "b"),
    "pub/empty.bin": b"",
    "pub/docs/one.txt": text(1),
    "pub/docs/two.txt": text(2),
    "pub/docs/three.txt": text(3),
}


def populate():
    """Give both the anonymous user and the lab's user the same tree."""
    for root, owner in ROOTS.values():
        root.mkdir()
        for name, content in CONTENT.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            os.utime(path, (1_700_000_000, 1_700_000_000))
        for folder in ("incoming", "pub/nothing"):
            (root / folder).mkdir()
        for path in root.rglob("*"):
            os.chown(path, owner, owner)
        (root / "incoming").chmod(0o777)
    os.chown(ROOTS[USER][0], UID, UID)
