"""TLS on the client's side: ftplib with what it lacks, key logs, and what TLS was agreed on."""

import contextlib
import ctypes
import ftplib
import re
import socket
import ssl
import subprocess

from certificates import make_certificate
from sandbox import WORK

KEYS = WORK / "keys.log"
# Not named by Python's ssl (openssl/ssl.h, SSL_OP_NO_ENCRYPT_THEN_MAC).
NO_ENCRYPT_THEN_MAC = 1 << 19


def context(keys=False, newest=ssl.TLSVersion.TLSv1_3, oldest=None, ciphers=None, options=0):
    """A client context that trusts the lab's certificate."""
    made = ssl.create_default_context(cafile=str(make_certificate()))
    made.check_hostname = False
    if ciphers:
        made.set_ciphers(ciphers)
    if oldest:
        made.minimum_version = oldest
    made.maximum_version = newest
    made.options |= options
    if keys:
        made.keylog_filename = str(KEYS)
    return made


class Resuming(ftplib.FTP_TLS):
    """Resumes the TLS session of the control connection on each data connection."""

    mechanism = "TLS"

    def auth(self):
        reply = self.voidcmd(f"AUTH {self.mechanism}")
        self.sock = self.context.wrap_socket(self.sock, server_hostname=self.host)
        self.file = self.sock.makefile(mode="r", encoding=self.encoding)
        return reply

    def ntransfercmd(self, cmd, rest=None):
        made, size = ftplib.FTP.ntransfercmd(self, cmd, rest)
        if self._prot_p:
            made = self.context.wrap_socket(made, server_hostname=self.host, session=self.sock.session)
            self.resumed = made.session_reused
        return made, size


class Implicit(Resuming):
    """TLS from the first byte."""

    def connect(self, host, port):
        self.host, self.port = host, port
        plain = socket.create_connection((host, port), self.timeout)
        self.af = plain.family
        self.sock = self.context.wrap_socket(plain, server_hostname=host)
        self.file = self.sock.makefile(mode="r", encoding=self.encoding)
        self.welcome = self.getresp()
        return self.welcome

    def login(self, user, passwd):
        return ftplib.FTP.login(self, user, passwd)


@contextlib.contextmanager
def protected(lab, keys=False, quit=True, kind=ftplib.FTP_TLS, private=True, session=(), **options):
    """A session of ftplib with TLS on control and data connection."""
    with lab.ftplib(kind=kind, context=context(keys, **options), quit=quit, **dict(session)) as ftp:
        if private:
            ftp.prot_p()
        ftp.agreed = (
            (ftp.sock.version(), ftp.sock.cipher()[0]) if isinstance(ftp.sock, ssl.SSLSocket) else None
        )
        yield ftp


def inject_keys(lab, keys=None, note="TLS secrets (written by the client)"):
    """Store TLS secrets in the capture."""

    def change(source):
        target = source.with_suffix(".pcapng")
        command = [
            "editcap",
            "-F",
            "pcapng",
            "--inject-secrets",
            f"tls,{keys or KEYS}",
            str(source),
            str(target),
        ]
        subprocess.run(command, check=True)
        return target

    lab.convert(change, f"{note} added with `editcap --inject-secrets`.")


def keep_keys(lab, note="TLS secrets (written by the client)"):
    """Keep the key log beside the capture."""
    lab.beside("keys.log", KEYS)
    lab.remarks.append(f"{note} in `keys.log` beside the capture.")


def agreed(source):
    """Version and cipher suite of the control connection as the client names them."""
    known = getattr(source, "agreed", None)
    if known is None:
        said = re.search(r"SSL connection using (\S+) / (\S+)", source.log.read_text(errors="replace"))
        known = said.groups() if said else None
    if known is None:
        return {}
    version, cipher = known
    number = re.search(r"1(?:\.[0-3])?$", version)[0]
    if number == "1.3":
        # GnuTLS names the key exchange, which is no part of these suites.
        cipher = "TLS_" + re.sub(r"^(?:TLS|ECDHE_[A-Z0-9]*?_?RSA|ECDHE)_", "", cipher)
    return {"version": f"TLS {number if '.' in number else '1.0'}", "cipher": standard_name(cipher)}


def standard_name(cipher):
    """IANA's name of a cipher suite that OpenSSL or GnuTLS names."""
    if cipher.startswith("TLS_"):
        return cipher
    listing = subprocess.run(
        ["openssl", "ciphers", "-stdname", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    names = {line.split()[2]: line.split()[0] for line in listing.splitlines()}
    if cipher in names:
        return names[cipher]
    # GnuTLS: ECDHE_RSA_AES_256_GCM_SHA384, ECDHE_RSA_CHACHA20_POLY1305.
    bare = {name.removeprefix("TLS_").replace("_WITH_", "_"): name for name in names.values()}
    return bare.get(cipher) or bare[f"{cipher}_SHA256"]


def update_keys(connection, both=True):
    """TLS 1.3 key update; the server is asked to do the same. Python's ssl has no call for it."""
    if _libssl().SSL_key_update(_handle(connection), int(both)) != 1:
        raise RuntimeError("no key update")


def renegotiate(connection):
    """A second handshake inside TLS 1.2."""
    handle, library = _handle(connection), _libssl()
    # Python waits for its sockets itself where they have a timeout.
    patience = connection.gettimeout()
    connection.settimeout(None)
    if library.SSL_renegotiate(handle) != 1 or library.SSL_do_handshake(handle) != 1:
        raise RuntimeError("no renegotiation")
    connection.settimeout(patience)


def _libssl():
    return ctypes.CDLL("libssl.so.3")


def _handle(connection):
    """The SSL of OpenSSL behind a connection: the second pointer of CPython's ``PySSLSocket``."""
    pointer = ctypes.sizeof(ctypes.c_void_p)
    return ctypes.c_void_p.from_address(id(connection._sslobj) + object.__basicsize__ + pointer)
