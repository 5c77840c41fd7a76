"""pyftpdlib with the settings given as JSON on the command line."""

import json
import logging
import os
import sys

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import DTPHandler, FTPHandler, ThrottledDTPHandler, TLS_FTPHandler
from pyftpdlib.servers import FTPServer

SERVER_SETTINGS = ("max_cons", "max_cons_per_ip")
DTP_SETTINGS = ("timeout", "read_limit", "write_limit")


def log_keys(context, path):
    """Let the server write the secrets of its TLS sessions, as a client does."""
    out = open(path, "ab", buffering=0)
    context.set_keylog_callback(lambda connection, line: out.write(line + b"\n"))


def main():
    settings = json.loads(sys.argv[1])
    logging.basicConfig(filename=settings.pop("log"), level=logging.DEBUG)
    authorizer = DummyAuthorizer()
    user = settings.pop("user")
    authorizer.add_user(user, settings.pop("password"), f"/srv/{user}", perm="elradfmwMT")
    authorizer.add_anonymous("/srv/ftp")
    base = TLS_FTPHandler if "certfile" in settings else FTPHandler
    handler = type("Handler", (base,), {"authorizer": authorizer})
    data = {name: settings.pop(f"data_{name}") for name in DTP_SETTINGS if f"data_{name}" in settings}
    if data:
        parent = ThrottledDTPHandler if "read_limit" in data or "write_limit" in data else DTPHandler
        handler.dtp_handler = type("DataHandler", (parent,), data)
    address = settings.pop("address", "0.0.0.0")
    port = settings.pop("port")
    limits = {name: settings.pop(name) for name in SERVER_SETTINGS if name in settings}
    if "passive_ports" in settings:
        first, last = settings.pop("passive_ports")
        handler.passive_ports = range(first, last + 1)
    secrets = settings.pop("keys", None)
    for name, value in settings.items():
        if not hasattr(handler, name) and name != "certfile":
            raise SystemExit(f"pyftpdlib has no setting {name}")
        setattr(handler, name, value)
    if secrets:
        log_keys(handler.get_ssl_context(), secrets)
    server = FTPServer((address, port), handler)
    for name, value in limits.items():
        setattr(server, name, value)
    os.umask(0o022)
    server.serve_forever()


if __name__ == "__main__":
    main()
