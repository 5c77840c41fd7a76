"""The server says no: logins, files, limits. The network is fine."""

import contextlib
import ftplib
import io
import subprocess

from files import binary
from sandbox import USER
from scenarios import scenario
from servers import ProFtpd, PureFtpd, Pyftpdlib, Vsftpd


@scenario("file-not-found-vsftpd", twins=["permission-denied-vsftpd", "file-not-found-passive-open-proftpd"])
def file_not_found(lab):
    """Download of a file that does not exist, vsftpd.

    curl asks for the SIZE of `/pub/missing.bin`, gets 550 and gives up without RETR. The
    data connection had been established before and carries nothing.

    Conclude: `file-unavailable` for `/pub/missing.bin`. The data connection without a
    transfer command and without a byte is a consequence, not a network fault.
    """
    lab.serve(Vsftpd())
    with lab.record():
        run = lab.client("curl", lab.url("pub/missing.bin"), exit=78)
    lab.quote(run, "^< 550")
    lab.facts(cause="file-unavailable", notes="SIZE failed; no transfer command was sent.")


@scenario("file-not-found-passive-open-proftpd", point="server", twins=["file-not-found-vsftpd"])
def file_not_found_proftpd(lab):
    """Download of a file that does not exist, ProFTPD.

    Conclude: `file-unavailable`; the working directory makes the missing path
    `/pub/docs/four.txt`.
    """
    lab.serve(ProFtpd())
    with lab.record(), lab.ftplib() as ftp:
        ftp.cwd("pub")
        ftp.cwd("docs")
        with contextlib.suppress(ftplib.error_perm):
            ftp.retrbinary("RETR four.txt", lambda data: None)
    lab.quote(ftp, "550")
    lab.facts(cause="file-unavailable", transfers=[("RETR", "/pub/docs/four.txt", 0, False)])


@scenario("permission-denied-vsftpd", twins=["file-not-found-vsftpd"])
def permission_denied(lab):
    """Download of a file that the user may not read.

    `/pub/secret.txt` exists and belongs to root. vsftpd answers RETR with 550 "Failed to
    open file." although SIZE told a size.

    Conclude: `permission-denied` (or `file-unavailable` with the hint that SIZE knew the
    file) for `/pub/secret.txt`.
    """
    lab.serve(Vsftpd())
    secret = lab.add_file("pub/secret.txt", b"not for everybody\n")
    subprocess.run(["chown", "root:root", str(secret)], check=True)
    secret.chmod(0o600)
    with lab.record():
        run = lab.client("curl", lab.url("pub/secret.txt", USER), exit=78)
    lab.quote(run, "^< 550")
    lab.facts(
        cause="permission-denied",
        transfers=[("RETR", "/pub/secret.txt", 0, False)],
        notes="The file exists; its mode forbids reading.",
    )


@scenario("upload-not-allowed-vsftpd", twins=["upload-vsftpd"])
def upload_not_allowed(lab):
    """An upload that the server refuses with 553.

    The anonymous user tries to store into `/pub`; vsftpd answers 553 "Could not create
    file."

    Conclude: `permission-denied` for `/pub/new.bin`.
    """
    lab.serve(Vsftpd(anon_upload_enable="YES"))
    with open("new.bin", "wb") as new:
        new.write(binary(3000))
    subprocess.run(["chown", "root:root", "/srv/ftp/pub"], check=True)
    with lab.record():
        run = lab.client("curl", "-T", "new.bin", lab.url("pub/"), exit=25)
    lab.quote(run, "^< 553")
    lab.facts(cause="permission-denied", transfers=[("STOR", "/pub/new.bin", 0, False)])


@scenario("upload-not-allowed-pyftpdlib", point="server", twins=["upload-not-allowed-vsftpd"])
def upload_not_allowed_pyftpdlib(lab):
    """An anonymous upload refused by pyftpdlib.

    The anonymous user has no right to write: 550 "Not enough privileges."

    Conclude: `permission-denied` for `/incoming/new.bin`.
    """
    lab.serve(Pyftpdlib())
    with lab.record(), lab.ftplib(login=False) as ftp:
        ftp.login()
        with contextlib.suppress(ftplib.error_perm):
            ftp.storbinary("STOR /incoming/new.bin", io.BytesIO(binary(3000)))
    lab.quote(ftp, "550")
    lab.facts(cause="permission-denied", transfers=[("STOR", "/incoming/new.bin", 0, False)])


@scenario("commands-refused-proftpd", twins=["pipelined-commands-vsftpd"])
def commands_refused(lab):
    """Commands that the server does not know or accept.

    XCRC (unknown to this server: 500), `TYPE Q` (504), RNTO without RNFR (503) and RETR
    without an argument (500 or 501).

    Conclude: notices about refused commands (`command-unsupported`, `bad-sequence`,
    `syntax-error`); no transfer failed.
    """
    lab.serve(ProFtpd())
    with lab.record(), lab.ftplib() as ftp:
        for line in ("XCRC /pub/a.bin", "TYPE Q", "RNTO /pub/x", "RETR"):
            with contextlib.suppress(ftplib.error_perm):
                ftp.sendcmd(line)
        ftp.voidcmd("NOOP")
    lab.quote(ftp, "500")
    lab.facts(
        cause="command-unsupported",
        also=["bad-sequence", "syntax-error"],
        healthy=False,
        notes="Four commands of different kinds are refused on purpose.",
    )


