"""What a scenario works with: hosts, servers, clients, captures and the facts."""

import contextlib
import ftplib
import hashlib
import inspect
import json
import re
import shutil
import time
from collections import Counter
from pathlib import Path

import clients
import dialogue
import files
import readme
import secured
from network import Network
from sandbox import LOGS, PASSWORD, USER, WORK

import capture

STORED = ("RETR", "STOR", "APPE", "STOU")
LARGEST = 200_000


class Lab:
    def __init__(self, scenario, target):
        self.scenario = scenario
        self.target = Path(target)
        self.servers = []
        self.used_clients = []
        self.quotes = []
        self.captures = {}
        self.remarks = []
        self.kept = {}
        self.known = None
        files.populate()

    # -- building ------------------------------------------------------------

    def network(self, **options):
        self.net = Network(**options)
        return self.net

    def serve(self, server, host="server"):
        if not hasattr(self, "net"):
            self.network()
        self.servers.append((host, server))
        return server.start(self.net, host)

    def add_file(self, name, content, root=USER):
        folder, owner = files.ROOTS[root]
        path = folder / name
        path.write_bytes(content)
        shutil.chown(path, owner, owner)
        return path

    # -- recording -----------------------------------------------------------

    @contextlib.contextmanager
    def record(self, linger=0.3, **options):
        """Capture at the scenario's points while the block runs."""
        for view, point in self.scenario.views.items():
            path = WORK / f"capture{len(self.captures)}.pcap"
            self.captures[view] = capture.Capture(self.net, point, path, **options)
        with capture.running(list(self.captures.values()), linger):
            yield

    def convert(self, change, note):
        """Pass each finished capture through ``change(source, target)``; the target
        may have another ending (``.pcapng``)."""
        for item in self.captures.values():
            source = item.path
            item.path = Path(change(source))
        self.remarks.append(note)

    def beside(self, name, path):
        """Keep a file in the folder of the recording."""
        self.kept[name] = Path(path).read_bytes()

    # -- clients -------------------------------------------------------------

    def url(self, path="", user=None, port=None, scheme="ftp", host=None):
        server = self.servers[0][1]
        port = port or server.port
        login = f"{user}:{PASSWORD}@" if user else ""
        number = "" if port == 21 else f":{port}"
        return f"{scheme}://{login}{host or self.net.server}{number}/{path}"

    def spawn(self, program, *arguments, host="client", given=None, keys=None):
        """Start a client and go on; ``keys`` names the file for its TLS secrets."""
        self.used_clients.append(program)
        log = LOGS / f"client-{len(self.used_clients)}-{program}.log"
        return clients.Run(self.net, host, program, clients.command(program, arguments), log, given, keys)

    def client(self, program, *arguments, exit=0, timeout=40, **options):
        """Run a client to its end."""
        return self.spawn(program, *arguments, **options).wait(exit, timeout)

    @contextlib.contextmanager
    def ftplib(self, login=True, host="client", to=None, port=None, timeout=30, quit=True, **options):
        """A connected ``ftplib.FTP`` whose dialogue is kept as a log."""
        self.used_clients.append("python")
        log = LOGS / f"client-{len(self.used_clients)}-ftplib.log"
        made = options.pop("kind", ftplib.FTP)(timeout=timeout, **options)
        made.log = log
        with open(log, "w", buffering=1) as out, contextlib.redirect_stdout(out), self.net.inside(host):
            made.set_debuglevel(1)
            made.connect(to or self.net.server, port or self.servers[0][1].port)
            if login:
                made.login(USER, PASSWORD)
            yield made
            if quit:
                made.quit()
            made.close()

    # -- truth ---------------------------------------------------------------

    def quote(self, source, pattern):
        """Keep the first line of a client's log that matches, for the README. A pattern
        of digits is a reply code, so that it does not find a port number."""
        if re.fullmatch(r"[\d\[\]|-]*[\d\]]", pattern):
            pattern = rf"(?:^|[\"' ])(?:{pattern})[ :-]"
        name = source.program if isinstance(source, clients.Run) else "python"
        lines = source.log.read_text(errors="replace").splitlines()
        found = next((line for line in lines if re.search(pattern, line)), None)
        if found is None:
            raise RuntimeError(f"the log of {name} has no line like {pattern}: {lines[-20:]}")
        self.say(name, found.strip())

    def say(self, who, line):
        self.quotes.append((who, line))

    def facts(
        self,
        control=1,
        cause=None,
        healthy=None,
        transfers=(),
        notes="",
        log_differs=None,
        also=(),
        tls=None,
        dialogues=(),
        port=None,
    ):
        """Declare the ground truth. ``cause``, ``transfers`` and ``notes`` may be
        dictionaries by view; ``also`` are causes that are true beside it. Completed transfers must be what the servers logged;
        where a server's log means something else, ``log_differs`` says what.

        Of encrypted sessions: ``dialogues`` are the clients whose logs tell what was said, ``tls``
        says whose keys are there (``{"keys": "all"}``) and what else is known. ``port`` is one that
        an analyzer must be told of."""
        self.known = {
            "control_connections": control,
            "cause": cause,
            "healthy": healthy,
            "transfers": transfers,
            "notes": notes,
            "also": also,
        }
        self.known.update(self._inside(tls, dialogues))
        if port:
            self.known["port"] = port
        if log_differs:
            self.remarks.append(f"The server's transfer log differs from the facts: {log_differs}")
        else:
            self._check_logs(transfers)

    @staticmethod
    def _inside(tls, dialogues):
        known = {}
        if tls is not None:
            known["tls"] = {**tls, **(secured.agreed(dialogues[0]) if dialogues else {})}
        if dialogues:
            known["dialogues"] = [dialogue.read(source) for source in dialogues]
        return known

    def _check_logs(self, transfers):
        declared = Counter(
            (path, size) for command, path, size, ok in self._all(transfers) if ok and command in STORED
        )
        logged = Counter()
        for _, server in self.servers:
            logged.update((path, size) for path, size, complete in server.transfers() if complete)
        if declared != logged:
            raise RuntimeError(f"declared {dict(declared)}, but the servers logged {dict(logged)}")

    @staticmethod
    def _all(transfers):
        if isinstance(transfers, dict):
            return list(dict.fromkeys(one for view in transfers.values() for one in view))
        return transfers

    # -- results -------------------------------------------------------------

    def finish(self):
        """Write the folders of this scenario, one for each view."""
        if self.known is None:
            raise RuntimeError("the scenario declared no facts")
        for view, item in self.captures.items():
            name = self.scenario.folder(view)
            folder = self.target / name
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            for other, content in self.kept.items():
                (folder / other).write_bytes(content)
            copied = folder / f"capture{item.path.suffix}"
            shutil.copyfile(item.path, copied)
            size = copied.stat().st_size
            if size > LARGEST:
                raise RuntimeError(f"{name}: capture has {size} bytes")
            facts = self._facts_for(view, item)
            (folder / "facts.json").write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n")
            (folder / "README.md").write_text(readme.render(self, view, item, copied.name))
            print(f"{name}: {size} bytes")

    def _facts_for(self, view, item):
        def of(value):
            return value[view] if isinstance(value, dict) else value

        cause = of(self.known["cause"])
        healthy = of(self.known["healthy"])
        also = {"also": list(self.known["also"])} if self.known["also"] else {}
        return {
            "control_connections": of(self.known["control_connections"]),
            "cause": cause,
            **also,
            "healthy": cause is None if healthy is None else healthy,
            "vantage": item.vantage,
            "transfers": [
                {
                    "command": command,
                    "path": path,
                    "bytes": size,
                    "ok": ok,
                    **(self._digest(path, size) if "tls" in self.known and ok else {}),
                }
                for command, path, size, ok in of(self.known["transfers"])
            ],
            "notes": " ".join(inspect.cleandoc(of(self.known["notes"])).split()),
            **{name: self.known[name] for name in ("port", "tls", "dialogues") if name in self.known},
        }

    @staticmethod
    def _digest(path, size):
        """SHA-256 of a file on the server, where all of it was transferred."""
        for root, _ in files.ROOTS.values():
            file = root / str(path).lstrip("/")
            if file.is_file() and file.stat().st_size == size:
                return {"sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
        return {}


def until(condition, seconds=20, step=0.05):
    """Wait until ``condition()`` is true."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError("waited in vain")
        time.sleep(step)
