"""The certificates of the servers, each with its key in one file."""

import subprocess

from sandbox import WORK

NAME = "ftp.example.net"
AUTHORITY = WORK / "authority.crt"
_AUTHORITY_KEY = WORK / "authority.key"
_CONFIG = """
[ca]
default_ca = lab
[lab]
dir = {folder}
database = {folder}/index.txt
serial = {folder}/serial
new_certs_dir = {folder}
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
[server]
basicConstraints = CA:FALSE
subjectAltName = {names}
"""


def make_certificate(name=NAME):
    """A self-signed certificate."""
    made = WORK / f"server-{name}.pem"
    if not made.exists():
        key, crt = WORK / "key.pem", WORK / "crt.pem"
        options = f"-x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN={name} -keyout {key} -out {crt}"
        _openssl("req", *options.split())
        _join(made, key, crt)
    return made


def issue_certificate(begin="20260101000000Z", end="20360101000000Z", names=f"DNS:{NAME},IP:203.0.113.20"):
    """A certificate that the lab's own authority issued, for these names and this time."""
    _make_authority()
    made = WORK / f"issued-{begin}-{end}-{abs(hash(names))}.pem"
    key, request, crt = WORK / "issued.key", WORK / "issued.csr", WORK / "issued.crt"
    common = names.split(",")[0].partition(":")[2]
    options = f"-newkey rsa:2048 -nodes -subj /CN={common} -keyout {key} -out {request}"
    _openssl("req", *options.split())
    config = WORK / "authority.cnf"
    config.write_text(_CONFIG.format(folder=WORK / "authority", names=names))
    options = (
        f"-batch -notext -config {config} -extensions server -cert {AUTHORITY} -keyfile {_AUTHORITY_KEY}"
    )
    _openssl(
        "ca", *options.split(), "-startdate", begin, "-enddate", end, "-in", str(request), "-out", str(crt)
    )
    _join(made, key, crt)
    return made


def _make_authority():
    folder = WORK / "authority"
    if folder.exists():
        return
    folder.mkdir()
    (folder / "index.txt").write_text("")
    (folder / "serial").write_text("1000\n")
    options = "-x509 -newkey rsa:2048 -nodes -days 3650 -keyout".split()
    _openssl("req", *options, str(_AUTHORITY_KEY), "-out", str(AUTHORITY), "-subj", "/CN=Example Authority")


def _join(made, key, crt):
    made.write_text(key.read_text() + crt.read_text())
    made.chmod(0o600)


def _openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)
