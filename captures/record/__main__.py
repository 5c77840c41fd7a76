"""Record captures of real FTP servers and clients.

python3 captures/record --list
python3 captures/record NAME...        record these captures
python3 captures/record --all          record every capture
python3 captures/record --logs FOLDER NAME   keep the raw logs to read them
"""

import argparse
import os
import shutil
import sys
import time
import traceback
from pathlib import Path

import sandbox
import scenarios

TARGET = Path(__file__).resolve().parent.parent


def arguments():
    parser = argparse.ArgumentParser(prog="captures/record", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--list", action="store_true", help="print the names of the captures")
    parser.add_argument("--all", action="store_true", help="record every scenario")
    parser.add_argument("--logs", metavar="FOLDER", help="keep the logs of servers and clients there")
    parser.add_argument("--output", metavar="FOLDER", default=TARGET, help="default: captures/")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def record(name, output, logs):
    """Record one scenario; this process is alone in its namespaces."""
    from lab import Lab

    sandbox.prepare()
    scenario = scenarios.REGISTRY[name]
    lab = Lab(scenario, output)
    try:
        scenario.function(lab)
        lab.finish()
    except Exception:
        traceback.print_exc()
        return 1
    finally:
        if logs:
            shutil.copytree(sandbox.LOGS, Path(logs) / name, dirs_exist_ok=True)
    return 0


def main():
    options = arguments()
    known = scenarios.load()
    if options.list:
        for scenario in known.values():
            title = " ".join(scenario.function.__doc__.partition("\n\n")[0].split())
            for folder in scenario.folders():
                print(f"{folder:45} {title}")
        return 0
    # A capture with two views belongs to one scenario; either name will do.
    owner = {folder: scenario.name for scenario in known.values() for folder in scenario.folders()}
    names = list(known if options.all else dict.fromkeys(owner.get(name, name) for name in options.names))
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        print(f"no such scenario: {' '.join(unknown)}" if unknown else "name a scenario", file=sys.stderr)
        return 2
    if options.inside:
        return record(names[0], options.output, options.logs)
    if os.geteuid():
        print("the lab needs root", file=sys.stderr)
        return 2
    failed = []
    for name in names:
        begin = time.monotonic()
        more = ["--logs", str(Path(options.logs).resolve())] if options.logs else []
        output = str(Path(options.output).resolve())
        if sandbox.enter([*more, "--output", output, name]):
            failed.append(name)
            print(f"{name}: FAILED after {time.monotonic() - begin:.0f} s", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
