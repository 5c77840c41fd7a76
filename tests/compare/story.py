"""What a capture tells of FTP, in the same words for every witness, and how two stories differ."""

from collections import Counter
from dataclasses import dataclass, field
from difflib import SequenceMatcher


def endpoint(address, port):
    """An endpoint in words; IPv6 in brackets."""
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


@dataclass
class Session:
    """A control connection."""

    client: str
    server: str
    #: (verb, argument)
    commands: list = field(default_factory=list)
    #: codes
    replies: list = field(default_factory=list)

    def ends(self):
        """What two witnesses must agree on to talk about the same connection."""
        return (self.client, self.server)


@dataclass
class Transfer:
    """A data connection on which something was sent."""

    ends: frozenset
    #: Payload bytes, each once; `None` where the witness does not say.
    bytes: int | None


@dataclass
class Story:
    """All of a capture."""

    sessions: list = field(default_factory=list)
    transfers: list = field(default_factory=list)


def differences(one, other, names):
    """How two stories differ, one sentence a difference, without anything that a new recording of
    the same scenario would change (ports, frame numbers)."""
    found = []
    pairs = paired(one.sessions, other.sessions, lambda session: session.ends())
    for number, pair in enumerate(pairs, 1):
        for session, name in zip(pair, names):
            if session is None:
                found.append(f"session {number}: not seen by {name}")
        if None not in pair:
            commands = lists(pair[0].commands, pair[1].commands, names, command_words)
            replies = lists(pair[0].replies, pair[1].replies, names, lambda code: f"reply {code}")
            found += [f"session {number}: {text}" for text in commands + replies]
    pairs = paired(one.transfers, other.transfers, lambda transfer: frozenset(transfer.ends))
    return counted(found + [text for pair in pairs for text in transfer_words(pair, names)])


def paired(one, other, key):
    """Pairs of items with the same key, the first with the first; `None` where one is missing."""
    waiting = {}
    for item in other:
        waiting.setdefault(key(item), []).append(item)
    pairs = []
    for item in one:
        same = waiting.get(key(item))
        pairs.append((item, same.pop(0) if same else None))
    return pairs + [(None, item) for items in waiting.values() for item in items]


def lists(one, other, names, words):
    """The items that only one of two lists has."""
    found = []
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    for tag, start, end, other_start, other_end in matcher.get_opcodes():
        if tag != "equal":
            found += [f"only {names[0]}: {words(item)}" for item in one[start:end]]
            found += [f"only {names[1]}: {words(item)}" for item in other[other_start:other_end]]
    return found


def command_words(command):
    """A command as the client wrote it; without the numbers that change with every recording."""
    verb, argument = command
    if verb in ("PORT", "EPRT", "LPRT"):
        argument = "…" if argument else argument
    # What is not printable ASCII stands as an escape, so that it can be read in the explanations.
    return ascii(f"command {verb} {argument}".rstrip())[1:-1]


def transfer_words(pair, names):
    """How two accounts of a data connection differ."""
    sizes = [transfer and transfer.bytes for transfer in pair]
    if None in pair:
        seen = pair.index(None) ^ 1
        # A witness that does not say how much was sent may mean nothing.
        if sizes[seen] is None:
            return []
        return [f"only {names[seen]}: a data connection with {sizes[seen]} bytes"]
    if None in sizes or sizes[0] == sizes[1]:
        return []
    return [f"a data connection: {sizes[0]} bytes by {names[0]}, {sizes[1]} by {names[1]}"]


def counted(texts):
    """Each text once, with the number of times it came."""
    return [text if times == 1 else f"{text} ({times} times)"
            for text, times in Counter(texts).items()]
