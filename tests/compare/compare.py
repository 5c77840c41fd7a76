#!/usr/bin/env python3
"""Compares ftpscope with tshark on every capture of the repository.

Two programs that share no code should tell the same story: the same sessions, commands, replies
and data connections. Where they do not, `differences.json` has to say why, in words. A difference
without an explanation fails, and so does an explanation without its difference.

    python3 tests/compare/compare.py                  all captures
    python3 tests/compare/compare.py SCENARIO …       some of them
    python3 tests/compare/compare.py --tshark …       only what tshark sees
    python3 tests/compare/compare.py --torn …         lines may be split over segments

`differences.json`, by scenario:

    {"scenario": {"ports": [2121],
                  "differences": {"session 1: only tshark: command ISO": "why that is so"}}}

tshark takes each segment for lines of its own. With `--torn`, for generated captures with loss and
disorder (`--captures`), a command or reply that it misses is therefore no difference, nor is a piece
of a command, nor a number of 150, 213 or 227 (size, endpoint) where a code would stand. What else it has of
its own still is, and sessions and data connections must be the same. Nothing is explained there.

`ports` are control ports besides 21, which tshark has to be told. A difference that ends in `*`
stands for all that begin like it.
"""

import argparse
import json
import os
import re
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import ftpscope
import tshark
from story import Story, differences

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
NAMES = ("ftpscope", "tshark")
INSTALL = "apt-get install tshark (Debian, Ubuntu), dnf install wireshark-cli (Fedora), \
pacman -S wireshark-cli (Arch), brew install wireshark (macOS)"


def main():
    """Runs the comparison and returns the exit code."""
    options = arguments()
    needed = [("tshark", INSTALL)]
    if not options.tshark:
        needed.append((options.ftpscope, "cargo build --release, or name it with --ftpscope"))
    for program, remedy in needed:
        if not shutil.which(program):
            print(f"compare: {program} is missing: {remedy}", file=sys.stderr)
            return 2
    known = {} if options.torn else json.loads(options.differences.read_text())
    captures = find_captures(options.captures, options.scenario)
    if not captures:
        print(f"compare: no captures in {options.captures}", file=sys.stderr)
        return 2
    if options.tshark:
        for name, capture in captures.items():
            show(name, tshark.read(capture, ports(known, name)))
        return 0
    with ThreadPoolExecutor() as pool:
        jobs = {name: pool.submit(check, name, capture, options, known)
                for name, capture in captures.items()}
        results = {name: job.result() for name, job in jobs.items()}
    problems = [problem for result in results.values() for problem in result.problems]
    if not options.scenario:
        problems += [f"{name}: explained, but there is no such capture"
                     for name in known if name not in captures]
    for problem in problems:
        print(problem)
    print(summary(results, problems))
    return 1 if problems else 0


def arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description="Compares ftpscope with tshark.")
    parser.add_argument("scenario", nargs="*", help="names below the captures folder")
    parser.add_argument("--captures", type=Path, default=ROOT / "captures")
    parser.add_argument("--differences", type=Path, default=HERE / "differences.json")
    parser.add_argument("--ftpscope", default=str(TARGET / "release/ftpscope"))
    parser.add_argument("--torn", action="store_true", help="lines may be split over segments")
    parser.add_argument("--tshark", action="store_true", help="only show what tshark sees")
    return parser.parse_args()


def find_captures(folder, wanted):
    """The capture of every scenario, by its name."""
    files = sorted(folder.glob("*/capture.pcap*"))
    return {file.parent.name: file for file in files if not wanted or file.parent.name in wanted}


def ports(known, name):
    """The control ports of a scenario."""
    return {21, *known.get(name, {}).get("ports", [])}


class Result:
    """What became of one capture."""

    def __init__(self, story, explained, problems):
        self.story = story
        self.explained = explained
        self.problems = problems


def check(name, capture, options, known):
    """Compares both stories of a capture and the differences with their explanations."""
    try:
        own = ftpscope.read(options.ftpscope, capture)
        other = tshark.read(capture, ports(known, name))
    except (RuntimeError, ValueError, KeyError, TypeError) as error:
        return Result(Story(), 0, [f"{name}: cannot be compared: {error!r}"])
    explanations = known.get(name, {}).get("differences", {})
    found = differences(own, other, NAMES)
    if options.torn:
        found = mended(found, own)
    return Result(own, len(explanations), judge(name, found, explanations))


def judge(name, found, explanations):
    """What is wrong with the differences found and the explanations given."""
    problems = [f"{name}: {text}" for text in found
                if not any(covers(known, text) for known in explanations)]
    problems += [f"{name}: explained, but no longer so: {known}"
                 for known in explanations if not any(covers(known, text) for text in found)]
    problems += [f"{name}: without a reason: {known}"
                 for known, reason in explanations.items() if len(reason.split()) < 3]
    return problems


LINE = re.compile(r"session (\d+): only (\w+): (command|reply) (.*?)(?: \(\d+ times\))?")


def mended(found, own):
    """The differences that are left when tshark reads pieces of lines."""
    lines = [(text, LINE.fullmatch(text)) for text in found]
    return [text for text, line in lines
            if not line or line[2] == NAMES[1] and not is_piece(line, own.sessions[int(line[1]) - 1])]


def is_piece(line, session):
    """Whether it may be a part of a line of this session."""
    piece = line[4].upper()
    if line[3] == "reply":
        return not {150, 213, 227}.isdisjoint(session.replies)
    verb = piece.split(" ")[0]
    whole = [f"{verb} {argument}".upper() for verb, argument in session.commands]
    return any(piece in text or text.split(" ")[0].endswith(verb) for text in whole)


def covers(known, text):
    """Whether an explained difference is this one."""
    return text.startswith(known[:-1]) if known.endswith("*") else text == known


def show(name, story):
    """Prints a story."""
    print(f"{name}:")
    for number, session in enumerate(story.sessions, 1):
        print(f"  session {number}: {session.client} > {session.server}")
        for verb, argument in session.commands:
            print(f"    {verb} {argument}".rstrip())
        print("    replies:", *session.replies)
    for transfer in story.transfers:
        print("  data:", " - ".join(sorted(transfer.ends)), transfer.bytes, "bytes")


def summary(results, problems):
    """The last line."""
    sessions = [session for result in results.values() for session in result.story.sessions]
    counts = {
        "captures": len(results),
        "sessions": len(sessions),
        "commands": sum(len(session.commands) for session in sessions),
        "replies": sum(len(session.replies) for session in sessions),
        "data connections": sum(len(result.story.transfers) for result in results.values()),
        "differences explained": sum(result.explained for result in results.values()),
        "problems": len(problems),
    }
    return "compare: " + ", ".join(f"{count} {what}" for what, count in counts.items())


if __name__ == "__main__":
    sys.exit(main())
