"""Listings, whole folders and many small files; all of them healthy."""

from sandbox import USER
from scenarios import scenario
from servers import ProFtpd, PureFtpd, Pyftpdlib, Vsftpd


@scenario("empty-file-pure-ftpd", twins=["empty-listing-vsftpd"])
def empty_file(lab):
    """Download of an empty file.

    The data connection is opened and closed without a byte; the reply is 226.

    Conclude: healthy; zero bytes is the right number, not a fault.
    """
    lab.serve(PureFtpd())
    with lab.record(), lab.ftplib() as ftp:
        ftp.retrbinary("RETR /pub/empty.bin", lambda data: None)
    lab.quote(ftp, "226")
    lab.facts(transfers=[("RETR", "/pub/empty.bin", 0, True)])


@scenario("empty-listing-vsftpd", twins=["empty-file-pure-ftpd"])
def empty_listing(lab):
    """Listing of an empty folder.

    `/pub/nothing` has no entry: LIST opens a data connection, sends nothing and ends
    with 226.

    Conclude: healthy; nothing to report.
    """
    lab.serve(Vsftpd())
    lines = []
    with lab.record(), lab.ftplib() as ftp:
        ftp.cwd("/pub/nothing")
        ftp.retrlines("LIST", lines.append)
    assert not lines
    lab.quote(ftp, "226")
    lab.facts(transfers=[("LIST", "/pub/nothing", 0, True)])


@scenario("mlsd-listing-proftpd", twins=["mlsd-listing-pyftpdlib"])
def mlsd_listing(lab):
    """Machine-readable listing from ProFTPD.

    ftplib sends MLSD for `/pub` and prints the facts of each entry.

    Conclude: one healthy listing.
    """
    lab.serve(ProFtpd())
    received = []
    with lab.record(), lab.ftplib() as ftp:
        ftp.retrbinary("MLSD /pub", received.append)
    lab.quote(ftp, "226")
    lab.facts(transfers=[("MLSD", "/pub", len(b"".join(received)), True)])


@scenario("mlsd-listing-pyftpdlib", point="server", twins=["mlsd-listing-proftpd"])
def mlsd_listing_pyftpdlib(lab):
    """MLSD, NLST and LIST of one folder from pyftpdlib.

    Three listings in one session, each over a data connection of its own.

    Conclude: three healthy listings.
    """
    lab.serve(Pyftpdlib())
    sizes = []
    with lab.record(), lab.ftplib() as ftp:
        ftp.cwd("/pub")
        for command in ("MLSD", "NLST", "LIST"):
            received = []
            ftp.retrbinary(command, received.append)
            sizes.append((command, "/pub", len(b"".join(received)), True))
    lab.quote(ftp, "226")
    lab.facts(transfers=sizes)


@scenario("ncftpget-tree-pure-ftpd")
def ncftpget_tree(lab):
    """A folder downloaded with `ncftpget -R`.

    ncftpget first asks whether the server can send the folder as `docs.tar`; the 550 to
    that probe is normal. Then it lists the folder and gets the three files.

    Conclude: healthy; the 550 for `docs.tar` is a probe of the client, not a missing
    file.
    """
    lab.serve(PureFtpd())
    with lab.record():
        run = lab.client("ncftpget", "-R", "-u", USER, "-p", "demo-pass", lab.net.server, ".", "/pub/docs")
    lab.quote(run, "550")
    lab.facts(
        transfers=[
            ("RETR", "/pub/docs.tar", 0, False),
            ("MLSD", "/pub/docs", None, True),
            ("RETR", "/pub/docs/three.txt", 150, True),
            ("RETR", "/pub/docs/two.txt", 100, True),
            ("RETR", "/pub/docs/one.txt", 50, True),
        ],
        notes="There is no docs.tar; ncftpget asks in case the server makes one.",
    )


@scenario("mirror-parallel-lftp-vsftpd")
def mirror_parallel(lab):
    """A folder mirrored by lftp with three connections.

    lftp lists the folder in one session and downloads files in up to three sessions at
    the same time.

    Conclude: several healthy sessions of one client; each file belongs to the session
    that asked for it.
    """
    lab.serve(Vsftpd())
    with lab.record():
        run = lab.client("lftp", f"open {lab.url()}", "mirror --parallel=3 /pub/docs docs")
    lab.quote(run, "226")
    log = lab.servers[0][1].log.read_text()
    lab.facts(
        control=log.count("CONNECT: "),
        transfers=[
            ("LIST", "/pub/docs", None, True),
            ("RETR", "/pub/docs/one.txt", 50, True),
            ("RETR", "/pub/docs/two.txt", 100, True),
            ("RETR", "/pub/docs/three.txt", 150, True),
        ],
    )


@scenario("reused-session-many-downloads-pyftpdlib", point="server")
def many_downloads(lab):
    """Six downloads in one session through one passive port.

    pyftpdlib has exactly one passive port; every download of the session goes to the
    same port of the server, one after the other.

    Conclude: six healthy transfers. The same endpoint was announced six times and each
    announcement belongs to the connection that followed it.
    """
    lab.serve(Pyftpdlib(passive_ports=[50000, 50000]))
    with lab.record(), lab.ftplib() as ftp:
        for _ in range(2):
            for name in ("one", "two", "three"):
                ftp.retrbinary(f"RETR /pub/docs/{name}.txt", lambda data: None)
    lab.quote(ftp, "50000|195,80")
    sizes = {"one": 50, "two": 100, "three": 150}
    lab.facts(transfers=[("RETR", f"/pub/docs/{n}.txt", s, True) for n, s in sizes.items()] * 2)
