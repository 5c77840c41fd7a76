"""The server says no: logins, files, limits. The network is fine."""

import contextlib
import ftplib
import io
import subprocess

from files import binary
from sandbox import USER
from scenarios import scenario
from servers import ProFtpd, PureFtpd, Pyftpdlib, Vsftpd


@scenario("login-failed-vsftpd", twins=["password-guessed-vsftpd"])
def login_failed(lab):
    """A wrong password.

    wget sends a wrong password once; vsftpd answers 530 and the client gives up.

    Conclude: `login-failed`. One attempt, no password guessing.
    """
    lab.serve(Vsftpd())
    with lab.record():
        url = lab.url("pub/a.bin", USER).replace("demo-pass", "wrong")
        run = lab.client("wget", "--tries=1", url, exit=6)
    lab.quote(run, "530")
    lab.facts(cause="login-failed")


@scenario("login-failed-proftpd", point="server", twins=["login-failed-then-ok-pure-ftpd"])
def login_failed_proftpd(lab):
    """An unknown user at ProFTPD.

    curl logs in with a name the server does not know: 331 as for any user, then 530.

    Conclude: `login-failed`.
    """
    lab.serve(ProFtpd())
    with lab.record():
        url = lab.url("pub/a.bin", USER).replace(USER, "nobody-here", 1)
        run = lab.client("curl", url, exit=67)
    lab.quote(run, "^< 530")
    lab.facts(cause="login-failed")


@scenario("login-failed-then-ok-pure-ftpd", twins=["login-failed-proftpd"])
def login_second_try(lab):
    """A mistyped password, corrected in the same session.

    Pure-FTPd refuses the first password with 530; the second is right and the download
    works.

    Conclude: healthy. A 530 that is followed by a login is no failure.
    """
    lab.serve(PureFtpd())
    with lab.record(), lab.ftplib(login=False) as ftp:
        with contextlib.suppress(ftplib.error_perm):
            ftp.login(USER, "mistyped")
        ftp.login(USER, "demo-pass")
        ftp.retrbinary("RETR /pub/hello.txt", lambda data: None)
    lab.quote(ftp, "530")
    lab.facts(transfers=[("RETR", "/pub/hello.txt", 20, True)])


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


@scenario("too-many-clients-vsftpd", twins=["too-many-clients-proftpd"])
def too_many_clients(lab):
    """421 as the greeting: vsftpd's `max_clients`.

    One client holds the only session that the server allows. The second is greeted with
    421 and disconnected.

    Conclude: `too-many-connections` for the second session; the first is healthy.
    """
    lab.serve(Vsftpd(max_clients=1))
    with lab.record(), lab.ftplib() as first:
        first.voidcmd("NOOP")
        run = lab.client("curl", lab.url("pub/a.bin"), exit=28)
    lab.quote(run, "421")
    lab.facts(control=2, cause="too-many-connections")


@scenario("too-many-clients-proftpd", point="server", twins=["too-many-clients-vsftpd"])
def too_many_clients_proftpd(lab):
    """Too many users at login: ProFTPD's `MaxClients`.

    ProFTPD lets the second client send USER and PASS before it refuses.

    Conclude: `too-many-connections`; the refusal comes at login, not at the greeting.
    """
    lab.serve(ProFtpd(MaxClients="1"))
    with lab.record(), lab.ftplib() as first:
        first.voidcmd("NOOP")
        run = lab.client("curl", lab.url("pub/a.bin", USER), exit=67)
    lab.quote(run, "^< 530")
    lab.facts(control=2, cause="too-many-connections")


@scenario("too-many-clients-pure-ftpd", point="server", twins=["too-many-clients-vsftpd"])
def too_many_clients_pure_ftpd(lab):
    """421 as the greeting: Pure-FTPd's limit for one address.

    Conclude: `too-many-connections` for the second session.
    """
    lab.serve(PureFtpd(options=["-C", "1"]))
    with lab.record(), lab.ftplib() as first:
        first.voidcmd("NOOP")
        run = lab.client("curl", lab.url("pub/a.bin"), exit=28)
    lab.quote(run, "421")
    lab.facts(control=2, cause="too-many-connections")


@scenario("idle-timeout-vsftpd", twins=["slow-download-healthy"])
def idle_timeout(lab):
    """The server ends an idle session with 421.

    After a listing the client says nothing for three seconds; vsftpd's
    `idle_session_timeout=3` ends the session with an unsolicited 421.

    Conclude: `idle-timeout` after three seconds without a command; the listing was fine.
    """
    server = lab.serve(Vsftpd(idle_session_timeout=3))
    with lab.record(), lab.ftplib(quit=False) as ftp:
        ftp.retrlines("LIST /pub/nothing", lambda line: None)
        with contextlib.suppress(ftplib.Error):
            ftp.getresp()
    lab.quote(ftp, "421")
    assert "421 Timeout" in server.log.read_text()
    lab.facts(cause="idle-timeout", transfers=[("LIST", "/pub/nothing", 0, True)])


@scenario("idle-timeout-proftpd", point="server", twins=["idle-timeout-vsftpd"])
def idle_timeout_proftpd(lab):
    """An idle session ended by ProFTPD.

    `TimeoutIdle 3`: ProFTPD sends 421 after three seconds of silence.

    Conclude: `idle-timeout`.
    """
    lab.serve(ProFtpd(TimeoutIdle=3))
    with lab.record(), lab.ftplib(quit=False) as ftp:
        ftp.voidcmd("NOOP")
        with contextlib.suppress(ftplib.Error):
            ftp.getresp()
    lab.quote(ftp, "421")
    lab.facts(cause="idle-timeout")


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
        healthy=False,
        notes="Four commands of different kinds are refused on purpose.",
    )


@scenario("no-channel-announced-vsftpd", twins=["no-channel-announced-pyftpdlib"])
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


@scenario("password-guessing-vsftpd", twins=["password-guessed-vsftpd", "login-failed-vsftpd"])
def guessing(lab):
    """Passwords guessed over several sessions, none of them right.

    One client opens four sessions and tries three passwords in each.

    Conclude: `password-guessing`: twelve failed logins from one client, no success.
    """
    lab.serve(Vsftpd(max_login_fails=3, delay_failed_login=0))
    with lab.record():
        for number in range(4):
            with lab.ftplib(login=False, quit=False) as ftp:
                guess(ftp, [f"guess{number}{letter}" for letter in "abc"])
    lab.quote(ftp, "530")
    lab.facts(control=4, cause="password-guessing")


@scenario("password-guessed-vsftpd", point="server", twins=["password-guessing-vsftpd"])
def guessed(lab):
    """Passwords guessed until one is right.

    As in the twin, but the password of the fifth session is right, and a file is
    downloaded.

    Conclude: `password-guessing`, and one guess succeeded: that account is in foreign
    hands.
    """
    server = lab.serve(Vsftpd(max_login_fails=3, delay_failed_login=0))
    with lab.record():
        for number in range(4):
            with lab.ftplib(login=False, quit=False) as ftp:
                guess(ftp, [f"guess{number}{letter}" for letter in "abc"])
        with lab.ftplib() as ftp:
            ftp.retrbinary("RETR /pub/hello.txt", lambda data: None)
    assert server.log.read_text().count("FAIL LOGIN") == 12
    lab.quote(ftp, "230")
    lab.facts(control=5, cause="password-guessing", transfers=[("RETR", "/pub/hello.txt", 20, True)])


def guess(ftp, passwords):
    for password in passwords:
        with contextlib.suppress(ftplib.Error, EOFError):
            ftp.login(USER, password)


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
