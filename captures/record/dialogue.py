"""The dialogue of a session as its client logged it: the truth about what was encrypted.

Lines are ``C USER demo`` and ``S 331 Please specify the password.``; the password is masked.
"""

import ast
import re

# How curl and lftp mark what they send and what they get.
MARKED = re.compile(r"^(?P<mark>> |< |---> |<--- )(?P<text>.*)$")
FTPLIB = re.compile(r"^\*(?P<mark>cmd|resp)\* (?P<text>'.*'|\".*\")$")
CLIENT = ("> ", "---> ", "cmd")


def read(source):
    """The lines of one client's log."""
    found = []
    for line in source.log.read_text(errors="replace").splitlines():
        marked, logged = MARKED.match(line), FTPLIB.match(line)
        if marked:
            found.append((marked["mark"], marked["text"].rstrip("\r")))
        elif logged:
            found += [(logged["mark"], part) for part in ast.literal_eval(logged["text"]).split("\n")]
    return [line for mark, text in found if text for line in [_line(mark, text)]]


def _line(mark, text):
    if mark in CLIENT:
        return "C " + re.sub(r"^PASS .*", "PASS ****", text)
    return "S " + text
