"""What ftpscope tells of a capture: its JSON records, in the words of a story."""

import json
import subprocess

from story import Session, Story, Transfer, endpoint


def read(program, capture):
    """The story that ftpscope tells of a capture."""
    command = [program, "analyze", "--format", "json", "--show-passwords", str(capture)]
    if (keys := capture.parent / "keys.log").exists():
        command += ["--keylog", str(keys)]
    run = subprocess.run(command, capture_output=True, check=False)
    if not run.stdout:
        raise RuntimeError(run.stderr.decode(errors="replace").strip() or "no output")
    return tell(json.loads(line) for line in run.stdout.decode().splitlines())


def tell(records):
    """The story of these records."""
    sessions, commands, replies, transfers = {}, [], [], {}
    for record in records:
        kind = record["type"]
        if kind == "session":
            sessions[record["session"]] = Session(end(record["client"]), end(record["server"]))
        elif kind == "command":
            words = (record["command"], record["argument"] or "")
            commands.append((record["frame"], record["session"], words))
            replies += [(reply["frame"], record["session"], reply["code"])
                        for reply in record["replies"]]
        elif kind == "reply":
            replies.append((record["frame"], record["session"], record["code"]))
        elif kind == "data_channel" and record["connection"]:
            note_transfer(transfers, record)
    # Records come when their facts are final; the sort is stable, so that what one frame holds
    # stays in order.
    for _, number, words in sorted(commands, key=lambda command: command[0]):
        sessions[number].commands.append(words)
    for _, number, code in sorted(replies, key=lambda reply: reply[0]):
        sessions[number].replies.append(code)
    return Story([sessions[number] for number in sorted(sessions)], list(transfers.values()))


def note_transfer(transfers, record):
    """Adds the data connection of a channel, unless nothing was sent on it or another session has
    already told of it (between two servers both do)."""
    connection, transfer = record["connection"], record["transfer"]
    ends = frozenset((end(connection["from"]), end(connection["to"])))
    size = transfer["bytes"] if transfer else None
    if size != 0:
        key = (ends, connection["first_frame"])
        known = transfers.setdefault(key, Transfer(ends, size))
        known.bytes = size if known.bytes is None else known.bytes


def end(value):
    """An endpoint of a record in words."""
    return endpoint(value["ip"], value["port"])