@scenario("no-channel-announced-vsftpd", twins=["announced-never-used-vsftpd"])
def no_channel(lab):
    """RETR without PORT or PASV, vsftpd.

    The client gives a transfer command without announcing a data channel; vsftpd answers
    425 "Use PORT or PASV first."

    Conclude: `no-announcement`: the client skipped a step; no firewall is involved.
    """
    lab.serve(Vsftpd())
    with lab.record(), lab.ftplib() as ftp:
        ftp.voidcmd("TYPE I")
        with contextlib.suppress(ftplib.error_temp):
            ftp.sendcmd("RETR /pub/a.bin")
    lab.quote(ftp, "425")
    lab.facts(cause="no-announcement", transfers=[("RETR", "/pub/a.bin", 0, False)])


@scenario("quota-exceeded-pure-ftpd", twins=["disk-full-vsftpd"])
def quota(lab):
    """An upload over the user's quota, Pure-FTPd.

    The user may store one megabyte in all (`-n 1000:1`) and has used most of it. The
    upload crosses the network completely before the server refuses it.

    Conclude: `storage-exceeded`: the server has no room for this user; the data
    connection was fine.
    """
    lab.serve(PureFtpd(options=["-n", "1000:1"]))
    lab.add_file("incoming/.ftpquota", b"")
    lab.add_file("old.bin", bytes(1_040_000))
    lab.add_file(".ftpquota", b"10 1040000\n")
    with open("new.bin", "wb") as new:
        new.write(binary(60000))
    with lab.record():
        run = lab.client("curl", "-T", "new.bin", lab.url("incoming/", USER), exit=None)
    lab.quote(run, "^< 552")
    lab.facts(
        cause="storage-exceeded",
        transfers=[("STOR", "/incoming/new.bin", None, False)],
        log_differs="Pure-FTPd logs what it received although it refuses the file.",
    )


def full_disk(size):
    """A small file system for uploads."""
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size},mode=777", "small", f"/srv/{USER}/incoming"], check=True
    )


@scenario("disk-full-vsftpd", twins=["upload-vsftpd", "disk-full-proftpd"])
def disk_full(lab):
    """An upload that fills the disk, vsftpd.

    The folder `/incoming` has room for 32 kB; the client stores 60000 bytes. vsftpd
    answers 451 when it cannot write any more.

    Conclude: `storage-exceeded`, from the text of the 451 and the upload cut short by the
    server.
    """
    lab.serve(Vsftpd())
    full_disk(32768)
    with open("new.bin", "wb") as new:
        new.write(binary(60000))
    with lab.record():
        run = lab.client("curl", "-T", "new.bin", lab.url("incoming/", USER), exit=None)
    lab.quote(run, "^< 451")
    lab.facts(cause="storage-exceeded", transfers=[("STOR", "/incoming/new.bin", None, False)])


@scenario("disk-full-proftpd", point="server", twins=["disk-full-vsftpd", "disk-full-short-write-proftpd"])
def disk_full_proftpd(lab):
    """An upload to a full disk, ProFTPD.

    The disk has no room at all; ProFTPD says so with 452 when it writes the first bytes.

    Conclude: `storage-exceeded`.
    """
    lab.serve(ProFtpd())
    full_disk(8192)
    lab.add_file("incoming/other.bin", bytes(8192))
    with open("new.bin", "wb") as new:
        new.write(binary(60000))
    with lab.record():
        run = lab.client("curl", "-T", "new.bin", lab.url("incoming/", USER), exit=None)
    lab.quote(run, "^< 452")
    lab.facts(
        cause="storage-exceeded",
        transfers=[("STOR", "/incoming/new.bin", None, False)],
    )


@scenario("disk-full-short-write-proftpd", point="server", twins=["disk-full-proftpd"])
def disk_full_short_write(lab):
    """An upload that fills the disk in the middle, ProFTPD.

    The folder has room for 32 kB; a write of ProFTPD succeeds in part, and the server
    then says 451 "Input/output error": the reason is not in its reply.

    Conclude: `closed-early`: the server ended the upload by itself with a local error; a
    look at its disk and log is due. That the disk was full cannot be known from the
    network.
    """
    lab.serve(ProFtpd())
    full_disk(32768)
    with open("new.bin", "wb") as new:
        new.write(binary(60000))
    with lab.record():
        run = lab.client("curl", "-T", "new.bin", lab.url("incoming/", USER), exit=None)
    lab.quote(run, "^< 451")
    lab.facts(
        cause="closed-early",
        transfers=[("STOR", "/incoming/new.bin", None, False)],
        notes="The disk was full; the server's reply does not say so.",
    )


@scenario("ascii-mode-corrupts-binary", twins=["text-download-ascii-vsftpd", "passive-download-vsftpd"])
def ascii_corruption(lab):
    """A binary file downloaded in ASCII mode.

    The client stays in TYPE A. vsftpd puts a CR before each LF of the binary file, and
    the file is useless although the server says 226.

    Conclude: `ascii-mode-corruption`: TYPE A, content that is not text, and more bytes
    than SIZE told. Use TYPE I.
    """
    lab.serve(Vsftpd(ascii_download_enable="YES"))
    with lab.record():
        run = lab.client("curl", "--use-ascii", "-o", "a.bin", lab.url("pub/a.bin"))
    content = binary(20000, "a")
    received = len(content) + content.count(b"\n") - content.count(b"\r\n")
    lab.quote(run, "^< 226")
    lab.facts(
        cause="ascii-mode-corruption",
        transfers=[("RETR", "/pub/a.bin", received, True)],
        notes="The server adds one byte for each line feed of the file.",
        log_differs="vsftpd logs the 20000 bytes of the file."
        if lab.servers[0][1].transfers()[0][1] != received
        else None,
    )
