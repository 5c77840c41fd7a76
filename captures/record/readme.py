"""The README of a recorded scenario."""

import inspect
import re

import clients


def render(lab, view, item, capture_name):
    scenario = lab.scenario
    title, story, conclusion = parts(scenario.function.__doc__, view)
    lines = [f"# {title}", "", *story, "", "## What to conclude", "", conclusion, ""]
    if lab.quotes:
        lines += ["## In the software's own words", ""]
        for who, text in lab.quotes:
            lines += [f"{who}:", "", f"    {text}", ""]
    lines += ["## How it was recorded", ""]
    lines += [f"- Servers: {listing(server_version(server, host) for host, server in lab.servers)}"]
    lines += [f"- Clients: {listing(clients.version(program) for program in lab.used_clients)}"]
    lines += [f"- Hosts: {lab.net.describe()}"]
    lines += [f"- Capture: `{capture_name}`, {item.describe()}"]
    lines += [f"- {remark}" for remark in lab.remarks]
    if lab.net.rules:
        lines += ["- Firewall rules and settings, in the order they were made:", ""]
        lines += [f"      {rule}" for rule in lab.net.rules]
    source = scenario.function.__module__.rpartition(".")[2]
    lines += ["", f"Recorded by `python3 captures/record {scenario.name}`; the settings of the server and"]
    lines += [f"the commands of the client are in `captures/record/scenarios/{source}.py`. The truth in"]
    lines += ["`facts.json` is taken from the logs of server and client and from the true file sizes."]
    related = scenario.related(view)
    if related:
        lines += ["", "Compare: " + ", ".join(f"[{name}](../{name}/)" for name in related) + "."]
    return "\n".join(lines) + "\n"


def parts(text, view):
    """Title, story paragraphs and the conclusion for one view of a docstring."""
    paragraphs = inspect.cleandoc(text).split("\n\n")
    title = " ".join(paragraphs[0].split()).rstrip(".")
    story, conclusion = [], None
    for paragraph in paragraphs[1:]:
        marked = re.match(r"Conclude(?: \(([a-z-]+)\))?: ", paragraph)
        if not marked:
            story += ["", paragraph] if story else [paragraph]
        elif marked[1] in (None, view):
            conclusion = paragraph[marked.end() :]
            conclusion = conclusion[0].upper() + conclusion[1:]
    if conclusion is None:
        raise RuntimeError(f"no conclusion for view {view}")
    return title, story, conclusion


def listing(items):
    return ", ".join(dict.fromkeys(items)) or "none"


def server_version(server, host):
    if server.package is None:
        number = "2.0.1"
    else:
        number = clients.package_version(server.package)
    port = "" if server.port == 21 else f" on port {server.port}"
    place = "" if host == "server" else f" on the {host}"
    return f"{server.name} {number}{port}{place}"
